"""What is told and shown of stock levels, shortages and reorder proposals."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.web.shapes import ListQuery, Maybe, OutInstant, OutShape, Page, Shape, sortable
from warranty.api.stock_shapes import MOST_PIECES
from warranty.domain.planning import (
    HIGHEST_SERVICE_LEVEL,
    LIFECYCLE,
    ProposalKind,
    ProposalState,
    StockStanding,
)
from warranty.tables.planning import ReorderProposal

Level = Annotated[int, Field(ge=0, le=MOST_PIECES)]
ServiceLevel = Annotated[
    float, Field(ge=0.01, le=HIGHEST_SERVICE_LEVEL, description="Share of demands served from the shelf.")
]
LeadTime = Annotated[int, Field(ge=0, le=3_650, description="Days from order to arrival.")]


class LevelUpdate(Shape):
    """What is set by hand; a field left out stays, null leaves it to the computation again."""

    min_override: Level | None = None
    target_override: Level | None = None
    service_level_override: ServiceLevel | None = None
    lead_time_days_override: LeadTime | None = None


class LevelCreate(LevelUpdate):
    """Levels of a part in a warehouse; what is not set by hand is computed."""

    warehouse_id: UUID
    part_id: UUID

    def overrides(self) -> dict[str, Any]:
        """What is set by hand."""
        return {name: getattr(self, name) for name in LevelUpdate.model_fields}


class LevelOut(OutShape):
    """How much of a part a warehouse should have, what that was computed from, and how it stands."""

    id: UUID
    warehouse_id: UUID
    part_id: UUID
    min_level: Annotated[int, Field(description="The reorder point that holds.")]
    target_level: Annotated[int, Field(description="The level to order up to that holds.")]
    min_computed: int
    target_computed: int
    min_override: int | None
    target_override: int | None
    service_level_override: float | None
    lead_time_days_override: int | None
    installed: Annotated[int, Field(description="Pieces at work that the warehouse serves.")]
    annual_failure_rate: float
    lead_time_days: int
    review_days: int
    service_level: float
    standing: Annotated[StockStanding, Field(description="As it was last told.")]
    standing_since: OutInstant
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str


class LevelPage(Page[LevelOut]):
    """A page of stock levels."""


class LevelFilters(ListQuery):
    """Filters of the list of stock levels."""

    warehouse_id: Maybe[UUID] = None
    part_id: Maybe[UUID] = None
    sort: Annotated[str, sortable("created_at")] = "-created_at"


class ShortageOut(OutShape):
    """A part that became low or ran out in a warehouse and has not recovered; the id is its level's."""

    id: UUID
    warehouse_id: UUID
    part_id: UUID
    standing: StockStanding
    standing_since: OutInstant
    on_hand: int
    reserved: int
    expired: Annotated[int, Field(ge=0, description="On hand, past its shelf life: never given out.")]
    available: Annotated[int, Field(ge=0, description="On hand, not reserved, within its shelf life.")]
    coming: Annotated[int, Field(description="In transit and on order.")]
    min_level: int
    target_level: int
    missing: Annotated[int, Field(description="Pieces up to the target, without those that are coming.")]


class ShortagePage(Page[ShortageOut]):
    """A page of shortages."""


class ShortageFilters(ListQuery):
    """Filters of the list of shortages."""

    warehouse_id: Maybe[UUID] = None
    part_id: Maybe[UUID] = None
    standing: Maybe[StockStanding] = None
    sort: Annotated[str, sortable("standing_since")] = "standing_since"


class ProposalOut(OutShape):
    """Pieces that should be bought, or moved from another warehouse, and what that rests on."""

    id: UUID
    warehouse_id: UUID
    part_id: UUID
    kind: ProposalKind
    from_warehouse_id: UUID | None
    quantity: int
    received: int
    state: ProposalState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    available: int
    coming: int
    min_level: int
    target_level: int
    lead_time_days: int
    transfer_id: Annotated[UUID | None, Field(description="The transfer that carries it out.")]
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: ReorderProposal, caller: Caller) -> "ProposalOut":
        """The proposal as ``caller`` sees it."""
        actions = LIFECYCLE.open_to(
            row.state,
            caller.roles,
            is_customer=caller.customer_id is not None,
            barred={"cancel"} if row.transfer_id is not None else (),
        )
        return cls.model_validate({**vars(row), "allowed_actions": actions})


class ProposalPage(Page[ProposalOut]):
    """A page of reorder proposals."""


class ProposalFilters(ListQuery):
    """Filters of the list of reorder proposals."""

    warehouse_id: Maybe[UUID] = None
    part_id: Maybe[UUID] = None
    kind: Maybe[ProposalKind] = None
    state: Annotated[list[ProposalState], Field(max_length=6)] = []
    sort: Annotated[str, sortable("created_at")] = "-created_at"


class ProposalCompute(Shape):
    """The part to plan now."""

    part_id: UUID


class PlannedOut(OutShape):
    """What planning came to."""

    level_count: Annotated[int, Field(description="Levels that changed.")]
    proposal_count: Annotated[int, Field(description="Proposals of the part that are open now.")]
