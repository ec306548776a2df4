"""Stock as it is read: a balance with the levels that are set for it, and what is short."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlmodel import col

from warranty.domain.planning import ProposalState, StockStanding
from warranty.tables.planning import ReorderProposal, StockLevel
from warranty.tables.rows import WARRANTY
from warranty.tables.stock import StockBalance

_ON_ORDER = (
    select(func.coalesce(func.sum(col(ReorderProposal.quantity) - col(ReorderProposal.received)), 0))
    .where(
        col(ReorderProposal.state) == ProposalState.ORDERED.value,
        col(ReorderProposal.kind) == "purchase",
        col(ReorderProposal.warehouse_id) == col(StockBalance.warehouse_id),
        col(ReorderProposal.part_id) == col(StockBalance.part_id),
    )
    .correlate(StockBalance)
    .scalar_subquery()
)
_STOCK = (
    select(
        col(StockBalance.id),
        col(StockBalance.warehouse_id),
        col(StockBalance.part_id),
        col(StockBalance.on_hand),
        col(StockBalance.reserved),
        (col(StockBalance.on_hand) - col(StockBalance.reserved)).label("available"),
        col(StockBalance.in_transit),
        _ON_ORDER.label("on_order"),
        col(StockBalance.changed_at),
        func.coalesce(col(StockLevel.min_level), 0).label("min_level"),
        func.coalesce(col(StockLevel.target_level), 0).label("target_level"),
        col(StockLevel.id).label("level_id"),
        col(StockLevel.installed),
        col(StockLevel.annual_failure_rate),
        col(StockLevel.lead_time_days),
        col(StockLevel.service_level),
        col(StockLevel.min_override),
        col(StockLevel.target_override),
    )
    .outerjoin(
        StockLevel,
        and_(
            col(StockLevel.warehouse_id) == col(StockBalance.warehouse_id),
            col(StockLevel.part_id) == col(StockBalance.part_id),
        ),
    )
    .subquery("stock_view")
)


class StockView:
    """What a warehouse has of a part, and should have; the levels are 0 where none are set."""

    id: UUID
    warehouse_id: UUID
    part_id: UUID
    on_hand: int
    reserved: int
    available: int
    in_transit: int
    on_order: int
    changed_at: datetime
    min_level: int
    target_level: int
    level_id: UUID | None
    installed: int | None
    annual_failure_rate: float | None
    lead_time_days: int | None
    service_level: float | None
    min_override: int | None
    target_override: int | None


WARRANTY.map_imperatively(StockView, _STOCK, primary_key=[_STOCK.c.id])

_COMING = col(StockBalance.in_transit) + _ON_ORDER
_AVAILABLE = col(StockBalance.on_hand) - col(StockBalance.reserved)
_SHORT = (
    select(
        col(StockLevel.id),
        col(StockLevel.warehouse_id),
        col(StockLevel.part_id),
        col(StockLevel.standing),
        col(StockLevel.standing_since),
        col(StockBalance.on_hand),
        col(StockBalance.reserved),
        _AVAILABLE.label("available"),
        _COMING.label("coming"),
        col(StockLevel.min_level),
        col(StockLevel.target_level),
        func.greatest(col(StockLevel.target_level) - _AVAILABLE - _COMING, 0).label("missing"),
    )
    .join(
        StockBalance,
        and_(
            col(StockLevel.warehouse_id) == col(StockBalance.warehouse_id),
            col(StockLevel.part_id) == col(StockBalance.part_id),
        ),
    )
    .where(col(StockLevel.standing) != StockStanding.ENOUGH.value)
    .subquery("shortage")
)


class Shortage:
    """A part that became low or ran out and has not recovered; ``missing`` up to its target."""

    id: UUID
    warehouse_id: UUID
    part_id: UUID
    standing: str
    standing_since: datetime
    on_hand: int
    reserved: int
    available: int
    coming: int
    min_level: int
    target_level: int
    missing: int


WARRANTY.map_imperatively(Shortage, _SHORT, primary_key=[_SHORT.c.id])
