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


_EXPECTED = """
SELECT b.part_id, b.on_hand - coalesce((
    SELECT sum(m.on_hand) FROM stock_movement m
    WHERE m.part_id = b.part_id AND m.warehouse_id = b.warehouse_id AND m.occurred_at > $3), 0)
FROM stock_balance b WHERE b.warehouse_id = $1 AND b.part_id = ANY($2)
"""
_EXPECTED_PIECES = """
SELECT part_id, lot, serial_number, sum(quantity) FROM (
    SELECT l.part_id, l.lot, l.serial_number, l.on_hand AS quantity FROM stock_lot l
    WHERE l.warehouse_id = $1 AND l.part_id = ANY($2)
    UNION ALL
    SELECT m.part_id, p.lot, p.serial_number, -sign(m.on_hand) * p.quantity
    FROM stock_movement m, jsonb_to_recordset(m.pieces) AS p(lot text, serial_number text, quantity int)
    WHERE m.warehouse_id = $1 AND m.part_id = ANY($2) AND m.occurred_at > $3
) AS moved GROUP BY part_id, lot, serial_number HAVING sum(quantity) > 0
"""


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
