"""Reservations: pieces kept, issued, released, and given back by time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import stock as events
from common.db import Session
from common.errors import Invalid
from common.moves import Moment, Move, announce, ask, begin, beginning, land, made, touch
from warranty.commands import ledger
from warranty.commands.claim_facts import check_ticket, hold_ticket, worked_on
from warranty.commands.ledger import Entry, When
from warranty.commands.needs import begun, needed
from warranty.domain import reservations as rules
from warranty.domain import stock as stock_rules
from warranty.domain.fulfilment import allowed_parts, check_within_approval
from warranty.domain.stock import MovementKind, Piece, Reference, WarehouseKind
from warranty.policy import RESERVATION_DAYS, SWEEP_BATCH
from warranty.queries import claims as claim_queries
from warranty.queries import stock as queries
from warranty.queries.single import one
from warranty.tables.claims import Claim
from warranty.tables.directory import Site
from warranty.tables.reservations import Reservation
from warranty.tables.stock import Warehouse


async def reserve(
    session: Session,
    *,
    part_id: UUID,
    quantity: int,
    warehouse_id: UUID | None = None,
    claim_id: UUID | None = None,
    ticket_id: UUID | None = None,
    site_id: UUID | None = None,
    expires_at: datetime | None = None,
    at: Moment,
    pointer: str = "#/quantity",
) -> Reservation:
    """Keep pieces of a part in one warehouse.

    Without a warehouse the first that has enough: the nearest to the site where both positions are known,
    else central before regional before cars, then by code. Where it is more than was approved, the refusal
    points to ``pointer``.

    Raises:
        Invalid: ``part-unknown``, ``warehouse-unknown``, ``claim-unknown``, ``site-unknown``,
            ``site-of-another``, ``ticket-of-another``, ``expiry-passed`` or ``occurred-in-future``.
        Conflict: ``claim-over``, ``parts-beyond-approval``, or ``stock-short`` with what is available, where,
            and which successor would do.
    """
    kept_at, until = beginning(at), expires_at or at.now + timedelta(days=RESERVATION_DAYS)
    rules.check_expiry(until, at.now)
    claim = await _check_purpose(session, claim_id, ticket_id, site_id)
    if claim is not None:
        await _check_approved(session, claim, part_id, quantity, pointer)
    when = When(kept_at, at.now)
    if warehouse_id is None:
        entry = await ledger.take_anywhere(session, MovementKind.RESERVE, part_id, quantity, site_id, when)
    else:
        entry = Entry(MovementKind.RESERVE, warehouse_id, part_id, quantity)
        await ledger.must_take(session, entry, when)
    row = made(
        session,
        Reservation,
        at.now,
        state=rules.LIFECYCLE.initial,
        state_changed_at=kept_at,
        part_id=part_id,
        warehouse_id=entry.warehouse_id,
        quantity=quantity,
        claim_id=claim_id,
        ticket_id=ticket_id,
        site_id=site_id if claim is None else claim.site_id,
        expires_at=until,
        picks=[],
    )
    ledger.write(session, _of(row, MovementKind.RESERVE), when)
    return begun(session, row, events.ReservationCreated(**facts(row)), at)


async def _check_purpose(
    session: Session, claim_id: UUID | None, ticket_id: UUID | None, site_id: UUID | None
) -> Claim | None:
    """Claim, ticket and site that pieces are kept for are one customer's."""
    if ticket_id is not None:
        await hold_ticket(session, ticket_id)
    site = None if site_id is None else await needed(session, Site, site_id, "site-unknown", "#/site_id")
    claim = None if claim_id is None else await worked_on(session, claim_id)
    if site is not None and claim is not None and site.customer_id != claim.customer_id:
        raise Invalid("site-of-another", pointer="#/site_id")
    whose = claim or site
    await check_ticket(session, ticket_id, None if whose is None else whose.customer_id)
    return claim


async def _check_approved(session: Session, claim: Claim, part_id: UUID, quantity: int, pointer: str) -> None:
    """What is kept for a claim stays within what was approved or added; what went back may be kept anew."""
    approved = allowed_parts(claim.approval, claim.part_additions)
    taken = {rules.ReservationState.RESERVED, rules.ReservationState.ISSUED}
    made_for = await claim_queries.reservations_of(session, claim.id) if approved else []
    kept = sum(one.quantity for one in made_for if one.part_id == part_id and one.state in taken)
    check_within_approval(part_id, quantity, approved, kept, pointer)


async def issue(
    session: Session,
    reservation_id: UUID,
    at: Moment,
    *,
    named: Sequence[Piece] = (),
    to_warehouse_id: UUID | None = None,
) -> Reservation:
    """The pieces leave: to the customer, or to an engineer's car, where they are stock again.

    What is not named is picked: first expired first out, else first in first out.

    Raises:
        Invalid: serial numbers or lots are not as the part demands, or ``not-a-car``.
        Conflict: ``piece-not-here`` or ``stock-not-issuable``.
    """
    row, move = await begin(session, Reservation, reservation_id, rules.LIFECYCLE, "issue", at)
    await _check_car(session, to_warehouse_id, row.warehouse_id)
    tracking = await ledger.tracking(session, row.part_id)
    if named:
        stock_rules.check_named(tracking, row.quantity, named)
    kind = MovementKind.ISSUE if to_warehouse_id is None else MovementKind.TRANSFER_OUT
    when = When(move.occurred_at, move.now)
    if to_warehouse_id is not None:
        await ledger.hold(
            session, [(place, row.part_id) for place in (row.warehouse_id, to_warehouse_id)], at.now
        )
    moved = await ledger.take_out(session, _of(row, kind), when, tracking, named)
    pieces = ledger.as_pieces(moved.pieces)
    if to_warehouse_id is not None:
        arrival = Entry(
            MovementKind.TRANSFER_IN, to_warehouse_id, row.part_id, row.quantity, None, _reference(row)
        )
        await ledger.put_in(session, arrival, when, pieces)
    row.picks, row.to_warehouse_id, row.ended_at = moved.pieces, to_warehouse_id, move.occurred_at
    land(row, move)
    touch(session, row, move.now)
    event = events.ReservationIssued(
        **facts(row),
        serial_numbers=[piece.serial_number for piece in pieces if piece.serial_number],
        lots=sorted({piece.lot for piece in pieces if piece.lot}),
        to_warehouse_id=to_warehouse_id,
    )
    return announce(session, row, move, event)


async def _check_car(session: Session, car_id: UUID | None, from_id: UUID) -> None:
    if car_id is None:
        return
    car = await one(session, Warehouse, car_id)
    if car is None or car.kind != WarehouseKind.CAR or car_id == from_id:
        raise Invalid("not-a-car", pointer="#/to_warehouse_id")


async def release(
    session: Session, reservation_id: UUID, at: Moment, *, reason: str | None = None
) -> Reservation:
    """The pieces are available again."""
    row, move = await begin(session, Reservation, reservation_id, rules.LIFECYCLE, "release", at)
    return await _released(session, row, move, reason)


async def give_up(session: Session, row: Reservation, at: Moment, *, reason: str) -> Reservation:
    """Release a locked reservation because what it was for is over, whoever ended that."""
    move = ask(rules.LIFECYCLE, "release", row.state, at, floor=row.state_changed_at)
    return await _released(session, row, move, reason)


async def uncover(
    session: Session, warehouse_id: UUID, part_id: UUID, pieces: int, at: Moment, *, reason: str
) -> None:
    """Release the newest reservations until so many pieces of a locked balance are: they are not there.

    What somebody is issuing or releasing at this moment is passed over: he waits for the balance.
    """
    newest = queries.newest_kept(warehouse_id, part_id, pieces).with_for_update(skip_locked=True)
    for row in (await session.execute(newest)).scalars().all():
        if pieces <= 0:
            return
        await give_up(session, row, Moment(at.now), reason=reason)
        pieces -= row.quantity


async def _released(session: Session, row: Reservation, move: Move, reason: str | None) -> Reservation:
    await _give_back(session, row, move, reason)
    return announce(session, row, move, events.ReservationReleased(**facts(row)), note=reason)


async def expire_due(session: Session, now: datetime) -> int:
    """Give back what nobody took in time; the number of reservations that ended."""
    due = (
        select(Reservation)
        .where(col(Reservation.state) == rules.LIFECYCLE.initial, col(Reservation.expires_at) <= now)
        .order_by(col(Reservation.expires_at))
        .limit(SWEEP_BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = list((await session.execute(due)).scalars())
    for row in sorted(rows, key=lambda one: (one.warehouse_id, one.part_id)):
        at = Moment(now, row.expires_at)
        move = ask(rules.LIFECYCLE, "expire", row.state, at, floor=row.state_changed_at)
        await _give_back(session, row, move, None)
        announce(session, row, move, events.ReservationExpired(**facts(row)))
    return len(rows)


async def next_due(session: Session) -> datetime | None:
    """When the next reservation ends."""
    open_ones = select(col(Reservation.expires_at)).where(col(Reservation.state) == rules.LIFECYCLE.initial)
    first = open_ones.order_by(col(Reservation.expires_at)).limit(1)
    return (await session.execute(first)).scalar_one_or_none()


async def _give_back(session: Session, row: Reservation, move: Move, reason: str | None) -> None:
    entry, when = _of(row, MovementKind.RELEASE, reason), When(move.occurred_at, move.now)
    await ledger.must_take(session, entry, when)
    ledger.write(session, entry, when)
    row.ended_at = move.occurred_at
    land(row, move)
    touch(session, row, move.now)


def _of(row: Reservation, kind: MovementKind, reason: str | None = None) -> Entry:
    return Entry(
        kind, row.warehouse_id, row.part_id, row.quantity, reason, _reference(row), was_reserved=True
    )


def _reference(row: Reservation) -> tuple[Reference, UUID]:
    return Reference.RESERVATION, row.id


def facts(row: Reservation) -> dict[str, Any]:
    """The facts that every event about a reservation carries."""
    return {
        "reservation_id": row.id,
        "part_id": row.part_id,
        "warehouse_id": row.warehouse_id,
        "quantity": row.quantity,
        "claim_id": row.claim_id,
        "ticket_id": row.ticket_id,
        "state": row.state,
        "expires_at": row.expires_at,
    }
