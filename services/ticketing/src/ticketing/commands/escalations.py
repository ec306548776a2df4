"""Steps of the ladder: climbed by hand, by a clock or by an unresolved visit, and taken on by a person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts import ticketing as events
from common.db import Session
from common.errors import Forbidden
from common.lifecycle import STAFF
from common.locking import locked
from common.moves import Moment, audit, check_time, made, touch
from ticketing.commands.moves import tell
from ticketing.domain.escalation import EscalationCause, check_acknowledgement, check_step
from ticketing.domain.timeline import visibility_of_escalation
from ticketing.policy import POLICY
from ticketing.tables import Escalation, Ticket


def climb(
    session: Session,
    ticket: Ticket,
    *,
    to: str,
    cause: EscalationCause,
    reason: str,
    source_key: str,
    occurred_at: datetime,
    now: datetime,
    clock_id: UUID | None = None,
) -> Escalation:
    """Put a step on the locked ticket and announce it.

    Raises:
        Invalid: ``unknown-escalation-step``.
    """
    check_step(to, POLICY.ladder)
    is_customer = session.context.caller.customer_id is not None
    escalation = made(
        session,
        Escalation,
        now,
        customer_id=ticket.customer_id,
        visibility=visibility_of_escalation(cause, is_customer=is_customer),
        ticket_id=ticket.id,
        step=to,
        cause=cause,
        reason=reason,
        source_key=source_key,
        clock_id=clock_id,
        escalated_at=occurred_at,
    )
    tell(
        session,
        ticket,
        events.TicketEscalated,
        occurred_at,
        now,
        note=reason,
        shown=escalation.visibility,
        escalation_id=escalation.id,
        to=to,
        cause=cause.value,
    )
    audit(session, "escalate", ticket, now, reason)
    return escalation


async def climb_once(
    session: Session,
    ticket: Ticket,
    *,
    to: str,
    cause: EscalationCause,
    reason: str,
    source_key: str,
    occurred_at: datetime,
    now: datetime,
    clock_id: UUID,
) -> None:
    """Put the step that a clock calls for on the locked ticket, once per source, whatever its state."""
    known = select(col(Escalation.id)).where(
        col(Escalation.ticket_id) == ticket.id, col(Escalation.source_key) == source_key
    )
    if (await session.execute(known)).first() is None:
        climb(
            session,
            ticket,
            to=to,
            cause=cause,
            reason=reason,
            source_key=source_key,
            occurred_at=occurred_at,
            now=now,
            clock_id=clock_id,
        )


async def acknowledge(
    session: Session,
    ticket_id: UUID,
    escalation_id: UUID,
    at: Moment,
) -> Escalation:
    """A person of the vendor's takes the step on.

    Raises:
        Forbidden: a customer's caller.
        Conflict: ``escalation-taken``.
        Invalid: the time told cannot be true.
    """
    ticket = await locked(session, Ticket, ticket_id)
    if session.context.caller.customer_id is not None:
        raise Forbidden("action-needs-role", action="acknowledge", roles=sorted(STAFF))
    escalation = await locked(session, Escalation, escalation_id, at.version)
    check_acknowledgement(escalation.acknowledged_by, is_of_ticket=escalation.ticket_id == ticket_id)
    taken_at = at.occurred_at or at.now
    check_time(taken_at, not_before=min(escalation.escalated_at, at.now), now=at.now)
    escalation.acknowledged_at, escalation.acknowledged_by = taken_at, session.context.caller.subject
    touch(session, escalation, at.now)
    audit(session, "acknowledge", escalation, at.now)
    tell(
        session,
        ticket,
        events.EscalationAcknowledged,
        taken_at,
        at.now,
        shown=escalation.visibility,
        escalation_id=escalation.id,
        to=escalation.step,
    )
    return escalation
