"""Contacts: made known, corrected, authorised by the vendor to report, and no longer."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_
from sqlmodel import col

from common.contracts.warranty import directory as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.locking import locked
from common.moves import Moment, Move, amend, announce, begin, corrected, land, made, touch
from common.search import terms
from warranty.commands.needs import begun, needed
from warranty.domain import contacts as rules
from warranty.domain.contacts import LIFECYCLE, Period
from warranty.domain.zones import begins_at
from warranty.policy import NUMBERING
from warranty.queries.contacts import authorizations
from warranty.tables.contacts import Contact, ContactAuthorization
from warranty.tables.directory import Customer, Site


async def create(session: Session, told: Mapping[str, Any], at: Moment) -> Contact:
    """Make a person of a customer known; it may report once it is authorised.

    Raises:
        Invalid: ``customer-unknown``, ``site-unknown`` or ``phone-unreadable``.
    """
    customer = await needed(session, Customer, told["customer_id"], "customer-unknown", "#/customer_id")
    await _check_site(session, customer.id, told["site_id"])
    return make(session, told, customer, at)


def make(session: Session, told: Mapping[str, Any], customer: Customer, at: Moment) -> Contact:
    """Make a person known whose customer and site are.

    Raises:
        Invalid: ``phone-unreadable``.
    """
    kept = _kept({**told, "language": told["language"] or customer.language})
    row = made(
        session,
        Contact,
        at.now,
        state=LIFECYCLE.initial,
        state_changed_at=at.now,
        search_terms=_terms(kept),
        **kept,
    )
    return begun(session, row, events.ContactCreated(**facts(row)), at)


async def update(session: Session, contact_id: UUID, told: Mapping[str, Any], at: Moment) -> Contact:
    """Correct what is known of a contact.

    Raises:
        NotFound, Conflict: no such contact, another version, or ``contact-erased``.
        Invalid: ``site-unknown`` or ``phone-unreadable``.
    """
    row = await locked(session, Contact, contact_id, at.version)
    rules.check_known(row.state)
    await _check_site(session, row.customer_id, told.get("site_id"))
    return correct(session, row, told, at)


def correct(session: Session, row: Contact, told: Mapping[str, Any], at: Moment) -> Contact:
    """Correct the locked contact.

    Raises:
        Invalid: ``phone-unreadable``.
    """
    previous = amend(row, _kept(told))
    row.search_terms = _terms(vars(row))
    kept = {name: value for name, value in previous.items() if name in events.ContactEvent.model_fields}
    return corrected(session, row, at, lambda: events.ContactUpdated(**facts(row), previous=kept))


async def authorize(
    session: Session,
    contact_id: UUID,
    at: Moment,
    *,
    from_on: date | None,
    to_on: date | None,
    note: str | None,
) -> Contact:
    """The vendor takes reports of the contact in these days, decided where its customer is (§1.2.4).

    Args:
        session: the unit of work.
        contact_id: whom.
        at: when that is said.
        from_on: first day; ``None`` is today.
        to_on: last day; ``None`` lets it last until it is withdrawn.
        note: what it rests on, for the history.

    Raises:
        NotFound, Conflict, Forbidden: no such contact, ``authorization-gap``, or not the caller's to say.
        Invalid: ``authorization-period-empty`` or ``authorization-over``.
    """
    row, move = await begin(session, Contact, contact_id, LIFECYCLE, "authorize", at)
    zone = await _zone_of(session, row)
    today = at.now.astimezone(zone).date()
    return grant(session, row, Period(from_on or today, to_on), move, zone, note=note)


def grant(
    session: Session, row: Contact, told: Period, move: Move, zone: ZoneInfo, *, note: str | None
) -> Contact:
    """Take reports of the locked contact in these days too; ``zone`` is its customer's.

    Raises:
        Invalid, Conflict: as for ``authorize``.
    """
    period = rules.granted(standing(row), told, move.now.astimezone(zone).date())
    by = session.context.caller.subject
    made(
        session,
        ContactAuthorization,
        move.now,
        customer_id=row.customer_id,
        contact_id=row.id,
        from_on=told.from_on,
        to_on=told.to_on,
        note=note,
        authorized_by=by,
        authorized_at=move.occurred_at,
    )
    _authorized(row, period, zone)
    row.authorized_by, row.authorized_at = by, move.occurred_at
    land(row, move)
    touch(session, row, move.now)
    return announce(session, row, move, events.ContactAuthorized(**facts(row)))


async def withdraw_authorization(
    session: Session, contact_id: UUID, at: Moment, *, reason: str | None
) -> Contact:
    """The vendor takes no more reports of the contact; what was granted stays in the history.

    Raises:
        NotFound, Forbidden: no such contact, or not the caller's to say.
        Conflict: ``contact-not-authorized``.
    """
    row, move = await begin(session, Contact, contact_id, LIFECYCLE, "withdrawAuthorization", at)
    today = at.now.astimezone(await _zone_of(session, row)).date()
    granted = standing(row)
    if granted is None or granted.is_over(today):
        raise Conflict("contact-not-authorized")
    await end_authorizations(session, row, today, move, reason=reason)
    land(row, move)
    touch(session, row, at.now)
    return announce(session, row, move, events.ContactAuthorizationWithdrawn(**facts(row)))


async def end_authorizations(
    session: Session, row: Contact, today: date, move: Move, *, reason: str | None
) -> None:
    """Close what of the contact's authorisations has not passed by itself."""
    ahead = or_(col(ContactAuthorization.to_on).is_(None), col(ContactAuthorization.to_on) >= today)
    open_ = authorizations(row.id).where(col(ContactAuthorization.withdrawn_at).is_(None), ahead)
    by = session.context.caller.subject
    for one in (await session.execute(open_.order_by(col(ContactAuthorization.id)))).scalars():
        one.withdrawn_at, one.withdrawn_by, one.withdrawal_reason = move.occurred_at, by, reason
        touch(session, one, move.now)
    row.authorized_from = row.authorized_to = row.authorized_from_at = row.authorized_until_at = None
    row.authorized_by = row.authorized_at = None


def facts(row: Contact) -> dict[str, Any]:
    """The facts that every event about a contact carries; nothing of the person."""
    return {
        "contact_id": row.id,
        "customer_id": row.customer_id,
        "site_id": row.site_id,
        "roles": row.roles,
        "authorized_from": row.authorized_from,
        "authorized_to": row.authorized_to,
        "is_erased": row.state == rules.ContactState.ERASED,
    }


def _authorized(row: Contact, period: Period, zone: ZoneInfo) -> None:
    row.authorized_from, row.authorized_to = period.from_on, period.to_on
    row.authorized_from_at = begins_at(period.from_on, zone)
    row.authorized_until_at = None if period.to_on is None else begins_at(period.to_on, zone, plus_days=1)


def standing(row: Contact) -> Period | None:
    """The days in which the vendor takes reports of the contact, past ones too."""
    return None if row.authorized_from is None else Period(row.authorized_from, row.authorized_to)


async def _zone_of(session: Session, row: Contact) -> ZoneInfo:
    customer = await needed(session, Customer, row.customer_id, "customer-unknown", "#/customer_id")
    return ZoneInfo(customer.time_zone)


async def _check_site(session: Session, customer_id: UUID, site_id: UUID | None) -> None:
    if site_id is None:
        return
    site = await needed(session, Site, site_id, "site-unknown", "#/site_id")
    if site.customer_id != customer_id:
        raise Invalid("site-unknown", pointer="#/site_id")


def _kept(told: Mapping[str, Any]) -> dict[str, Any]:
    """What is told as it is stored: numbers in one form, the address in small letters, no secrets."""
    kept = dict(told)
    if "phones" in kept:
        kept["phones"] = rules.phones_of(kept["phones"], NUMBERING)
    if kept.get("email"):
        kept["email"] = kept["email"].lower()
    return kept


def _terms(told: Mapping[str, Any]) -> list[str]:
    texts = (told[name] for name in ("name", "title", "department", "email"))
    return terms(" ".join(text for text in texts if text))
