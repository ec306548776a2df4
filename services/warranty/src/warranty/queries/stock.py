"""Questions about warehouses and stock."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from common.db import Session
from common.inbox import fetch
from warranty.domain.reservations import ReservationState
from warranty.domain.stock import Candidate, Held, Tracking, WarehouseKind
from warranty.queries.single import narrowed
from warranty.tables.catalogue import Part
from warranty.tables.directory import Site
from warranty.tables.reservations import Reservation
from warranty.tables.stock import StockLot, StockMovement, Warehouse
from warranty.tables.stock_view import Shortage, StockView, as_of

MOST_NAMED = 20
"""Warehouses that a refusal names."""


def warehouses(**told: Any) -> Select[Warehouse]:  # noqa: ANN401 - values of filters
    """Warehouses by ``code``, ``kind``, ``city`` and ``engineer_id``."""
    return narrowed(select(Warehouse), Warehouse, told)


def stock(today: date, **told: Any) -> Select[StockView]:  # noqa: ANN401 - values of filters
    """Stock on the day ``today`` by ``id``, ``warehouse_id`` and ``part_id``."""
    return narrowed(select(StockView).options(as_of(StockView, today)), StockView, told)


def shortages(today: date, **told: Any) -> Select[Shortage]:  # noqa: ANN401 - values of filters
    """What became low or ran out and has not recovered, by ``warehouse_id``, ``part_id`` and ``standing``."""
    return narrowed(select(Shortage).options(as_of(Shortage, today)), Shortage, told)


async def stock_of(session: Session, balance_id: UUID, today: date) -> StockView | None:
    """One part in one warehouse."""
    return (await session.execute(stock(today, id=balance_id))).scalar_one_or_none()


def lots(*, expires_before: Any = None, **told: Any) -> Select[StockLot]:  # noqa: ANN401 - values of filters
    """Lots and serial numbers on hand, by warehouse, part, lot and serial number, and by shelf life."""
    found = narrowed(select(StockLot).where(col(StockLot.on_hand) > 0), StockLot, told)
    return found if expires_before is None else found.where(col(StockLot.expires_on) < expires_before)


def movements(
    *,
    serial_number: str | None = None,
    lot: str | None = None,
    recorded_after: Any = None,  # noqa: ANN401 - an instant or nothing
    recorded_before: Any = None,  # noqa: ANN401 - an instant or nothing
    **told: Any,  # noqa: ANN401 - values of filters
) -> Select[StockMovement]:
    """Movements by kind, warehouse, part, reference, serial number, lot and time of recording."""
    found = narrowed(select(StockMovement), StockMovement, told)
    for name, value in (("serial_number", serial_number), ("lot", lot)):
        if value is not None:
            found = found.where(col(StockMovement.pieces).contains([{name: value}]))
    if recorded_after is not None:
        found = found.where(col(StockMovement.recorded_at) > recorded_after)
    if recorded_before is not None:
        found = found.where(col(StockMovement.recorded_at) < recorded_before)
    return found


def reservations(**told: Any) -> Select[Reservation]:  # noqa: ANN401 - values of filters
    """Reservations by ``part_id``, ``warehouse_id``, ``claim_id``, ``ticket_id`` and ``state``."""
    return narrowed(select(Reservation), Reservation, told)


async def movement(session: Session, movement_id: UUID) -> StockMovement | None:
    """One entry of the ledger."""
    return await session.get(StockMovement, movement_id)


async def tracking_of(session: Session, part_ids: Iterable[UUID]) -> dict[UUID, Tracking]:
    """How pieces of these parts are told apart; what is no part is not in the answer."""
    columns = select(col(Part.id), col(Part.is_serialised), col(Part.is_lot_tracked))
    rows = await session.execute(columns.where(col(Part.id).in_(list(part_ids))))
    return {row[0]: Tracking(row[1], row[2]) for row in rows}


_HELD = """
SELECT lot, serial_number, expires_on, received_on, on_hand FROM stock_lot
WHERE warehouse_id = $1 AND part_id = $2 AND on_hand > 0
"""


async def held(session: Session, warehouse_id: UUID, part_id: UUID) -> list[Held]:
    """The lots and serial numbers on hand."""
    return [Held(*row) for row in await fetch(session, _HELD, warehouse_id, part_id)]


_FIGURES = "SELECT on_hand, reserved FROM stock_balance WHERE warehouse_id = $1 AND part_id = $2"


async def figures(session: Session, warehouse_id: UUID, part_id: UUID) -> tuple[int, int]:
    """What a warehouse has of a part on hand, and how much of it is reserved."""
    for row in await fetch(session, _FIGURES, warehouse_id, part_id):
        return row[0], row[1]
    return 0, 0


def newest_kept(warehouse_id: UUID, part_id: UUID, most: int) -> Select[Reservation]:
    """Open reservations of a part in a warehouse, the newest first."""
    found = narrowed(
        select(Reservation),
        Reservation,
        {"warehouse_id": warehouse_id, "part_id": part_id, "state": ReservationState.RESERVED.value},
    )
    return found.order_by(col(Reservation.created_at).desc(), col(Reservation.id).desc()).limit(most)


_WHERE = """
SELECT told.part_id, told.serial, found.id, found.code
FROM unnest($1::uuid[], $2::text[]) AS told (part_id, serial)
CROSS JOIN LATERAL (SELECT w.id, w.code FROM stock_lot l JOIN warehouse w ON w.id = l.warehouse_id
    WHERE l.part_id = told.part_id AND l.serial_number = told.serial AND l.serial_number <> ''
    AND l.on_hand > 0 LIMIT 1) AS found
"""
"""One probe of the unique index for each piece."""


async def where_are(
    session: Session, pieces: Collection[tuple[UUID, str]]
) -> dict[tuple[UUID, str], tuple[UUID, str]]:
    """The warehouse that has a piece, and its code, for those of ``pieces`` (part, serial) that one has."""
    parts, serials = [part for part, _ in pieces], [serial for _, serial in pieces]
    await session.flush()
    found = await fetch(session, _WHERE, parts, serials)
    return {(one.part_id, one.serial): (one.id, one.code) for one in found}


_IS_OUT = "m.kind IN ('issue', 'return') AND m.reference_kind IS DISTINCT FROM 'loaner'"
"""Entries by which pieces left for good and came back; a loaner comes back by its own verb."""

_OUT = f"""
SELECT coalesce(-sum(CASE WHEN $3 = '' THEN m.on_hand ELSE sign(m.on_hand) * coalesce((
    SELECT sum(p.quantity) FROM jsonb_to_recordset(m.pieces) AS p(lot text, quantity int)
    WHERE p.lot = $3), 0) END), 0)::bigint
FROM stock_movement m WHERE m.warehouse_id = $1 AND m.part_id = $2 AND {_IS_OUT}
"""  # noqa: S608 - the fragment is ours


async def out(session: Session, warehouse_id: UUID, part_id: UUID, lot: str) -> int:
    """Pieces of a part, or of its lot, that were issued from a warehouse and did not come back."""
    [[count]] = await fetch(session, _OUT, warehouse_id, part_id, lot)
    return int(count)


_SERIALS_OUT = f"""
SELECT serial FROM unnest($2::text[]) AS told(serial) JOIN LATERAL (
    SELECT m.on_hand > 0 OR m.kind = 'issue' AND {_IS_OUT} AS is_known FROM stock_movement m
    WHERE m.part_id = $1 AND m.pieces @> jsonb_build_array(jsonb_build_object('serial_number', serial))
    ORDER BY m.recorded_at DESC, m.id DESC LIMIT 1
) AS latest ON latest.is_known
"""  # noqa: S608 - the fragment is ours


async def serials_out(session: Session, part_id: UUID, serials: Iterable[str]) -> set[str]:
    """Those of the pieces that were issued last, from whichever warehouse, or are in stock."""
    return {row[0] for row in await fetch(session, _SERIALS_OUT, part_id, list(serials))}


_USABLE = """b.on_hand - b.reserved - coalesce((
    SELECT sum(l.on_hand) FROM stock_lot l WHERE l.warehouse_id = b.warehouse_id AND l.part_id = b.part_id
    AND l.on_hand > 0 AND l.expires_on < $2), 0)"""
"""What of a balance may be given out on the day ``$2``: available, and within its shelf life."""

_CANDIDATES = f"""
SELECT w.id, w.code, w.kind, w.position FROM stock_balance b JOIN warehouse w ON w.id = b.warehouse_id
WHERE b.part_id = $1 AND b.on_hand - b.reserved >= $3 AND {_USABLE} >= $3
"""  # noqa: S608 - the fragment is ours


async def candidates(session: Session, part_id: UUID, quantity: int, today: date) -> list[Candidate]:
    """The warehouses that have so many pieces available and within their shelf life."""
    rows = await fetch(session, _CANDIDATES, part_id, today, quantity)
    return [Candidate(row[0], row[1], WarehouseKind(row[2]), row[3]) for row in rows]


async def position_of(session: Session, site_id: UUID | None) -> dict[str, float] | None:
    """Where a site is, where that is known."""
    if site_id is None:
        return None
    found = select(col(Site.position)).where(col(Site.id) == site_id)
    return (await session.execute(found)).scalar_one_or_none()


_AVAILABLE = f"""
SELECT * FROM (
    SELECT w.id, w.code, {_USABLE} AS usable FROM stock_balance b JOIN warehouse w ON w.id = b.warehouse_id
    WHERE b.part_id = $1 AND b.on_hand > b.reserved
) AS found WHERE usable > 0 ORDER BY usable DESC, code
"""  # noqa: S608 - the fragment is ours


async def available(session: Session, part_id: UUID, today: date) -> list[tuple[UUID, str, int]]:
    """Where pieces of a part may be given out today, the most first: warehouse, its code, how many."""
    return [(row[0], row[1], int(row[2])) for row in await fetch(session, _AVAILABLE, part_id, today)]


_SUCCESSORS = f"""
WITH RECURSIVE chain(id, place, seen) AS (
    SELECT p.superseded_by_id, 1, ARRAY[p.id] FROM part p WHERE p.id = $1
    UNION ALL
    SELECT p.superseded_by_id, place + 1, seen || p.id FROM chain JOIN part p ON p.id = chain.id
    WHERE NOT p.id = ANY(seen)
)
SELECT p.id, p.number, max({_USABLE}) FROM chain
JOIN part p ON p.id = chain.id JOIN stock_balance b ON b.part_id = p.id
WHERE {_USABLE} >= $3 AND p.id <> $1
GROUP BY p.id, p.number ORDER BY max(place) DESC LIMIT 1
"""  # noqa: S608 - the fragment is ours


async def successor_in_stock(
    session: Session, part_id: UUID, quantity: int, today: date
) -> tuple[UUID, str, int] | None:
    """The newest part of the supersession chain of which one warehouse has enough: id, number, available."""
    for row in await fetch(session, _SUCCESSORS, part_id, today, quantity):
        return row[0], row[1], int(row[2])
    return None
