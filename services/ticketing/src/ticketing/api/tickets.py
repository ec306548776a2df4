"""Tickets: opened, found, read, corrected; their timeline and the suggested fault level."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.work import Work
from ticketing.api.naming import look_up, named_after
from ticketing.api.ticket_shapes import (
    NAMING,
    SeveritySuggestionOut,
    SuggestSeverity,
    TicketCreate,
    TicketFilters,
    TicketOut,
    TicketPage,
    TicketUpdate,
    TimelineEntryOut,
    TimelinePage,
    TimelineQuery,
)
from ticketing.commands import tickets as commands
from ticketing.domain.directory import Known
from ticketing.domain.severity import LEVELS, SUGGESTED_LEVEL
from ticketing.domain.tickets import PREFIXES
from ticketing.queries import tickets as queries
from ticketing.tables import Ticket, TimelineEntry

routes = Routes("tickets", "Incidents and service requests.")

SORTS = Sorts(
    Ticket.id,
    {"reported_at": Ticket.reported_at, "created_at": Ticket.created_at, "updated_at": Ticket.updated_at},
)
TIMELINE_SORTS = Sorts(TimelineEntry.id, {"occurred_at": TimelineEntry.occurred_at})


@routes.create("/v1/tickets", "tickets.write", TicketOut, conflicts=True)
async def create_ticket(work: Work, body: TicketCreate) -> Response:
    """Open a ticket as of its report; what is left out follows from the directory."""
    found = await look_up(work, body.named(work.caller))
    told = body.told(found.named, work.caller, work.now)
    series = f"{PREFIXES[body.kind]}-{told.reported_at.year}"
    number = await work.services["numbers"].next(series)
    return await work.write(
        lambda s: commands.open_(
            s, told, work.at(), number=number, known=found.known, looked_up=found.looked_up
        ),
        lambda row: TicketOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/tickets", "tickets.read", TicketPage)
async def list_tickets(work: Work, filters: Annotated[TicketFilters, Query()]) -> Response:
    """Tickets by filter, newest report first."""
    select = queries.tickets(queries.TicketFilter(**filters.told()))
    return await work.page(select, SORTS, filters, lambda row: TicketOut.of(row, work.caller))


@routes.get("/v1/tickets/{ticket_id:uuid}", "tickets.read", TicketOut)
async def get_ticket(work: Work, ticket_id: UUID) -> Response:
    """One ticket."""
    return await work.read(lambda s: queries.one(s, ticket_id), lambda row: TicketOut.of(row, work.caller))


@routes.patch("/v1/tickets/{ticket_id:uuid}", "tickets.write", TicketOut)
async def update_ticket(work: Work, ticket_id: UUID, body: TicketUpdate) -> Response:
    """Correct or complete what was stated."""
    told = body.changes()
    looked_up = Known()
    if NAMING & told.keys():
        ticket = await work.ask(lambda s: queries.one(s, ticket_id))
        if ticket is not None:
            looked_up = (await look_up(work, named_after(ticket, told))).looked_up
    return await work.write(
        lambda s: commands.update(s, ticket_id, told, work.at(), looked_up=looked_up),
        lambda row: TicketOut.of(row, work.caller),
    )


@routes.list("/v1/tickets/{ticket_id:uuid}/timeline", "tickets.read", TimelinePage)
async def list_ticket_timeline(
    work: Work, ticket_id: UUID, filters: Annotated[TimelineQuery, Query()]
) -> Response:
    """Everything that happened to the ticket and its clocks, in order."""
    return await work.page(
        queries.timeline(ticket_id),
        TIMELINE_SORTS,
        filters,
        TimelineEntryOut.model_validate,
        given=lambda s: queries.ensure(s, ticket_id),
    )


@routes.compute("/v1/tickets:suggestSeverity", "tickets.read", SeveritySuggestionOut)
async def suggest_ticket_severity(work: Work, body: SuggestSeverity) -> Response:
    """The fault level that the questionnaire's answers suggest."""
    severity = SUGGESTED_LEVEL[body.extent, body.impact]
    level = LEVELS[severity]
    definitions = {"zh-CN": level.definition_zh, "en": level.definition_en}
    return work.answer(SeveritySuggestionOut(severity=severity, definitions=definitions))
