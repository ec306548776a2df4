"""Loaners: lent, extended, returned and inspected, lost, overdue (§1.2.5)."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from common.contracts.warranty import loaners as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.ids import new_id
from common.moves import Moment, announce, audit, begin, beginning, land, made, touch
from common.outbox import publish
from warranty.commands import ledger
from warranty.commands.claim_facts import take_ticket, worked_on
from warranty.commands.ledger import Entry, When
from warranty.commands.needs import begun
from warranty.domain import loaners as rules
from warranty.domain.ahead import check_near
from warranty.domain.loaners import LoanerCondition, LoanGround
from warranty.domain.stock import MovementKind, Piece, Reference
from warranty.policy import FURTHEST_YEARS, SWEEP_BATCH
from warranty.queries import loaners as queries
from warranty.queries import stock as stock_queries
from warranty.queries.single import one
from warranty.tables.directory import Customer, Site
from warranty.tables.loaners import Loaner
from warranty.tables.stock import StockMovement


async def lend(
    session: Session,
    *,
    part_id: UUID,
    site_id: UUID,
    customer_id: UUID,
    due_on: date,
    serial_number: str | None = None,
    warehouse_id: UUID | None = None,
    claim_id: UUID | None = None,
    ticket_id: UUID | None = None,
    at: Moment,
) -> Loaner:
    """Lend one piece from stock to a site; without a claim for a repair out of warranty.

    Raises:
        Invalid: ``site-unknown``, ``claim-unknown``, ``ticket-of-another``, ``part-unknown``,
            ``warehouse-unknown``, ``due-not-later``, ``day-too-far`` or ``occurred-in-future``.
        Conflict: ``claim-over``, ``stock-short``, ``piece-not-here`` or ``stock-not-issuable``.
    """
    await _check_site(session, site_id, customer_id)
    lent_at = beginning(at)
    rules.check_due(due_on, after=await _today(session, customer_id, lent_at))
    check_near(due_on, "#/due_on", await _today(session, customer_id, at.now), FURTHEST_YEARS)
    await take_ticket(session, ticket_id, customer_id)
    if claim_id is not None:
        await worked_on(session, claim_id, customer_id)
    loaner_id, when = new_id(), When(lent_at, at.now)
    entry = await _taken(session, part_id, serial_number, warehouse_id, site_id, when)
    entry = replace(entry, reference=(Reference.LOANER, loaner_id))
    moved = await _out(session, entry, when, serial_number)
    [piece] = ledger.as_pieces(moved.pieces) or [Piece(1)]
    row = made(
        session,
        Loaner,
        at.now,
        id=loaner_id,
        customer_id=customer_id,
        site_id=site_id,
        part_id=part_id,
        warehouse_id=entry.warehouse_id,
        serial_number=piece.serial_number or None,
        lot=piece.lot or None,
        expires_on=piece.expires_on,
        ground=(LoanGround.PAID_REPAIR if claim_id is None else LoanGround.CLAIM).value,
        claim_id=claim_id,
        ticket_id=ticket_id,
        due_on=due_on,
        lent_at=lent_at,
        extensions=[],
        state=rules.LIFECYCLE.initial,
        state_changed_at=lent_at,
    )
    return begun(session, row, events.LoanerLent(**facts(row)), at)


async def _check_site(session: Session, site_id: UUID, customer_id: UUID) -> None:
    site = await one(session, Site, site_id)
    if site is None or site.customer_id != customer_id:
        raise Invalid("site-unknown", pointer="#/site_id")


async def _today(session: Session, customer_id: UUID, now: datetime) -> date:
    customer = await one(session, Customer, customer_id)
    assert customer is not None  # noqa: S101 - its site was found
    return now.astimezone(ZoneInfo(customer.time_zone)).date()


async def _taken(
    session: Session,
    part_id: UUID,
    serial_number: str | None,
    warehouse_id: UUID | None,
    site_id: UUID,
    when: When,
) -> Entry:
    """Take one piece: where its serial number is, in the warehouse that is named, or the nearest one."""
    if serial_number is not None:
        piece = (part_id, serial_number)
        place = (await stock_queries.where_are(session, [piece])).get(piece)
        if place is None or warehouse_id not in {None, place[0]}:
            raise Conflict("piece-not-here", pieces=[serial_number])
        warehouse_id = place[0]
    if warehouse_id is None:
        return await ledger.take_anywhere(session, MovementKind.ISSUE, part_id, 1, site_id, when)
    entry = Entry(MovementKind.ISSUE, warehouse_id, part_id, 1)
    await ledger.must_take(session, entry, when)
    return entry


async def _out(session: Session, entry: Entry, when: When, serial_number: str | None) -> StockMovement:
    tracking = await ledger.tracking(session, entry.part_id)
    told = [Piece(1, "", serial_number)] if serial_number else []
    return await ledger.pick_out(session, entry, when, tracking, told)


async def give_back(
    session: Session,
    loaner_id: UUID,
    at: Moment,
    *,
    condition: LoanerCondition,
    inspection: str | None = None,
    warehouse_id: UUID | None = None,
) -> Loaner:
    """The piece came back and was inspected; a damaged one is scrapped at once, as the ledger then says.

    Raises:
        Invalid: ``damage-needs-inspection`` or ``warehouse-unknown``.
        Conflict: ``invalid-state-transition``.
    """
    row, move = await begin(session, Loaner, loaner_id, rules.LIFECYCLE, "return", at)
    rules.check_inspected(condition, inspection)
    place = warehouse_id or row.warehouse_id
    await ledger.known(session, row.part_id, place)
    back = Entry(MovementKind.RETURN, place, row.part_id, 1, inspection, (Reference.LOANER, row.id))
    when = When(move.occurred_at, move.now)
    await ledger.put_in(session, back, when, _pieces(row))
    if not rules.stays_in_stock(condition):
        tracking = await ledger.tracking(session, row.part_id)
        gone = replace(back, kind=MovementKind.SCRAP)
        await ledger.take_out(session, gone, when, tracking, _pieces(row))
    row.condition, row.inspection, row.returned_at = condition.value, inspection, move.occurred_at
    land(row, move)
    touch(session, row, move.now)
    event = events.LoanerReturned(**facts(row), condition=condition.value)
    return announce(session, row, move, event, note=inspection)


def _pieces(row: Loaner) -> list[Piece]:
    if row.serial_number is None and row.lot is None:
        return []
    return [Piece(1, row.lot or "", row.serial_number or "", row.expires_on)]


async def extend(session: Session, loaner_id: UUID, at: Moment, *, due_on: date, reason: str) -> Loaner:
    """The piece may stay longer; once overdue it may become so again.

    Raises:
        Invalid: ``due-not-later`` or ``day-too-far``.
    """
    row, move = await begin(session, Loaner, loaner_id, rules.LIFECYCLE, "extend", at)
    today = await _today(session, row.customer_id, at.now)
    rules.check_due(due_on, after=max(row.due_on, today) if row.is_overdue else row.due_on)
    check_near(due_on, "#/due_on", today, FURTHEST_YEARS)
    previous = row.due_on
    told = {
        "previous_due_on": previous.isoformat(),
        "due_on": due_on.isoformat(),
        "reason": reason,
        "at": at.now.isoformat(),
    }
    row.due_on, row.is_overdue, row.extensions = due_on, False, [*row.extensions, told]
    land(row, move)
    touch(session, row, move.now)
    event = events.LoanerExtended(**facts(row), previous_due_on=previous)
    return announce(session, row, move, event, note=reason)


async def declare_lost(session: Session, loaner_id: UUID, at: Moment, *, reason: str) -> Loaner:
    """The piece will not come back."""
    row, move = await begin(session, Loaner, loaner_id, rules.LIFECYCLE, "declareLost", at)
    land(row, move)
    touch(session, row, move.now)
    return announce(session, row, move, events.LoanerLost(**facts(row)), note=reason)


async def tell_overdue(session: Session, now: datetime) -> int:
    """Tell of loaners whose due day is over, once for each due date; how many there were."""
    due = queries.overdue(now).limit(SWEEP_BATCH).with_for_update(of=Loaner, skip_locked=True)
    rows = list((await session.execute(due)).scalars())
    for row in rows:
        row.is_overdue = True
        touch(session, row, now)
        publish(session, events.LoanerOverdue(**facts(row)), of=row, occurred_at=now, now=now)
        audit(session, "overdue", row, now)
    return len(rows)


def facts(row: Loaner) -> dict[str, Any]:
    """The facts that every event about a loaner carries."""
    return {
        "loaner_id": row.id,
        "customer_id": row.customer_id,
        "site_id": row.site_id,
        "part_id": row.part_id,
        "warehouse_id": row.warehouse_id,
        "serial_number": row.serial_number,
        "ground": row.ground,
        "claim_id": row.claim_id,
        "ticket_id": row.ticket_id,
        "due_on": row.due_on,
        "state": row.state,
    }
