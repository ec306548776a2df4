"""Questions about imports: their files, their rows, and what is wrong with them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from common.db import Session
from common.errors import NotFound
from common.inbox import fetch
from warranty.domain.imports.columns import ImportKind
from warranty.domain.imports.life import Outcome
from warranty.domain.imports.records import Record
from warranty.queries.single import narrowed
from warranty.tables.imports import Import, ImportPart, ImportProblem, ImportRow


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


async def count_called(session: Session, import_id: UUID, names: Collection[str]) -> dict[str, int]:
    """How many of the rows kept so far are called by each of ``names``."""
    counted = "SELECT name, count(*) FROM import_name WHERE import_id = $1 AND name = ANY($2) GROUP BY name"
    return dict(map(tuple, await fetch(session, counted, import_id, list(names))))


async def outcomes(session: Session, import_id: UUID) -> dict[Outcome, int]:
    """How many rows of the file have each outcome."""
    counted = "SELECT outcome, count(*) FROM import_row WHERE import_id = $1 GROUP BY outcome"
    return {Outcome(code): count for code, count in await fetch(session, counted, import_id)}
