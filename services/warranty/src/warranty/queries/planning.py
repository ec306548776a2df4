"""What stock levels and reorder proposals are made of."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import col

from common.db import Session
from common.inbox import fetch
from warranty.domain.assets import AssetState
from warranty.domain.directory import Position
from warranty.domain.planning import Place
from warranty.queries.single import narrowed
from warranty.queries.stock import MOST_NAMED, stock
from warranty.tables.assets import Asset, Component
from warranty.tables.directory import Site
from warranty.tables.planning import PlannedPart, ReorderProposal, StockLevel
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


_FORERUNNERS = """
WITH RECURSIVE line(last_id, part_id) AS (
    SELECT p.id, p.id FROM part p WHERE p.id = ANY($1) AND p.superseded_by_id IS NULL
    UNION
    SELECT line.last_id, p.id FROM line JOIN part p ON p.superseded_by_id = line.part_id
)
SELECT line.part_id, line.last_id, p.annual_failure_rate FROM line JOIN part p ON p.id = line.part_id
"""


@dataclass(frozen=True, slots=True)
class Served:
    """Whose pieces a part replaces, its own among them, and how often such a piece fails in a year."""

    by_part_id: UUID
    annual_failure_rate: float


async def served(session: Session, part_ids: Sequence[UUID]) -> dict[UUID, Served]:
    """The pieces that these parts serve: their own and those of all they superseded."""
    rows = await fetch(session, _FORERUNNERS, list(part_ids))
    return {row[0]: Served(row[1], row[2]) for row in rows}


@dataclass(frozen=True, slots=True)
class Base:
    """Pieces of a part at work at a site."""

    part_id: UUID
    position: Position | None
    count: int


ROWS_AT_ONCE = 1000


async def installed_base(session: Session, part_ids: Sequence[UUID]) -> AsyncIterator[Base]:
    """The pieces of these parts inside assets that are not retired, by part and site, as they are read."""
    found = (
        select(col(Component.part_id), col(Site.position), func.count())
        .join(Asset, col(Asset.id) == col(Component.asset_id))
        .join(Site, col(Site.id) == col(Asset.site_id))
        .where(
            col(Component.part_id).in_(part_ids),
            col(Component.removed_at).is_(None),
            col(Asset.state) != AssetState.RETIRED.value,
        )
        .group_by(col(Component.part_id), col(Site.id))
    )
    async for row in await session.stream(found.execution_options(yield_per=ROWS_AT_ONCE)):
        yield Base(row[0], row[1], row[2])


_CROSSED = """
WITH expired AS (
    SELECT warehouse_id, part_id, sum(on_hand) AS pieces FROM stock_lot
    WHERE on_hand > 0 AND expires_on < $2 GROUP BY warehouse_id, part_id
), now AS (
    SELECT l.id, l.part_id, l.min_level, l.standing,
           b.on_hand - b.reserved - coalesce(e.pieces, 0) AS available
    FROM stock_level l
    JOIN stock_balance b ON b.warehouse_id = l.warehouse_id AND b.part_id = l.part_id
    LEFT JOIN expired e ON e.warehouse_id = l.warehouse_id AND e.part_id = l.part_id
)
SELECT id, part_id, greatest(available, 0)::int FROM now
WHERE CASE WHEN greatest(available, 0) >= min_level THEN standing <> 'enough'
           WHEN available <= 0 THEN standing <> 'out'
           ELSE standing = 'enough' END
ORDER BY id LIMIT $1
"""


@dataclass(frozen=True, slots=True)
class Crossed:
    """A level that stands otherwise than was told."""

    part_id: UUID
    available: int


async def crossed(session: Session, limit: int, today: date) -> dict[UUID, Crossed]:
    """Levels that stand otherwise than was told, with what is available: what expires tells of itself.

    All are compared: what is available lies in one table and the level in another, and a mark of what moved
    would cost every movement the cheap update that keeps a part much asked for quick.
    """
    return {row[0]: Crossed(row[1], row[2]) for row in await fetch(session, _CROSSED, limit, today)}


async def shelves(
    session: Session, places_: Sequence[Place], part_ids: Sequence[UUID], today: date
) -> list[StockView]:
    """Stock of these parts in these warehouses, on the day ``today``."""
    view: Any = StockView
    found = stock(today).where(
        view.part_id.in_(part_ids), view.warehouse_id.in_([place.id for place in places_])
    )
    return list((await session.execute(found)).scalars())


_DRAFTS = """
SELECT t.from_warehouse_id, t.to_warehouse_id, line.part_id, line.quantity
FROM stock_transfer t, jsonb_to_recordset(t.lines) AS line(part_id uuid, quantity int)
WHERE t.state = 'draft' AND line.part_id = ANY($1)
"""


async def drafted(session: Session, part_ids: Sequence[UUID]) -> list[tuple[UUID, UUID, UUID, int]]:
    """What drafted transfers will move of these parts: from, to, part, pieces."""
    return [(row[0], row[1], row[2], row[3]) for row in await fetch(session, _DRAFTS, list(part_ids))]


_DISMISSED = """
SELECT p.warehouse_id, p.part_id, p.from_warehouse_id, max(p.quantity) FROM reorder_proposal p
JOIN stock_level l ON l.warehouse_id = p.warehouse_id AND l.part_id = p.part_id
WHERE p.part_id = ANY($1) AND p.state = 'dismissed' AND p.state_changed_at >= l.standing_since
GROUP BY p.warehouse_id, p.part_id, p.from_warehouse_id
"""


async def dismissed(session: Session, part_ids: Sequence[UUID]) -> dict[tuple[UUID, UUID, UUID | None], int]:
    """Proposals of these parts dismissed since the level was last crossed, with their quantities."""
    rows = await fetch(session, _DISMISSED, list(part_ids))
    return {(row[0], row[1], row[2]): row[3] for row in rows}


_REORDERS = """
SELECT p.id, w.code, p.quantity - p.received FROM reorder_proposal p JOIN warehouse w ON w.id = p.warehouse_id
WHERE p.part_id = $1 AND p.state IN ('proposed', 'ordered') ORDER BY p.created_at DESC, p.id LIMIT $2
"""


async def reorders(session: Session, part_id: UUID) -> list[tuple[UUID, str, int]]:
    """What is proposed or on order of a part, the latest first: its id, for which warehouse, how many."""
    return [(row[0], row[1], row[2]) for row in await fetch(session, _REORDERS, part_id, MOST_NAMED)]


async def next_planning(session: Session) -> datetime | None:
    """When the next part is planned."""
    return (await session.execute(select(func.min(col(PlannedPart.due_at))))).scalar_one_or_none()
