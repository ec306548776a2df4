"""`aftercare token`: access tokens for development."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer

from aftercare.commands.options import DEFAULT_HOME, HomeOption, give_up
from aftercare.home import Home
from aftercare.keys import Keys
from aftercare.tokens import Bearer, issue


def token(
    role: Annotated[
        list[str], typer.Option(help="agent, engineer, manager, customer, admin, …; repeatable.")
    ],
    customer: Annotated[UUID | None, typer.Option(help="The customer the token is confined to.")] = None,
    subject: Annotated[str | None, typer.Option(help="Who it stands for; else named after the role.")] = None,
    minutes: Annotated[int, typer.Option(min=1, max=60, help="How long it is good.")] = 60,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Print an access token (JWT) that the services of this data folder accept."""
    place = Home(home.absolute())
    keys = Keys(place.keys)
    if not keys.issuer.exists():
        give_up(
            f"Nothing has run on {place.folder} yet, so no service takes a token of it. "
            "Start it with `make up`, or name its folder with --home or AFTERCARE_HOME."
        )
    try:
        bearer = Bearer(subject or f"dev-{role[0]}", role, customer)
    except ValueError as error:
        give_up(str(error))
    typer.echo(issue(bearer, keys.issuer_key(), now=datetime.now(UTC), lifetime=timedelta(minutes=minutes)))
