"""Questions about what meters showed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from common.db import Session
from warranty.domain.inspections import item_of
from warranty.domain.terms.meters import Reading, Shown
from warranty.tables.assets import Component
from warranty.tables.maintenance import Inspection
from warranty.tables.meters import MeterReading
from warranty.tables.readings import Reading as SeriesReading


def readings(
    asset_id: UUID, component_id: UUID | None = None, *, is_withdrawn: bool | None = None
) -> Select[MeterReading]:
    """Readings of an asset and everything inside it, or of one component; also those that were withdrawn."""
    found = select(MeterReading).where(col(MeterReading.asset_id) == asset_id)
    if component_id is not None:
        found = found.where(col(MeterReading.component_id) == component_id)
    if is_withdrawn is None:
        return found
    withdrawn = col(MeterReading.withdrawn_at)
    return found.where(withdrawn.is_not(None) if is_withdrawn else withdrawn.is_(None))


def _of_item(asset_id: UUID, component_id: UUID | None) -> tuple[ColumnElement[bool], ...]:
    of_item = col(MeterReading.component_id)
    return (
        col(MeterReading.asset_id) == asset_id,
        of_item.is_(None) if component_id is None else of_item == component_id,
        col(MeterReading.withdrawn_at).is_(None),
    )


async def of_item(
    session: Session, asset_id: UUID, component: Component | None, zone: ZoneInfo
) -> tuple[list[Reading], int]:
    """What counts an item's hours: its own meter, else its asset's since it was installed.

    Returns:
        The readings, by days in ``zone``, and what the meter showed when the item's hours began.
    """
    if component is not None:
        own = await _readings(session, _of_item(asset_id, component.id), zone)
        if own:
            return own, 0
    of_asset = _of_item(asset_id, None)
    found = await _readings(session, of_asset, zone)
    if component is None:
        return found, 0
    _, before = await around(session, asset_id, None, component.installed_at)
    return found, 0 if before is None else before.hours


async def _readings(session: Session, which: Any, zone: ZoneInfo) -> list[Reading]:  # noqa: ANN401 - conditions
    rows = await session.execute(select(MeterReading).where(*which).order_by(col(MeterReading.read_at)))
    return [Reading(row.read_at.astimezone(zone).date(), row.hours) for row in rows.scalars()]


async def around(
    session: Session, asset_id: UUID, component_id: UUID | None, at: datetime
) -> tuple[Shown | None, Shown | None]:
    """What a meter showed first after an instant, and last at or before it."""
    read_at = col(MeterReading.read_at)
    known = select(MeterReading).where(*_of_item(asset_id, component_id)).limit(1)
    after = known.where(read_at > at).order_by(read_at)
    before = known.where(read_at <= at).order_by(read_at.desc())
    return await _shown(session, after), await _shown(session, before)


async def _shown(session: Session, found: Select[MeterReading]) -> Shown | None:
    row = (await session.execute(found)).scalar_one_or_none()
    return None if row is None else Shown(row.read_at, row.hours)


async def shown(session: Session, asset_id: UUID, at: datetime) -> int | None:
    """What an asset's own meter is known to have shown at an instant."""
    found = select(col(MeterReading.hours)).where(*_of_item(asset_id, None), col(MeterReading.read_at) == at)
    return (await session.execute(found)).scalar_one_or_none()


async def taken_from(session: Session, reading_id: UUID) -> Sequence[MeterReading]:
    """What counts of a meter by the word of an inspection's reading."""
    found = select(MeterReading).where(
        col(MeterReading.reading_id) == reading_id, col(MeterReading.withdrawn_at).is_(None)
    )
    return (await session.execute(found)).scalars().all()


async def on_visits(session: Session, asset_id: UUID, read_at: datetime) -> Sequence[SeriesReading]:
    """What inspections read of an asset's own hour meter at an instant, as far as it stands."""
    found = (
        select(SeriesReading, col(Inspection.checklist))
        .join(Inspection, col(Inspection.id) == col(SeriesReading.inspection_id))
        .where(
            col(SeriesReading.asset_id) == asset_id,
            col(SeriesReading.read_at) == read_at,
            col(SeriesReading.withdrawn_at).is_(None),
        )
        .order_by(col(SeriesReading.id))
    )
    return [
        read
        for read, checklist in await session.execute(found)
        if any(item["code"] == read.item and item_of(item).is_hour_meter for item in checklist)
    ]
