"""What a service calendar says: its zone, weekly hours, holidays, make-up workdays and days that differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 1440


class DayReason(StrEnum):
    """Which rule of a calendar decides a day, or that it never closes at all."""

    OVERRIDE = "override"
    HOLIDAY = "holiday"
    WORKDAY = "workday"
    WEEKLY = "weekly"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """One window ``[opens, closes)`` in minutes after local midnight of the date on which it opens.

    ``closes`` beyond 1440 lies on the next date; the window still belongs to its opening date (T9).
    """

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class YearlyHoliday:
    """Days off in every year as (month, day), both included; ``last`` before ``first`` crosses New Year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def covers(self, on: date) -> bool:
        """Whether a date is one of these days."""
        day = (on.month, on.day)
        if self.first <= self.last:
            return self.first <= day <= self.last
        return day >= self.first or day <= self.last


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What a calendar says about one local date: when it is open, and which rule decided."""

    reason: DayReason
    hours: tuple[Hours, ...]


@dataclass(frozen=True, slots=True)
class CalendarDefinition:
    """One version of a calendar. Build it with ``definition_of``, which refuses what cannot be counted.

    ``weekly`` holds seven tuples, Monday first. Dates after ``published_through`` are provisional (T12);
    None means that nothing has to be announced for this calendar.
    """

    time_zone: str
    weekly: tuple[tuple[Hours, ...], ...]
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    workday_hours: tuple[Hours, ...] = ()
    overrides: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict, hash=False)
    yearly_holidays: tuple[YearlyHoliday, ...] = ()
    published_through: date | None = None

    def is_holiday(self, on: date) -> bool:
        """Whether a date is a holiday by its date or by a yearly rule."""
        return on in self.holidays or any(rule.covers(on) for rule in self.yearly_holidays)

    def day(self, on: date) -> DayPlan:
        """The plan of a local date: override, else holiday, else make-up workday, else weekly hours (T9)."""
        override = self.overrides.get(on)
        if override is not None:
            return DayPlan(DayReason.OVERRIDE, override)
        if self.is_holiday(on):
            return DayPlan(DayReason.HOLIDAY, ())
        if on in self.workdays:
            return DayPlan(DayReason.WORKDAY, self.workday_hours)
        return DayPlan(DayReason.WEEKLY, self.weekly[on.weekday()])

    @property
    def is_always_open(self) -> bool:
        """Whether no instant is ever closed, so that zones and dates do not matter to open time."""
        whole_day = (Hours(0, MINUTES_A_DAY),)
        return (
            all(hours == whole_day for hours in self.weekly)
            and not self.holidays
            and not self.yearly_holidays
            and not self.overrides
            and (not self.workdays or self.workday_hours == whole_day)
        )
