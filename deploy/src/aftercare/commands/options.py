"""Options that several commands share, and how a command gives up."""

import os
import signal
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from rich.console import Console

from aftercare.home import DEFAULT, Home, Running
from aftercare.keys import Keys
from aftercare.launch import die_with_parent
from common.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)

HomeOption = Annotated[
    Path, typer.Option("--home", envvar="AFTERCARE_HOME", help="The data folder.", file_okay=False)
]
DEFAULT_HOME = DEFAULT

ParentOption = Annotated[
    bool, typer.Option("--with-parent", help="Stop when the process that started this one ends.")
]


def stop_with_parent() -> None:
    """From now on the end of the process that started this one counts as SIGTERM."""
    die_with_parent(signal.SIGTERM, os.getppid())


def give_up(reason: str) -> NoReturn:
    """Say why on standard error and end with status 1."""
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(reason, style="red")
    raise typer.Exit(1)


def running_in(home: Path) -> tuple[Home, Running]:
    """The copy that runs on a data folder; where none does, the command ends and says so."""
    place = Home(home.absolute())
    running = place.running()
    if running is None:
        give_up(f"Nothing runs on {place.folder}. Start it with `make up`, or name its folder with --home.")
    return place, running


def settings_of(kind: type[S], service: str, home: Home, running: Running) -> S:
    """The settings of a running copy's service, for what a command does with its database."""
    keys = Keys(home.keys)
    return kind(
        database_url=running.databases[service],
        kafka_bootstrap=running.bus,
        bus_prefix=running.bus_prefix,
        port=0,
        worker_port=0,
        jwks=str(keys.jwks),
        signing_key=keys.audit,
        cursor_secret=keys.cursors,
        home=home.service(service),
    )
