"""Readings as series: one per asset and item."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from common.rows import INSTANT, CustomerOwned, Resource
from warranty.tables.rows import Row


class ReadingSeries(CustomerOwned, Resource, Row, table=True):
    """What is read of an asset under one name: its unit, and the range expected by the latest visit."""

    __tablename__: ClassVar[str] = "reading_series"
    __table_args__ = (
        UniqueConstraint("asset_id", "item", name="uq_reading_series_item"),
        CheckConstraint("reading_count >= 0", name="reading_count"),
        Index("ix_reading_series_asset", "asset_id", "created_at", "id"),
    )

    asset_id: UUID = Field(foreign_key="asset.id")
    item: str
    unit: str
    expected_min: float | None = None
    expected_max: float | None = None
    reading_count: int = 0


class Reading(CustomerOwned, Resource, Row, table=True):
    """One figure at one moment; it is never changed, but a mistaken one is withdrawn."""

    __tablename__: ClassVar[str] = "reading"
    __table_args__ = (
        Index(
            "uq_reading_moment",
            "series_id",
            "read_at",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_reading_series", "series_id", "read_at", "id"),
        Index("ix_reading_asset", "asset_id", "read_at", "id"),
        Index("ix_reading_item", "asset_id", "item", "read_at", "id"),
        Index(
            "ix_reading_withdrawn",
            "asset_id",
            "read_at",
            "id",
            postgresql_where=text("withdrawn_at IS NOT NULL"),
        ),
        Index("ix_reading_inspection", "inspection_id", postgresql_where=text("inspection_id IS NOT NULL")),
    )

    series_id: UUID = Field(foreign_key="reading_series.id")
    asset_id: UUID = Field(foreign_key="asset.id")
    item: str
    value: float
    read_at: datetime = Field(sa_type=INSTANT)
    inspection_id: UUID | None = Field(default=None, foreign_key="inspection.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=INSTANT)
    withdrawal_reason: str | None = None
