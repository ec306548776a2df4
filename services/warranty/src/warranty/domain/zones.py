"""Time zones by their IANA names, and when a day begins in one."""

from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_FIRST, _LAST = date.min.toordinal() + 1, date.max.toordinal() - 1
"""Days that begin inside the calendar in every time zone."""


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


def is_known(name: str) -> bool:
    """Whether ``name`` is a time zone."""
    return name in _known()


def begins_at(day: date, zone: ZoneInfo, *, plus_days: int = 0) -> datetime:
    """The instant at which the day ``plus_days`` after ``day`` begins in ``zone``.

    Days beyond either end of the calendar count as its first or last whole one.
    """
    ordinal = min(max(day.toordinal() + plus_days, _FIRST), _LAST)
    return datetime.combine(date.fromordinal(ordinal), time.min, zone).astimezone(UTC)
