"""What is held of a person: handed out on request, and erased on request; records and ids stay."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select
from sqlmodel import col

from common.audit import AuditEntry, entries_about, erase_personal, personal_values
from common.contracts.warranty import directory as events
from common.db import Session
from common.idempotency import erase_answers
from common.locking import locked
from common.moves import Moment, announce, audit, begin, land, touch
from warranty.commands.contacts import end_authorizations, facts
from warranty.commands.imports import erasing
from warranty.commands.needs import needed
from warranty.domain.contacts import LIFECYCLE, ErasureGround
from warranty.queries.contacts import authorizations
from warranty.tables.contacts import Contact, ContactAuthorization
from warranty.tables.directory import Customer


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that is held of a person.

    Args:
        contact: the contact.
        authorizations: what the vendor authorised, the oldest first.
        history: what was done to the contact, the oldest first, with the clear values where they are kept.
    """

    contact: Contact
    authorizations: list[ContactAuthorization]
    history: list[tuple[AuditEntry, dict[str, list[Any]]]]


async def export(session: Session, contact_id: UUID, at: Moment) -> Held:
    """Hand out everything that is held of a person; that it was handed out is on record.

    Raises:
        NotFound, Conflict: no such contact, or another version.
    """
    row = await locked(session, Contact, contact_id, at.version)
    audit(session, "export", row, at.now)
    granted = (await session.execute(_in_order(contact_id))).scalars()
    clear = await personal_values(session, contact_id)
    entries = await entries_about(session, contact_id)
    history = [(entry, _opened(entry.changes, clear)) for entry in entries]
    return Held(row, list(granted), history)


async def erase(
    session: Session, contact_id: UUID, at: Moment, *, ground: ErasureGround, reference: str | None
) -> Contact:
    """Forget the person behind a contact: in row, history, the audit's side table, stored answers and files.

    Args:
        session: the unit of work.
        contact_id: whom.
        at: when that is said.
        ground: why.
        reference: number of the request, never a name.

    Raises:
        NotFound, Conflict, Forbidden: no such contact, erased already, or not the caller's to say.
    """
    row, move = await begin(session, Contact, contact_id, LIFECYCLE, "erase", at)
    customer = await needed(session, Customer, row.customer_id, "customer-unknown", "#/customer_id")
    today = at.now.astimezone(ZoneInfo(customer.time_zone)).date()
    names = erasing.names_of(row, customer)
    await end_authorizations(session, row, today, move, reason=None)
    for one in (await session.execute(_in_order(contact_id))).scalars():
        one.note = one.withdrawal_reason = None
    _forget(row)
    row.erasure_ground, row.erasure_reference = ground, reference
    land(row, move)
    touch(session, row, at.now)
    announce(session, row, move, events.ContactErased(**facts(row)))
    await erase_personal(session, contact_id)
    await erase_answers(session, contact_id)
    await erasing.reach(session, names, at)
    return row


def _forget(row: Contact) -> None:
    row.name = row.title = row.department = row.email = row.note = None
    row.phones, row.roles, row.search_terms = [], [], []


def _in_order(contact_id: UUID) -> Select[ContactAuthorization]:
    granted = authorizations(contact_id)
    return granted.order_by(col(ContactAuthorization.created_at), col(ContactAuthorization.id))


def _opened(changes: dict[str, list[Any]], clear: dict[str, str]) -> dict[str, list[Any]]:
    """Changes with the values that stand behind commitments."""
    return {
        name: [clear.get(value, value) if isinstance(value, str) else value for value in both]
        for name, both in changes.items()
    }
