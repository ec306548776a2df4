"""What a row held as it was known at a moment: what the audit says was changed since is taken back."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.audit.entries import AuditEntry
from common.db import Session
from common.errors import Invalid
from common.rows import Resource, fresh

R = TypeVar("R", bound=Resource)

_READERS: Mapping[type, Any] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    Decimal: Decimal,
    float: float,
}
"""What the audit keeps as text."""


async def as_known(session: Session, row: R | None, known_at: datetime | None) -> R | None:
    """The row as it was known at ``known_at``; with ``None`` as it is.

    The trail of audit is complete and final, so that taking changes back is exact, whoever made them.

    Raises:
        Invalid: ``not-known-then``, where the row was not there yet.
    """
    if row is None or known_at is None:
        return row
    if row.created_at > known_at:
        raise Invalid("not-known-then", pointer="#/known_at", known_from=row.created_at.isoformat())
    before = await _before(session, row, known_at)
    columns = row.__table__.columns  # type: ignore[attr-defined]
    told = {name: _read(columns[name].type.python_type, value) for name, value in before.items()}
    kept = {name: getattr(row, name) for name in type(row).model_fields}
    return fresh(type(row), **{**kept, **told})


def _read(kind: type, value: Any) -> Any:  # noqa: ANN401 - a column's value as JSON
    return _READERS[kind](value) if kind in _READERS and isinstance(value, str) else value


async def _before(session: Session, row: Resource, known_at: datetime) -> dict[str, Any]:
    """What the columns held that were changed after ``known_at``."""
    since = (
        select(col(AuditEntry.changes))
        .where(
            col(AuditEntry.resource_id) == str(row.id),
            col(AuditEntry.resource_type) == str(row.__tablename__),
            col(AuditEntry.at) > known_at,
        )
        .order_by(col(AuditEntry.resource_version).desc(), col(AuditEntry.id).desc())
    )
    found: dict[str, Any] = {}
    for changes in (await session.execute(since)).scalars():
        found.update({name: old for name, (old, _) in changes.items()})
    return found
