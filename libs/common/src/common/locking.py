"""Taking a row for change, or the word for one that is not there yet: held until the transaction ends."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.db import Session
from common.errors import Conflict, NotFound
from common.inbox import execute
from common.rows import Resource

R = TypeVar("R", bound=Resource)


async def locked(session: Session, kind: type[R], row_id: UUID, version: int | None = None) -> R:
    """The row ``row_id`` of ``kind``, locked, as it stands now.

    Args:
        session: the unit of work; what its caller may not see is not found.
        kind: row class.
        row_id: id.
        version: version the caller saw; ``None`` takes any.

    Raises:
        NotFound: no such row for this caller.
        Conflict: ``precondition-failed`` where the version is another one by now.
    """
    statement = (
        select(kind).where(col(kind.id) == row_id).with_for_update().execution_options(populate_existing=True)
    )
    row = (await session.execute(statement)).scalar_one_or_none()
    if row is None:
        raise NotFound("not-found")
    if version is not None and row.version != version:
        raise Conflict("precondition-failed", current_version=row.version)
    return row


_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"


async def one_at_a_time(session: Session, what: str) -> None:
    """Let transactions about ``what`` follow one another, where there may be no row to lock yet."""
    await execute(session, _ONE_AT_A_TIME, what)
