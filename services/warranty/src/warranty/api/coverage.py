"""Warranty terms, and decisions on who pays."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.work import Work
from warranty.api.coverage_shapes import (
    DecisionCreate,
    DecisionFilters,
    DecisionOut,
    DecisionPage,
    ExtendTerm,
    OverrideDecision,
    TermFilters,
    TermOut,
    TermPage,
)
from warranty.commands import decisions, prolonging
from warranty.domain.coverage import Coverage
from warranty.domain.terms.terms import Source
from warranty.queries import assets as asset_queries
from warranty.queries import coverage as queries
from warranty.queries.single import one
from warranty.tables.coverage import CoverageDecision, WarrantyTerm

routes = Routes("coverage", "What is under warranty until when, and who pays for a fault.")

TERM_SORTS = Sorts(WarrantyTerm.id, {"created_at": WarrantyTerm.created_at})
SORTS = Sorts(CoverageDecision.id, {"created_at": CoverageDecision.created_at})
TERMS = "/v1/assets/{asset_id:uuid}/warranty-terms"
PATH = "/v1/coverage-decisions/{decision_id:uuid}"


@routes.list(TERMS, "coverage.read", TermPage)
async def list_asset_warranty_terms(
    work: Work, asset_id: UUID, filters: Annotated[TermFilters, Query()]
) -> Response:
    """The whole chain of terms of an asset and what is inside it."""
    return await work.page(
        queries.terms(asset_id, filters.component_id, is_current=filters.is_current),
        TERM_SORTS,
        filters,
        TermOut.model_validate,
        given=lambda s: asset_queries.ensure(s, asset_id),
    )


@routes.action(f"{TERMS}/{{term_id:uuid}}:extend", "coverage.write", TermOut)
async def extend_asset_warranty_term(work: Work, asset_id: UUID, term_id: UUID, body: ExtendTerm) -> Response:
    """Let a term last longer, bought or as goodwill; the answer is the term that took its place."""
    return await work.write(
        lambda s: prolonging.extend(
            s,
            asset_id,
            term_id,
            work.at(body.occurred_at),
            months=body.months,
            source=Source(body.source),
            reason=body.reason,
        ),
        TermOut.model_validate,
    )


@routes.create("/v1/coverage-decisions", "coverage.write", DecisionOut, conflicts=True)
async def create_coverage_decision(work: Work, body: DecisionCreate) -> Response:
    """Decide who pays, as of any moment and by what was known at any moment."""
    told = {name: value for name, value in dict(body).items() if name != "at"}
    return await work.write(
        lambda s: decisions.decide(s, **told, decided_for=body.at or work.now, at=work.at()),
        lambda row: DecisionOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/coverage-decisions", "coverage.read", DecisionPage)
async def list_coverage_decisions(work: Work, filters: Annotated[DecisionFilters, Query()]) -> Response:
    """Decisions by filter, the latest first."""
    found = queries.decisions(**filters.told())
    return await work.page(found, SORTS, filters, lambda row: DecisionOut.of(row, work.caller))


@routes.get(PATH, "coverage.read", DecisionOut)
async def get_coverage_decision(work: Work, decision_id: UUID) -> Response:
    """One decision, as it was made."""
    return await work.read(
        lambda s: one(s, CoverageDecision, decision_id), lambda row: DecisionOut.of(row, work.caller)
    )


@routes.action(f"{PATH}:override", "coverage.write", DecisionOut, refuses=(403,))
async def override_coverage_decision(work: Work, decision_id: UUID, body: OverrideDecision) -> Response:
    """A manager decides otherwise; both are kept."""
    return await work.write(
        lambda s: decisions.override(
            s, decision_id, work.at(body.occurred_at), outcome=Coverage(body.outcome), reason=body.reason
        ),
        lambda row: DecisionOut.of(row, work.caller),
    )
