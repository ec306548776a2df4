"""Questions about contacts: who calls from a number, and whether they may report now."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlmodel import col

from common.db import Session
from common.errors import NotFound
from common.inbox import fetch
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


_PEOPLE = """
SELECT found.id FROM unnest($1::uuid[], $2::text[], $3::text[]) AS told (customer_id, name, email)
CROSS JOIN LATERAL (
    SELECT id FROM contact WHERE email = told.email AND customer_id = told.customer_id
    UNION ALL
    SELECT id FROM contact WHERE customer_id = told.customer_id AND name = told.name
        AND (email IS NULL OR told.email IS NULL)
    OFFSET 0) AS found
"""
"""A probe of an index for each address and each name; by name only whose address does not tell them apart."""


async def people(session: Session, told: Collection[tuple[UUID, str, str | None]]) -> set[UUID]:
    """Who may be meant by customer, name and address, the latter where it is told."""
    if not told:
        return set()
    await session.flush()
    rows = await fetch(session, _PEOPLE, *map(list, zip(*told, strict=True)))
    return {row.id for row in rows}


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
