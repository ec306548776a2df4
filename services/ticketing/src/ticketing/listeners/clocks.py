"""Clocks that warn, breach or climb, and clocks that were corrected."""

from collections.abc import Mapping

from common.bus import Listener
from common.contracts.sla import ClockBreached, ClockCorrected, ClockCrossing, ClockEscalated, ClockWarned
from common.db import Session
from common.events import Envelope, Event
from ticketing.commands import clocks
from ticketing.domain.escalation import EscalationCause


async def on_clock_warned(session: Session, event: ClockWarned, envelope: Envelope) -> None:
    """A promise is about to be missed."""
    await _crossed(session, event, envelope, EscalationCause.SLA_WARNING)


async def on_clock_breached(session: Session, event: ClockBreached, envelope: Envelope) -> None:
    """A promise was missed."""
    await _crossed(session, event, envelope, EscalationCause.SLA_BREACH)


async def on_clock_escalated(session: Session, event: ClockEscalated, envelope: Envelope) -> None:
    """A missed promise is still open."""
    await _crossed(session, event, envelope, EscalationCause.SLA_BREACH)


async def on_clock_corrected(session: Session, event: ClockCorrected, envelope: Envelope) -> None:
    """Late news changed what a clock had decided."""
    if event.subject_type == "ticket":
        await clocks.note_correction(session, event, envelope)


async def _crossed(
    session: Session, event: ClockCrossing, envelope: Envelope, cause: EscalationCause
) -> None:
    if event.subject_type == "ticket":
        await clocks.note_crossing(session, event, envelope, cause)


LISTENERS: Mapping[type[Event], Listener] = {
    ClockWarned: on_clock_warned,
    ClockBreached: on_clock_breached,
    ClockEscalated: on_clock_escalated,
    ClockCorrected: on_clock_corrected,
}
