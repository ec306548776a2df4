"""What visits tell: who is sent for an inspection, and how far they have come."""

from collections.abc import Mapping

from common.bus import Listener
from common.contracts import REGISTRY
from common.contracts.ticketing import VisitEvent
from common.db import Session
from common.events import Envelope, Event
from warranty.commands import inspections


async def on_visit(session: Session, event: VisitEvent, envelope: Envelope) -> None:
    """A visit was asked for, or has come further; only those to inspections concern us."""
    await inspections.dispatched(session, event, envelope.aggregate_version, envelope.received_at)


LISTENERS: Mapping[type[Event], Listener] = {
    event: on_visit for event in REGISTRY.values() if issubclass(event, VisitEvent)
}
