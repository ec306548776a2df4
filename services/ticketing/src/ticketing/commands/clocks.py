"""What a ticket's clocks told: put on its timeline, and climbed where a step is called."""

from common.contracts.sla import ClockCorrected, ClockCrossing, ClockEvent
from common.db import Session
from common.events import Envelope
from common.locking import locked
from ticketing.commands import escalations
from ticketing.commands.moves import remember
from ticketing.domain.escalation import EscalationCause
from ticketing.tables import Ticket


async def note_crossing(
    session: Session, event: ClockCrossing, envelope: Envelope, cause: EscalationCause
) -> None:
    """Put a crossed threshold on the ticket's timeline, and the step it calls for on the ticket (§1.2.1.5).

    Raises:
        NotFound: no such ticket.
    """
    ticket = await locked(session, Ticket, event.subject_id)
    told: dict[str, object] = {
        "threshold_percent": event.threshold_percent,
        "lateness_seconds": event.lateness_seconds,
        "is_unconfirmed": event.is_unconfirmed,
    }
    _note(session, ticket, event, envelope, told)
    if event.escalate_to is None:
        return
    await escalations.climb_once(
        session,
        ticket,
        to=event.escalate_to,
        cause=cause,
        reason=f"{event.clause} {event.commitment_id}: {event.threshold_percent} %",
        source_key=f"clock:{event.clock_id}:{event.due_revision}:{event.threshold_percent}",
        occurred_at=event.crossed_at,
        now=envelope.received_at,
        clock_id=event.clock_id,
    )


async def note_correction(session: Session, event: ClockCorrected, envelope: Envelope) -> None:
    """Put the correction of a clock on the ticket's timeline.

    Raises:
        NotFound: no such ticket.
    """
    ticket = await locked(session, Ticket, event.subject_id)
    told: dict[str, object] = {
        "previous_state": event.previous_state,
        "state": event.state,
        "withdraws_breach": event.withdraws_breach,
        "reason": event.reason,
    }
    _note(session, ticket, event, envelope, told)


def _note(
    session: Session, ticket: Ticket, event: ClockEvent, envelope: Envelope, told: dict[str, object]
) -> None:
    about = {
        "clock_id": str(event.clock_id),
        "metric": event.metric,
        "commitment_id": event.commitment_id,
        "clause": event.clause,
        "due_at": event.due_at and event.due_at.isoformat(),
    }
    remember(session, ticket, event.type, envelope.occurred_at, envelope.received_at, {**about, **told})
