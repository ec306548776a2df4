"""`aftercare calendar`: service calendars as files, and the shipped statutory schedule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from aftercare.commands.options import DEFAULT_HOME, HomeOption, give_up, running_in
from aftercare.desk import Desk
from aftercare.lines import line_of, text_of, values_of
from sla import schedule_check
from sla.domain.business_time import CalendarRefused, definition_of
from sla.domain.refusals import MESSAGES

group = typer.Typer(help="Service calendars: check and import.", no_args_is_help=True)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a file holds: a definition, with the calendar's id and titles where they are given."""

    definition: dict[str, Any]
    calendar_id: str | None
    titles: Mapping[str, str] | None


@group.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="A definition.", exists=True, dir_okay=False)] = None,
) -> None:
    """Check a definition; without a file compare the shipped statutory schedule with two packages."""
    if file is not None:
        _read(file)
        typer.echo(f"{file}: nothing is wrong with it.")
        return
    try:
        differences = schedule_check.check()
    except ModuleNotFoundError as error:
        give_up(f"The development package {error.name} is missing: run `uv sync`, then try again.")
    for difference in differences:
        typer.echo(difference)
    if differences:
        give_up("Look these dates up in the State Council's notices, then correct chinese_schedule.yaml.")
    years = f"{schedule_check.FIRST_YEAR} to {schedule_check.LAST_YEAR}"
    typer.echo(f"The shipped schedule and both packages agree on every date of {years}.")


@group.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A definition.", exists=True, dir_okay=False)],
    calendar: Annotated[
        str | None, typer.Option("--id", help="The calendar, where the file does not say.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Publish a definition in the running copy: the next revision of a calendar, or a new calendar."""
    entry = _read(file)
    calendar_id = calendar or entry.calendar_id
    if calendar_id is None:
        give_up(f"{file}: does not say which calendar it is for. Add --id ID, or `id` and `definition`.")
    desk = Desk(*running_in(home), "aftercare-calendar", ["manager"])
    body: dict[str, Any] = {"definition": entry.definition}
    there = desk.find("sla", f"/v1/calendars/{calendar_id}")
    if there is not None:
        told = desk.post("sla", f"/v1/calendars/{calendar_id}/versions", body, there["version"])
    elif entry.titles:
        told = desk.post("sla", "/v1/calendars", {**body, "id": calendar_id, "titles": entry.titles})
    else:
        give_up(f"There is no calendar {calendar_id}. To make it, give {file} `id`, `titles`, `definition`.")
    typer.echo(f"{calendar_id}: revision {told['revision']} is in force.")


def _read(file: Path) -> _Entry:
    """The definition in a file; all that is wrong with it is printed and ends the command."""
    text = text_of(file)
    try:
        document = values_of(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        typer.echo(f"{file}:{mark.line + 1 if mark else 1}: Not valid YAML: {error}")
        raise typer.Exit(1) from error
    wrapper = document if isinstance(document, dict) and "definition" in document else {}
    definition = wrapper.get("definition", document)
    try:
        definition_of(definition, around=datetime.now(UTC).date())
    except CalendarRefused as refused:
        above = "/definition" if wrapper else ""
        for issue in refused.issues:
            reason = MESSAGES[issue.code].detail_en.format_map(issue.facts)
            line = line_of(text, above + issue.pointer.removeprefix("#"))
            typer.echo(f"{file}:{line}: {issue.pointer}: {reason}")
        raise typer.Exit(1) from refused
    return _Entry(definition, wrapper.get("id"), wrapper.get("titles") or wrapper.get("names"))
