"""The ledger of stock: every entry changes its balance by one guarded statement, in the same transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from common.db import Session
from common.errors import Conflict, Fact, Invalid
from common.ids import new_id
from common.inbox import execute, fetch
from common.rows import fresh
from warranty.domain.stock import (
    MovementKind,
    Piece,
    Reference,
    Tracking,
    effect,
    named,
    nearest_first,
    picked,
)
from warranty.policy import STOCK_TIME_ZONE
from warranty.queries import planning
from warranty.queries import stock as queries
from warranty.queries.single import one
from warranty.tables.catalogue import Part
from warranty.tables.stock import StockMovement, Warehouse

ROUNDS = 5
"""How often warehouses are looked for anew where others took what was seen; each round somebody got some."""

_ZONE = ZoneInfo(STOCK_TIME_ZONE)

_TAKE = """
UPDATE stock_balance SET on_hand = on_hand + $3, reserved = reserved + $4, changed_at = $5
WHERE warehouse_id = $1 AND part_id = $2 AND on_hand + $3 >= reserved + $4 AND reserved + $4 >= 0
RETURNING true
"""
_KEEP = """
UPDATE stock_balance SET reserved = reserved + $3, changed_at = $4
WHERE warehouse_id = $1 AND part_id = $2 AND on_hand - reserved - coalesce((
    SELECT sum(l.on_hand) FROM stock_lot l WHERE l.warehouse_id = $1 AND l.part_id = $2
    AND l.on_hand > 0 AND l.expires_on < $5), 0) >= $3
RETURNING true
"""
_HOLD = """
WITH told AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS told(id, warehouse_id, part_id))
INSERT INTO stock_balance (id, warehouse_id, part_id, on_hand, reserved, in_transit, changed_at)
SELECT id, warehouse_id, part_id, 0, 0, 0, $4 FROM told ORDER BY warehouse_id, part_id
ON CONFLICT (warehouse_id, part_id) DO UPDATE SET changed_at = stock_balance.changed_at
"""
_PUT = """
INSERT INTO stock_balance AS known (id, warehouse_id, part_id, on_hand, reserved, in_transit, changed_at)
VALUES ($1, $2, $3, $4, 0, 0, $5)
ON CONFLICT (warehouse_id, part_id) DO UPDATE
SET on_hand = known.on_hand + excluded.on_hand, changed_at = excluded.changed_at
"""
_TAKE_PIECES = """
UPDATE stock_lot SET on_hand = stock_lot.on_hand - told.quantity
FROM unnest($3::text[], $4::text[], $5::int[]) AS told(lot, serial_number, quantity)
WHERE warehouse_id = $1 AND part_id = $2 AND stock_lot.lot = told.lot
  AND stock_lot.serial_number = told.serial_number AND stock_lot.on_hand >= told.quantity
RETURNING stock_lot.lot, stock_lot.serial_number
"""
_PUT_PIECES = """
INSERT INTO stock_lot AS known
    (warehouse_id, part_id, id, lot, serial_number, on_hand, expires_on, received_on)
SELECT $1, $2, told.*, $8 FROM unnest($3::uuid[], $4::text[], $5::text[], $6::int[], $7::date[]) AS told
ON CONFLICT (warehouse_id, part_id, lot, serial_number) DO UPDATE SET
    on_hand = known.on_hand + excluded.on_hand,
    expires_on = CASE WHEN known.on_hand = 0 THEN coalesce(excluded.expires_on, known.expires_on)
                      ELSE least(known.expires_on, excluded.expires_on) END,
    received_on = CASE WHEN known.on_hand = 0 THEN excluded.received_on ELSE known.received_on END
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written into the ledger.

    Args:
        kind: of the movement.
        warehouse_id: where.
        part_id: of what.
        quantity: pieces; below 0 for an adjustment that takes away.
        reason: why, where people say it.
        reference: what it belongs to.
        was_reserved: what leaves was reserved before.
    """

    kind: MovementKind
    warehouse_id: UUID
    part_id: UUID
    quantity: int
    reason: str | None = None
    reference: tuple[Reference, UUID] | None = None
    was_reserved: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """When a movement happened and when it is written down."""

    occurred_at: datetime
    now: datetime


def day_of(instant: datetime) -> date:
    """The warehouses' date at an instant."""
    return instant.astimezone(_ZONE).date()


async def hold(session: Session, keys: Iterable[tuple[UUID, UUID]], now: datetime) -> None:
    """Lock the balances of these warehouses and parts, in the one order in which all are locked.

    For what changes several of them; a balance that is not there yet is made, with nothing in it.
    """
    ordered = sorted(set(keys))
    warehouses, parts = [key[0] for key in ordered], [key[1] for key in ordered]
    await execute(session, _HOLD, [new_id() for _ in ordered], warehouses, parts, now)


async def take(session: Session, entry: Entry, when: When) -> bool:
    """Change the balance by one guarded statement; ``False`` where it has not enough and stays as it is.

    Only what is within its shelf life can be reserved.
    """
    if entry.kind is MovementKind.RESERVE:
        values = entry.warehouse_id, entry.part_id, entry.quantity, when.now, day_of(when.now)
        return bool(await fetch(session, _KEEP, *values))
    on_hand, reserved = effect(entry.kind, entry.quantity, was_reserved=entry.was_reserved)
    changes = entry.warehouse_id, entry.part_id, on_hand, reserved, when.now
    return bool(await fetch(session, _TAKE, *changes))


def write(session: Session, entry: Entry, when: When, pieces: Sequence[Piece] = ()) -> StockMovement:
    """Write the entry of a balance that was changed."""
    on_hand, reserved = effect(entry.kind, entry.quantity, was_reserved=entry.was_reserved)
    kind, reference_id = entry.reference or (None, None)
    row = fresh(
        StockMovement,
        id=new_id(),
        kind=entry.kind.value,
        warehouse_id=entry.warehouse_id,
        part_id=entry.part_id,
        on_hand=on_hand,
        reserved=reserved,
        pieces=as_stored(pieces),
        reason=entry.reason,
        reference_kind=kind and kind.value,
        reference_id=reference_id,
        occurred_at=when.occurred_at,
        recorded_at=when.now,
        recorded_by=session.context.caller.subject,
    )
    session.insert(row)
    return row


async def must_take(session: Session, entry: Entry, when: When) -> None:
    """Change the balance by one guarded statement.

    Raises:
        Conflict: ``stock-short``.
        Invalid: ``part-unknown`` or ``warehouse-unknown``.
    """
    if not await take(session, entry, when):
        raise await short(session, entry.part_id, abs(entry.quantity), entry.warehouse_id, when)


async def take_anywhere(
    session: Session, kind: MovementKind, part_id: UUID, quantity: int, site_id: UUID | None, when: When
) -> Entry:
    """Take pieces in the first warehouse that has enough; the rule is that of ``nearest_first``.

    Raises:
        Conflict: ``stock-short``.
        Invalid: ``part-unknown``.
    """
    site = await queries.position_of(session, site_id)
    for _ in range(ROUNDS):
        found = await queries.candidates(session, part_id, quantity, day_of(when.now))
        for one_of_them in nearest_first(found, site):
            entry = Entry(kind, one_of_them.warehouse_id, part_id, quantity)
            if await take(session, entry, when):
                return entry
        if not found:
            break
    raise await short(session, part_id, quantity, None, when)


async def take_out(
    session: Session, entry: Entry, when: When, tracking: Tracking, told: Sequence[Piece] = ()
) -> StockMovement:
    """Pieces leave: those that are told, else what goes first.

    Raises:
        Conflict: ``stock-short``, ``stock-not-issuable`` or ``piece-not-here``.
    """
    await must_take(session, entry, when)
    return await pick_out(session, entry, when, tracking, told)


async def pick_out(
    session: Session, entry: Entry, when: When, tracking: Tracking, told: Sequence[Piece] = ()
) -> StockMovement:
    """Choose the pieces of a balance that was changed, which is held until the end, and write the entry.

    Raises:
        Conflict: ``stock-not-issuable`` or ``piece-not-here``.
    """
    pieces: list[Piece] = []
    if tracking.is_any:
        there = await queries.held(session, entry.warehouse_id, entry.part_id)
        today = date.min if entry.kind in _PAST_SHELF_LIFE else day_of(when.now)
        pieces = named(there, told, today) if told else picked(there, abs(entry.quantity), today)
        await _take_pieces(session, entry, pieces)
    return write(session, entry, when, pieces)


_PAST_SHELF_LIFE = frozenset({MovementKind.SCRAP, MovementKind.ADJUST, MovementKind.TRANSFER_OUT})
"""What may be done with pieces whose shelf life is over: everything but giving them out."""


async def put_in(session: Session, entry: Entry, when: When, pieces: Sequence[Piece] = ()) -> StockMovement:
    """Pieces arrive.

    Raises:
        Conflict: ``serial-in-stock``, by the database's own constraint.
    """
    await execute(session, _PUT, new_id(), entry.warehouse_id, entry.part_id, entry.quantity, when.now)
    if pieces:
        columns = [
            list(column)
            for column in zip(
                *((new_id(), p.lot, p.serial_number, p.quantity, p.expires_on) for p in pieces), strict=True
            )
        ]
        received_on = day_of(when.occurred_at)
        await execute(session, _PUT_PIECES, entry.warehouse_id, entry.part_id, *columns, received_on)
    return write(session, entry, when, pieces)


async def _take_pieces(session: Session, entry: Entry, pieces: Sequence[Piece]) -> None:
    columns = [list(c) for c in zip(*((p.lot, p.serial_number, p.quantity) for p in pieces), strict=True)]
    taken = await fetch(session, _TAKE_PIECES, entry.warehouse_id, entry.part_id, *columns)
    if len(taken) < len(pieces):
        gone = {(p.lot, p.serial_number) for p in pieces} - {(row[0], row[1]) for row in taken}
        raise Conflict("piece-not-here", pieces=sorted(serial or lot for lot, serial in gone) or ["?"])


async def short(
    session: Session, part_id: UUID, quantity: int, warehouse_id: UUID | None, when: When
) -> Conflict:
    """The refusal where pieces are missing: how many there are and where, what is reordered, what would do.

    Raises:
        Invalid: ``part-unknown`` or ``warehouse-unknown``: it is not stock that is missing.
    """
    await known(session, part_id, warehouse_id)
    today = day_of(when.now)
    there = await queries.available(session, part_id, today)
    here = sum(some for place, _, some in there if warehouse_id in {None, place})
    successor = await queries.successor_in_stock(session, part_id, quantity, today)
    successor_id, number, count = successor or (None, None, 0)
    reorders = await planning.reorders(session, part_id)
    facts: dict[str, Fact] = {
        "requested": quantity,
        "available": here,
        "warehouses": [f"{code}: {some}" for _, code, some in there[: queries.MOST_NAMED]],
        "warehouse_ids": [str(place) for place, _, _ in there[: queries.MOST_NAMED]],
        "reorders": [f"{code}: {some}" for _, code, some in reorders],
        "reorder_proposal_ids": [str(proposal) for proposal, _, _ in reorders],
        "successor_id": None if successor_id is None else str(successor_id),
        "successor_number": number,
        "successor_available": count,
    }
    return Conflict("stock-short", pointer=None, **facts)


async def known(session: Session, part_id: UUID, warehouse_id: UUID | None) -> None:
    """Part and warehouse are known.

    Raises:
        Invalid: ``part-unknown`` or ``warehouse-unknown``.
    """
    if await one(session, Part, part_id) is None:
        raise Invalid("part-unknown", pointer="#/part_id")
    if warehouse_id is not None and await one(session, Warehouse, warehouse_id) is None:
        raise Invalid("warehouse-unknown", pointer="#/warehouse_id")


async def tracking(session: Session, part_id: UUID) -> Tracking:
    """How pieces of a part are told apart.

    Raises:
        Invalid: ``part-unknown``.
    """
    found = await queries.tracking_of(session, [part_id])
    if part_id not in found:
        raise Invalid("part-unknown", pointer="#/part_id")
    return found[part_id]


def as_stored(pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    """Pieces as they are stored and shown."""
    return [
        {**asdict(piece), "expires_on": piece.expires_on and piece.expires_on.isoformat()} for piece in pieces
    ]


def as_pieces(stored: Sequence[dict[str, Any]]) -> list[Piece]:
    """Pieces as they were stored."""
    return [
        Piece(
            one["quantity"],
            one["lot"],
            one["serial_number"],
            None if one["expires_on"] is None else date.fromisoformat(one["expires_on"]),
        )
        for one in stored
    ]
