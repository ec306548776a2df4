"""What is told and shown of readings and their trends."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.web.shapes import (
    Code,
    Flag,
    Instant,
    ListQuery,
    Maybe,
    Occasion,
    OutInstant,
    OutShape,
    Page,
    Shape,
    sortable,
)
from warranty.api.told import Asked, Figure, Unit
from warranty.domain.trends import Crossing, Outlook, Trend
from warranty.policy import MOST_READINGS
from warranty.tables.readings import ReadingSeries

METHOD = "Theil-Sen slope with Sen's interval at 95 %"


class ReadingCreate(Shape):
    """A figure as it was read; all readings of an item have one unit."""

    item: Code
    unit: Unit = ""
    value: Figure
    read_at: Annotated[Maybe[Occasion], Field(description="Left out: now.")] = None


class ReadingBatch(Shape):
    """Many figures; what is known already, to the figure, is passed over."""

    readings: Annotated[list[ReadingCreate], Field(min_length=1, max_length=1_000)]


class ReadingOut(OutShape):
    """A figure at a moment."""

    id: UUID
    customer_id: UUID
    asset_id: UUID
    item: str
    value: float
    read_at: OutInstant
    inspection_id: UUID | None
    withdrawn_at: OutInstant | None
    withdrawal_reason: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str


class ReadingPage(Page[ReadingOut]):
    """A page of readings."""


class ReadingFilters(ListQuery):
    """Filters of an asset's readings."""

    item: Maybe[Code] = None
    read_after: Maybe[Instant] = None
    read_before: Maybe[Instant] = None
    is_withdrawn: Maybe[Flag] = None
    sort: Annotated[str, sortable("read_at")] = "-read_at"


class ReadingsAddedOut(OutShape):
    """What came of a batch."""

    added_count: int
    known_count: Annotated[int, Field(description="Passed over, since they were known.")]


class TrendQuery(Asked):
    """Which series, from when on, and limits in place of those that the checklist expects."""

    item: Maybe[Code] = None
    since: Annotated[Maybe[Instant], Field(description="Left out: all, the latest that count.")] = None
    limit_min: Annotated[Maybe[float], Field(ge=-1e12, le=1e12)] = None
    limit_max: Annotated[Maybe[float], Field(ge=-1e12, le=1e12)] = None


class CrossingOut(OutShape):
    """When a limit will be reached, by the line and by the bounds of its slope."""

    limit: float
    expected_at: OutInstant
    earliest_at: OutInstant
    latest_at: Annotated[
        OutInstant | None, Field(description="Null: it may be later than the readings allow to say.")
    ]


class TrendOut(OutShape):
    """What can be said of a series; the slope is per day, its bounds hold at 95 %."""

    item: str
    unit: str
    outlook: Outlook
    method: str
    reading_count: Annotated[int, Field(ge=0, le=MOST_READINGS)]
    first_at: OutInstant | None
    last_at: OutInstant | None
    last_value: float | None
    limit_min: float | None
    limit_max: float | None
    slope_per_day: float | None
    slope_low: float | None
    slope_high: float | None
    crossing: CrossingOut | None

    @classmethod
    def of(
        cls,
        row: ReadingSeries,
        points: list[tuple[datetime, float]],
        limits: tuple[float | None, float | None],
        trend: Trend,
    ) -> "TrendOut":
        """The trend of a series, in instants."""
        first, last = (points[0], points[-1]) if points else (None, None)
        line = trend.line
        return cls(
            item=row.item,
            unit=row.unit,
            outlook=trend.outlook,
            method=METHOD,
            reading_count=trend.count,
            first_at=first and first[0],
            last_at=last and last[0],
            last_value=last and last[1],
            limit_min=limits[0],
            limit_max=limits[1],
            slope_per_day=line and line.per_day,
            slope_low=line and line.low,
            slope_high=line and line.high,
            crossing=_crossing(trend.crossing, last[0]) if trend.crossing and last else None,
        )


def _crossing(told: Crossing, last: datetime) -> CrossingOut:
    def after(days: float) -> datetime:
        return last + timedelta(days=days)

    latest = None if told.latest is None else after(told.latest)
    return CrossingOut(
        limit=told.limit, expected_at=after(told.expected), earliest_at=after(told.earliest), latest_at=latest
    )


class TrendsOut(OutShape):
    """The trends of an asset, by item."""

    asset_id: UUID
    items: list[TrendOut]
