"""What tickets name is held against the directory: at opening, when corrected, and when it becomes known."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.contracts import ticketing as events
from common.db import Session
from common.moves import audit
from ticketing.commands.moves import tell
from ticketing.domain.directory import Known, Named, Told, Verdict, check, judge
from ticketing.queries import directory as queries
from ticketing.tables import Ticket

AS_CONTACT = "客户授权联系人 / Authorised contact of the customer"
"""How a reporter was verified whom the vendor had authorised."""


def named_by(ticket: Ticket) -> Named:
    """The ids that the ticket names."""
    return Named(ticket.customer_id, ticket.site_id, ticket.asset_id, ticket.reporter_contact_id)


def verdict_on(ticket: Ticket, known: Known) -> Verdict:
    """What the directory's knowledge means for the ticket as it stands."""
    return judge(named_by(ticket), known, Told(ticket.locality, ticket.distance_km, ticket.reported_at))


def place(ticket: Ticket, verdict: Verdict) -> dict[str, Any]:
    """Write the verdict on the ticket; what was there before, of the facts that changed."""
    facts = {name: getattr(verdict, name) for name in ("site_id", "locality", "distance_km")}
    facts["is_directory_unverified"] = bool(verdict.issues)
    before = {name: getattr(ticket, name) for name, value in facts.items() if getattr(ticket, name) != value}
    for name, value in facts.items():
        setattr(ticket, name, value)
    ticket.directory_issues = [issue.value for issue in verdict.issues]
    if verdict.is_reporter_known and ticket.is_reporter_unverified:
        before["is_reporter_unverified"] = True
        ticket.is_reporter_unverified, ticket.reporter_verified_how = False, AS_CONTACT
    return before


async def correct(
    session: Session, ticket: Ticket, before: Mapping[str, Any], told: Mapping[str, Any]
) -> None:
    """Hold the ticket, whose corrected ids stand on it, against the directory.

    What came from a site that is no longer the ticket's goes with it; the site follows the asset; another
    reporter has to be verified anew.

    Args:
        session: the unit of work.
        ticket: the locked row.
        before: its facts before the correction.
        told: the fields that were told.

    Raises:
        Invalid: the ids contradict each other.
    """
    caller = session.context.caller
    if before["site_id"] not in (None, ticket.site_id):
        ticket.locality, ticket.distance_km = told.get("locality"), told.get("distance_km")
    if ticket.reporter_contact_id != before["reporter_contact_id"] and caller.customer_id is None:
        ticket.is_reporter_unverified, ticket.reporter_verified_how = True, None
    known = await queries.known(session, named_by(ticket))
    if "asset_id" in told and "site_id" not in told and known.asset is not None:
        ticket.site_id = known.asset.site_id
        known = await queries.known(session, named_by(ticket))
    check(named_by(ticket), known, is_customer=caller.customer_id is not None)
    place(ticket, verdict_on(ticket, known))


async def again(session: Session, ticket: Ticket, now: datetime) -> None:
    """Hold the locked ticket against what is known by now; its facts follow, and clocks follow them."""
    issues = ticket.directory_issues
    before = place(ticket, verdict_on(ticket, await queries.known(session, named_by(ticket))))
    if before or ticket.directory_issues != issues:
        tell(session, ticket, events.TicketDetailsChanged, now, now, previous=plain(before))
        audit(session, "verifyDirectory", ticket, now)


def plain(before: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON values."""
    return {name: _plain(value) for name, value in before.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a column's value
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, bool | int | float) or value is None else str(value)
