"""What tickets tell: which asset is concerned, since when, and in the end from which cause."""

from collections.abc import Mapping

from common.bus import Listener
from common.contracts.ticketing import TicketDetailsChanged, TicketOpened, TicketResolved
from common.db import Session
from common.events import Envelope, Event
from warranty.commands import tickets


async def on_ticket_opened(session: Session, event: TicketOpened, envelope: Envelope) -> None:
    """A fault was reported; where it is an asset's, it is decided who pays."""
    await tickets.hear(session, event, envelope)


async def on_ticket_details_changed(
    session: Session, event: TicketDetailsChanged, envelope: Envelope
) -> None:
    """The asset or the time of the fault was told later, or corrected."""
    await tickets.hear(session, event, envelope)


async def on_ticket_resolved(session: Session, event: TicketResolved, envelope: Envelope) -> None:
    """The cause is known; who pays is decided by it."""
    await tickets.hear(session, event, envelope, cause_code=event.cause_code)


LISTENERS: Mapping[type[Event], Listener] = {
    TicketOpened: on_ticket_opened,
    TicketDetailsChanged: on_ticket_details_changed,
    TicketResolved: on_ticket_resolved,
}
