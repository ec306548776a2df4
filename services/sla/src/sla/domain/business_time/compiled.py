"""A calendar ready to count with: open time between instants, the instant after open time, working days."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, Literal

from common.errors import Invalid
from sla.domain.business_time.definition import CalendarDefinition, DayReason
from sla.domain.business_time.instants import DAY, instant, utc_midnight
from sla.domain.business_time.reading import FIRST_YEAR, LAST_YEAR
from sla.domain.business_time.table import Segment, Table, lay_out, segments_of
from sla.domain.business_time.zones import local, local_instant, wall_time, zone

DayEnd = Literal["end_of_day", "same_time"]

HORIZON: Final = 3_653 * DAY
"""Ten years: what does not fall due within it is refused (T13)."""

_YEARS_AT_ONCE = 2
_FURTHER = (2, 5, 11)
_LAST_INSTANT = utc_midnight(date(LAST_YEAR, 12, 31))


class CompiledCalendar:
    """One version of a calendar, compiled as far as it has been asked about. Share one instance per version.

    Instants and durations are integer microseconds. Years are laid out when first needed and kept, so memory
    and time are bounded by the years asked about and never by the length of a search (T13).

    Args:
        definition: a definition that ``issues_of`` finds nothing wrong with.
        name: the calendar's id, by which a new version recognises the one it replaces.
    """

    __slots__ = ("_published_until", "_table", "definition", "is_always_open", "name", "zone")

    def __init__(self, definition: CalendarDefinition, name: str = "") -> None:
        self.definition = definition
        self.name = name
        self.zone = zone(definition.time_zone)
        self.is_always_open = definition.is_always_open
        through = definition.published_through
        self._published_until = None if through is None else local_instant(through, DAY, self.zone)
        self._table = _nothing_yet()

    def table(self, since: int, until: int) -> Table:
        """The table that covers both instants, laid out further where it has to be.

        Raises:
            Invalid: ``instant-out-of-range`` outside the years 1970 to 2199.
        """
        table = self._table
        if table.begins <= since and until < table.ends:
            return table
        first, last = instant(min(since, until)).year, instant(max(since, until)).year
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise Invalid("instant-out-of-range", first_year=FIRST_YEAR, last_year=LAST_YEAR)
        first, last = min(first, table.first_year), max(last + _YEARS_AT_ONCE, table.last_year)
        self._table = table = lay_out(self.definition, self.zone, first, min(last, LAST_YEAR))
        return table

    def table_until(self, since: int, until: int, *, years: int) -> Table:
        """The table that covers two instants and years beyond them, as far as years are counted."""
        return self.table(since, max(until, min(until + years * 366 * DAY, _LAST_INSTANT)))

    def elapsed(self, since: int, until: int) -> int:
        """Open time between two instants, negative when ``until`` is the earlier (T1, T10)."""
        if self.is_always_open:
            return until - since
        table = self._table
        if not (table.begins <= since < table.ends and table.begins <= until < table.ends):
            table = self.table(min(since, until), max(since, until))
        opens, closes, through = table.opens, table.closes, table.through
        i = bisect_right(opens, since) - 1
        j = bisect_right(opens, until) - 1
        found = through[j] - through[i]
        unused = closes[i] - since
        if unused > 0:
            found += unused
        unused = closes[j] - until
        return found - unused if unused > 0 else found

    def add(self, since: int, open_time: int) -> int:
        """The first instant at which ``open_time`` has passed since an instant.

        That is the closing itself, never the next opening, when it ends there (T2). With nothing to add it is
        the instant itself, open or not (T3).

        Raises:
            Invalid: ``no-open-time-within-ten-years`` (T13).
        """
        if open_time <= 0:
            return since
        if self.is_always_open:
            due = since + open_time
        else:
            table = self._table
            if not table.begins <= since < table.ends:
                table = self.table(since, since)
            i = bisect_right(table.opens, since) - 1
            wanted = table.through[i] + open_time
            unused = table.closes[i] - since
            if unused > 0:
                wanted -= unused
            j = bisect_left(table.through, wanted, i)
            if j == len(table.through):
                return self._add_further(since, open_time)
            due = table.closes[j] + wanted - table.through[j]
        if due - since > HORIZON:
            raise _never()
        return due

    def next_open(self, since: int) -> int:
        """The instant itself when open, else the next opening.

        Raises:
            Invalid: ``no-open-time-within-ten-years`` (T13).
        """
        return since if self.is_always_open else self.add(since, 1) - 1

    def is_open(self, at: int) -> bool:
        """Whether an instant lies in open time ``[open, close)`` (T1)."""
        return self.elapsed(at, at + 1) == 1

    def is_provisional(self, due: int) -> bool:
        """Whether an instant lies beyond the last published date (T12)."""
        return self._published_until is not None and due > self._published_until

    def working_days_due(self, since: int, days: int, day_end: DayEnd = "end_of_day") -> int:
        """When N working days end (T4).

        ``end_of_day``: with the last close of the N-th working day after the local date of the start.
        ``same_time``: at the wall time of the next open instant, N working days on, within that day's hours;
        in a break of them it is the closing before the break, as time that ends at a closing ends there (T2).

        Raises:
            Invalid: ``no-open-time-within-ten-years`` (T13).
        """
        if day_end == "end_of_day":
            return _within_horizon(self._day_bounds(local(since, self.zone).date(), days, since)[2], since)
        opening = self.next_open(since)
        base = self._opening_date(opening)
        on, opens, closes = self._day_bounds(base, days, since)
        same_time = local_instant(on, wall_time(opening, base, self.zone), self.zone)
        due = min(max(same_time, opens), closes)
        return _within_horizon(due if self.is_always_open else self._before_the_break(due), since)

    def working_days(self, since: int, days: int, day_end: DayEnd = "end_of_day") -> Iterator[date]:
        """The local dates that ``working_days_due`` counts, in order."""
        base = local(since, self.zone).date()
        if day_end == "same_time":
            base = self._opening_date(self.next_open(since))
        return (self._day_bounds(base, n, since)[0] for n in range(1, days + 1))

    def segments(self, since: int, until: int) -> Iterator[Segment]:
        """Open time of ``[since, until)`` cut to it, in order, one piece per window of a date."""
        if self.is_always_open:
            if since < until:
                yield Segment(local(since, self.zone).date(), since, until, DayReason.ALWAYS)
            return
        on, last = local(since, self.zone).date() - timedelta(2), local(until, self.zone).date()
        while on <= last:
            for segment in segments_of(self.definition, self.zone, on):
                opens, closes = max(segment.opens, since), min(segment.closes, until)
                if opens < closes:
                    yield Segment(on, opens, closes, segment.reason)
            on += timedelta(1)

    def day_segments(self, on: date) -> list[Segment]:
        """All open time of one local date."""
        return list(segments_of(self.definition, self.zone, on))

    def _add_further(self, since: int, open_time: int) -> int:
        """``add`` with the table laid out further, to ten years at most."""
        for years in _FURTHER:
            table = self.table_until(since, since, years=years)
            if self.elapsed(since, table.ends - 1) >= open_time:
                return self.add(since, open_time)
        raise _never()

    def _before_the_break(self, due: int) -> int:
        """The instant itself when open or closing, else the last closing; the table covers it already."""
        return min(due, self._table.closes[bisect_right(self._table.opens, due) - 1])

    def _opening_date(self, opening: int) -> date:
        """The local date whose window an open instant lies in (T9: a night window's opening date)."""
        if self.is_always_open:
            return local(opening, self.zone).date()
        table = self.table(opening, opening)
        return date.fromordinal(table.days[bisect_right(table.day_opens, opening) - 1])

    def _day_bounds(self, base: date, days: int, since: int) -> tuple[date, int, int]:
        """Date, first opening and last closing of the N-th working day after a local date."""
        if self.is_always_open:
            on = base + timedelta(days)
            return on, local_instant(on, 0, self.zone), local_instant(on, DAY, self.zone)
        table, index = self._nth_day(base, days, since)
        on = date.fromordinal(table.days[index])
        return on, table.day_opens[index], table.day_closes[index]

    def _nth_day(self, base: date, days: int, since: int) -> tuple[Table, int]:
        for years in (0, *_FURTHER):
            table = self.table_until(since, since, years=years)
            index = bisect_right(table.days, base.toordinal()) + days - 1
            if index < len(table.days):
                return table, index
        raise _never()


def _nothing_yet() -> Table:
    return Table(LAST_YEAR, FIRST_YEAR, 0, 0, [], [], [], [], [], [])


def _within_horizon(due: int, since: int) -> int:
    if due - since > HORIZON:
        raise _never()
    return due


def _never() -> Invalid:
    return Invalid("no-open-time-within-ten-years")
