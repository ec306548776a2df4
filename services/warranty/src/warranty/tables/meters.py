"""What meters showed."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.rows import INSTANT, CustomerOwned, Resource
from warranty.tables.rows import Row


class MeterReading(CustomerOwned, Resource, Row, table=True):
    """The hours of operation that an asset's or a component's meter showed; a mistaken one is withdrawn.

    ``reading_id`` is the reading of an inspection that it was taken from.
    """

    __tablename__: ClassVar[str] = "meter_reading"
    __table_args__ = (
        CheckConstraint("hours >= 0", name="hours"),
        Index("ix_meter_reading_asset", "asset_id", "read_at", "id"),
        Index(
            "uq_meter_reading_moment",
            "asset_id",
            text("coalesce(component_id, asset_id)"),
            "read_at",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_meter_reading_shown", "reading_id", postgresql_where=text("reading_id IS NOT NULL")),
    )

    asset_id: UUID = Field(foreign_key="asset.id")
    component_id: UUID | None = Field(default=None, foreign_key="component.id")
    read_at: datetime = Field(sa_type=INSTANT)
    hours: int
    reading_id: UUID | None = Field(default=None, foreign_key="reading.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=INSTANT)
    withdrawal_reason: str | None = None
