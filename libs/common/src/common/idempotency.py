"""Retries that change nothing twice: the first answer to a key is stored with the change and replayed."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar
from urllib.parse import parse_qsl

from sqlalchemy import Index, LargeBinary, Table, delete, select, tuple_
from sqlmodel import Field

from common.context import Context
from common.db import Database, Session
from common.rows import INSTANT, JSON, CommonRow
from common.web.refusals import BadRequest

LIFE = timedelta(hours=24)
KEY_PATTERN = r'^("[!#-\[\]-~]{1,255}"|[!#-~]{1,255})$'
_KEY = re.compile(r'"([!#-\[\]-~]{1,255})"|([!#-~]{1,255})')


class IdempotencyRow(CommonRow, table=True):
    """The answer that a principal's key stands for."""

    __tablename__: ClassVar[str] = "idempotency_key"
    __table_args__ = (Index("ix_idempotency_key_expires_at", "expires_at"),)

    principal_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    status: int
    headers: dict[str, str] = Field(sa_type=JSON)
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=INSTANT)
    expires_at: datetime = Field(sa_type=INSTANT)


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


def remember(session: Session, attempt: Attempt, answer: Answered, now: datetime) -> None:
    """Store ``answer`` with the business change, for 24 hours."""
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
        },
    )


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
    async with database.read(context) as session:
        return await session.get(IdempotencyRow, (attempt.principal_id, attempt.key))


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
