"""What warranty decided on who pays is put on the ticket, and its charge lines follow."""

from datetime import datetime
from uuid import UUID

from common.contracts import ticketing as events
from common.db import Session
from common.moves import audit
from ticketing.commands import charges
from ticketing.commands.moves import tell
from ticketing.domain.coverage import Decided, Rank, is_newer
from ticketing.tables import Ticket


async def take_up(
    session: Session, ticket_id: UUID, decided: Decided, occurred_at: datetime, now: datetime
) -> None:
    """Put a decision on its ticket, unless a newer one stands there (§1.2.3.1(4), §1.2.5).

    Who decides by hand may mistype the ticket: one that is not here, or another customer's, is left alone.
    """
    ticket = await session.get(Ticket, ticket_id, with_for_update=True, populate_existing=True)
    is_theirs = ticket is not None and ticket.customer_id == decided.customer_id
    if ticket is None or not is_theirs or not is_newer(decided, _standing(ticket)):
        return
    previous = {"coverage": ticket.coverage}
    ticket.coverage, ticket.coverage_by_scope = decided.coverage, dict(decided.by_scope)
    ticket.coverage_reasons = [dict(rule) for rule in decided.rules]
    ticket.coverage_decision_id = decided.decision_id
    ticket.coverage_decision_version = decided.version
    ticket.coverage_decided_at = decided.decided_at
    tell(
        session,
        ticket,
        events.TicketCoverageChanged,
        occurred_at,
        now,
        decision_id=decided.decision_id,
        **decided.by_scope,
        reasons=list(dict.fromkeys(rule["rule"] for rule in decided.rules)),
        rules=ticket.coverage_reasons,
        previous=previous,
    )
    audit(session, "changeCoverage", ticket, now)
    await charges.follow(session, ticket, occurred_at, now)


def _standing(ticket: Ticket) -> Rank | None:
    if ticket.coverage_decided_at is None or ticket.coverage_decision_id is None:
        return None
    return ticket.coverage_decided_at, ticket.coverage_decision_id, ticket.coverage_decision_version or 0
