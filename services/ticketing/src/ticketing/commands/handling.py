"""What is done with an open ticket on its way to a solution."""

from uuid import UUID

from common.contracts import ticketing as events
from common.db import Session
from common.ids import new_id
from common.moves import Moment
from ticketing.commands import dispatch, escalations
from ticketing.commands.moves import announce, begin
from ticketing.commands.texts import cleaned
from ticketing.domain.escalation import EscalationCause
from ticketing.tables import Ticket


async def acknowledge(session: Session, ticket_id: UUID, at: Moment) -> Ticket:
    """The customer got the first response (§1.2.4)."""
    ticket, move = await begin(session, ticket_id, "acknowledge", at)
    ticket.acknowledged_at = move.occurred_at
    return announce(session, ticket, move, events.TicketAcknowledged)


async def start(session: Session, ticket_id: UUID, at: Moment) -> Ticket:
    """Work begins."""
    ticket, move = await begin(session, ticket_id, "start", at)
    ticket.started_at = move.occurred_at
    return announce(session, ticket, move, events.TicketStarted)


async def wait(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    reason: str,
    note: str,
) -> Ticket:
    """Work waits for somebody else."""
    ticket, move = await begin(session, ticket_id, "wait", at)
    ticket.waiting_reason = reason
    return announce(session, ticket, move, events.TicketWaiting, note=cleaned(note), reason=reason)


async def resume(session: Session, ticket_id: UUID, at: Moment) -> Ticket:
    """Work goes on after waiting."""
    ticket, move = await begin(session, ticket_id, "resume", at)
    ticket.waiting_reason = None
    return announce(session, ticket, move, events.TicketResumed)


async def change_severity(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    severity: int,
    reason: str,
) -> Ticket:
    """Set the fault level anew (§1.2.4)."""
    ticket, move = await begin(session, ticket_id, "changeSeverity", at)
    previous = {"severity": ticket.severity}
    ticket.severity = severity
    return announce(
        session, ticket, move, events.TicketSeverityChanged, note=cleaned(reason), previous=previous
    )


async def change_route(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    route: str,
    reason: str,
) -> Ticket:
    """Choose another support route than the suggested one (§1.2.1)."""
    ticket, move = await begin(session, ticket_id, "changeRoute", at)
    previous = {"route": ticket.route}
    ticket.route = route
    return announce(session, ticket, move, events.TicketRouteChanged, note=cleaned(reason), previous=previous)


async def require_onsite(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    reason: str,
) -> Ticket:
    """The matter needs an engineer on site; a visit is asked for (§1.2.4)."""
    ticket, move = await begin(session, ticket_id, "requireOnsite", at)
    await dispatch.need_onsite(session, ticket, move, note=cleaned(reason))
    return ticket


async def assign(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    engineer_id: UUID,
) -> Ticket:
    """Give the ticket to an engineer."""
    ticket, move = await begin(session, ticket_id, "assign", at)
    previous = {"engineer_id": ticket.engineer_id and str(ticket.engineer_id)}
    ticket.engineer_id = engineer_id
    return announce(session, ticket, move, events.TicketAssigned, previous=previous)


async def restore(session: Session, ticket_id: UUID, at: Moment) -> Ticket:
    """The customer's service runs again; the cause may still be looked for (§1.2.11)."""
    ticket, move = await begin(session, ticket_id, "restore", at)
    ticket.restored_at = move.occurred_at
    return announce(session, ticket, move, events.TicketRestored)


async def verify_reporter(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    how: str,
) -> Ticket:
    """An agent made sure that the reporter may report (§1.2.4)."""
    ticket, move = await begin(session, ticket_id, "verifyReporter", at)
    ticket.is_reporter_unverified = False
    ticket.reporter_verified_how = cleaned(how)
    return announce(session, ticket, move, events.TicketReporterVerified, note=ticket.reporter_verified_how)


async def flag_major(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    reason: str,
) -> Ticket:
    """The fault is a major one: technicians are owed on site within the longer promise too (§1.2.5)."""
    ticket, move = await begin(session, ticket_id, "flagMajor", at)
    ticket.is_major = True
    return announce(session, ticket, move, events.TicketMajorFlagged, note=cleaned(reason))


async def set_response_case(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    response_case: str,
    reason: str,
) -> Ticket:
    """A lead declares the response normal or special (§1.2.4)."""
    ticket, move = await begin(session, ticket_id, "setResponseCase", at)
    previous = {"response_case": ticket.response_case}
    ticket.response_case = response_case
    return announce(
        session, ticket, move, events.TicketResponseCaseSet, note=cleaned(reason), previous=previous
    )


async def escalate(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    to: str,
    reason: str,
) -> Ticket:
    """Somebody calls a step of the ladder (§1.2.1.5)."""
    ticket, move = await begin(session, ticket_id, "escalate", at)
    escalations.climb(
        session,
        ticket,
        to=to,
        cause=EscalationCause.MANUAL,
        reason=cleaned(reason) or "",
        source_key=f"manual:{new_id()}",
        occurred_at=move.occurred_at,
        now=at.now,
    )
    return ticket
