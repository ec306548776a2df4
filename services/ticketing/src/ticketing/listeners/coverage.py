"""Who pays for the fault behind a ticket, as warranty decides it."""

from collections.abc import Mapping

from common.bus import Listener
from common.contracts.warranty.coverage import CoverageDecided, CoverageEvent, CoverageOverridden
from common.db import Session
from common.events import Envelope, Event
from ticketing.commands import coverage
from ticketing.domain.coverage import Decided


async def on_coverage(session: Session, event: CoverageEvent, envelope: Envelope) -> None:
    """It was decided who pays; only what is about a ticket concerns us."""
    if event.ticket_id is None:
        return
    decided = Decided(
        decision_id=event.decision_id,
        customer_id=event.customer_id,
        version=envelope.aggregate_version,
        decided_at=event.decided_at,
        coverage=event.coverage,
        by_scope={"parts": event.parts, "labour": event.labour, "travel": event.travel},
        rules=tuple(event.rules),
    )
    await coverage.take_up(session, event.ticket_id, decided, envelope.occurred_at, envelope.received_at)


LISTENERS: Mapping[type[Event], Listener] = {CoverageDecided: on_coverage, CoverageOverridden: on_coverage}
