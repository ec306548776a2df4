"""How much of a part each warehouse should have, and what is proposed where it has less."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from common.rows import INSTANT, Resource, Stateful, one_of
from warranty.domain.planning import ProposalKind, ProposalState, StockStanding
from warranty.tables.rows import Row


class StockLevel(Resource, Row, table=True):
    """Levels of a part in a warehouse: computed, or set by hand where an override stands.

    ``standing`` is how it stood when that was last told; the balance says how it stands now.
    """

    __tablename__: ClassVar[str] = "stock_level"
    __table_args__ = (
        one_of("standing", StockStanding),
        CheckConstraint("min_level >= 0 AND target_level >= min_level", name="levels"),
        CheckConstraint("service_level > 0 AND service_level < 1", name="service_level"),
        UniqueConstraint("warehouse_id", "part_id", name="uq_stock_level_of"),
        Index("ix_stock_level_created_at", "created_at", "id"),
        Index("ix_stock_level_part", "part_id", "created_at", "id"),
        Index("ix_stock_level_warehouse", "warehouse_id", "created_at", "id"),
        Index("ix_stock_level_short", "standing_since", "id", postgresql_where=text("standing <> 'enough'")),
    )

    warehouse_id: UUID = Field(foreign_key="warehouse.id")
    part_id: UUID = Field(foreign_key="part.id")
    installed: int
    annual_failure_rate: float
    lead_time_days: int
    review_days: int
    service_level: float
    min_computed: int
    target_computed: int
    min_override: int | None = None
    target_override: int | None = None
    service_level_override: float | None = None
    lead_time_days_override: int | None = None
    min_level: int
    target_level: int
    standing: str
    standing_since: datetime = Field(sa_type=INSTANT)


class PlannedPart(Row, table=True):
    """When a part is planned next: levels and proposals of all warehouses together.

    It refers to its part without a constraint, so that either may be written first.
    """

    __tablename__: ClassVar[str] = "planned_part"
    __table_args__ = (Index("ix_planned_part_due_at", "due_at"),)

    part_id: UUID = Field(primary_key=True)
    due_at: datetime = Field(sa_type=INSTANT)


class ReorderProposal(Stateful, Row, table=True):
    """So many pieces of a part for a warehouse, to be bought or moved from another one."""

    __tablename__: ClassVar[str] = "reorder_proposal"
    __table_args__ = (
        one_of("state", ProposalState),
        one_of("kind", ProposalKind),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("received >= 0", name="received"),
        CheckConstraint("(kind = 'transfer') = (from_warehouse_id IS NOT NULL)", name="source"),
        Index("ix_reorder_proposal_created_at", "created_at", "id"),
        Index("ix_reorder_proposal_part", "part_id", "created_at", "id"),
        Index("ix_reorder_proposal_warehouse", "warehouse_id", "created_at", "id"),
        Index("ix_reorder_proposal_state", "state", "created_at", "id"),
        Index(
            "uq_reorder_proposal_transfer",
            "transfer_id",
            unique=True,
            postgresql_where=text("transfer_id IS NOT NULL"),
        ),
        Index(
            "uq_reorder_proposal_open",
            "warehouse_id",
            "part_id",
            text("coalesce(from_warehouse_id, warehouse_id)"),
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
        Index(
            "ix_reorder_proposal_coming",
            "warehouse_id",
            "part_id",
            postgresql_where=text("state = 'ordered'"),
        ),
    )

    warehouse_id: UUID = Field(foreign_key="warehouse.id")
    part_id: UUID = Field(foreign_key="part.id")
    kind: str
    from_warehouse_id: UUID | None = Field(default=None, foreign_key="warehouse.id")
    quantity: int
    received: int = 0
    available: int
    coming: int
    min_level: int
    target_level: int
    lead_time_days: int
    transfer_id: UUID | None = None
