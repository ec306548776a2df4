"""What was heard: events applied, positions reached, watermarks received, events parked."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, NewType
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, LargeBinary, text
from sqlmodel import Field

from common.db import Session
from common.inserts import json_text
from common.rows import INSTANT, JSON, CommonRow, one_of

PARKED_CHANNEL = "parked"


class ParkedState(StrEnum):
    """Why a parked event is where it is."""

    FAILING = "failing"
    WAITING = "waiting"
    UNREADABLE = "unreadable"


class InboxRow(CommonRow, table=True):
    """An event that was applied or parked here; a second one of the same identity is a double."""

    __tablename__: ClassVar[str] = "inbox"
    __table_args__ = (Index("ix_inbox_received_at", "received_at"),)

    source: str = Field(primary_key=True)
    event_id: UUID = Field(primary_key=True)
    received_at: datetime = Field(sa_type=INSTANT)


class AppliedPosition(CommonRow, table=True):
    """How far a partition was applied; written in the transaction of the effects."""

    __tablename__: ClassVar[str] = "applied_position"

    topic: str = Field(primary_key=True)
    partition: int = Field(primary_key=True)
    cluster_id: str = Field(primary_key=True)
    next_offset: int = Field(sa_type=BigInteger)
    updated_at: datetime = Field(sa_type=INSTANT)


class WatermarkRow(CommonRow, table=True):
    """What a source's relay said: everything committed before an instant lies below these positions."""

    __tablename__: ClassVar[str] = "watermark"

    source: str = Field(primary_key=True)
    committed_before: datetime = Field(sa_type=INSTANT, primary_key=True)
    cluster_id: str
    positions: dict[str, dict[str, int]] = Field(sa_type=JSON)
    received_at: datetime = Field(sa_type=INSTANT)


class SilenceRow(CommonRow, table=True):
    """A source of which the listening consumer has heard nothing for a while; kept fresh while it lasts."""

    __tablename__: ClassVar[str] = "silence"

    source: str = Field(primary_key=True)
    silent_since: datetime = Field(sa_type=INSTANT)
    noted_at: datetime = Field(sa_type=INSTANT)


class ParkedEventRow(CommonRow, table=True):
    """An event set aside: it failed, cannot be read, or waits behind one of its key that did.

    Only the first one of a key has a ``next_attempt_at``; it hands it on when it goes.
    """

    __tablename__: ClassVar[str] = "parked_event"
    __table_args__ = (
        one_of("state", ParkedState),
        Index("ix_parked_event_key", "topic", "key", "seq"),
        Index("ix_parked_event_due", "next_attempt_at", postgresql_where=text("next_attempt_at IS NOT NULL")),
        {"info": {"wakes": PARKED_CHANNEL}},
    )

    seq: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    id: UUID = Field(unique=True)
    source: str
    event_id: UUID
    type: str
    topic: str
    partition: int
    position: int = Field(sa_type=BigInteger)
    key: str
    headers: list[list[str]] = Field(sa_type=JSON)
    payload: bytes | None = Field(default=None, sa_type=LargeBinary)
    reason: str
    error: str
    attempts: int
    state: str
    parked_at: datetime = Field(sa_type=INSTANT)
    next_attempt_at: datetime | None = Field(default=None, sa_type=INSTANT)


Position = tuple[str, int]
"""Topic and partition."""


async def fetch(session: Session, sql: str, *values: object) -> Sequence[Any]:
    """Rows of a statement in the driver's own form, inside the session's transaction."""
    connection = await session.connection()
    return (await connection.exec_driver_sql(sql, values)).all()


async def execute(session: Session, sql: str, *values: object) -> None:
    """A statement in the driver's own form, inside the session's transaction."""
    connection = await session.connection()
    await connection.exec_driver_sql(sql, values)


_ADVANCE = """
INSERT INTO applied_position AS known (topic, partition, cluster_id, next_offset, updated_at)
SELECT topic, partition, $3, next_offset, $5
FROM unnest($1::text[], $2::int[], $4::bigint[]) AS reached(topic, partition, next_offset)
ORDER BY topic, partition
ON CONFLICT (topic, partition, cluster_id) DO UPDATE
SET next_offset = greatest(known.next_offset, excluded.next_offset), updated_at = excluded.updated_at
"""


def advance(session: Session, cluster_id: str, reached: Mapping[Position, int], now: datetime) -> None:
    """Write down with the last rows how far each partition of a cluster is applied; never backwards."""
    if reached:
        topics, partitions = zip(*reached, strict=True)
        offsets = list(reached.values())
        session.do_at_last(_ADVANCE, [list(topics), list(partitions), cluster_id, offsets, now])


async def positions(session: Session, cluster_id: str) -> dict[Position, int]:
    """How far each partition of a cluster is applied."""
    rows = await fetch(
        session,
        "SELECT topic, partition, next_offset FROM applied_position WHERE cluster_id = $1",
        cluster_id,
    )
    return {(row[0], row[1]): row[2] for row in rows}


class FellBack(ConnectionResetError):  # noqa: N818 - said of the database
    """It has come back without its last commits: what is in hand does not follow on what it has applied."""


IS_BEHIND = """EXISTS (
    SELECT 1 FROM json_to_recordset($1::json)
        AS reached(topic text, partition int, cluster_id text, next_offset bigint)
    LEFT JOIN applied_position AS known USING (topic, partition, cluster_id)
    WHERE coalesce(known.next_offset, 0) < reached.next_offset
)"""
"""Whether any partition is applied less far than the ground says; a ``Ground`` takes the first slot."""


Ground = NewType("Ground", str)
"""How far partitions were applied, as the database is asked whether it still knows that."""


def ground_of(cluster_id: str, reached: Mapping[Position, int]) -> Ground:
    """The ground on which what follows on these positions of a cluster stands."""
    return Ground(
        json_text(
            [
                {"topic": topic, "partition": partition, "cluster_id": cluster_id, "next_offset": offset}
                for (topic, partition), offset in reached.items()
            ]
        )
    )


_NO_GROUND = ground_of("", {})


async def stand_on(session: Session, ground: Ground) -> None:
    """Go on only where the database still knows the ``ground_of`` what is to follow.

    Raises:
        FellBack: it does not.
    """
    if ground != _NO_GROUND and (await fetch(session, f"SELECT {IS_BEHIND}", ground))[0][0]:
        raise FellBack


_FORGET = """
DELETE FROM applied_position AS known USING unnest($1::text[], $2::int[]) AS renewed(topic, partition)
WHERE known.cluster_id = $3 AND (known.topic, known.partition) = (renewed.topic, renewed.partition)
"""


async def forget_positions(session: Session, cluster_id: str, partitions: Collection[Position]) -> None:
    """Forget how far these partitions of a cluster are applied."""
    topics, numbers = zip(*partitions, strict=True)
    await execute(session, _FORGET, list(topics), list(numbers), cluster_id)
