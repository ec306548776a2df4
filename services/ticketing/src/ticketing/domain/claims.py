"""Claims under warranty, as far as somebody has to go to the site for them (§1.2.5)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ClaimNotice:
    """A customer's notice of a claim as warranty tells it; ``ticket_id`` where it was given on a ticket."""

    claim_id: UUID
    number: str
    customer_id: UUID
    site_id: UUID
    asset_id: UUID
    ticket_id: UUID | None
    noticed_at: datetime
    failed_at: datetime


def title(notice: ClaimNotice) -> str:
    """What the incident for a claim is about, in both languages."""
    return f"质保索赔 / Warranty claim: {notice.number}"[:200]
