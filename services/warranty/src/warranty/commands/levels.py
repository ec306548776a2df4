"""Stock levels: computed from the installed base, set by hand, and watched."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import stock as events
from common.db import Session
from common.ids import new_id
from common.inbox import execute
from common.locking import locked
from common.merges import add_missing
from common.moves import Moment, amend, audit, corrected, made, touch
from common.outbox import publish
from warranty.commands import ledger
from warranty.domain import planning as rules
from warranty.domain.planning import Plan, StockStanding
from warranty.policy import KEY_PART_SERVICE_LEVEL, REVIEW_DAYS, SERVICE_LEVEL, SWEEP_BATCH
from warranty.queries import planning as queries
from warranty.queries import stock as stock_queries
from warranty.queries.catalogue import parts_of
from warranty.queries.single import one
from warranty.tables.catalogue import Part
from warranty.tables.planning import StockLevel
from warranty.tables.stock import StockBalance, table_of

Overrides = Mapping[str, Any]
"""What is set by hand: min_override, target_override, service_level_override, lead_time_days_override."""


@dataclass(slots=True)
class Demand:
    """Pieces at work that a warehouse serves, and the failures a year expected of them."""

    installed: int = 0
    failures: float = 0.0

    def add(self, count: int, rate: float) -> None:
        """More pieces, of this annual failure rate."""
        self.installed += count
        self.failures += count * rate

    @property
    def rate(self) -> float:
        """The failure rate of the average piece, to nine digits: the order of adding must not show."""
        return round(self.failures / self.installed, 9) if self.installed else 0.0


Key = tuple[UUID, UUID]
"""Warehouse and part."""


@dataclass(frozen=True, slots=True)
class World:
    """What levels are computed from."""

    parts: Mapping[UUID, Part]
    demand: Mapping[Key, Demand] = field(default_factory=dict)


async def observe(session: Session, part_ids: Sequence[UUID]) -> World:
    """The installed base that these parts serve, each site's counted where it is served from.

    What is kept is one sum for each warehouse and part, however many sites there are.
    """
    served = await queries.served(session, part_ids)
    places = await queries.places(session)
    demand: dict[Key, Demand] = defaultdict(Demand)
    async for base in queries.installed_base(session, list(served)):
        place = rules.serving(base.position, places)
        if place is not None:
            of = served[base.part_id]
            demand[place, of.by_part_id].add(base.count, of.annual_failure_rate)
    return World(await parts_of(session, part_ids), demand)


async def recompute(session: Session, part_ids: Sequence[UUID], now: datetime) -> int:
    """Compute the levels of these parts anew; how many changed."""
    world = await observe(session, part_ids)
    levels = select(StockLevel).where(col(StockLevel.part_id).in_(part_ids)).order_by(col(StockLevel.id))
    found = await session.execute(levels.with_for_update())
    known = {(row.warehouse_id, row.part_id): row for row in found.scalars()}
    new = [key for key, demand in world.demand.items() if demand.failures > 0 and key not in known]
    for key in sorted(new):
        await _made(session, key, world, {}, now)
    changed = [row for row in known.values() if _computed(row, world)]
    for row in changed:
        touch(session, row, now)
        await _announce(session, row, "compute", now)
    return len(new) + len(changed)


async def set_level(
    session: Session, warehouse_id: UUID, part_id: UUID, told: Overrides, at: Moment
) -> StockLevel:
    """Set levels of a part in a warehouse by hand; what is left out is computed.

    Raises:
        Invalid: ``part-unknown``, ``warehouse-unknown`` or ``target-below-min``.
    """
    await ledger.known(session, part_id, warehouse_id)
    await soon(session, [part_id], at.now)
    return await _made(session, (warehouse_id, part_id), await observe(session, [part_id]), told, at.now)


async def update_level(session: Session, level_id: UUID, told: Overrides, at: Moment) -> StockLevel:
    """Correct what is set by hand; null leaves it to the computation again.

    Raises:
        NotFound, Conflict: no such level, or another version.
        Invalid: ``target-below-min``.
    """
    known = await one(session, StockLevel, level_id)
    if known is not None:
        await soon(session, [known.part_id], at.now)
    row = await locked(session, StockLevel, level_id, at.version)
    world = await observe(session, [row.part_id])
    amend(row, told)
    _computed(row, world)
    available = await _available(session, row, at.now)
    return corrected(session, row, at, lambda: events.StockLevelSet(**_facts(row, available)))


async def _made(session: Session, key: Key, world: World, told: Overrides, now: datetime) -> StockLevel:
    zeros = {"on_hand": 0, "reserved": 0, "in_transit": 0, "changed_at": now}
    values = {"id": new_id(), "warehouse_id": key[0], "part_id": key[1], **zeros}
    await add_missing(session, table_of(StockBalance), [values])
    row = made(
        session,
        StockLevel,
        now,
        warehouse_id=key[0],
        part_id=key[1],
        standing=StockStanding.ENOUGH.value,
        standing_since=now,
        **told,
    )
    _computed(row, world)
    await _announce(session, row, "create", now)
    return row


def _computed(row: StockLevel, world: World) -> bool:
    """Compute the levels of ``row``; whether anything changed."""
    part, demand = world.parts[row.part_id], world.demand.get((row.warehouse_id, row.part_id), Demand())
    plan = Plan(
        installed=demand.installed,
        annual_failure_rate=demand.rate,
        lead_time_days=_told_or(row.lead_time_days_override, part.lead_time_days),
        review_days=REVIEW_DAYS,
        service_level=_told_or(
            row.service_level_override, KEY_PART_SERVICE_LEVEL if part.is_key_part else SERVICE_LEVEL
        ),
    )
    low = _told_or(row.min_override, plan.min_level)
    high = _told_or(row.target_override, max(low, plan.target_level))
    rules.check_levels(low, high)
    figures = {
        "installed": plan.installed,
        "annual_failure_rate": plan.annual_failure_rate,
        "lead_time_days": plan.lead_time_days,
        "review_days": plan.review_days,
        "service_level": plan.service_level,
        "min_computed": plan.min_level,
        "target_computed": plan.target_level,
        "min_level": low,
        "target_level": high,
    }
    return bool(amend(row, figures))


def _told_or(told: Any, computed: Any) -> Any:  # noqa: ANN401 - both of one type
    return computed if told is None else told


async def _announce(session: Session, row: StockLevel, action: str, now: datetime) -> None:
    event = events.StockLevelSet(**_facts(row, await _available(session, row, now)))
    publish(session, event, of=row, occurred_at=now, now=now)
    audit(session, action, row, now)


async def _available(session: Session, row: StockLevel, now: datetime) -> int:
    there = await stock_queries.available(session, row.part_id, ledger.day_of(now))
    return sum(some for place, _, some in there if place == row.warehouse_id)


_SOON = """
INSERT INTO planned_part AS known (part_id, due_at)
SELECT part_id, $2 FROM unnest($1::uuid[]) AS told(part_id) ORDER BY part_id
ON CONFLICT (part_id) DO UPDATE SET due_at = least(known.due_at, excluded.due_at)
"""
EVENTS: Mapping[StockStanding, type[events.PartLevelEvent]] = {
    StockStanding.ENOUGH: events.PartRecovered,
    StockStanding.LOW: events.PartLow,
    StockStanding.OUT: events.PartOut,
}


async def watch(session: Session, now: datetime) -> int:
    """Tell of parts that became low or ran out, each once until it has recovered, and of those that did."""
    found = await queries.crossed(session, SWEEP_BATCH, ledger.day_of(now))
    await soon(session, {level.part_id for level in found.values()}, now)
    crossed = select(StockLevel).where(col(StockLevel.id).in_(found)).order_by(col(StockLevel.id))
    rows = (await session.execute(crossed.with_for_update(skip_locked=True))).scalars()
    return sum(_crossed(session, row, found[row.id].available, now) for row in rows)


def _crossed(session: Session, row: StockLevel, available: int, now: datetime) -> bool:
    """Tell of the crossing, unless another look was quicker."""
    to = rules.crossing(StockStanding(row.standing), available, row.min_level)
    if to is None:
        return False
    row.standing, row.standing_since = to.value, now
    touch(session, row, now)
    publish(session, EVENTS[to](**_facts(row, available)), of=row, occurred_at=now, now=now)
    audit(session, to.value, row, now)
    return True


async def soon(session: Session, part_ids: Iterable[UUID], now: datetime) -> None:
    """These parts are planned at the next look; their planning is taken before any of their levels."""
    await execute(session, _SOON, sorted(set(part_ids)), now)


def _facts(row: StockLevel, available: int) -> dict[str, Any]:
    return {
        "level_id": row.id,
        "warehouse_id": row.warehouse_id,
        "part_id": row.part_id,
        "available": available,
        "min_level": row.min_level,
        "target_level": row.target_level,
    }
