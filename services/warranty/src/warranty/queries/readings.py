"""Questions about readings and their series."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from common.db import Session
from warranty.tables.readings import Reading, ReadingSeries


def readings(
    asset_id: UUID,
    *,
    item: str | None = None,
    read_after: datetime | None = None,
    read_before: datetime | None = None,
    is_withdrawn: bool | None = None,
) -> Select[Reading]:
    """Readings of an asset by item, time and whether they were withdrawn."""
    found = select(Reading).where(col(Reading.asset_id) == asset_id)
    if item is not None:
        found = found.where(col(Reading.item) == item)
    if read_after is not None:
        found = found.where(col(Reading.read_at) >= read_after)
    if read_before is not None:
        found = found.where(col(Reading.read_at) <= read_before)
    if is_withdrawn is not None:
        withdrawn = col(Reading.withdrawn_at)
        found = found.where(withdrawn.is_not(None) if is_withdrawn else withdrawn.is_(None))
    return found


def series(asset_id: UUID, item: str | None = None) -> Select[ReadingSeries]:
    """The series of an asset."""
    found = select(ReadingSeries).where(col(ReadingSeries.asset_id) == asset_id)
    return found if item is None else found.where(col(ReadingSeries.item) == item)


def held(ids: Collection[UUID]) -> Select[ReadingSeries]:
    """Series by their ids, locked in a fixed order."""
    found = select(ReadingSeries).where(col(ReadingSeries.id).in_(ids)).order_by(col(ReadingSeries.id))
    return found.with_for_update().execution_options(populate_existing=True)


async def standing(
    session: Session, ids: Collection[UUID], moments: Collection[datetime]
) -> dict[tuple[UUID, datetime], float]:
    """What is known of series at moments."""
    found = select(col(Reading.series_id), col(Reading.read_at), col(Reading.value)).where(
        col(Reading.series_id).in_(ids),
        col(Reading.read_at).in_(moments),
        col(Reading.withdrawn_at).is_(None),
    )
    return {(row[0], row[1]): row[2] for row in await session.execute(found)}


async def latest(
    session: Session, series_id: UUID, since: datetime | None, most: int
) -> Sequence[tuple[datetime, float]]:
    """The latest readings of a series that stand, in order of time; at most so many."""
    found = select(col(Reading.read_at), col(Reading.value)).where(
        col(Reading.series_id) == series_id, col(Reading.withdrawn_at).is_(None)
    )
    if since is not None:
        found = found.where(col(Reading.read_at) >= since)
    rows = await session.execute(found.order_by(col(Reading.read_at).desc()).limit(most))
    return [(row[0], row[1]) for row in rows][::-1]


async def of_moment(session: Session, series_id: UUID, read_at: datetime) -> Reading:
    """The reading of a series that stands at a moment at which there is one."""
    found = select(Reading).where(
        col(Reading.series_id) == series_id,
        col(Reading.read_at) == read_at,
        col(Reading.withdrawn_at).is_(None),
    )
    return (await session.execute(found)).scalar_one()
