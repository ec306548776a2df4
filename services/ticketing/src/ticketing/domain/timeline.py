"""What of a ticket's timeline and of its ladder the customer may read."""

from ticketing.domain.escalation import EscalationCause

INTERNAL_TYPES = frozenset(
    {
        "ticketing.ticket.escalated",
        "ticketing.ticket.response_case_set",
        "ticketing.escalation.acknowledged",
        "sla.clock.warned",
        "sla.clock.breached",
        "sla.clock.escalated",
        "sla.clock.corrected",
    }
)
"""Entries about the vendor's own house; the rest is public to the customer."""


def visibility_of_escalation(cause: EscalationCause, *, is_customer: bool) -> str:
    """A step that the customer itself called is public to it; every other is the vendor's own."""
    return "public" if cause is EscalationCause.MANUAL and is_customer else "internal"


def visibility(type_: str) -> str:
    """``public`` or ``internal``."""
    return "internal" if type_ in INTERNAL_TYPES else "public"
