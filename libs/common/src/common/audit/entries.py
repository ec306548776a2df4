"""Entries of the audit trail: written with the change they tell of, never changed, sealed afterwards."""

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DDL, BigInteger, Index, LargeBinary, Table, delete, event, select, text
from sqlmodel import Field

from common.db import Session
from common.events import instant
from common.ids import new_id
from common.rows import INSTANT, JSON, CommonRow

Changes = Mapping[str, tuple[object, object]]

_LARGEST_EXACT = 2**53 - 1


class AuditEntry(CommonRow, table=True):
    """One act; ``seq`` and ``hash`` are its place in the chain, null until it is sealed."""

    __tablename__: ClassVar[str] = "audit_entry"
    __table_args__ = (
        Index("uq_audit_entry_seq", "seq", unique=True, postgresql_where=text("seq IS NOT NULL")),
        Index("ix_audit_entry_unsealed", "id", postgresql_where=text("seq IS NULL")),
        Index("ix_audit_entry_resource", "resource_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    seq: int | None = Field(default=None, sa_type=BigInteger)
    at: datetime = Field(sa_type=INSTANT)
    actor_type: str
    actor_id: str
    client_id: str
    action: str
    resource_type: str
    resource_id: str
    resource_version: int | None = None
    outcome: str
    reason: str | None = None
    request_id: str
    trace_id: str
    changes: dict[str, list[Any]] = Field(sa_type=JSON)
    hash: bytes | None = Field(default=None, sa_type=LargeBinary)


class CheckpointRow(CommonRow, table=True):
    """A signed head of the chain, as it was published outside the database."""

    __tablename__: ClassVar[str] = "audit_checkpoint"

    size: int = Field(primary_key=True, sa_type=BigInteger)
    note: str
    at: datetime = Field(sa_type=INSTANT)


class PersonalValue(CommonRow, table=True):
    """A person's data behind a commitment in the trail; erasing it leaves the chain whole."""

    __tablename__: ClassVar[str] = "audit_personal_value"
    __table_args__ = (Index("ix_audit_personal_value_subject_id", "subject_id"),)

    commitment: str = Field(primary_key=True)
    subject_id: str
    salt: bytes = Field(sa_type=LargeBinary)
    value: str
    created_at: datetime = Field(sa_type=INSTANT)


AUDIT: Table = AuditEntry.__table__  # type: ignore[attr-defined]
PERSONAL: Table = PersonalValue.__table__  # type: ignore[attr-defined]


def record(
    session: Session,
    action: str,
    resource_type: str,
    resource_id: object,
    version: int | None = None,
    *,
    changes: Changes | None = None,
    reason: str | None = None,
    outcome: str = "done",
    now: datetime,
) -> None:
    """Write down an act when the transaction commits.

    Args:
        session: the unit of work; it knows who acts, in which request.
        action: ``<thing>.<verb>``.
        resource_type: kind of the thing.
        resource_id: its id.
        version: its version after the act.
        changes: field to old and new value; a person's data only as a commitment (``committed``).
        reason: what the actor gave as reason.
        outcome: ``done``, or what else came of it.
        now: when.
    """
    context = session.context
    session.collect(
        AUDIT,
        {
            "id": new_id(),
            "at": now,
            "actor_type": context.caller.kind,
            "actor_id": context.caller.subject,
            "client_id": context.caller.client_id,
            "action": action,
            "resource_type": resource_type,
            "resource_id": str(resource_id),
            "resource_version": version,
            "outcome": outcome,
            "reason": reason,
            "request_id": context.request_id,
            "trace_id": context.traceparent[3:35],
            "changes": {name: [_plain(old), _plain(new)] for name, (old, new) in (changes or {}).items()},
        },
    )


def committed(session: Session, value: str, subject_id: object, now: datetime) -> str:
    """A salted commitment to a person's ``value``, for the trail; salt and value are kept apart until erased.

    Args:
        session: the unit of work.
        value: the clear value.
        subject_id: whose it is.
        now: when.
    """
    salt = os.urandom(16)
    commitment = "sha256:" + sha256(salt + value.encode()).hexdigest()
    clear = {"subject_id": str(subject_id), "salt": salt, "value": value, "created_at": now}
    session.collect(PERSONAL, {"commitment": commitment, **clear})
    return commitment


async def personal_values(session: Session, subject_id: object) -> dict[str, str]:
    """The clear values behind the commitments about a person, by commitment."""
    found = select(PERSONAL.c.commitment, PERSONAL.c.value).where(PERSONAL.c.subject_id == str(subject_id))
    return {row.commitment: row.value for row in await session.execute(found)}


async def entries_about(session: Session, resource_id: object) -> list[AuditEntry]:
    """Every entry about one thing, the oldest first."""
    about = select(AuditEntry).where(AUDIT.c.resource_id == str(resource_id)).order_by(AUDIT.c.id)
    return list((await session.execute(about)).scalars())


async def erase_personal(session: Session, subject_id: object) -> int:
    """Forget what lies behind the commitments about a person.

    Returns:
        How many values were erased.
    """
    gone = delete(PERSONAL).where(PERSONAL.c.subject_id == str(subject_id)).returning(PERSONAL.c.commitment)
    return len((await session.execute(gone)).all())


def _plain(value: object) -> Any:  # noqa: ANN401 - any JSON
    """``value`` as JSON that has one canonical form: numbers beyond exact integers become text."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes):
        return [_plain(item) for item in value]
    return _scalar(value)


def _scalar(value: object) -> int | str:
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST_EXACT else str(value)
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else str(value)


_TOLD = tuple(column.name for column in AUDIT.columns if column.name not in {"seq", "hash"})
_SAME = ", ".join(f"OLD.{name}" for name in _TOLD), ", ".join(f"NEW.{name}" for name in _TOLD)

TRIGGERS: tuple[str, ...] = (
    f"""
    CREATE OR REPLACE FUNCTION audit_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.hash IS NOT NULL
           AND ROW({_SAME[0]}) IS NOT DISTINCT FROM ROW({_SAME[1]}) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'audit entries are final' USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER audit_entry_is_final BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_is_final()
    """,
    """
    CREATE OR REPLACE TRIGGER audit_entry_is_kept BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_final()
    """,
)
"""What the database itself refuses; migrations run these after the table is made."""

for statement in TRIGGERS:
    event.listen(AUDIT, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
