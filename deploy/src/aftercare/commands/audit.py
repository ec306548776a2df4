"""`aftercare audit`: the trail of each service against its hashes and its published heads."""

import asyncio
from collections.abc import Mapping, Sequence

import asyncpg
import typer

from aftercare.commands.options import DEFAULT_HOME, HomeOption, give_up, running_in
from aftercare.home import Home, Running
from aftercare.keys import Keys
from common.audit.chain import Verdict, verify
from common.audit.heads import HeadsFile, Outside
from common.audit.notes import BadNote, Checkpoint, Signer, open_note, origin_of, signer_of, verifier_line
from common.bus import Bus
from common.contracts.audit import BY_SERVICE

group = typer.Typer(help="The audit trail.", no_args_is_help=True)
PATIENCE_SECONDS = 10.0
REASONS = {
    "missing": "entry {seq} is missing",
    "altered": "entry {seq} was altered after it was sealed",
    "cut_off": "the trail is cut off before entry {seq}, which a published head covers",
    "checkpoint": "entry {seq} is not the one that was published under that number",
}


@group.command("verify")
def verify_(home: HomeOption = DEFAULT_HOME) -> None:
    """Walk every service's trail and compare it with the heads published outside its database."""
    broken = asyncio.run(_verify_all(*running_in(home)))
    if broken:
        give_up(
            f"The trail of {', '.join(broken)} does not hold. Keep the database and the data folder as they "
            "are, and compare with a backup from before."
        )


@group.command("keys")
def keys_(home: HomeOption = DEFAULT_HOME) -> None:
    """Print the public key of every service's published heads, as verifiers of signed notes take it."""
    known, running = running_in(home)
    for service in running.databases:
        signer = signer_of(Keys(known.keys).audit, service)
        typer.echo(verifier_line(origin_of(service), signer.public_key))


async def _verify_all(home: Home, running: Running) -> list[str]:
    broken, bus = [], Bus(running.bus, running.bus_prefix)
    for service, url in running.databases.items():
        outside = Outside(HeadsFile(home.service(service)), bus, BY_SERVICE[service])
        signer = signer_of(Keys(home.keys).audit, service)
        fault = await _verify_one(service, url, await outside.notes(), signer)
        if fault:
            typer.echo(f"{service}: BROKEN: {fault}")
            broken.append(service)
    return broken


async def _verify_one(
    service: str, url: str, notes: Mapping[str, Sequence[str]], signer: Signer
) -> str | None:
    """What is wrong with a service's trail; heads are read first, so that the trail is never behind them."""
    heads: list[Checkpoint] = []
    for place, found in notes.items():
        try:
            heads += [_opened(note, service, signer) for note in found]
        except BadNote as error:
            return f"the {place} holds a head that this copy's key did not sign ({error})"
    verdict = await _walk(service, url, heads)
    if verdict.broken_seq is not None:
        return REASONS[verdict.reason or "altered"].format(seq=verdict.broken_seq)
    typer.echo(
        f"{service}: intact: {verdict.checked} entries, {verdict.checkpoints} published heads compared "
        f"({_places(notes)}), {verdict.unpublished} entries lie behind the last head, "
        f"{verdict.unsealed} entries wait to be sealed"
    )
    return None


def _places(notes: Mapping[str, Sequence[str]]) -> str:
    return ", ".join(
        f"{len(notes[place])} {where}" if place in notes else f"{where} is not at hand"
        for place, where in (("file", "in the file"), ("bus", "on the bus"))
    )


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
