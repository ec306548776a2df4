"""Quotes for work out of warranty, from the draft to the customer's answer (§1.2.5)."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from common.events import Event


class QuoteEvent(Event):
    """The quote after the event: what a customer would pay for work out of warranty (§1.2.5)."""

    topic: ClassVar[str] = "warranty.quote.v1"
    collection: ClassVar[str] = "quotes"

    quote_id: UUID
    number: str
    customer_id: UUID
    asset_id: UUID
    claim_id: UUID | None = None
    ticket_id: UUID | None = None
    state: str
    amount: str
    currency: str
    valid_until: datetime


class QuoteDrafted(QuoteEvent):
    """A quote was computed from the contract's rates."""

    type: ClassVar[str] = "warranty.quote.drafted"


class QuoteUpdated(QuoteEvent):
    """A draft was computed anew."""

    type: ClassVar[str] = "warranty.quote.updated"


class QuoteOffered(QuoteEvent):
    """The customer may accept it."""

    type: ClassVar[str] = "warranty.quote.offered"


class QuoteAccepted(QuoteEvent):
    """The customer accepted; work may begin.

    ``was_expired``: it was told only after the quote had expired that the customer had accepted in time; the
    expiry did not come to be.
    """

    type: ClassVar[str] = "warranty.quote.accepted"

    was_expired: bool = False


class QuoteDeclined(QuoteEvent):
    """The customer does not want it."""

    type: ClassVar[str] = "warranty.quote.declined"


class QuoteWithdrawn(QuoteEvent):
    """The vendor takes it back."""

    type: ClassVar[str] = "warranty.quote.withdrawn"


class QuoteExpired(QuoteEvent):
    """Nobody accepted it in time."""

    type: ClassVar[str] = "warranty.quote.expired"


class QuoteTicketUnlinked(QuoteEvent):
    """The ticket that the quote named turned out to be another customer's; it names none any more."""

    type: ClassVar[str] = "warranty.quote.ticket_unlinked"

    previous_ticket_id: UUID
