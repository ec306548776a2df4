"""What the directory's owner told is kept, and tickets that waited for it are looked at again."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from common.db import Session
from ticketing.commands import verification
from ticketing.domain.directory import FIELDS, Issue, Known, Sort, Thing
from ticketing.domain.tickets import OPEN
from ticketing.tables import Asset, Contact, Contract, Customer, Quote, Site, Ticket
from ticketing.tables.directory import Named, Replicated

ROWS: dict[Sort, type[Named]] = {
    Sort.CUSTOMER: Customer,
    Sort.SITE: Site,
    Sort.ASSET: Asset,
    Sort.CONTACT: Contact,
}

BATCH = 200
"""Tickets that are looked at in one go."""

OPENING = timedelta(minutes=1)
"""Longer than any opening lasts: a ticket that was being opened while the row was learnt is there by then."""


async def learn(session: Session, thing: Thing, now: datetime) -> None:
    """Keep what the owner told of a thing, unless something newer is known, and apply it to tickets."""
    if await _keep_thing(session, thing, now + OPENING):
        await _apply(session, _sort_of(thing), thing.id, now)


async def learn_contract(session: Session, told: dict[str, Any]) -> None:
    """Keep what the owner told of a contract, unless something newer is known."""
    await _keep(session, Contract, told)


async def learn_quote(session: Session, told: dict[str, Any]) -> None:
    """Keep what the owner told of a quote, unless something newer is known."""
    await _keep(session, Quote, told)


async def learn_all(session: Session, found: Known, now: datetime) -> None:
    """Keep what was looked up at the owner's, so that it is not looked up again."""
    for sort in Sort:
        thing = found.of(sort)
        if thing is not None:
            await learn(session, thing, now)


async def keep_all(session: Session, found: Known, now: datetime) -> None:
    """Keep what was looked up; tickets that wait for it are looked at by the sweep, a minute later.

    For who is about to lock a ticket: rows of the directory are taken before tickets, and tickets in the
    order of their ids.
    """
    for sort in Sort:
        thing = found.of(sort)
        if thing is not None:
            await _keep_thing(session, thing, now + OPENING)


async def _keep_thing(session: Session, thing: Thing, recheck_at: datetime) -> bool:
    told = {**asdict(thing), "customer_id": thing.customer_id, "recheck_at": recheck_at}
    return await _keep(session, ROWS[_sort_of(thing)], told)


def _sort_of(thing: Thing) -> Sort:
    return Sort(type(thing).__name__.removesuffix("Facts").lower())


async def _keep(session: Session, kind: type[Replicated], told: dict[str, Any]) -> bool:
    """Whether ``told`` was news."""
    table: Table = kind.__table__  # type: ignore[attr-defined]
    fresh = insert(table).values(told)
    newer = fresh.on_conflict_do_update(
        index_elements=["id"], set_=told, where=table.c.version < fresh.excluded.version
    )
    return (await session.execute(newer.returning(table.c.id))).first() is not None


async def _apply(session: Session, sort: Sort, thing_id: UUID, now: datetime) -> bool:
    """Look again at tickets that name the thing, first at those that wait for it; whether more wait."""
    unknown = f"{sort}_unknown"
    waits = col(Ticket.is_directory_unverified) & col(Ticket.directory_issues).contains([unknown])
    first = (
        select(col(Ticket.id))
        .where(col(getattr(Ticket, FIELDS[sort])) == thing_id, or_(waits, *_concerned(sort)))
        .order_by(waits.desc(), col(Ticket.id))
        .limit(BATCH)
    )
    found = select(Ticket).where(col(Ticket.id).in_(first)).order_by(col(Ticket.id)).with_for_update()
    tickets = list((await session.execute(found)).scalars())
    is_more = len(tickets) == BATCH and all(unknown in ticket.directory_issues for ticket in tickets)
    for ticket in tickets:
        await verification.again(session, ticket, now)
    return is_more


def _concerned(sort: Sort) -> list[ColumnElement[bool]]:
    """Tickets that do not wait for the thing to be known, but that news of it may change."""
    wrong = [issue.value for issue in Issue if "another" in issue and sort in issue.split("_")]
    flagged = col(Ticket.is_directory_unverified)
    concerned: list[ColumnElement[bool]] = [
        flagged & col(Ticket.directory_issues).contains([issue]) for issue in wrong
    ]
    if sort is Sort.CONTACT:
        concerned.append(col(Ticket.is_reporter_unverified).is_(True))
    if sort is Sort.SITE:
        placeless = col(Ticket.locality).is_(None) | col(Ticket.distance_km).is_(None)
        concerned.append(placeless & col(Ticket.state).in_(OPEN.split()))
    return concerned


async def recheck_due(session: Session, now: datetime) -> tuple[int, bool]:
    """Apply once more what was learnt a minute ago, for tickets that were being opened then.

    Returns:
        Rows of the replica that were taken, and whether there are more.
    """
    taken, is_more = 0, False
    for sort, kind in ROWS.items():
        due = (
            select(kind)
            .where(col(kind.recheck_at) <= now)
            .order_by(col(kind.recheck_at))
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        rows = list((await session.execute(due)).scalars())
        for row in rows:
            waits = await _apply(session, sort, row.id, now)
            row.recheck_at = now if waits else None
            is_more = is_more or waits
        taken, is_more = taken + len(rows), is_more or len(rows) == BATCH
    return taken, is_more
