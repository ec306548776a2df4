"""`aftercare plan`: service plans as files."""

from pathlib import Path
from typing import Annotated

import typer

from aftercare.commands.options import DEFAULT_HOME, HomeOption, give_up, running_in
from aftercare.desk import Desk
from aftercare.lines import line_of, text_of
from sla.catalogue import catalogue_of
from sla.data import reference_calendars
from sla.domain.messages import issue_text
from sla.domain.plans.checking import check_plan
from sla.domain.plans.issues import Issue
from sla.plan_files import read_text

group = typer.Typer(help="Service plans: check, load and export.", no_args_is_help=True)
FileArgument = Annotated[Path, typer.Argument(help="A plan in YAML or JSON.", exists=True, dir_okay=False)]


@group.command()
def check(
    file: FileArgument,
    calendar: Annotated[
        list[str] | None, typer.Option(help="A calendar there is besides the shipped ones; repeatable.")
    ] = None,
) -> None:
    """Check a plan without a running copy; print `file:line: reason` for all that is wrong."""
    text = text_of(file)
    reading = read_text(text)
    issues = list(reading.issues)
    if reading.plan is not None:
        known = [*(shipped.id for shipped in reference_calendars()), *(calendar or ())]
        issues += check_plan(reading.plan, catalogue_of(known))
    _refuse(file, text, issues)
    typer.echo(f"{file}: nothing is wrong with it.")


@group.command()
def load(
    file: FileArgument,
    home: HomeOption = DEFAULT_HOME,
    *,
    publish: Annotated[bool, typer.Option("--publish", help="Put it in force at once.")] = False,
) -> None:
    """Draft a plan, or the next revision of one, in the running copy."""
    text = text_of(file)
    reading = read_text(text)
    if reading.plan is None:
        _refuse(file, text, reading.issues)
        give_up(f"{file}: holds no plan.")
    plan_id = reading.plan.id
    desk = Desk(*running_in(home), "aftercare-plan", ["manager"])
    there = desk.find("sla", f"/v1/plans/{plan_id}")
    if there is None:
        told = desk.send_yaml("sla", "POST", "/v1/plans", text)
    else:
        told = desk.send_yaml("sla", "PUT", f"/v1/plans/{plan_id}/draft", text, there["version"])
    if not publish:
        typer.echo(f"{plan_id}: drafted. Put it in force with `aftercare plan load {file} --publish`.")
        return
    told = desk.post("sla", f"/v1/plans/{plan_id}:publish", {}, told["version"])
    typer.echo(f"{plan_id}: revision {told['revision']} is in force.")


@group.command()
def export(
    plan_id: Annotated[str, typer.Argument(metavar="ID", help="The plan.")],
    revision: Annotated[int | None, typer.Option(min=1, help="Else the one in force.")] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Print a published revision of a plan as YAML."""
    desk = Desk(*running_in(home), "aftercare-plan", ["manager"])
    query = {} if revision is None else {"revision": str(revision)}
    typer.echo(desk.get("sla", f"/v1/plans/{plan_id}/export", **query)["text"], nl=False)


def _refuse(file: Path, text: str, issues: list[Issue] | tuple[Issue, ...]) -> None:
    for issue in issues:
        line = issue.line or line_of(text, issue.pointer)
        typer.echo(f"{file}:{line}: {issue_text(issue, 'en')}")
    if issues:
        raise typer.Exit(1)
