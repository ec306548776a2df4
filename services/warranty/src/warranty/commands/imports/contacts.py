"""Contacts from a file: people of a customer, known again by their address, else by name and number."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col

from common.db import Session
from common.moves import Moment, ask
from common.secrets_in_text import mask
from warranty.commands import contacts
from warranty.commands.imports.matching import (
    Match,
    View,
    customers_by_code,
    found,
    named,
    ruled,
    sites_by_code,
    texts,
)
from warranty.domain.contacts import LIFECYCLE, Period, PhoneKind, granted, phones_of
from warranty.domain.imports.records import Record
from warranty.domain.phones import read_phone
from warranty.policy import NUMBERING
from warranty.queries import contacts as queries
from warranty.tables.contacts import Contact, ContactAuthorization
from warranty.tables.directory import Customer, Site

One = Match[Contact]
R = TypeVar("R")
K = TypeVar("K")
_TEXTS = ("name", "email", "title", "department", "language")
_UNSAID = dict.fromkeys(("site_id", "title", "department", "language", "email", "note"))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows of a batch may name."""

    customers: Mapping[str, Customer]
    sites: Mapping[tuple[UUID, str], Site]
    by_email: Mapping[tuple[UUID, str | None], Sequence[Contact]]
    by_name: Mapping[tuple[UUID, str | None], Sequence[Contact]]
    withdrawn: Mapping[UUID, Sequence[ContactAuthorization]]


async def match(session: Session, records: Sequence[Record], view: View) -> list[One]:
    """Each row beside the person of its customer."""
    customers = await customers_by_code(session, texts(records, "customer_code"))
    meant = {
        (customers[str(one.values["customer_code"])].id, str(one.values["name"]), _text(one, "email"))
        for one in records
        if one.values.get("customer_code") in customers and "name" in one.values
    }
    ids = await queries.people(session, meant)
    rows = await named(session, Contact, col(Contact.id), ids, locks=view.locks)
    withdrawn = await queries.withdrawn(session, [row.id for row in rows])
    known = _Known(
        customers,
        await sites_by_code(session, customers, records, "site_code"),
        _grouped(rows, lambda row: (row.customer_id, row.email)),
        _grouped(rows, lambda row: (row.customer_id, row.name)),
        _grouped(withdrawn, lambda row: row.contact_id),
    )
    return [_match(known, record, view) for record in records]


def _text(record: Record, column: str) -> str | None:
    value = record.values.get(column)
    return None if value is None else str(value)


def _grouped(rows: Iterable[R], key: Callable[[R], K]) -> Mapping[K, Sequence[R]]:
    groups: dict[K, list[R]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def _match(known: _Known, record: Record, view: View) -> One:
    one = One(record)
    customer = found(one, "customer_code", known.customers, "import-customer-unknown")
    phones = _phones(one)
    if customer is None or one.faults or "name" not in record.values:
        return one
    one.named["customer"] = customer
    site = known.sites.get((customer.id, str(record.values.get("site_code"))))
    if site is None and "site_code" in record.values:
        one.refuse("site_code", "import-site-unknown")
    _find(one, known, customer)
    _tell(one, site, phones)
    _authorize(one, known, customer, view)
    return one


def _phones(one: One) -> list[dict[str, str]]:
    """The numbers as they are told, each of its kind; in ``forms`` as they are found."""
    told = []
    for kind in PhoneKind:
        number = one.text(kind.value)
        if number is None:
            continue
        with ruled(one, kind.value):
            phone = read_phone(number, NUMBERING)
            one.forms[kind.value] = f"{phone.e164};{phone.extension}"
            told.append({"kind": kind.value, "number": number})
    return told


def _find(one: One, known: _Known, customer: Customer) -> None:
    """The person, by the address; one whose address is not known or not told by name and number."""
    name, email = one.text("name"), one.text("email")
    if email is None and not {"mobile", "landline"} & one.forms.keys():
        if not one.record.faults:
            one.refuse("email", "import-contact-unreachable")
        return
    by_email = [] if email is None else known.by_email.get((customer.id, email), ())
    by_number = [
        row
        for row in known.by_name.get((customer.id, name), ())
        if (email is None or row.email is None) and _shares_number(one, row)
    ]
    rows = by_email or by_number
    if len(rows) > 1:
        one.refuse("email" if by_email else "name", "import-contact-ambiguous")
    one.row = next(iter(rows), None)


def _shares_number(one: One, row: Contact) -> bool:
    return any(_form(phone) in one.forms.values() for phone in row.phones)


def _form(phone: Mapping[str, str]) -> str:
    return f"{phone['e164']};{phone['extension']}"


def _tell(one: One, site: Site | None, phones: Sequence[dict[str, str]]) -> None:
    values = one.record.values
    one.told = {name: values[name] for name in _TEXTS if name in values}
    if site is not None:
        one.told["site_id"] = site.id
    roles = values.get("roles")
    if isinstance(roles, list) and (one.row is None or set(roles) != set(one.row.roles)):
        one.told["roles"] = roles
    kept = [] if one.row is None else one.row.phones
    new = [phone for phone in phones if one.forms[phone["kind"]] not in map(_form, kept)]
    if new:
        kinds = {phone["kind"] for phone in new}
        others = [phone for phone in kept if phone["kind"] not in kinds]
        one.told["phones"] = phones_of([*new, *others], NUMBERING)


def _authorize(one: One, known: _Known, customer: Customer, view: View) -> None:
    """Whether the row authorises the person to report in days in which it is not yet (§1.2.4)."""
    from_on, to_on = _day(one, "authorized_from"), _day(one, "authorized_to")
    if from_on is None and to_on is None:
        if "authorization_note" in one.record.values:
            one.refuse("authorization_note", "import-authorization-undated")
        return
    today = view.now.astimezone(ZoneInfo(customer.time_zone)).date()
    stands = None if one.row is None else contacts.standing(one.row)
    if stands is not None and stands == Period(from_on or stands.from_on, to_on):
        return
    for before in known.withdrawn.get(one.row.id, ()) if one.row is not None else ():
        is_same = before.to_on == to_on and from_on in {None, before.from_on}
        if is_same and before.withdrawn_at:
            day = before.withdrawn_at.astimezone(ZoneInfo(customer.time_zone)).date().isoformat()
            one.refuse("authorized_from", "import-authorization-withdrawn", withdrawn_on=day)
            return
    told = Period(from_on or today, to_on)
    with ruled(one, "authorized_from", to="authorized_to"):
        if granted(stands, told, today) != stands:
            one.named["period"], one.is_news = told, True


def _day(one: One, column: str) -> date | None:
    text = one.text(column)
    return None if text is None else date.fromisoformat(text)


async def write(session: Session, found: Sequence[One], at: Moment) -> None:
    """Make known who is new, correct what differs, and take reports of whom the file authorises.

    Who may import contacts may say that, too.
    """
    for one in found:
        if one.row is None:
            customer: Customer = one.named["customer"]
            told: dict[str, Any] = {**_UNSAID, "roles": [], "phones": [], **one.told}
            one.row = contacts.make(session, {**told, "customer_id": customer.id}, customer, at)
        elif changes := one.differences():
            contacts.correct(session, one.row, changes, at)
    await session.write_collected()
    for one in found:
        if one.is_news and one.row is not None:
            _grant(session, one, one.row, at)


def _grant(session: Session, one: One, row: Contact, at: Moment) -> None:
    move = ask(LIFECYCLE, "authorize", row.state, at, floor=row.state_changed_at)
    note = one.text("authorization_note")
    kept = None if note is None else mask(note)[0]
    contacts.grant(
        session, row, one.named["period"], move, ZoneInfo(one.named["customer"].time_zone), note=kept
    )
