"""What stock levels and reorder proposals are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from common.db import Session
from common.inbox import fetch
from warranty.domain.directory import Position
from warranty.domain.planning import Place
from warranty.queries.single import narrowed
from warranty.tables.catalogue import Part
from warranty.tables.planning import ReorderProposal, StockLevel
from warranty.tables.stock import Warehouse
from warranty.tables.stock_view import StockView


def levels(**told: Any) -> Select[StockLevel]:  # noqa: ANN401 - values of filters
    """Levels by ``warehouse_id`` and ``part_id``."""
    return narrowed(select(StockLevel), StockLevel, told)


def proposals(**told: Any) -> Select[ReorderProposal]:  # noqa: ANN401 - values of filters
    """Reorder proposals by ``warehouse_id``, ``part_id``, ``kind`` and ``state``."""
    return narrowed(select(ReorderProposal), ReorderProposal, told)


async def places(session: Session) -> list[Place]:
    """The warehouses that are planned for: all but cars, which their engineers fill."""
    found = select(Warehouse).where(col(Warehouse.kind) != "car").order_by(col(Warehouse.code))
    rows = (await session.execute(found)).scalars()
    return [Place(row.id, row.code, row.kind == "central", row.position) for row in rows]


async def all_parts(session: Session) -> list[Part]:
    """Every part."""
    return list((await session.execute(select(Part))).scalars())


@dataclass(frozen=True, slots=True)
class Base:
    """Pieces of a part at work at a site."""

    part_id: UUID
    position: Position | None
    count: int


_BASE = """
SELECT c.part_id, s.position, count(*) FROM component c
JOIN asset a ON a.id = c.asset_id JOIN site s ON s.id = a.site_id
WHERE c.removed_at IS NULL AND a.state <> 'retired'
GROUP BY c.part_id, s.id, s.position
"""


async def installed_base(session: Session) -> list[Base]:
    """The pieces inside assets that are not retired, by part and site."""
    return [Base(row[0], row[1], row[2]) for row in await fetch(session, _BASE)]


_CROSSED = """
SELECT l.id, b.on_hand - b.reserved FROM stock_level l
JOIN stock_balance b ON b.warehouse_id = l.warehouse_id AND b.part_id = l.part_id
WHERE CASE WHEN b.on_hand - b.reserved >= l.min_level THEN l.standing <> 'enough'
           WHEN b.on_hand - b.reserved <= 0 THEN l.standing <> 'out'
           ELSE l.standing = 'enough' END
ORDER BY l.id LIMIT $1
"""


async def crossed(session: Session, limit: int) -> dict[UUID, int]:
    """Levels that stand otherwise than was told, with what is available."""
    return {row[0]: row[1] for row in await fetch(session, _CROSSED, limit)}


async def shelves(session: Session, places_: Sequence[Place]) -> list[StockView]:
    """Stock, in these warehouses, of every part that has a minimum anywhere."""
    planned = select(col(StockLevel.part_id)).where(col(StockLevel.min_level) > 0)
    view: Any = StockView
    found = select(StockView).where(
        view.part_id.in_(planned), view.warehouse_id.in_([place.id for place in places_])
    )
    return list((await session.execute(found)).scalars())


_DRAFTS = """
SELECT t.from_warehouse_id, t.to_warehouse_id, line.part_id, line.quantity
FROM stock_transfer t, jsonb_to_recordset(t.lines) AS line(part_id uuid, quantity int) WHERE t.state = 'draft'
"""


async def drafted(session: Session) -> list[tuple[UUID, UUID, UUID, int]]:
    """What drafted transfers will move: from, to, part, pieces."""
    return [(row[0], row[1], row[2], row[3]) for row in await fetch(session, _DRAFTS)]


_DISMISSED = """
SELECT p.warehouse_id, p.part_id, p.from_warehouse_id, max(p.quantity) FROM reorder_proposal p
JOIN stock_level l ON l.warehouse_id = p.warehouse_id AND l.part_id = p.part_id
WHERE p.state = 'dismissed' AND p.state_changed_at >= l.standing_since
GROUP BY p.warehouse_id, p.part_id, p.from_warehouse_id
"""


async def dismissed(session: Session) -> dict[tuple[UUID, UUID, UUID | None], int]:
    """Proposals dismissed since the level was last crossed, with their quantities."""
    return {(row[0], row[1], row[2]): row[3] for row in await fetch(session, _DISMISSED)}
