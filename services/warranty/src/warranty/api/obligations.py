"""Inspections that contracts owe: what was promised by the year, and which visits keep it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.work import Work
from warranty.api.obligation_shapes import (
    InspectionObligationFilters,
    InspectionObligationOut,
    InspectionObligationPage,
)
from warranty.queries import obligations as queries
from warranty.queries.single import one
from warranty.tables.obligations import InspectionObligation

routes = Routes(
    "inspection-obligations", "Inspections that contracts promise by the year, and the visits that keep them."
)

SORTS = Sorts(InspectionObligation.id, {"to_on": InspectionObligation.to_on})


@routes.list("/v1/inspection-obligations", "maintenance.read", InspectionObligationPage)
async def list_inspection_obligations(
    work: Work, filters: Annotated[InspectionObligationFilters, Query()]
) -> Response:
    """What contracts owe of inspections by filter, the first due first: kept, open, overdue, withdrawn."""
    found = queries.obligations(now=work.now, **filters.told())
    return await work.page(found, SORTS, filters, lambda row: InspectionObligationOut.of(row, work.now))


@routes.get("/v1/inspection-obligations/{obligation_id:uuid}", "maintenance.read", InspectionObligationOut)
async def get_inspection_obligation(work: Work, obligation_id: UUID) -> Response:
    """One inspection that is owed."""
    return await work.read(
        lambda s: one(s, InspectionObligation, obligation_id),
        lambda row: InspectionObligationOut.of(row, work.now),
    )
