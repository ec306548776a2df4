"""Readings: kept once per moment in the series of their asset and item; a mistaken one is withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from common.db import Session
from common.errors import Conflict, Invalid, NotFound
from common.locking import locked
from common.merges import add_missing
from common.moves import Moment, audit, changes, made, touch
from warranty.commands import meters
from warranty.domain.past import check_moment
from warranty.queries import readings as queries
from warranty.tables.assets import Asset
from warranty.tables.readings import Reading, ReadingSeries
from warranty.tables.stock import table_of

SERIES = table_of(ReadingSeries)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is told.

    Args:
        asset_id: what it was read of.
        item: under which name.
        unit: its unit.
        value: the figure.
        read_at: when it was read.
        pointer: where it stands in the request.
        expected: the range expected now; ``None`` leaves what the series expects.
    """

    asset_id: UUID
    item: str
    unit: str
    value: float
    read_at: datetime
    pointer: str
    expected: tuple[float | None, float | None] | None = None

    @property
    def series_id(self) -> UUID:
        """The series it belongs to."""
        return uuid5(self.asset_id, self.item)


async def add(session: Session, asset_id: UUID, told: Figure, at: Moment) -> Reading:
    """Add one reading to an asset's series.

    Raises:
        NotFound: no such asset.
        Invalid: ``unit-differs`` or ``occurred-in-future``.
        Conflict: ``reading-taken``.
    """
    added = await record(session, asset_id, [told], at)
    if not added:
        raise Conflict("reading-taken", pointer=told.pointer, read_at=told.read_at.isoformat())
    return added[0]


async def record(session: Session, asset_id: UUID, told: Sequence[Figure], at: Moment) -> Sequence[Reading]:
    """Add readings to an asset's series; what is known already, to the figure, is passed over.

    Raises:
        NotFound: no such asset.
        Invalid: ``unit-differs`` or ``occurred-in-future``.
        Conflict: ``reading-taken`` where another figure is known at that moment.
    """
    asset = await session.get(Asset, asset_id)
    if asset is None:
        raise NotFound("not-found")
    return await keep(session, asset.customer_id, told, at)


async def keep(
    session: Session,
    customer_id: UUID,
    told: Sequence[Figure],
    at: Moment,
    inspection_id: UUID | None = None,
) -> Sequence[Reading]:
    """Keep readings of one customer's assets; raises as ``record`` does.

    Returns:
        What was not known yet.
    """
    for one in told:
        check_moment(one.read_at, f"{one.pointer}/read_at", at.now)
    series = await _held(session, customer_id, told, at.now)
    known = await queries.standing(session, list(series), {one.read_at for one in told})
    added: list[Reading] = []
    for one in told:
        row = series[one.series_id]
        if _is_new(one, row, known):
            known[row.id, one.read_at] = one.value
            row.reading_count += 1
            added.append(_put(session, row, one, at.now, inspection_id))
        if one.expected is not None:
            row.expected_min, row.expected_max = one.expected
    for row in series.values():
        if not changes(session, row):
            continue
        touch(session, row, at.now)
        audit(session, "record", row, at.now)
    return added


def vouch(session: Session, row: Reading, inspection_id: UUID, now: datetime) -> None:
    """An inspection read what had been told by itself: the reading is its word from now on."""
    if row.inspection_id is None:
        row.inspection_id = inspection_id
        touch(session, row, now)
        audit(session, "vouch", row, now)


def _is_new(told: Figure, row: ReadingSeries, known: Mapping[tuple[UUID, datetime], float]) -> bool:
    if row.unit != told.unit:
        raise Invalid("unit-differs", pointer=f"{told.pointer}/unit", unit=row.unit, item=row.item)
    value = known.get((row.id, told.read_at))
    if value is not None and value != told.value:
        raise Conflict("reading-taken", pointer=told.pointer, read_at=told.read_at.isoformat())
    return value is None


def _put(
    session: Session, row: ReadingSeries, told: Figure, now: datetime, inspection_id: UUID | None
) -> Reading:
    return made(
        session,
        Reading,
        now,
        customer_id=row.customer_id,
        series_id=row.id,
        asset_id=row.asset_id,
        item=row.item,
        value=told.value,
        read_at=told.read_at,
        inspection_id=inspection_id,
    )


async def _held(
    session: Session, customer_id: UUID, told: Sequence[Figure], now: datetime
) -> dict[UUID, ReadingSeries]:
    """The series that ``told`` belong to, made where they are missing, locked in the order of their ids."""
    if not told:
        return {}
    by = session.context.caller.subject
    first = {one.series_id: one for one in reversed(told)}
    new = [
        {
            "id": series_id,
            "version": 1,
            "created_at": now,
            "updated_at": now,
            "created_by": by,
            "updated_by": by,
            "customer_id": customer_id,
            "asset_id": one.asset_id,
            "item": one.item,
            "unit": one.unit,
            "reading_count": 0,
        }
        for series_id, one in sorted(first.items())
    ]
    await add_missing(session, SERIES, new)
    return {row.id: row for row in (await session.execute(queries.held(list(first)))).scalars()}


async def withdraw(session: Session, asset_id: UUID, reading_id: UUID, at: Moment, *, reason: str) -> Reading:
    """A reading was mistaken: it stays visible and counts no more, nor does what an hour meter showed by it.

    Raises:
        NotFound, Conflict: no such reading, another version, or ``reading-withdrawn``.
    """
    await locked(session, Asset, asset_id)
    row = await locked(session, Reading, reading_id, at.version)
    if row.asset_id != asset_id:
        raise NotFound("not-found")
    if row.withdrawn_at is not None:
        raise Conflict("reading-withdrawn")
    series = await locked(session, ReadingSeries, row.series_id)
    series.reading_count -= 1
    row.withdrawn_at, row.withdrawal_reason = at.now, reason
    touch(session, series, at.now)
    touch(session, row, at.now)
    audit(session, "withdraw", row, at.now, reason)
    await meters.withdraw_shown(session, row, Moment(at.now), reason=reason)
    return row
