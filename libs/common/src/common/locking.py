"""Taking a row for change: locked until the transaction ends, in the version the caller saw."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.db import Session
from common.errors import Conflict, NotFound
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
