"""A ticket turns out to be its customer's: nothing of another one names it any longer."""

from collections.abc import Mapping

from common.contracts.warranty.claims import ClaimTicketUnlinked
from common.contracts.warranty.loaners import LoanerTicketUnlinked
from common.contracts.warranty.quotes import QuoteTicketUnlinked
from common.contracts.warranty.stock import ReservationTicketUnlinked
from common.db import Session
from common.events import Event
from common.locking import locked
from common.moves import Moment, audit, touch
from common.outbox import publish
from warranty.commands import claim_facts, loaners, quotes, reservations
from warranty.queries import tickets as queries
from warranty.tables.claims import Claim, Quote
from warranty.tables.heard import HeardTicket
from warranty.tables.loaners import Loaner
from warranty.tables.reservations import Reservation

Linked = Claim | Reservation | Quote | Loaner
_KINDS: Mapping[str, type[Linked]] = {
    kind.__tablename__: kind for kind in (Claim, Reservation, Quote, Loaner)
}


async def part_from(session: Session, ticket: HeardTicket, at: Moment) -> None:
    """Nothing of another customer names the ticket any more; all is locked in the order of a claim's end.

    Args:
        session: the unit of work, which holds the ticket.
        ticket: the ticket, as it was heard of.
        at: now.
    """
    for kind, id_ in await queries.of_others(session, ticket):
        row = await locked(session, _KINDS[kind], id_)
        if row.ticket_id == ticket.id:
            _part(session, row, ticket, at)


def _part(session: Session, row: Linked, ticket: HeardTicket, at: Moment) -> None:
    row.ticket_id = None
    touch(session, row, at.now)
    publish(session, _unlinked(row, ticket), of=row, occurred_at=at.now, now=at.now)
    audit(session, "unlinkTicket", row, at.now)


def _unlinked(row: Linked, ticket: HeardTicket) -> Event:
    match row:
        case Claim():
            return ClaimTicketUnlinked(**claim_facts.facts(row), previous_ticket_id=ticket.id)
        case Reservation():
            return ReservationTicketUnlinked(**reservations.facts(row), previous_ticket_id=ticket.id)
        case Quote():
            return QuoteTicketUnlinked(**quotes.facts(row), previous_ticket_id=ticket.id)
        case Loaner():
            return LoanerTicketUnlinked(**loaners.facts(row), previous_ticket_id=ticket.id)
