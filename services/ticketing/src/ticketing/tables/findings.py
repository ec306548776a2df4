"""What warranty reported that somebody has to act upon, and the ticket on which it is done."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, SmallInteger
from sqlmodel import Field

from common.rows import INSTANT, CustomerOwned
from ticketing.tables.rows import Row


class Finding(CustomerOwned, Row, table=True):
    """An anomaly that an inspection found; ``id`` is the finding's own, so that it counts once."""

    __tablename__: ClassVar[str] = "finding"
    __table_args__ = (Index("ix_finding_thing", "thing_id", "item"),)

    id: UUID = Field(primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    inspection_id: UUID
    thing_id: UUID
    site_id: UUID
    asset_id: UUID | None = None
    item: str
    severity: int = Field(sa_type=SmallInteger)
    value: float | None = None
    unit: str | None = None
    expected_min: float | None = None
    expected_max: float | None = None
    found_at: datetime = Field(sa_type=INSTANT)


class Inspection(CustomerOwned, Row, table=True):
    """An inspection of warranty's as it was told last (§1.2.4); ``id`` is the inspection's own.

    The ticket opened for it names it. The agreed day begins at ``planned_at`` and ends at ``due_at``.
    """

    __tablename__: ClassVar[str] = "inspection"

    id: UUID = Field(primary_key=True)
    told_version: int
    state: str
    due_on: date
    planned_at: datetime = Field(sa_type=INSTANT)
    due_at: datetime = Field(sa_type=INSTANT)


class Claim(CustomerOwned, Row, table=True):
    """A claim for which somebody has to go to the site (§1.2.5); ``id`` is the claim's: it counts once."""

    __tablename__: ClassVar[str] = "claim"

    id: UUID = Field(primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
