"""Stock as it is read: a balance with the levels that are set for it, and what is short."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import query_expression, with_expression
from sqlalchemy.sql.base import ExecutableOption
from sqlmodel import col

from warranty.domain.planning import ProposalState, StockStanding
from warranty.tables.planning import ReorderProposal, StockLevel
from warranty.tables.rows import WARRANTY
from warranty.tables.stock import StockBalance, StockLot

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


class Shelved:
    """Pieces on a shelf; ``expired`` as of the day for which it was asked (``as_of``)."""

    on_hand: int
    reserved: int
    expired: int

    @property
    def available(self) -> int:
        """What can be given out: on hand, not reserved, within its shelf life."""
        return max(self.on_hand - self.reserved - self.expired, 0)


class StockView(Shelved):
    """What a warehouse has of a part, and should have; the levels are 0 where none are set."""

    id: UUID
    warehouse_id: UUID
    part_id: UUID
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


WARRANTY.map_imperatively(
    StockView, _STOCK, primary_key=[_STOCK.c.id], properties={"expired": query_expression()}
)

_COMING = col(StockBalance.in_transit) + _ON_ORDER
_SHORT = (
    select(
        col(StockLevel.id),
        col(StockLevel.warehouse_id),
        col(StockLevel.part_id),
        col(StockLevel.standing),
        col(StockLevel.standing_since),
        col(StockBalance.on_hand),
        col(StockBalance.reserved),
        _COMING.label("coming"),
        col(StockLevel.min_level),
        col(StockLevel.target_level),
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


class Shortage(Shelved):
    """A part that became low or ran out and has not recovered."""

    id: UUID
    warehouse_id: UUID
    part_id: UUID
    standing: str
    standing_since: datetime
    coming: int
    min_level: int
    target_level: int

    @property
    def missing(self) -> int:
        """Pieces up to the target, without those that are coming."""
        return max(self.target_level - self.available - self.coming, 0)


WARRANTY.map_imperatively(
    Shortage, _SHORT, primary_key=[_SHORT.c.id], properties={"expired": query_expression()}
)


def as_of(kind: Any, today: date) -> ExecutableOption:  # noqa: ANN401 - a class with columns
    """Load ``kind``, a ``Shelved``, with what has expired on the day ``today``."""
    expired = (
        select(func.coalesce(func.sum(col(StockLot.on_hand)), 0))
        .where(
            col(StockLot.warehouse_id) == kind.warehouse_id,
            col(StockLot.part_id) == kind.part_id,
            col(StockLot.on_hand) > 0,
            col(StockLot.expires_on) < today,
        )
        .scalar_subquery()
    )
    return with_expression(kind.expired, expired)
