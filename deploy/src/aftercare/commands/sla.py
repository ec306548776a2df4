"""`aftercare sla`: clocks against their facts."""

import asyncio

import typer

from aftercare.commands.options import DEFAULT_HOME, HomeOption, give_up, running_in, settings_of
from aftercare.home import Home, Running

group = typer.Typer(help="Clocks against the facts they follow from.", no_args_is_help=True)


@group.callback()
def _group() -> None:
    """Keep `replay` a command of its own; a group of one would swallow it."""


@group.command()
def replay(home: HomeOption = DEFAULT_HOME) -> None:
    """Derive all clocks from their facts again and print whatever is stored otherwise."""
    count = asyncio.run(_replay(*running_in(home)))
    if count:
        give_up(f"{count} differences. Keep this list and report it: clocks must follow from their facts.")
    typer.echo("Every clock is stored as it follows from its facts.")


async def _replay(home: Home, running: Running) -> int:
    from sla import main  # noqa: PLC0415 - the whole service, which no other command needs
    from sla.settings import Settings  # noqa: PLC0415 - the same

    count = 0
    async for difference in main.replay(settings_of(Settings, "sla", home, running)):
        typer.echo(str(difference))
        count += 1
    return count
