"""Stock levels, what is short of them, and what should be ordered."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import NOW, Act, ActWithReason
from common.web.work import Work
from warranty.api.planning_shapes import (
    LevelCreate,
    LevelFilters,
    LevelOut,
    LevelPage,
    LevelUpdate,
    PlannedOut,
    ProposalCompute,
    ProposalFilters,
    ProposalOut,
    ProposalPage,
    ShortageFilters,
    ShortageOut,
    ShortagePage,
)
from warranty.commands import levels, orders, proposals
from warranty.commands.ledger import day_of
from warranty.queries import planning as queries
from warranty.queries import stock as stock_queries
from warranty.queries.single import one
from warranty.tables.planning import ReorderProposal, StockLevel
from warranty.tables.stock_view import Shortage

routes = Routes("planning", "How much of a part there should be, what is short, and what to order.")

LEVEL_SORTS = Sorts(StockLevel.id, {"created_at": StockLevel.created_at})
SHORTAGE_SORTS = Sorts(Shortage.id, {"standing_since": Shortage.standing_since})
SORTS = Sorts(ReorderProposal.id, {"created_at": ReorderProposal.created_at})
LEVEL = "/v1/stock-levels/{level_id:uuid}"
PATH = "/v1/reorder-proposals/{proposal_id:uuid}"


@routes.create("/v1/stock-levels", "stock.write", LevelOut, conflicts=True)
async def create_stock_level(work: Work, body: LevelCreate) -> Response:
    """Set levels of a part in a warehouse; what is not set by hand is computed."""
    return await work.write(
        lambda s: levels.set_level(s, body.warehouse_id, body.part_id, body.overrides(), work.at()),
        LevelOut.model_validate,
        status=201,
    )


@routes.list("/v1/stock-levels", "stock.read", LevelPage)
async def list_stock_levels(work: Work, filters: Annotated[LevelFilters, Query()]) -> Response:
    """Stock levels by filter, the latest first."""
    return await work.page(queries.levels(**filters.told()), LEVEL_SORTS, filters, LevelOut.model_validate)


@routes.get(LEVEL, "stock.read", LevelOut)
async def get_stock_level(work: Work, level_id: UUID) -> Response:
    """One stock level, with what it was computed from."""
    return await work.read(lambda s: one(s, StockLevel, level_id), LevelOut.model_validate)


@routes.patch(LEVEL, "stock.write", LevelOut)
async def update_stock_level(work: Work, level_id: UUID, body: LevelUpdate) -> Response:
    """Correct what is set by hand, or leave it to the computation again."""
    return await work.write(
        lambda s: levels.update_level(s, level_id, body.changes(), work.at()), LevelOut.model_validate
    )


@routes.list("/v1/shortages", "stock.read", ShortagePage)
async def list_shortages(work: Work, filters: Annotated[ShortageFilters, Query()]) -> Response:
    """What became low or ran out and has not recovered, the longest first."""
    found = stock_queries.shortages(day_of(work.now), **filters.told())
    return await work.page(found, SHORTAGE_SORTS, filters, ShortageOut.model_validate)


@routes.list("/v1/reorder-proposals", "stock.read", ProposalPage)
async def list_reorder_proposals(work: Work, filters: Annotated[ProposalFilters, Query()]) -> Response:
    """Reorder proposals by filter, the latest first."""
    found = queries.proposals(**filters.told())
    return await work.page(found, SORTS, filters, lambda row: ProposalOut.of(row, work.caller))


@routes.get(PATH, "stock.read", ProposalOut)
async def get_reorder_proposal(work: Work, proposal_id: UUID) -> Response:
    """One reorder proposal."""
    return await work.read(
        lambda s: one(s, ReorderProposal, proposal_id), lambda row: ProposalOut.of(row, work.caller)
    )


@routes.action("/v1/reorder-proposals:compute", "stock.write", PlannedOut, if_match="none")
async def compute_reorder_proposals(work: Work, body: ProposalCompute) -> Response:
    """Plan a part now in all warehouses; by itself each part is planned daily and after a crossing."""
    return await work.write(
        lambda s: proposals.plan_part(s, body.part_id, work.now), PlannedOut.model_validate
    )


@routes.action(f"{PATH}:order", "stock.write", ProposalOut, refuses=(403,))
async def order_reorder_proposal(work: Work, proposal_id: UUID, body: Act = NOW) -> Response:
    """The pieces are ordered; where another warehouse gives them, their transfer is drafted."""
    return await work.write(
        lambda s: proposals.order(s, proposal_id, work.at(body.occurred_at)),
        lambda row: ProposalOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:dismiss", "stock.write", ProposalOut, refuses=(403,))
async def dismiss_reorder_proposal(work: Work, proposal_id: UUID, body: ActWithReason) -> Response:
    """It is decided not to order; that stands until the part has recovered or more is missing."""
    return await work.write(
        lambda s: proposals.dismiss(s, proposal_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: ProposalOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:cancel", "stock.write", ProposalOut, refuses=(403,))
async def cancel_reorder_proposal(work: Work, proposal_id: UUID, body: ActWithReason) -> Response:
    """A purchase that was ordered will not come; what is still missing is proposed again."""
    return await work.write(
        lambda s: orders.cancel(s, proposal_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: ProposalOut.of(row, work.caller),
    )
