"""What is told and shown of imports."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.web.languages import EN
from common.web.shapes import Flag, ListQuery, Maybe, OutInstant, OutShape, Page, Shape, Text, sortable
from warranty.domain.imports.columns import Column, ImportKind
from warranty.domain.imports.kinds import KINDS
from warranty.domain.imports.life import LIFECYCLE, ImportState, barred
from warranty.domain.messages import MESSAGES
from warranty.tables.imports import Import, ImportProblem


class Sent(Shape):
    """What is said of a file beside it."""

    kind: Annotated[ImportKind, Field(description="What its rows are.")]
    file_name: Annotated[str, Text(200), Field(examples=["customers.xlsx"])] = "import"
    dry_run: Annotated[Flag, Field(description="Check only, and report what would be done.")] = False


class TemplateQuery(Shape):
    """Of which kind."""

    kind: ImportKind


class ProblemsQuery(Shape):
    """How the table of problems is written."""

    bom: Annotated[Flag, Field(description="Begin with a byte order mark, as Excel needs it.")] = True


class ImportProgress(OutShape):
    """How far the present step is."""

    rows_done: int
    rows_total: Annotated[int | None, Field(description="Null until the whole file was read once.")]
    percent: Annotated[int, Field(ge=0, le=100)]


class ImportFailure(OutShape):
    """Why nothing was imported, in the reader's language."""

    code: str
    reason: str


class ImportOut(OutShape):
    """A file on its way into the directory; its counts are rows."""

    id: UUID
    kind: ImportKind
    state: ImportState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    is_dry_run: bool
    file_name: str
    size_bytes: int
    sha256: str
    format: str
    encoding: str
    columns: list[str]
    ignored_columns: Annotated[list[str], Field(description="Headings that say nothing to us.")]
    sheet: Annotated[str | None, Field(description="The sheet of a workbook that is read.")]
    heading_row: Annotated[int | None, Field(description="Where the headings stand on it.")]
    progress: ImportProgress
    new_count: int
    changed_count: int
    unchanged_count: int
    wrong_count: int
    problem_count: int
    failure: ImportFailure | None
    finished_at: OutInstant | None
    expires_at: Annotated[
        OutInstant, Field(description="Until then problems are kept, and at most the file.")
    ]
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Import, caller: Caller, spoken: str) -> "ImportOut":
        """The import as ``caller`` sees it, in a language."""
        actions = LIFECYCLE.open_to(
            row.state,
            caller.roles,
            is_customer=caller.customer_id is not None,
            barred=barred(wrong_count=row.wrong_count, has_rows=row.has_rows),
        )
        failure = row.failure and {
            "code": row.failure["code"],
            "reason": reason(row.failure["code"], row.failure["facts"], spoken),
        }
        told = {"allowed_actions": actions, "progress": _progress(row), "failure": failure}
        return cls.model_validate({**vars(row), **told})


def _progress(row: Import) -> dict[str, Any]:
    share = row.share_done
    if row.state == ImportState.RUNNING and row.row_count:
        share = row.done_count / row.row_count
    return {"rows_done": row.done_count, "rows_total": row.row_count, "percent": int(100 * share)}


def reason(code: str, facts: Mapping[str, Any], spoken: str) -> str:
    """The text of a problem with its facts, in a language."""
    message = MESSAGES[code]
    template = message.detail_en if spoken == EN else message.detail_zh
    said = {
        name: ", ".join(map(str, fact)) if isinstance(fact, list) else fact for name, fact in facts.items()
    }
    return template.format_map(said)


class ImportPage(Page[ImportOut]):
    """A page of imports."""


class ImportFilters(ListQuery):
    """Filters of the list of imports."""

    kind: Maybe[ImportKind] = None
    state: Annotated[list[ImportState], Field(max_length=7)] = []
    is_dry_run: Maybe[Flag] = None
    sort: Annotated[str, sortable("created_at")] = "-created_at"


class ImportProblemOut(OutShape):
    """One thing wrong with a row of a file."""

    row: Annotated[int, Field(description="Number of the row as the spreadsheet shows it.")]
    column: Annotated[str | None, Field(description="Null where the row as a whole is wrong.")]
    heading: Annotated[str | None, Field(description="The column as people call it.")]
    pointer: Annotated[str, Field(examples=["#/17/serial_number"])]
    code: str
    reason: Annotated[str, Field(description="What is wrong and what to do, in the reader's language.")]
    value: Annotated[str, Field(description="The cell, or its beginning.")]
    other_row: Annotated[int | None, Field(description="The row that it is a double of.")]

    @classmethod
    def of(cls, row: ImportProblem, kind: ImportKind, spoken: str) -> "ImportProblemOut":
        """The problem in a language."""
        return cls(
            row=row.row,
            column=row.column,
            heading=None if row.column is None else heading(kind, row.column, spoken),
            pointer=f"#/{row.row}/{row.column}" if row.column else f"#/{row.row}",
            code=row.code,
            reason=reason(row.code, row.facts, spoken),
            value=row.value,
            other_row=row.facts.get("other_row"),
        )


class ImportProblemPage(Page[ImportProblemOut]):
    """A page of what is wrong with a file."""


class ImportProblemFilters(ListQuery):
    """Paging of the problems, by row."""

    sort: Annotated[str, sortable("row")] = "row"


class TableOut(OutShape):
    """A table as the text of a CSV file."""

    file_name: str
    text: str


class ImportColumnOut(OutShape):
    """One column of a kind of spreadsheet."""

    name: str
    heading: str
    is_required: bool
    is_key: bool
    choices: list[str]
    example: str


class ImportTemplateOut(TableOut):
    """The columns of a kind of spreadsheet, and a file with its heading and a row that would do."""

    kind: ImportKind
    columns: list[ImportColumnOut]


def heading(kind: ImportKind, name: str, spoken: str) -> str:
    """A column as people call it."""
    column = next(one for one in KINDS[kind].columns if one.name == name)
    return _heading(column, spoken)


def _heading(column: Column, spoken: str) -> str:
    return column.en if spoken == EN else column.zh


def template(kind: ImportKind, spoken: str) -> list[ImportColumnOut]:
    """The columns of ``kind`` in a language."""
    return [
        ImportColumnOut(
            name=one.name,
            heading=_heading(one, spoken),
            is_required=one.is_required,
            is_key=one.name in KINDS[kind].key_columns,
            choices=sorted(set(one.choices.values())),
            example=one.example,
        )
        for one in KINDS[kind].columns
    ]
