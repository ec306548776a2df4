"""Questions about imports: their files, their rows, and what is wrong with them."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from common.db import Session
from common.errors import NotFound
from common.inbox import fetch
from warranty.domain.imports.columns import ImportKind
from warranty.domain.imports.life import Outcome
from warranty.domain.imports.records import ERASED_ROW, Called, Record, name_of
from warranty.queries.single import narrowed
from warranty.tables.imports import Import, ImportPart, ImportProblem, ImportRow

MOST_NAMED = 20
"""Rows that a failure names."""


def imports(**told: Any) -> Select[Import]:  # noqa: ANN401 - values of filters
    """Imports by ``kind``, ``state`` and ``is_dry_run``."""
    return narrowed(select(Import), Import, told)


def problems(import_id: UUID) -> Select[ImportProblem]:
    """What is wrong with an import's rows."""
    return select(ImportProblem).where(col(ImportProblem.import_id) == import_id)


async def kind_of(session: Session, import_id: UUID) -> ImportKind:
    """What the rows of an import are.

    Raises:
        NotFound: there is no such import.
    """
    kind = (await session.execute(select(col(Import.kind)).where(col(Import.id) == import_id))).scalar()
    if kind is None:
        raise NotFound("not-found")
    return ImportKind(kind)


async def all_problems(session: Session, import_id: UUID) -> list[ImportProblem]:
    """Everything that is kept of what is wrong, in the order of the rows."""
    ordered = problems(import_id).order_by(col(ImportProblem.row), col(ImportProblem.id))
    return list((await session.execute(ordered)).scalars())


async def part(session: Session, import_id: UUID, number: int) -> bytes | None:
    """A piece of the file; ``None`` behind the last."""
    found = select(col(ImportPart.content)).where(
        col(ImportPart.import_id) == import_id, col(ImportPart.number) == number
    )
    return (await session.execute(found)).scalar_one_or_none()


async def records_after(session: Session, import_id: UUID, row: int, limit: int) -> list[Record]:
    """The next rows of a file behind ``row``, as they were read."""
    found = (
        select(col(ImportRow.row), col(ImportRow.values))
        .where(col(ImportRow.import_id) == import_id, col(ImportRow.row) > row)
        .order_by(col(ImportRow.row))
        .limit(limit)
    )
    return [Record(*one) for one in await session.execute(found)]


_CALLED = """
SELECT told.name, min(n.place) AS place, count(*) FILTER (WHERE r.outcome = 'new') AS new
FROM unnest($2::text[]) AS told (name)
CROSS JOIN LATERAL (SELECT "row" AS place FROM import_name WHERE import_id = $1 AND name = told.name
    OFFSET 0) AS n
CROSS JOIN LATERAL (SELECT outcome FROM import_row WHERE import_id = $1 AND "row" = n.place OFFSET 0) AS r
WHERE r.outcome IN ('new', 'wrong') GROUP BY told.name
"""
"""A probe for each name and each row that is called so, whatever the planner takes the file to hold."""


async def called(session: Session, import_id: UUID, names: Collection[str]) -> dict[str, Called]:
    """The rows kept so far that are called by each of ``names``, but for those that tell nothing new."""
    if not names:
        return {}
    return {
        one.name: Called(one.place, one.new) for one in await fetch(session, _CALLED, import_id, list(names))
    }


_SUPERSEDING = """
SELECT told.number, r.values ->> 'superseded_by' AS by
FROM unnest($2::text[], $3::text[]) AS told (number, name)
CROSS JOIN LATERAL (SELECT "row" AS place FROM import_name WHERE import_id = $1 AND name = told.name
    LIMIT 1) AS n
CROSS JOIN LATERAL (SELECT values FROM import_row WHERE import_id = $1 AND "row" = n.place OFFSET 0) AS r
"""


async def superseding(
    session: Session, import_id: UUID, numbers: Collection[str], known: Mapping[str, str | None]
) -> dict[str, str | None]:
    """What supersedes each of these parts by the rows kept so far; where they do not say, as is ``known``."""
    names = [name_of(("number",), {"number": number}) for number in numbers]
    found = await fetch(session, _SUPERSEDING, import_id, list(numbers), names)
    return {one.number: one.by or known.get(one.number) for one in found}


_ROWS_CALLED = """
SELECT DISTINCT "row" AS place FROM import_name WHERE import_id = $1 AND name = ANY($2) AND "row" > $3
ORDER BY place LIMIT $4
"""


async def rows_called(session: Session, import_id: UUID, names: Collection[str]) -> list[int]:
    """The first rows kept so far that are called by any of ``names``."""
    found = await fetch(session, _ROWS_CALLED, import_id, list(names), ERASED_ROW, MOST_NAMED)
    return [one.place for one in found]


async def outcomes(session: Session, import_id: UUID) -> dict[Outcome, int]:
    """How many rows of the file have each outcome."""
    counted = "SELECT outcome, count(*) FROM import_row WHERE import_id = $1 GROUP BY outcome"
    return {Outcome(code): count for code, count in await fetch(session, counted, import_id)}
