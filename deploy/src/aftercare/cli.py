"""The command `aftercare`: a table of command groups, each in a module of its own."""

from collections.abc import Callable

import typer

from aftercare.commands import (
    audit,
    calendar,
    demo,
    documents,
    imports,
    kafka,
    parked,
    plan,
    sla,
    stock,
    token,
    up,
)

app = typer.Typer(
    help="Aftercare: every promise of a service plan, kept and proven.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

# One line a command: a function of the module.
COMMANDS: dict[str, Callable[..., None]] = {
    "up": up.up,
    "kafka": kafka.kafka,
    "token": token.token,
    "demo": demo.demo,
    "import": imports.import_,
    "openapi": documents.openapi,
    "asyncapi": documents.asyncapi,
}
for name, command in COMMANDS.items():
    app.command(name)(command)

# One line a group: a Typer of the module.
GROUPS: dict[str, typer.Typer] = {
    "plan": plan.group,
    "calendar": calendar.group,
    "sla": sla.group,
    "stock": stock.group,
    "audit": audit.group,
    "parked": parked.group,
}
for name, group in GROUPS.items():
    app.add_typer(group, name=name)
