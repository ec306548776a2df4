"""Transfers between warehouses, and stock counts."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from common.rows import INSTANT, JSON, Stateful, one_of
from warranty.domain.transfers import CountState, TransferState
from warranty.tables.rows import Row


class StockTransfer(Stateful, Row, table=True):
    """Parts on their way from one warehouse to another; lines hold part, quantity and pieces."""

    __tablename__: ClassVar[str] = "stock_transfer"
    __table_args__ = (
        one_of("state", TransferState),
        CheckConstraint("from_warehouse_id <> to_warehouse_id", name="elsewhere"),
        Index("ix_stock_transfer_created_at", "created_at", "id"),
        Index("ix_stock_transfer_to", "to_warehouse_id", "created_at", "id"),
        Index("ix_stock_transfer_from", "from_warehouse_id", "created_at", "id"),
        Index("ix_stock_transfer_state", "state", "created_at", "id"),
    )

    from_warehouse_id: UUID = Field(foreign_key="warehouse.id")
    to_warehouse_id: UUID = Field(foreign_key="warehouse.id")
    lines: list[dict[str, Any]] = Field(sa_type=JSON)
    shipped_at: datetime | None = Field(default=None, sa_type=INSTANT)
    received_at: datetime | None = Field(default=None, sa_type=INSTANT)


class StockCount(Stateful, Row, table=True):
    """What was found in a warehouse, beside what the ledger said at that moment."""

    __tablename__: ClassVar[str] = "stock_count"
    __table_args__ = (
        one_of("state", CountState),
        CheckConstraint("state <> 'approved' OR approved_by <> created_by", name="four_eyes"),
        Index("ix_stock_count_created_at", "created_at", "id"),
        Index("ix_stock_count_warehouse", "warehouse_id", "created_at", "id"),
    )

    warehouse_id: UUID = Field(foreign_key="warehouse.id")
    counted_at: datetime = Field(sa_type=INSTANT)
    lines: list[dict[str, Any]] = Field(sa_type=JSON)
    difference_count: int
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=INSTANT)
