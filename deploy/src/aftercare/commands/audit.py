"""`aftercare audit`: the trail of each service against its hashes and its published heads."""

import asyncio
from pathlib import Path

import asyncpg
import typer

from aftercare.commands.options import DEFAULT_HOME, HomeOption, give_up, running_in
from aftercare.home import Home, Running
from aftercare.keys import Keys
from common.audit.chain import Verdict, verify
from common.audit.notes import BadNote, Checkpoint, Signer, notes_in, open_note, origin_of, signer_of

group = typer.Typer(help="The audit trail.", no_args_is_help=True)
HEADS = "audit-heads.txt"
PATIENCE_SECONDS = 10.0
REASONS = {
    "missing": "entry {seq} is missing",
    "altered": "entry {seq} was altered after it was sealed",
    "cut_off": "the trail is cut off before entry {seq}, which a published head covers",
    "checkpoint": "entry {seq} is not the one that was published under that number",
}


@group.callback()
def _group() -> None:
    """Keep `verify` a command of its own; a group of one would swallow it."""


@group.command("verify")
def verify_(home: HomeOption = DEFAULT_HOME) -> None:
    """Walk every service's trail and compare it with the heads published outside its database."""
    broken = asyncio.run(_verify_all(*running_in(home)))
    if broken:
        give_up(
            f"The trail of {', '.join(broken)} does not hold. Keep the database and the data folder as they "
            "are, and compare with a backup from before."
        )


async def _verify_all(home: Home, running: Running) -> list[str]:
    broken = []
    for service, url in running.databases.items():
        file = home.service(service) / HEADS
        fault = await _verify_one(service, url, file, signer_of(Keys(home.keys).audit, service))
        if fault:
            typer.echo(f"{service}: BROKEN: {fault}")
            broken.append(service)
    return broken


async def _verify_one(service: str, url: str, file: Path, signer: Signer) -> str | None:
    """What is wrong with a service's trail; heads are read first, so that the trail is never behind them."""
    try:
        heads = [_opened(note, service, signer) for note in notes_in(file)]
    except BadNote as error:
        return f"{file} holds a head that this copy's key did not sign ({error})"
    verdict = await _walk(service, url, heads)
    if verdict.broken_seq is not None:
        return REASONS[verdict.reason or "altered"].format(seq=verdict.broken_seq)
    typer.echo(
        f"{service}: intact: {verdict.checked} entries, {verdict.checkpoints} published heads compared, "
        f"{verdict.unsealed} entries wait to be sealed"
    )
    return None


def _opened(note: str, service: str, signer: Signer) -> Checkpoint:
    checkpoint = open_note(note, signer.public_key)
    if checkpoint.origin != origin_of(service):
        raise BadNote(f"of {checkpoint.origin}")
    return checkpoint


async def _walk(service: str, url: str, heads: list[Checkpoint]) -> Verdict:
    try:
        connection = await asyncpg.connect(url, timeout=PATIENCE_SECONDS)
    except (OSError, asyncpg.PostgresError) as error:
        give_up(f"The database of {service} does not answer ({error}). Restart the copy and try again.")
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await verify(connection, heads)
    finally:
        await connection.close()
