"""Transfers and counts, and what the ledger says was in a warehouse at a moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from common.db import Session
from common.inbox import fetch
from warranty.domain.stock import Piece
from warranty.queries.single import narrowed
from warranty.tables.transfers import StockCount, StockTransfer


def transfers(**told: Any) -> Select[StockTransfer]:  # noqa: ANN401 - values of filters
    """Transfers by ``from_warehouse_id``, ``to_warehouse_id`` and ``state``."""
    return narrowed(select(StockTransfer), StockTransfer, told)


def counts(**told: Any) -> Select[StockCount]:  # noqa: ANN401 - values of filters
    """Stock counts by ``warehouse_id`` and ``state``."""
    return narrowed(select(StockCount), StockCount, told)


@dataclass(frozen=True, slots=True)
class Expected:
    """What should be there of a part: in all, and by lot and serial number where pieces are told apart."""

    on_hand: int = 0
    pieces: Sequence[Piece] = ()
    lots: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


_SINCE = """
LEFT JOIN stock_count c ON m.reference_kind = 'count' AND c.id = m.reference_id
WHERE coalesce(c.counted_at, m.occurred_at) > $3 AND m.warehouse_id = $1
"""
"""What happened after ``$3``: what a count adjusted was so when it was counted, not when it was approved."""

_EXPECTED = f"""
SELECT b.part_id, b.on_hand - coalesce((
    SELECT sum(m.on_hand) FROM stock_movement m {_SINCE} AND m.part_id = b.part_id), 0)
FROM stock_balance b WHERE b.warehouse_id = $1 AND b.part_id = ANY($2)
"""  # noqa: S608 - the fragment is ours
_EXPECTED_PIECES = f"""
SELECT part_id, lot, serial_number, sum(quantity) FROM (
    SELECT l.part_id, l.lot, l.serial_number, l.on_hand AS quantity FROM stock_lot l
    WHERE l.warehouse_id = $1 AND l.part_id = ANY($2)
    UNION ALL
    SELECT m.part_id, p.lot, p.serial_number, -sign(m.on_hand) * p.quantity
    FROM stock_movement m
    CROSS JOIN jsonb_to_recordset(m.pieces) AS p(lot text, serial_number text, quantity int)
    {_SINCE} AND m.part_id = ANY($2)
) AS moved GROUP BY part_id, lot, serial_number HAVING sum(quantity) > 0
"""  # noqa: S608 - the fragment is ours


async def expected_at(
    session: Session, warehouse_id: UUID, part_ids: Sequence[UUID], at: datetime
) -> dict[UUID, Expected]:
    """What should have been in a warehouse at a moment: what is there now, without what happened since."""
    totals = await fetch(session, _EXPECTED, warehouse_id, list(part_ids), at)
    on_hand = {row[0]: int(row[1]) for row in totals}
    pieces: dict[UUID, list[Piece]] = {}
    for row in await fetch(session, _EXPECTED_PIECES, warehouse_id, list(part_ids), at):
        pieces.setdefault(row[0], []).append(Piece(int(row[3]), row[1], row[2]))
    return {part: _expected(on_hand.get(part, 0), pieces.get(part, [])) for part in part_ids}


def _expected(on_hand: int, pieces: Sequence[Piece]) -> Expected:
    lots: dict[str, int] = {}
    for piece in pieces:
        lots[piece.lot] = lots.get(piece.lot, 0) + piece.quantity
    return Expected(on_hand, pieces, lots)


_BOOKED_LATER = """
SELECT c.id, c.counted_at FROM stock_count c
WHERE c.warehouse_id = $1 AND c.state = 'approved' AND c.counted_at > $2 AND c.created_at > $2 AND EXISTS (
    SELECT FROM jsonb_to_recordset(c.lines) AS line(part_id uuid, lot text)
    JOIN unnest($3::uuid[], $4::text[]) AS told(part_id, lot)
      ON told.part_id = line.part_id AND told.lot = coalesce(line.lot, ''))
ORDER BY c.counted_at DESC LIMIT 1
"""


async def booked_later(session: Session, row: StockCount) -> tuple[UUID, datetime] | None:
    """The latest booked count of any of the same stock that was made after this one: its id, and when."""
    parts = [UUID(line["part_id"]) for line in row.lines]
    lots = [line["lot"] or "" for line in row.lines]
    for found in await fetch(session, _BOOKED_LATER, row.warehouse_id, row.counted_at, parts, lots):
        return found[0], found[1]
    return None
