"""`aftercare stock`: balances against the ledger they follow from."""

import asyncio

import typer

from aftercare.commands.options import DEFAULT_HOME, HomeOption, give_up, running_in, settings_of
from aftercare.home import Home, Running

group = typer.Typer(help="Spare parts against their ledger.", no_args_is_help=True)


@group.callback()
def _group() -> None:
    """Keep `verify` a command of its own; a group of one would swallow it."""


@group.command()
def verify(home: HomeOption = DEFAULT_HOME) -> None:
    """Add up the ledger again and print every balance, lot and reservation that is stored otherwise."""
    count = asyncio.run(_verify(*running_in(home)))
    if count:
        give_up(
            f"{count} differences. Keep this list and report it: stock must follow from its ledger. "
            "A stock count of the parts named sets right what is on hand."
        )
    typer.echo("All stock is as it follows from its ledger.")


async def _verify(home: Home, running: Running) -> int:
    from warranty import main  # noqa: PLC0415 - the whole service, which no other command needs
    from warranty.settings import Settings  # noqa: PLC0415 - the same

    compared, differences = await main.verify_stock(settings_of(Settings, "warranty", home, running))
    typer.echo(f"{compared}.")
    for difference in differences:
        typer.echo(str(difference))
    return len(differences)
