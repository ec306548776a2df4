"""Steps of the ladder: climbed by hand, by a clock or by an unresolved visit, and taken on by a person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts import ticketing as events
from common.db import Session
from common.ids import new_id
from common.locking import locked
from common.rows import fresh
from ticketing.commands.moves import audit, tell, touch
from ticketing.domain.escalation import EscalationCause, check_acknowledgement, check_step
from ticketing.domain.tickets import check_time
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
    by = session.context.caller.subject
    escalation = fresh(
        Escalation,
        id=new_id(),
        created_at=now,
        updated_at=now,
        created_by=by,
        updated_by=by,
        customer_id=ticket.customer_id,
        ticket_id=ticket.id,
        step=to,
        cause=cause,
        reason=reason,
        source_key=source_key,
        clock_id=clock_id,
        escalated_at=occurred_at,
    )
    session.insert(escalation)
    tell(
        session,
        ticket,
        events.TicketEscalated,
        occurred_at,
        now,
        note=reason,
        escalation_id=escalation.id,
        to=to,
        cause=cause.value,
    )
    audit(session, "ticket", "escalate", ticket, now, reason)
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
    *,
    version: int | None,
    occurred_at: datetime | None,
    now: datetime,
) -> Escalation:
    """A person takes the step on.

    Raises:
        Conflict: ``escalation-taken``.
        Invalid: the time told cannot be true.
    """
    ticket = await locked(session, Ticket, ticket_id)
    escalation = await locked(session, Escalation, escalation_id, version)
    check_acknowledgement(escalation.acknowledged_by, is_of_ticket=escalation.ticket_id == ticket_id)
    taken_at = occurred_at or now
    check_time(taken_at, not_before=min(escalation.escalated_at, now), now=now)
    escalation.acknowledged_at, escalation.acknowledged_by = taken_at, session.context.caller.subject
    touch(session, escalation, now)
    audit(session, "escalation", "acknowledge", escalation, now)
    tell(
        session,
        ticket,
        events.EscalationAcknowledged,
        taken_at,
        now,
        escalation_id=escalation.id,
        to=escalation.step,
    )
    return escalation
