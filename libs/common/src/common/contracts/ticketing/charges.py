"""Charge lines on a ticket and its visits."""

from typing import Any, ClassVar
from uuid import UUID

from common.contracts.ticketing.tickets import TicketEvent


class ChargeEvent(TicketEvent):
    """An event about a charge line, with the line's own facts; figures are decimals in strings."""

    charge_id: UUID
    charge_version: int
    charge_state: str
    charge_kind: str
    visit_id: UUID | None = None
    part_id: UUID | None = None
    quantity: str
    amount: str
    currency: str
    payer: str
    payer_reason: str
    decision_id: UUID | None = None


class ChargeEntered(ChargeEvent):
    """Something was spent."""

    type: ClassVar[str] = "ticketing.charge.entered"


class ChargeCorrected(ChargeEvent):
    """The line was corrected."""

    type: ClassVar[str] = "ticketing.charge.corrected"


class ChargePayerChanged(ChargeEvent):
    """Somebody else pays: coverage was decided, an engineer replaced, or a lead said so."""

    type: ClassVar[str] = "ticketing.charge.payer_changed"

    previous: dict[str, Any]


class ChargeSettled(ChargeEvent):
    """The line is billed, or borne by the vendor, for good."""

    type: ClassVar[str] = "ticketing.charge.settled"


class ChargeWithdrawn(ChargeEvent):
    """The line was entered by mistake."""

    type: ClassVar[str] = "ticketing.charge.withdrawn"
