"""Imports: files of the directory, of the catalogue and of the installed base."""

import asyncio
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.db import Session
from common.paging import Sorts
from common.web.languages import EN, language
from common.web.routes import Routes
from common.web.shapes import OutShape
from common.web.told import NOW, Act
from common.web.work import Work
from warranty.api.import_shapes import (
    ImportFilters,
    ImportOut,
    ImportPage,
    ImportProblemFilters,
    ImportProblemOut,
    ImportProblemPage,
    ImportTemplateOut,
    ProblemsQuery,
    Sent,
    TableOut,
    TemplateQuery,
    template,
)
from warranty.api.tables_of_text import MEDIA, csv_text
from warranty.commands.imports import asking as commands
from warranty.domain.imports.columns import ImportKind
from warranty.policy import IMPORT_FILE_BYTES
from warranty.queries import imports as queries
from warranty.queries.single import one
from warranty.tables.imports import Import, ImportProblem

routes = Routes(
    "imports", "Files of directory, catalogue and installed base: taken as a whole or not at all."
)

SORTS = Sorts(Import.id, {"created_at": Import.created_at})
PROBLEM_SORTS = Sorts(ImportProblem.id, {"row": ImportProblem.row})
PATH = "/v1/imports/{import_id:uuid}"
CSV = "text/csv"
SENT = (
    CSV,
    "text/plain",
    "text/tab-separated-values",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
)
"""What programs call such files; what one is shows in its first bytes."""
CHARSETS = ("utf-8", "gb18030", "gbk")
"""What a text may be said to be written in; where nothing is said, it is found out."""

HEADINGS = {
    EN: ("Row", "Column", "Problem", "Value", "Code"),
    "zh-CN": ("行", "列", "问题", "内容", "代码"),
}


@routes.create(
    "/v1/imports", "imports.write", ImportOut, media=SENT, charsets=CHARSETS, max_body=IMPORT_FILE_BYTES
)
async def create_import(work: Work, sent: Annotated[Sent, Query()]) -> Response:
    """Send a file as the body: CSV (comma, semicolon or tab; UTF-8 or GB18030) or an XLSX workbook.

    A row of headings names the columns, in Chinese or English (`/v1/imports:template`). A title may stand
    above it, among the first 20 filled rows, and a workbook may begin with a cover: the one visible sheet
    that has such headings is read. Every row is checked; then, unless this is a dry run, all rows are taken
    or none. A blank cell changes nothing. A row is known again by its natural key: customers by code, sites
    by customer and code, contacts by customer and e-mail address (without one by name and number), assets by
    product and serial number, products by code, parts by number, components by asset, position, and serial
    number or lot. A contact's authorisation to report is told by its days and given by whoever imports it. A
    component's parent is named by its serial number or its position, and a part's successor by its number;
    either stands in a row above, where it is not known already. Where no day of installation is told, a
    component came with the asset. A `charset` (`utf-8`, `gb18030` or `gbk`) in `Content-Type` is taken at its
    word; without one the encoding is found out.
    """
    content = await work.body()
    glance = await work.services["sheets"].glance(content, sent.kind, work.charset)
    digest = await asyncio.to_thread(lambda: sha256(content).hexdigest())
    told = commands.NewImport(
        kind=sent.kind,
        file_name=sent.file_name,
        is_dry_run=sent.dry_run,
        sha256=digest,
        format=glance.format,
        encoding=glance.encoding,
        columns=glance.columns,
        ignored_columns=glance.ignored,
        sheet=glance.sheet,
        heading_row=glance.heading_row,
    )
    return await work.write(
        lambda s: commands.accept(s, told, content, work.at()), lambda row: _out(work, row), status=201
    )


@routes.get("/v1/imports:template", "imports.read", ImportTemplateOut)
async def get_import_template(work: Work, asked: Annotated[TemplateQuery, Query()]) -> Response:
    """The columns of a kind of file; `Accept: text/csv` asks for the file itself.

    `is_required` columns stand in every file; those with `is_key` are what a row is known again by, and what
    is listed in `choices` may be written as the code or as its label in either language.
    """
    columns = template(asked.kind, _spoken(work))
    text = csv_text([one.heading for one in columns], [[one.example for one in columns]])
    return _table(
        work, ImportTemplateOut(file_name=f"{asked.kind}.csv", text=text, kind=asked.kind, columns=columns)
    )


@routes.list("/v1/imports", "imports.read", ImportPage)
async def list_imports(work: Work, filters: Annotated[ImportFilters, Query()]) -> Response:
    """Imports by filter, the latest first."""
    return await work.page(queries.imports(**filters.told()), SORTS, filters, lambda row: _out(work, row))


@routes.get(PATH, "imports.read", ImportOut)
async def get_import(work: Work, import_id: UUID) -> Response:
    """One import: its state, how far it is, and what its rows mean for what is known."""
    return await work.read(lambda s: one(s, Import, import_id), lambda row: _out(work, row))


@routes.action(f"{PATH}:run", "imports.write", ImportOut, refuses=(403,))
async def run_import(work: Work, import_id: UUID, body: Act = NOW) -> Response:
    """Take in what a dry run has found to be in order."""
    return await work.write(
        lambda s: commands.run(s, import_id, work.at(body.occurred_at)), lambda row: _out(work, row)
    )


@routes.action(f"{PATH}:cancel", "imports.write", ImportOut, refuses=(403,))
async def cancel_import(work: Work, import_id: UUID, body: Act = NOW) -> Response:
    """End an import that has changed nothing yet."""
    return await work.write(
        lambda s: commands.cancel(s, import_id, work.at(body.occurred_at)), lambda row: _out(work, row)
    )


@routes.list(f"{PATH}/problems", "imports.read", ImportProblemPage)
async def list_import_problems(
    work: Work, import_id: UUID, filters: Annotated[ImportProblemFilters, Query()]
) -> Response:
    """What is wrong with the rows of a file, row by row."""
    kinds: list[ImportKind] = []

    async def given(session: Session) -> None:
        kinds.append(await queries.kind_of(session, import_id))

    return await work.page(
        queries.problems(import_id),
        PROBLEM_SORTS,
        filters,
        lambda row: ImportProblemOut.of(row, kinds[0], _spoken(work)),
        given=given,
    )


@routes.get(f"{PATH}/problems:export", "imports.read", TableOut)
async def export_import_problems(
    work: Work, import_id: UUID, asked: Annotated[ProblemsQuery, Query()]
) -> Response:
    """Everything that is wrong with a file as a table; `Accept: text/csv` asks for the file itself."""
    spoken = _spoken(work)

    async def find(session: Session) -> TableOut:
        kind = await queries.kind_of(session, import_id)
        found = [
            ImportProblemOut.of(row, kind, spoken) for row in await queries.all_problems(session, import_id)
        ]
        rows = [(told.row, told.heading, told.reason, told.value, told.code) for told in found]
        text = csv_text(HEADINGS[spoken], rows, marked=asked.bom)
        return TableOut(file_name=f"problems-{import_id}.csv", text=text)

    answer = await work.read(find, lambda out: out)
    return _table(work, TableOut.model_validate_json(bytes(answer.body)))


def _table(work: Work, out: TableOut) -> Response:
    """The table as JSON, or as the file where the client asks for that."""
    if not _wants_file(work):
        return work.answer(out)
    disposition = {"content-disposition": f'attachment; filename="{out.file_name}"', "vary": "Accept"}
    return Response(out.text.encode(), headers=disposition, media_type=MEDIA)


def _wants_file(work: Work) -> bool:
    return CSV in work.headers.get("accept", "")


def _spoken(work: Work) -> str:
    return language(work.headers.get("accept-language"))


def _out(work: Work, row: Import) -> OutShape:
    return ImportOut.of(row, work.caller, _spoken(work))
