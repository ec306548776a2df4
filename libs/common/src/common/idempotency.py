"""Retries that change nothing twice: the first answer to a key is stored with the change and replayed."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar
from urllib.parse import parse_qsl

from sqlalchemy import Index, LargeBinary, Table, delete, select, text, tuple_, update
from sqlmodel import Field

from common.context import Context
from common.db import Database, Session
from common.rows import INSTANT, JSON, CommonRow
from common.web.refusals import BadRequest

LIFE = timedelta(hours=24)
KEY_PATTERN = r'^("[!#-\[\]-~]{1,255}"|[!#-~]{1,255})$'
_KEY = re.compile(r'"([!#-\[\]-~]{1,255})"|([!#-~]{1,255})')


class IdempotencyRow(CommonRow, table=True):
    """The answer that a principal's key stands for; ``subject_id`` names the person whose data it holds."""

    __tablename__: ClassVar[str] = "idempotency_key"
    __table_args__ = (
        Index("ix_idempotency_key_expires_at", "expires_at"),
        Index("ix_idempotency_key_subject", "subject_id", postgresql_where=text("subject_id IS NOT NULL")),
    )

    principal_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    status: int
    headers: dict[str, str] = Field(sa_type=JSON)
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=INSTANT)
    expires_at: datetime = Field(sa_type=INSTANT)
    subject_id: str | None = None
    is_erased: bool = False


IDEMPOTENCY: Table = IdempotencyRow.__table__  # type: ignore[attr-defined]
PRIMARY_KEY = "pk_idempotency_key"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request under an idempotency key.

    Args:
        principal_id: who sent it.
        key: the key, without quotes.
        fingerprint: digest of method, path, query and body.
    """

    principal_id: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """A stored answer, ready to be sent again."""

    status: int
    headers: dict[str, str]
    body: bytes


def read_key(header: str) -> str:
    """The key in an ``Idempotency-Key`` header, with or without quotes.

    Raises:
        BadRequest: it is empty, longer than 255 or not visible ASCII.
    """
    found = _KEY.fullmatch(header)
    if found is None:
        raise BadRequest("malformed-header", parameter="Idempotency-Key")
    return found[1] or found[2]


def fingerprint(method: str, path: str, query: str, body: bytes) -> bytes:
    """Digest of what makes two requests the same one; the order of query parameters does not matter."""
    head = f"{method}\n{path}\n{sorted(parse_qsl(query, keep_blank_values=True))}\n".encode()
    return sha256(head + body).digest()


def remember(
    session: Session, attempt: Attempt, answer: Answered, now: datetime, subject_id: str | None = None
) -> None:
    """Store ``answer`` with the business change, for 24 hours.

    Args:
        session: the unit of work.
        attempt: the request under its key.
        answer: what it was answered.
        now: when.
        subject_id: the person whose data the answer holds, where it does.
    """
    session.collect(
        IDEMPOTENCY,
        {
            "principal_id": attempt.principal_id,
            "key": attempt.key,
            "fingerprint": attempt.fingerprint,
            "status": answer.status,
            "headers": answer.headers,
            "body": answer.body,
            "created_at": now,
            "expires_at": now + LIFE,
            "subject_id": subject_id,
            "is_erased": False,
        },
    )


async def erase_answers(session: Session, subject_id: object) -> int:
    """Forget the stored answers that hold a person's data; their keys stay taken, nothing is done twice.

    Returns:
        How many answers were erased.
    """
    gone = (
        update(IDEMPOTENCY)
        .where(IDEMPOTENCY.c.subject_id == str(subject_id))
        .values(body=b"", headers={}, fingerprint=b"", subject_id=None, is_erased=True)
        .returning(IDEMPOTENCY.c.key)
    )
    return len((await session.execute(gone)).all())


async def recall(
    database: Database, context: Context, attempt: Attempt, now: datetime
) -> IdempotencyRow | None:
    """What is stored under the attempt's key; an expired row is removed and counts as none."""
    row = await _stored(database, context, attempt)
    if row is None or row.expires_at > now:
        return row
    async with database.transaction(context) as session:
        await session.execute(
            delete(IDEMPOTENCY).where(
                IDEMPOTENCY.c.principal_id == attempt.principal_id,
                IDEMPOTENCY.c.key == attempt.key,
                IDEMPOTENCY.c.expires_at <= now,
            )
        )
    return None


async def _stored(database: Database, context: Context, attempt: Attempt) -> IdempotencyRow | None:
    place = (attempt.principal_id, attempt.key)
    return await database.ask(context, lambda session: session.get(IdempotencyRow, place))


async def prune_idempotency_keys(session: Session, now: datetime, limit: int = 1000) -> int:
    """Remove up to ``limit`` expired keys.

    Returns:
        How many were removed.
    """
    expired = select(IDEMPOTENCY.c.principal_id, IDEMPOTENCY.c.key).where(IDEMPOTENCY.c.expires_at <= now)
    gone = await session.execute(
        delete(IDEMPOTENCY)
        .where(tuple_(IDEMPOTENCY.c.principal_id, IDEMPOTENCY.c.key).in_(expired.limit(limit)))
        .returning(IDEMPOTENCY.c.key)
    )
    return len(gone.all())
