"""A stretch of years of one calendar laid out flat: boundaries, cumulative open time, working days."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sla.domain.business_time.definition import CalendarDefinition, DayReason
from sla.domain.business_time.instants import SECOND, utc_midnight
from sla.domain.business_time.zones import local_instant

_MARGIN = timedelta(days=3)
"""Further than any zone or night window reaches over a year's end."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Open time ``[opens, closes)`` in microseconds since the epoch, of the date on which it opens."""

    on: date
    opens: int
    closes: int
    reason: DayReason


@dataclass(frozen=True, slots=True)
class Table:
    """Whole UTC years: sound for instants in ``[begins, ends)``, laid out with a margin of days around them.

    ``opens[i]``, ``closes[i]``: the i-th stretch of open time; ``through[i]``: open microseconds of
    stretches 0 to i. The first stretch is empty and lies before all others: every instant has one before it.
    ``days``: ordinals of the working days; ``day_opens``, ``day_closes``: their first opening, last closing.
    """

    first_year: int
    last_year: int
    begins: int
    ends: int
    opens: list[int] = field(repr=False)
    closes: list[int] = field(repr=False)
    through: list[int] = field(repr=False)
    days: list[int] = field(repr=False)
    day_opens: list[int] = field(repr=False)
    day_closes: list[int] = field(repr=False)


def segments_of(definition: CalendarDefinition, where: ZoneInfo, on: date) -> Iterator[Segment]:
    """The open time that belongs to one local date, in order (T9)."""
    plan = definition.day(on)
    for hours in sorted(plan.hours):
        opens = local_instant(on, hours.opens * 60 * SECOND, where)
        closes = local_instant(on, hours.closes * 60 * SECOND, where)
        if opens < closes:
            yield Segment(on, opens, closes, plan.reason)


def lay_out(definition: CalendarDefinition, where: ZoneInfo, first_year: int, last_year: int) -> Table:
    """The table of whole years, both included. About 4 ms a year."""
    begins, ends = utc_midnight(date(first_year, 1, 1)), utc_midnight(date(last_year + 1, 1, 1))
    before = begins - _MARGIN.days * 2 * 86_400 * SECOND
    table = Table(first_year, last_year, begins, ends, [before], [before], [0], [], [], [])
    on, last = date(first_year, 1, 1) - _MARGIN, date(last_year, 12, 31) + _MARGIN
    while on <= last:
        segments = list(segments_of(definition, where, on))
        if segments:
            _append(table, segments)
        on += timedelta(days=1)
    return table


def _append(table: Table, segments: list[Segment]) -> None:
    """Add a working day; time that follows on without a gap prolongs the stretch before it."""
    table.days.append(segments[0].on.toordinal())
    table.day_opens.append(segments[0].opens)
    table.day_closes.append(max(segment.closes for segment in segments))
    for segment in segments:
        opens, closes = max(segment.opens, table.closes[-1]), segment.closes
        if opens >= closes:
            continue
        if opens == table.closes[-1]:
            table.closes[-1] = closes
            table.through[-1] += closes - opens
        else:
            table.opens.append(opens)
            table.closes.append(closes)
            table.through.append(table.through[-1] + closes - opens)
