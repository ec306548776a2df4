"""Loaners lent to customers' sites."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from common.events import Event


class LoanerEvent(Event):
    """The loaner after the event."""

    topic: ClassVar[str] = "warranty.loaner.v1"
    collection: ClassVar[str] = "loaners"

    loaner_id: UUID
    customer_id: UUID
    site_id: UUID
    part_id: UUID
    warehouse_id: UUID
    serial_number: str | None = None
    ground: str
    claim_id: UUID | None = None
    ticket_id: UUID | None = None
    due_on: date
    state: str


class LoanerLent(LoanerEvent):
    """A piece was lent to a site."""

    type: ClassVar[str] = "warranty.loaner.lent"


class LoanerReturned(LoanerEvent):
    """The piece came back and was inspected."""

    type: ClassVar[str] = "warranty.loaner.returned"

    condition: str


class LoanerExtended(LoanerEvent):
    """The piece may stay longer."""

    type: ClassVar[str] = "warranty.loaner.extended"

    previous_due_on: date


class LoanerLost(LoanerEvent):
    """The piece will not come back."""

    type: ClassVar[str] = "warranty.loaner.lost"


class LoanerOverdue(LoanerEvent):
    """The due date has passed; told once for each due date."""

    type: ClassVar[str] = "warranty.loaner.overdue"


class LoanerTicketUnlinked(LoanerEvent):
    """The ticket that the loaner named turned out to be another customer's; it names none any more."""

    type: ClassVar[str] = "warranty.loaner.ticket_unlinked"

    previous_ticket_id: UUID
