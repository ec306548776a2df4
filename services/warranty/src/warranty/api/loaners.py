"""Loaners: lent, extended, returned, lost."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import ActWithReason
from common.web.work import Work
from warranty.api.loaner_shapes import (
    ExtendLoaner,
    LoanerCreate,
    LoanerFilters,
    LoanerOut,
    LoanerPage,
    ReturnLoaner,
)
from warranty.commands import loaners as commands
from warranty.queries import loaners as queries
from warranty.queries.single import one
from warranty.tables.loaners import Loaner

routes = Routes("loaners", "Pieces lent to a site while its own is being repaired.")

SORTS = Sorts(Loaner.id, {"created_at": Loaner.created_at, "due_on": Loaner.due_on})
PATH = "/v1/loaners/{loaner_id:uuid}"


@routes.create("/v1/loaners", "stock.write", LoanerOut, conflicts=True)
async def create_loaner(work: Work, body: LoanerCreate) -> Response:
    """Lend one piece from stock to a customer's site."""
    told = {name: value for name, value in dict(body).items() if name != "occurred_at"}
    return await work.write(
        lambda s: commands.lend(s, **told, at=work.at(body.occurred_at)),
        lambda row: LoanerOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/loaners", "claims.read", LoanerPage)
async def list_loaners(work: Work, filters: Annotated[LoanerFilters, Query()]) -> Response:
    """Loaners by filter, the latest first; a customer's user sees its organisation's."""
    found = queries.loaners(**filters.told())
    return await work.page(found, SORTS, filters, lambda row: LoanerOut.of(row, work.caller))


@routes.get(PATH, "claims.read", LoanerOut)
async def get_loaner(work: Work, loaner_id: UUID) -> Response:
    """One loaner."""
    return await work.read(lambda s: one(s, Loaner, loaner_id), lambda row: LoanerOut.of(row, work.caller))


@routes.action(f"{PATH}:return", "stock.write", LoanerOut, refuses=(403,))
async def return_loaner(work: Work, loaner_id: UUID, body: ReturnLoaner) -> Response:
    """The piece came back and was inspected; it is stock again, or scrapped where it is damaged."""
    return await work.write(
        lambda s: commands.give_back(
            s,
            loaner_id,
            work.at(body.occurred_at),
            condition=body.condition,
            inspection=body.inspection,
            warehouse_id=body.warehouse_id,
        ),
        lambda row: LoanerOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:extend", "stock.write", LoanerOut, refuses=(403,))
async def extend_loaner(work: Work, loaner_id: UUID, body: ExtendLoaner) -> Response:
    """The piece may stay longer."""
    return await work.write(
        lambda s: commands.extend(
            s, loaner_id, work.at(body.occurred_at), due_on=body.due_on, reason=body.reason
        ),
        lambda row: LoanerOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:declareLost", "stock.write", LoanerOut, refuses=(403,))
async def declare_lost_loaner(work: Work, loaner_id: UUID, body: ActWithReason) -> Response:
    """The piece will not come back."""
    return await work.write(
        lambda s: commands.declare_lost(s, loaner_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: LoanerOut.of(row, work.caller),
    )
