"""`aftercare import`: the directory and the installed base from spreadsheets."""

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from time import sleep
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
from rich.table import Table

from aftercare.commands.options import DEFAULT_HOME, HomeOption, give_up, running_in
from aftercare.desk import Body, Desk
from warranty.domain.imports.columns import ImportKind

PATH = "/v1/imports"
POLL_SECONDS = 0.3
UNDER_WAY = frozenset({"queued", "checking", "running"})
MOST_SHOWN = 200
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Language(StrEnum):
    """In which language it is told."""

    ZH = "zh"
    EN = "en"


_SAID = {
    Language.EN: {
        "checked": "Checked; nothing was changed.",
        "succeeded": "All rows are in.",
        "failed": "Nothing was changed.",
        "cancelled": "The import was cancelled; nothing was changed.",
        "counts": "New {new_count}, changed {changed_count}, same {unchanged_count}, wrong {wrong_count}.",
        "ignored": "Columns that were not read: {columns}",
        "more": "{count} more; see {path}/problems:export",
        "headings": "Row/Column/Problem/Value",
        "queued": "waiting",
        "checking": "checking",
        "running": "writing",
    },
    Language.ZH: {
        "checked": "已检查，未作任何更改。",
        "succeeded": "全部行已导入。",
        "failed": "未作任何更改。",
        "cancelled": "导入已取消，未作任何更改。",
        "counts": "新增 {new_count}，变更 {changed_count}，不变 {unchanged_count}，有误 {wrong_count}",
        "ignored": "未读取的列：{columns}",
        "more": "另有 {count} 个问题，见 {path}/problems:export",
        "headings": "行/列/问题/内容",
        "queued": "等待中",
        "checking": "检查中",
        "running": "写入中",
    },
}


def import_(
    kind: Annotated[ImportKind, typer.Argument(help="What the rows are.")],
    file: Annotated[
        Path | None, typer.Argument(help="A CSV file or XLSX workbook.", exists=True, dir_okay=False)
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only; change nothing.")] = False,
    template: Annotated[bool, typer.Option("--template", help="Print a file to fill in instead.")] = False,
    language: Annotated[Language, typer.Option("--language", "-l", help="Of what is told.")] = Language.EN,
) -> None:
    """Import what a spreadsheet tells: all rows or none; status 1 where any is wrong."""
    desk = Desk(*running_in(home), "aftercare-import", ["manager"], language)
    if template:
        typer.echo(desk.get("warranty", f"{PATH}:template", kind=kind)["text"], nl=False)
    elif file is None:
        give_up("Name the FILE to import, or ask for one to fill in with --template.")
    else:
        _import(desk, kind, file, language, dry_run=dry_run)


def _import(desk: Desk, kind: ImportKind, file: Path, language: Language, *, dry_run: bool) -> None:
    """Send the file, wait until it is over, and tell what came of it."""
    media = _XLSX if file.suffix.lower() == ".xlsx" else "text/csv"
    query = {"kind": kind.value, "file_name": file.name[-200:], "dry_run": str(dry_run).lower()}
    job = _awaited(desk, desk.send_file("warranty", PATH, file.read_bytes(), media, **query), language)
    said = _SAID[language]
    typer.echo(f"{said[job['state']]} {said['counts'].format_map(job)}")
    if job["ignored_columns"]:
        typer.echo(said["ignored"].format(columns=", ".join(job["ignored_columns"])))
    if job["problem_count"]:
        _show(desk, job, said)
    if job["failure"] is not None:
        give_up(job["failure"]["reason"])
    if job["problem_count"] or job["state"] == "cancelled":
        raise typer.Exit(1)


def _awaited(desk: Desk, job: Body, language: Language) -> Body:
    """The import once it is over; on a terminal a bar shows how far it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(_SAID[language][job["state"]], total=100)
        for seen in _states(desk, job):
            _draw(progress, task, seen, language)
    return seen


def _states(desk: Desk, job: Body) -> Iterator[Body]:
    yield job
    while job["state"] in UNDER_WAY or (job["state"] == "checked" and not job["is_dry_run"]):
        sleep(POLL_SECONDS)
        job = desk.get("warranty", f"{PATH}/{job['id']}")
        yield job


def _draw(progress: Progress, task: TaskID, job: Body, language: Language) -> None:
    description = _SAID[language].get(job["state"], "")
    progress.update(task, description=description, completed=job["progress"]["percent"])


def _show(desk: Desk, job: Body, said: dict[str, str]) -> None:
    """The first problems as a table, and how many there are besides."""
    path = f"{PATH}/{job['id']}"
    page = desk.get("warranty", f"{path}/problems", limit=str(MOST_SHOWN))["items"]
    table = Table()
    for heading in said["headings"].split("/"):
        table.add_column(heading, overflow="fold")  # a Chinese sentence has no spaces to be broken at
    for one in page:
        table.add_row(str(one["row"]), one["heading"] or "", one["reason"], one["value"])
    Console(highlight=False, markup=False).print(table)
    if job["problem_count"] > len(page):
        typer.echo(said["more"].format(count=job["problem_count"] - len(page), path=path))
