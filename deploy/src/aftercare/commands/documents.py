"""`aftercare openapi` and `aftercare asyncapi`: the documents of a service's interfaces."""

from importlib import import_module
from typing import Annotated

import typer

from aftercare.commands.options import give_up
from aftercare.processes import SERVICES

ServiceArgument = Annotated[str, typer.Argument(help=f"One of {', '.join(one.name for one in SERVICES)}.")]


def openapi(service: ServiceArgument) -> None:
    """Print a service's OpenAPI document (JSON)."""
    typer.echo(_document(service, "openapi"), nl=False)


def asyncapi(service: ServiceArgument) -> None:
    """Print a service's AsyncAPI document (YAML)."""
    typer.echo(_document(service, "asyncapi"), nl=False)


def _document(service: str, kind: str) -> str:
    names = [one.name for one in SERVICES]
    if service not in names:
        give_up(f"There is no service {service}; services are {', '.join(names)}.")
    from common.processes import document_of  # noqa: PLC0415 - the web framework, which few commands need

    return document_of(import_module(f"{service}.main").SERVICE, kind)
