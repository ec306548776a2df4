"""Questions about charge lines."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from ticketing.tables import Charge


def charges(
    ticket_id: UUID, *, visit_id: UUID | None, state: Sequence[str], payer: Sequence[str]
) -> Select[Charge]:
    """Charge lines of a ticket by visit, state and payer."""
    found = select(Charge).where(col(Charge.ticket_id) == ticket_id)
    if visit_id is not None:
        found = found.where(col(Charge.visit_id) == visit_id)
    if state:
        found = found.where(col(Charge.state).in_(state))
    return found.where(col(Charge.payer).in_(payer)) if payer else found
