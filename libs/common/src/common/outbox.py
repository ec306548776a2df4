"""Outgoing events: written with the change they tell of, kept for a time, marked by who took them."""

from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, LargeBinary, Table, text
from sqlmodel import Field

from common.db import Session
from common.events import Event, headers_of
from common.ids import new_id
from common.inserts import WAKES
from common.rows import INSTANT, JSON, CommonRow

OUTBOX_CHANNEL = "outbox"


class OutboxRow(CommonRow, table=True):
    """One outgoing event; ``cluster_id`` is null until a cluster has acknowledged it."""

    __tablename__: ClassVar[str] = "outbox"
    __table_args__ = (
        Index("ix_outbox_unpublished", "seq", postgresql_where=text("cluster_id IS NULL")),
        Index("ix_outbox_created_at", "created_at"),
        {"info": {WAKES: OUTBOX_CHANNEL}},
    )

    seq: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    id: UUID = Field(unique=True)
    aggregatetype: str
    aggregateid: str
    type: str
    topic: str
    headers: dict[str, str] = Field(sa_type=JSON)
    payload: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=INSTANT)
    cluster_id: str | None = None


class OutboxCluster(CommonRow, table=True):
    """The one cluster that acknowledged the retained rows; on another one they have to go out again."""

    __tablename__: ClassVar[str] = "outbox_cluster"
    __table_args__ = (CheckConstraint("one", name="one_row"),)

    one: bool = Field(default=True, primary_key=True)
    cluster_id: str


OUTBOX: Table = OutboxRow.__table__  # type: ignore[attr-defined]


class Aggregate(Protocol):
    """The row an event is about: locked, or created in this transaction."""

    @property
    def id(self) -> UUID | str:
        """The key of its events: an id, or a slug where people choose it."""

    @property
    def version(self) -> int:
        """Its counter after the event."""


def publish(session: Session, event: Event, *, of: Aggregate, occurred_at: datetime, now: datetime) -> UUID:
    """Announce ``event`` about the row ``of`` when the transaction commits.

    Args:
        session: the unit of work.
        event: what happened.
        of: the aggregate's row, whose id is the key and whose version the event carries.
        occurred_at: when it happened.
        now: when it is written down.

    Returns:
        The event's id.
    """
    event_id, context, key = new_id(), session.context, str(of.id)
    headers = headers_of(
        type(event),
        event_id=event_id,
        key=key,
        occurred_at=occurred_at,
        recorded_at=now,
        aggregate_version=of.version,
        correlation_id=context.correlation_id,
        causation_id=context.causation_id,
        traceparent=context.traceparent,
        auth_type=context.caller.kind,
        auth_id=context.caller.subject,
    )
    session.collect(
        OUTBOX,
        {
            "id": event_id,
            "aggregatetype": event.collection,
            "aggregateid": key,
            "type": event.bus_type(),
            "topic": event.topic,
            "headers": headers,
            "payload": event.as_json(),
            "created_at": now,
        },
    )
    return event_id
