"""Visits: asked for, offered, travelled to, worked on, recorded."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import NOW, Act, ActWithReason
from common.web.work import Work
from ticketing.api.visit_shapes import (
    ArriveAtVisit,
    BeginVisit,
    CompleteVisit,
    LeaveVisitUnresolved,
    OfferVisit,
    RecordVisitSatisfaction,
    VisitCreate,
    VisitFilters,
    VisitOut,
    VisitPage,
    told_position,
)
from ticketing.commands import dispatch, visits
from ticketing.queries import tickets as queries
from ticketing.tables import Visit

routes = Routes("visits", "Engineers on the way to the customer's site and at work there.")

SORTS = Sorts(Visit.id, {"requested_at": Visit.requested_at})
PATH = "/v1/visits/{visit_id:uuid}"
HERE = ArriveAtVisit()
"""An arrival told without a position."""


@routes.create("/v1/visits", "visits.write", VisitOut, conflicts=True, refuses=(404,))
async def create_visit(work: Work, body: VisitCreate) -> Response:
    """Ask for a visit on a ticket."""
    return await work.write(
        lambda s: dispatch.open_(
            s,
            body.ticket_id,
            work.at(body.occurred_at),
            reason=body.reason,
            planned_at=body.planned_at,
            site_position=told_position(body.site_position),
        ),
        lambda row: VisitOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/visits", "visits.read", VisitPage)
async def list_visits(work: Work, filters: Annotated[VisitFilters, Query()]) -> Response:
    """Visits by ticket, engineer and state, the latest first."""
    select = queries.visits(ticket_id=filters.ticket_id, engineer_id=filters.engineer_id, state=filters.state)
    return await work.page(select, SORTS, filters, lambda row: VisitOut.of(row, work.caller))


@routes.get(PATH, "visits.read", VisitOut)
async def get_visit(work: Work, visit_id: UUID) -> Response:
    """One visit."""
    return await work.read(lambda s: queries.visit(s, visit_id), lambda row: VisitOut.of(row, work.caller))


@routes.action(f"{PATH}:accept", "visits.write", VisitOut, refuses=(403,))
async def accept_visit(work: Work, visit_id: UUID, body: Act = NOW) -> Response:
    """The engineer takes the visit."""
    return await work.write(
        lambda s: visits.accept(s, visit_id, work.at(body.occurred_at)),
        lambda row: VisitOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:decline", "visits.write", VisitOut, refuses=(403,))
async def decline_visit(work: Work, visit_id: UUID, body: ActWithReason) -> Response:
    """The engineer cannot come; the visit is open again."""
    return await work.write(
        lambda s: visits.decline(s, visit_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: VisitOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:cancel", "visits.write", VisitOut, refuses=(403,))
async def cancel_visit(work: Work, visit_id: UUID, body: ActWithReason) -> Response:
    """The visit will not take place."""
    return await work.write(
        lambda s: visits.cancel(s, visit_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: VisitOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:depart", "visits.write", VisitOut, refuses=(403,))
async def depart_visit(work: Work, visit_id: UUID, body: Act = NOW) -> Response:
    """The engineer is on the way."""
    return await work.write(
        lambda s: visits.depart(s, visit_id, work.at(body.occurred_at)),
        lambda row: VisitOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:offer", "visits.write", VisitOut, refuses=(403,))
async def offer_visit(work: Work, visit_id: UUID, body: OfferVisit) -> Response:
    """Offer the visit to an engineer."""
    return await work.write(
        lambda s: visits.offer(
            s, visit_id, work.at(body.occurred_at), engineer_id=body.engineer_id, planned_at=body.planned_at
        ),
        lambda row: VisitOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:arrive", "visits.write", VisitOut, refuses=(403,))
async def arrive_visit(work: Work, visit_id: UUID, body: ArriveAtVisit = HERE) -> Response:
    """The engineer is on site."""
    return await work.write(
        lambda s: visits.arrive(
            s,
            visit_id,
            work.at(body.occurred_at),
            position=told_position(body.position),
        ),
        lambda row: VisitOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:begin", "visits.write", VisitOut, refuses=(403,))
async def begin_visit(work: Work, visit_id: UUID, body: BeginVisit) -> Response:
    """Work on site begins, with the checklist confirmed."""
    return await work.write(
        lambda s: visits.begin(
            s,
            visit_id,
            work.at(body.occurred_at),
            checklist=sorted(set(body.checklist)),
        ),
        lambda row: VisitOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:complete", "visits.write", VisitOut, refuses=(403,))
async def complete_visit(work: Work, visit_id: UUID, body: CompleteVisit) -> Response:
    """The work on site is done, recorded and signed."""
    return await work.write(
        lambda s: visits.complete(
            s,
            visit_id,
            work.at(body.occurred_at),
            record=body.record.model_dump(mode="json"),
        ),
        lambda row: VisitOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:leaveUnresolved", "visits.write", VisitOut, refuses=(403,))
async def leave_visit_unresolved(work: Work, visit_id: UUID, body: LeaveVisitUnresolved) -> Response:
    """The engineer leaves without a solution: the customer is told, it climbs, another visit is asked for."""
    return await work.write(
        lambda s: visits.leave_unresolved(
            s, visit_id, work.at(body.occurred_at), reason=body.reason, customer_notice=body.customer_notice
        ),
        lambda row: VisitOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:replaceEngineer", "visits.write", VisitOut, refuses=(403,))
async def replace_visit_engineer(work: Work, visit_id: UUID, body: ActWithReason) -> Response:
    """The customer has the engineer replaced, at the vendor's cost."""
    return await work.write(
        lambda s: visits.replace_engineer(s, visit_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: VisitOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:recordSatisfaction", "visits.write", VisitOut, refuses=(403,))
async def record_visit_satisfaction(work: Work, visit_id: UUID, body: RecordVisitSatisfaction) -> Response:
    """The customer's word on a finished visit."""
    return await work.write(
        lambda s: visits.record_satisfaction(
            s, visit_id, work.at(body.occurred_at), is_satisfied=body.is_satisfied, note=body.note
        ),
        lambda row: VisitOut.of(row, work.caller),
    )
