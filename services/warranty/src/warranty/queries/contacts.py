"""Questions about contacts: who calls from a number, and whether they may report now."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlmodel import col

from common.db import Session
from common.errors import NotFound
from warranty.domain.phones import Phone
from warranty.queries.single import narrowed, one
from warranty.tables.contacts import Contact, ContactAuthorization
from warranty.tables.directory import Customer


def contacts(
    *,
    role: str | None = None,
    email: str | None = None,
    is_authorized: bool | None = None,
    now: datetime,
    **told: Any,  # noqa: ANN401 - values of filters
) -> Select[Contact]:
    """Contacts by customer, site, state, role, e-mail address, words, and whether they may report now."""
    found = narrowed(select(Contact), Contact, told)
    if role is not None:
        found = found.where(col(Contact.roles).contains([role]))
    if email is not None:
        found = found.where(col(Contact.email) == email.lower())
    if is_authorized is None:
        return found
    may = may_report(now)
    return found.where(may if is_authorized else ~func.coalesce(may, False))


def may_report(now: datetime) -> ColumnElement[bool]:
    """Whether the vendor takes a report of the contact at ``now`` (§1.2.4)."""
    until = col(Contact.authorized_until_at)
    return and_(col(Contact.authorized_from_at) <= now, or_(until.is_(None), until > now))


async def by_phone(
    session: Session, phone: Phone, limit: int, now: datetime
) -> list[tuple[Contact, Customer]]:
    """Who may be calling from a number: the extension's own first, then who may report, then the oldest.

    Args:
        session: a session of the caller; a customer's own users find their organisation only.
        phone: the number.
        limit: most to find.
        now: the instant for which it is asked who may report.
    """
    with_extension = [{"e164": phone.e164, "extension": phone.extension}]
    found = (
        select(Contact, Customer)
        .join(Customer, col(Customer.id) == col(Contact.customer_id))
        .where(col(Contact.phones).contains([{"e164": phone.e164}]))
        .order_by(
            case((col(Contact.phones).contains(with_extension), 0), else_=1),
            case((may_report(now), 0), else_=1),
            col(Contact.id),
        )
        .limit(limit)
    )
    return [(contact, customer) for contact, customer in (await session.execute(found)).all()]


def authorizations(contact_id: UUID) -> Select[ContactAuthorization]:
    """Every authorisation that a contact was given."""
    return select(ContactAuthorization).where(col(ContactAuthorization.contact_id) == contact_id)


def people(
    customer_ids: Collection[UUID], names: Collection[str], emails: Collection[str]
) -> Select[Contact]:
    """People of some customers who have one of these names or addresses, in the order of their ids."""
    is_called = or_(col(Contact.name).in_(names), col(Contact.email).in_(emails))
    found = select(Contact).where(col(Contact.customer_id).in_(customer_ids), is_called)
    return found.order_by(col(Contact.id))


async def withdrawn(session: Session, contact_ids: Collection[UUID]) -> list[ContactAuthorization]:
    """The authorisations of some contacts that were withdrawn before their last day."""
    found = select(ContactAuthorization).where(
        col(ContactAuthorization.contact_id).in_(contact_ids),
        col(ContactAuthorization.withdrawn_at).is_not(None),
    )
    return list((await session.execute(found)).scalars())


async def ensure(session: Session, contact_id: UUID) -> None:
    """The contact is there for this caller.

    Raises:
        NotFound: it is not.
    """
    if await one(session, Contact, contact_id) is None:
        raise NotFound("not-found")
