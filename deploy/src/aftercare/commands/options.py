"""Options that several commands share, and how a command gives up."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from aftercare.home import DEFAULT

HomeOption = Annotated[
    Path, typer.Option("--home", envvar="AFTERCARE_HOME", help="The data folder.", file_okay=False)
]
DEFAULT_HOME = DEFAULT


def give_up(reason: str) -> NoReturn:
    """Say why on standard error and end with status 1."""
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(reason, style="red")
    raise typer.Exit(1)
