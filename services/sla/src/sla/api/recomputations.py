"""Recomputations: how far running clocks have followed a publication."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.shapes import ListQuery, OutInstant, OutShape, Page, sortable
from common.web.work import Work
from sla.domain.recomputations import RecomputationState, Scope, state_of
from sla.queries import recomputations as queries
from sla.tables import Recomputation

routes = Routes("recomputations", "Running clocks that follow what was published, in the background.")
SORTS = Sorts(Recomputation.id, {"created_at": Recomputation.created_at})


class RecomputationOut(OutShape):
    """Running clocks derived anew after a publication."""

    id: UUID
    state: RecomputationState
    scope: Scope
    reference: Annotated[str, Field(description="The plan or calendar; for an agreement its customer.")]
    revision: int | None
    total: Annotated[int | None, Field(description="Subjects concerned; null until it begins.")]
    done: int
    moved: Annotated[int, Field(description="Clocks about which anything changed.")]
    started_at: OutInstant | None
    finished_at: OutInstant | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Recomputation) -> "RecomputationOut":
        """The recomputation."""
        return cls.model_validate(vars(row) | {"state": state_of(row.started_at, row.finished_at)})


class RecomputationPage(Page[RecomputationOut]):
    """A page of recomputations."""


class RecomputationFilters(ListQuery):
    """Filters of the list of recomputations."""

    state: Annotated[list[RecomputationState], Field(max_length=3)] = []
    sort: Annotated[str, sortable("created_at")] = "-created_at"


@routes.list("/v1/recomputations", "plans.read", RecomputationPage)
async def list_recomputations(work: Work, filters: Annotated[RecomputationFilters, Query()]) -> Response:
    """Recomputations, latest first."""
    return await work.page(queries.recomputations(filters.state), SORTS, filters, RecomputationOut.of)


@routes.get("/v1/recomputations/{recomputation_id:uuid}", "plans.read", RecomputationOut)
async def get_recomputation(work: Work, recomputation_id: UUID) -> Response:
    """One recomputation and how far it is."""
    return await work.read(lambda s: queries.one(s, recomputation_id), RecomputationOut.of)
