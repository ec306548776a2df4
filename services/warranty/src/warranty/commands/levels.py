"""Stock levels: computed from the installed base, set by hand, and watched."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import stock as events
from common.db import Session
from common.ids import new_id
from common.locking import locked
from common.merges import add_missing
from common.moves import Moment, amend, audit, made, touch
from common.outbox import publish
from warranty.commands import ledger
from warranty.domain import planning as rules
from warranty.domain.planning import Plan, Standing
from warranty.policy import KEY_PART_SERVICE_LEVEL, REVIEW_DAYS, SERVICE_LEVEL
from warranty.queries import planning as queries
from warranty.tables.catalogue import Part
from warranty.tables.planning import StockLevel
from warranty.tables.stock import StockBalance, table_of

BATCH = 500
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
        """The failure rate of the average piece."""
        return self.failures / self.installed if self.installed else 0.0


Key = tuple[UUID, UUID]
"""Warehouse and part."""


@dataclass(frozen=True, slots=True)
class World:
    """What levels are computed from."""

    parts: Mapping[UUID, Part]
    demand: Mapping[Key, Demand] = field(default_factory=dict)


async def observe(session: Session) -> World:
    """The installed base, each site's to the warehouse that serves it, each part's to its last successor."""
    parts = {part.id: part for part in await queries.all_parts(session)}
    last = rules.successors({part.id: part.superseded_by_id for part in parts.values()})
    places = await queries.places(session)
    demand: dict[Key, Demand] = defaultdict(Demand)
    for base in await queries.installed_base(session):
        place = rules.serving(base.position, places)
        if place is not None:
            rate = parts[base.part_id].annual_failure_rate
            demand[place, last[base.part_id]].add(base.count, rate)
    return World(parts, demand)


async def recompute(session: Session, now: datetime) -> int:
    """Compute every level anew; how many changed."""
    world = await observe(session)
    found = await session.execute(select(StockLevel).order_by(col(StockLevel.id)).with_for_update())
    known = {(row.warehouse_id, row.part_id): row for row in found.scalars()}
    new = [key for key, demand in world.demand.items() if demand.failures > 0 and key not in known]
    for key in sorted(new):
        await _made(session, key, world, {}, now)
    changed = [row for row in known.values() if _computed(row, world)]
    for row in changed:
        await _told(session, row, "compute", now)
    return len(new) + len(changed)


async def set_level(
    session: Session, warehouse_id: UUID, part_id: UUID, told: Overrides, at: Moment
) -> StockLevel:
    """Set levels of a part in a warehouse by hand; what is left out is computed.

    Raises:
        Invalid: ``part-unknown``, ``warehouse-unknown`` or ``target-below-min``.
    """
    await ledger.known(session, part_id, warehouse_id)
    return await _made(session, (warehouse_id, part_id), await observe(session), told, at.now)


async def update_level(session: Session, level_id: UUID, told: Overrides, at: Moment) -> StockLevel:
    """Correct what is set by hand; null leaves it to the computation again.

    Raises:
        NotFound, Conflict: no such level, or another version.
        Invalid: ``target-below-min``.
    """
    row = await locked(session, StockLevel, level_id, at.version)
    world = await observe(session)
    amend(row, told)
    _computed(row, world)
    await _told(session, row, "update", at.now)
    return row


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
        standing=Standing.ENOUGH.value,
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


async def _told(session: Session, row: StockLevel, action: str, now: datetime) -> None:
    touch(session, row, now)
    await _announce(session, row, action, now)


async def _announce(session: Session, row: StockLevel, action: str, now: datetime) -> None:
    balance = await session.get(StockBalance, (row.warehouse_id, row.part_id))
    available = 0 if balance is None else balance.on_hand - balance.reserved
    publish(session, events.StockLevelSet(**_facts(row, available)), of=row, occurred_at=now, now=now)
    audit(session, action, row, now)


EVENTS: Mapping[Standing, type[events.PartLevelEvent]] = {
    Standing.ENOUGH: events.PartRecovered,
    Standing.LOW: events.PartLow,
    Standing.OUT: events.PartOut,
}


async def watch(session: Session, now: datetime) -> int:
    """Tell of parts that became low or ran out, each once until it has recovered, and of those that did."""
    found = await queries.crossed(session, BATCH)
    crossed = select(StockLevel).where(col(StockLevel.id).in_(found)).order_by(col(StockLevel.id))
    rows = (await session.execute(crossed.with_for_update(skip_locked=True))).scalars().all()
    for row in rows:
        available = found[row.id]
        row.standing, row.standing_since = rules.standing(available, row.min_level).value, now
        touch(session, row, now)
        event = EVENTS[Standing(row.standing)](**_facts(row, available))
        publish(session, event, of=row, occurred_at=now, now=now)
        audit(session, row.standing, row, now)
    return len(rows)


def _facts(row: StockLevel, available: int) -> dict[str, Any]:
    return {
        "level_id": row.id,
        "warehouse_id": row.warehouse_id,
        "part_id": row.part_id,
        "available": available,
        "min_level": row.min_level,
        "target_level": row.target_level,
    }
