"""Steps of the ladder that tickets climbed."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.shapes import ListQuery, OutInstant, OutShape, Page, sortable
from common.web.told import NOW, Act
from common.web.work import Work
from ticketing.commands import escalations as commands
from ticketing.domain.escalation import EscalationCause
from ticketing.queries import tickets as queries
from ticketing.tables import Escalation

routes = Routes("escalations", "Who was called to a difficult matter, by whom and why, and who took it on.")

PATH = "/v1/tickets/{ticket_id:uuid}/escalations"
SORTS = Sorts(Escalation.id, {"escalated_at": Escalation.escalated_at})


class EscalationOut(OutShape):
    """A step that was climbed."""

    id: UUID
    ticket_id: UUID
    step: str
    cause: EscalationCause
    visibility: Annotated[
        str,
        Field(description="`public` where the customer called it; it sees no other.", examples=["internal"]),
    ]
    reason: str
    clock_id: UUID | None
    escalated_at: OutInstant
    acknowledged_at: OutInstant | None
    acknowledged_by: str | None
    version: int
    created_at: OutInstant
    created_by: str


class EscalationPage(Page[EscalationOut]):
    """A page of escalations."""


class EscalationQuery(ListQuery):
    """Paging of escalations."""

    sort: Annotated[str, sortable("escalated_at")] = "escalated_at"


@routes.list(PATH, "tickets.read", EscalationPage)
async def list_ticket_escalations(
    work: Work, ticket_id: UUID, filters: Annotated[EscalationQuery, Query()]
) -> Response:
    """Steps that the ticket climbed; a customer sees those that it called itself."""
    return await work.page(
        queries.escalations(ticket_id),
        SORTS,
        filters,
        EscalationOut.model_validate,
        given=lambda s: queries.ensure(s, ticket_id),
    )


@routes.action(f"{PATH}/{{escalation_id:uuid}}:acknowledge", "tickets.write", EscalationOut)
async def acknowledge_ticket_escalation(
    work: Work,
    ticket_id: UUID,
    escalation_id: UUID,
    body: Act = NOW,
) -> Response:
    """Take a step on."""
    return await work.write(
        lambda s: commands.acknowledge(s, ticket_id, escalation_id, work.at(body.occurred_at)),
        EscalationOut.model_validate,
    )
