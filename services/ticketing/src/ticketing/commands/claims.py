"""A claim under warranty sends somebody to the site at notice (§1.2.5)."""

from datetime import datetime

from common.contracts import ticketing as events
from common.db import Session
from common.errors import NotFound
from common.locking import locked
from common.moves import Moment, audit
from common.rows import fresh
from ticketing.commands import dispatch
from ticketing.commands.moves import tell
from ticketing.commands.tickets import called_for
from ticketing.domain.claims import ClaimNotice, title
from ticketing.domain.tickets import OPEN, Channel, Kind, NewTicket
from ticketing.policy import POLICY
from ticketing.tables import Claim, Ticket

CLAIMED = "依据质保索赔通知 / By the claim's notice to warranty"
"""How the reporter of such an incident is known."""


async def take_up(session: Session, notice: ClaimNotice, now: datetime) -> None:
    """Have somebody go, once per claim: on its ticket while that is open, else on an incident of its own."""
    if await session.get(Claim, notice.claim_id) is not None:
        return
    ticket = await _open_ticket(session, notice)
    if ticket is None:
        ticket = await called_for(session, _report(notice), Moment(now), verified_how=CLAIMED)
    session.insert(fresh(Claim, id=notice.claim_id, customer_id=notice.customer_id, ticket_id=ticket.id))
    tell(session, ticket, events.TicketClaimAdded, notice.noticed_at, now, claim_id=notice.claim_id)
    audit(session, "addClaim", ticket, now)
    await dispatch.owe(session, ticket, notice.noticed_at, now, note=title(notice))


async def _open_ticket(session: Session, notice: ClaimNotice) -> Ticket | None:
    """The ticket that the claim was given on, or that goes on for it, locked: the customer's, and open."""
    if notice.ticket_id is None:
        return None
    try:
        ticket = await locked(session, Ticket, notice.ticket_id)
        while ticket.merged_into_id is not None:
            ticket = await locked(session, Ticket, ticket.merged_into_id)
    except NotFound:
        return None
    is_theirs = ticket.customer_id == notice.customer_id
    return ticket if is_theirs and ticket.state in OPEN.split() else None


def _report(notice: ClaimNotice) -> NewTicket:
    return NewTicket(
        kind=Kind.INCIDENT,
        title=title(notice),
        description="",
        channel=Channel.PORTAL,
        severity=POLICY.claim_severity,
        customer_id=notice.customer_id,
        reported_at=notice.noticed_at,
        failed_at=min(notice.failed_at, notice.noticed_at),
        site_id=notice.site_id,
        asset_id=notice.asset_id,
        tags=("warranty_claim",),
    )
