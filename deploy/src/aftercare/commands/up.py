"""`aftercare up`: the whole product in the foreground."""

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from aftercare.commands.options import DEFAULT_HOME, HomeOption, ParentOption, give_up, stop_with_parent
from aftercare.home import Home, Running
from aftercare.keys import Keys
from aftercare.output import WIDTH, Output
from aftercare.program import StartFailed
from aftercare.suite import Choices, Numbers, Suite
from aftercare.tokens import Bearer, issue

FIRST_ROLE = "manager"


def up(
    home: HomeOption = DEFAULT_HOME,
    port_base: Annotated[
        int,
        typer.Option(
            envvar="AFTERCARE_PORT_BASE",
            min=1024,
            max=65_000,
            help="Services listen from here on; AFTERCARE_TICKETING_PORT and the like move one.",
        ),
    ] = 8100,
    bus: Annotated[
        str | None, typer.Option(envvar="BUS", help="An outside Kafka (host:port,…) instead of the embedded.")
    ] = None,
    bus_prefix: Annotated[
        str,
        typer.Option(
            envvar="AFTERCARE_BUS_PREFIX", help="Put before all topics, for several copies on one bus."
        ),
    ] = "",
    database_url: Annotated[
        str | None,
        typer.Option(
            envvar="DATABASE_URL", help="An outside PostgreSQL, by a user that may create databases."
        ),
    ] = None,
    *,
    with_parent: ParentOption = False,
) -> None:
    """Run the whole product until Ctrl-C: servers, databases, services; prints addresses and a token."""
    if with_parent:
        stop_with_parent()
    numbers = Numbers(port_base, os.environ)
    run(Choices(Home(home.absolute()), numbers, bus or None, database_url or None, bus_prefix))


def run(choices: Choices) -> None:
    """Run one copy in the foreground; a start that fails ends us with the reason and status 1."""
    output = Output(sys.stdout.buffer, lambda: datetime.now(UTC))
    suite = Suite(choices, output)
    try:
        asyncio.run(_until_stopped(suite, output))
    except StartFailed as error:
        give_up(str(error))


async def _until_stopped(suite: Suite, output: Output) -> None:
    """Run until a signal says stop; a second one stops waiting for anybody."""
    running = asyncio.create_task(suite.run(lambda copy, keys: _welcome(output, copy, keys)))

    def stop() -> None:
        if not running.cancelling():
            running.cancel()
        else:
            suite.kill()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        await running
    except asyncio.CancelledError:
        output.say("stopped")


def _welcome(output: Output, copy: Running, keys: Keys) -> None:
    """The addresses and a first token: for people on a terminal, as one JSON line elsewhere."""
    token = issue(Bearer(f"dev-{FIRST_ROLE}", [FIRST_ROLE]), keys.issuer_key(), now=datetime.now(UTC))
    if not output.is_terminal:
        ready = {"event": "ready", "addresses": copy.addresses, "bus": copy.bus, "token": token}
        output.line("aftercare", json.dumps(ready).encode())
        return
    interfaces = {name: address for name, address in copy.addresses.items() if name.endswith("-api")}
    rows = {**interfaces, "bus": copy.bus, **{f"{name} data": url for name, url in copy.databases.items()}}
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.rule("Aftercare is up; Ctrl-C stops it", style="green")
    for name, address in rows.items():
        console.print(f"{name:<{WIDTH}} {address}")
    console.print(
        f"\nA token for the role {FIRST_ROLE}, good for an hour (others: aftercare token --role …):\n{token}"
    )
    console.rule(style="green")
