"""Counting open time and working days for many clocks at once."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from common.errors import Invalid
from sla.domain.business_time.bulk.columns import Columns
from sla.domain.business_time.bulk.lookup import Numbers, Offsets
from sla.domain.business_time.compiled import HORIZON, CompiledCalendar, DayEnd
from sla.domain.business_time.instants import DAY

CHUNK: Final = 1 << 15
"""Elements worked on at a time, so that the columns between two steps stay in the processor's cache."""

_FURTHER = (0, 2, 5, 11)


class BulkCalendar:
    """A calendar that counts for many clocks at a time, more than ten million a second.

    Args:
        calendar: the compiled calendar, whose table grows here as it does for single questions.
    """

    def __init__(self, calendar: CompiledCalendar) -> None:
        self.calendar = calendar
        self._columns: Columns | None = None

    def elapsed(self, since: ArrayLike, until: ArrayLike) -> Numbers:
        """Open time between instants, element by element (T1)."""
        begins, ends = _aligned(since, until)
        if self.calendar.is_always_open or not begins.size:
            return ends - begins
        columns = self._reaching(begins, ends)
        return _in_chunks(lambda a, b: columns.open_until(b) - columns.open_until(a), begins, ends)

    def add(self, since: ArrayLike, open_time: ArrayLike) -> Numbers:
        """The first instants at which open time has passed (T2, T3).

        Raises:
            Invalid: ``no-open-time-within-ten-years`` when any of them lies further off (T13).
        """
        begins, wanted = _aligned(since, open_time)
        if self.calendar.is_always_open or not begins.size:
            due = begins + np.maximum(wanted, 0)
        else:
            columns = self._with_open_time(begins, wanted)
            due = _in_chunks(columns.add, begins, wanted)
        return _within_horizon(due, begins)

    def working_days_due(self, since: ArrayLike, days: ArrayLike, day_end: DayEnd = "end_of_day") -> Numbers:
        """When working days end (T4), element by element.

        Raises:
            Invalid: ``no-open-time-within-ten-years`` when any of them lies further off (T13).
        """
        begins, counts = _aligned(since, days)
        if not begins.size:
            return begins
        openings = begins if day_end == "end_of_day" else self.add(begins, 1) - 1
        offsets = self._offsets(begins, openings, int(counts.max()))
        if self.calendar.is_always_open:
            due = _always_days_due(offsets, openings, counts, day_end)
        else:
            due = self._days_due(offsets, openings, counts, day_end)
        return _within_horizon(due, begins)

    def _days_due(self, offsets: Offsets, openings: Numbers, counts: Numbers, day_end: DayEnd) -> Numbers:
        columns, base = self._with_days(offsets, openings, counts, day_end)
        index = base + counts
        if day_end == "end_of_day":
            closes: Numbers = columns.day_closes[index]
            return closes
        wall = openings + offsets.at(openings) - columns.midnights[base]
        same_time = offsets.instant_of(columns.midnights[index] + wall)
        return columns.before_breaks(np.clip(same_time, columns.day_opens[index], columns.day_closes[index]))

    def _reaching(self, *instants: Numbers, further: int = 0) -> Columns:
        """Columns that cover some instants and years beyond them."""
        lowest = min(int(some.min()) for some in instants)
        highest = max(int(some.max()) for some in instants)
        table = self.calendar.table_until(lowest, highest, years=further)
        if self._columns is None or self._columns.table is not table:
            self._columns = Columns(table)
        return self._columns

    def _with_open_time(self, begins: Numbers, wanted: Numbers) -> Columns:
        for years in _FURTHER:
            columns = self._reaching(begins, further=years)
            if int((columns.open_until(begins) + wanted).max()) <= columns.through[-1]:
                return columns
        raise Invalid("no-open-time-within-ten-years")

    def _with_days(
        self, offsets: Offsets, openings: Numbers, counts: Numbers, day_end: DayEnd
    ) -> tuple[Columns, NDArray[np.intp]]:
        for years in _FURTHER:
            columns = self._reaching(openings, further=years)
            base = columns.day_index(offsets, openings, day_end)
            if int((base + counts).max()) < columns.day_closes.size:
                return columns, base
        raise Invalid("no-open-time-within-ten-years")

    def _offsets(self, begins: Numbers, openings: Numbers, days: int) -> Offsets:
        lowest, highest = int(begins.min()), int(openings.max()) + min(days * 7 * DAY, HORIZON)
        return Offsets.between(self.calendar.definition.time_zone, lowest, highest)


def _always_days_due(offsets: Offsets, openings: Numbers, counts: Numbers, day_end: DayEnd) -> Numbers:
    """Working days of a calendar that never closes: the days of its zone."""
    midnights = (offsets.dates(openings) + counts) * DAY
    closes = offsets.instant_of(midnights + DAY)
    if day_end == "end_of_day":
        return closes
    same_time = offsets.instant_of(openings + offsets.at(openings) + counts * DAY)
    return np.clip(same_time, offsets.instant_of(midnights), closes)


def _aligned(first: ArrayLike, second: ArrayLike) -> tuple[Numbers, Numbers]:
    one, other = np.broadcast_arrays(np.asarray(first, np.int64), np.asarray(second, np.int64))
    return one, other


def _in_chunks(count: Callable[[Numbers, Numbers], Numbers], first: Numbers, second: Numbers) -> Numbers:
    found = np.empty(first.shape, np.int64)
    for at in range(0, first.size, CHUNK):
        piece = slice(at, at + CHUNK)
        found[piece] = count(first[piece], second[piece])
    return found


def _within_horizon(due: Numbers, since: Numbers) -> Numbers:
    if due.size and int((due - since).max()) > HORIZON:
        raise Invalid("no-open-time-within-ten-years")
    return due
