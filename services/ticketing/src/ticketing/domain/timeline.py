"""What of a ticket's timeline the customer may read."""

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


def visibility(type_: str) -> str:
    """``public`` or ``internal``."""
    return "internal" if type_ in INTERNAL_TYPES else "public"
