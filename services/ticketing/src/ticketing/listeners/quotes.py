"""Quotes for work that the customer pays."""

from collections.abc import Mapping

from common.bus import Listener
from common.contracts import REGISTRY
from common.contracts.warranty.quotes import QuoteEvent
from common.db import Session
from common.events import Envelope, Event
from ticketing.commands import directory


async def on_quote(session: Session, event: QuoteEvent, envelope: Envelope) -> None:
    """A quote is known, or known better: every event about one carries all that is known of it."""
    facts = {
        "id": event.quote_id,
        "version": envelope.aggregate_version,
        "customer_id": event.customer_id,
        "ticket_id": event.ticket_id,
        "state": event.state,
    }
    await directory.learn_quote(session, facts)


LISTENERS: Mapping[type[Event], Listener] = {
    event: on_quote for event in REGISTRY.values() if issubclass(event, QuoteEvent)
}
