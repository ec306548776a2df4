"""`aftercare parked`: events that could not be handled, and what becomes of them."""

from typing import Annotated
from uuid import UUID

import typer

from aftercare.commands.options import DEFAULT_HOME, HomeOption, give_up, running_in
from aftercare.desk import Body, Desk

group = typer.Typer(help="Events that could not be handled.", no_args_is_help=True)
PATH = "/v1/parked-events"
IdArgument = Annotated[UUID, typer.Argument(metavar="ID", help="As `aftercare parked list` shows it.")]
ServiceOption = Annotated[str | None, typer.Option(help="Only this service; else whichever has it.")]


@group.command("list")
def list_(service: ServiceOption = None, home: HomeOption = DEFAULT_HOME) -> None:
    """List parked events, oldest first: service, id, state, attempts, type, key, error."""
    desk, services = _reach(home, service)
    count = 0
    for name in services:
        for event in _all(desk, name):
            fields = (name, *(str(event[field]) for field in ("id", "state", "attempts", "type", "key")))
            typer.echo("  ".join((*fields, event["error"] or event["reason"])))
            count += 1
    if not count:
        typer.echo("No event is parked.")


@group.command()
def retry(parked_id: IdArgument, service: ServiceOption = None, home: HomeOption = DEFAULT_HOME) -> None:
    """Have an event tried again at once."""
    _act("retry", parked_id, service, home)
    typer.echo(f"{parked_id}: is tried again; `aftercare parked list` no longer shows it once it is applied.")


@group.command()
def drop(parked_id: IdArgument, service: ServiceOption = None, home: HomeOption = DEFAULT_HOME) -> None:
    """Give an event up for good; what waits behind it goes on."""
    _act("drop", parked_id, service, home)
    typer.echo(f"{parked_id}: given up.")


def _act(action: str, parked_id: UUID, service: str | None, home: HomeOption) -> None:
    desk, services = _reach(home, service)
    for name in services:
        if desk.find(name, f"{PATH}/{parked_id}") is not None:
            desk.post(name, f"{PATH}/{parked_id}:{action}", {})
            return
    give_up(
        f"No event {parked_id} is parked; it may have been applied meanwhile. See `aftercare parked list`."
    )


def _reach(home: HomeOption, service: str | None) -> tuple[Desk, list[str]]:
    place, running = running_in(home)
    services = [service] if service else sorted(running.databases)
    return Desk(place, running, "aftercare-parked", ["admin"]), services


def _all(desk: Desk, service: str) -> list[Body]:
    found: list[Body] = []
    query: dict[str, str] = {}
    while True:
        page = desk.get(service, PATH, **query)
        found += page["items"]
        if not page.get("next_cursor"):
            return found
        query = {"cursor": page["next_cursor"]}
