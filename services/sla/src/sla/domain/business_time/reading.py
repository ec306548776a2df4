"""Reading a calendar's document (YAML or JSON) into a definition, with every fault of form listed."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeVar

from sla.domain.business_time.definition import (
    DAY_NAMES,
    MINUTES_A_DAY,
    CalendarDefinition,
    Hours,
    YearlyHoliday,
)
from sla.domain.business_time.issues import Issue
from sla.domain.business_time.zones import zone_names

MOST_DATES = 5_000
MOST_WINDOWS = 12
MOST_YEARLY = 100
FIRST_YEAR, LAST_YEAR = 1970, 2199

FIELDS = frozenset(
    [
        "time_zone",
        "weekly",
        "holidays",
        "workdays",
        "workday_hours",
        "overrides",
        "yearly_holidays",
        "published_through",
    ]
)

_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MONTH_DAY = re.compile(r"\d\d-\d\d", re.ASCII)
_LEAP_YEAR = 2024

T = TypeVar("T")


class _Reader:
    """Reads values at JSON pointers; what does not fit becomes an issue and a None."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def refuse(self, code: str, pointer: str, **facts: str | int) -> None:
        self.issues.append(Issue(code, pointer, facts))

    def mapping(self, value: object, pointer: str, most: int) -> Mapping[object, object]:
        if not isinstance(value, Mapping):
            self.refuse("wrong-type", pointer, expected="object")
            return {}
        if len(value) > most:
            self.refuse("too-many", pointer, most=most, count=len(value))
            return {}
        return value

    def items(
        self, value: object, pointer: str, most: int, read: Callable[[object, str], T | None]
    ) -> list[T]:
        """The readable items of a list no longer than ``most``."""
        if not isinstance(value, (list, tuple)):
            self.refuse("wrong-type", pointer, expected="list")
            return []
        if len(value) > most:
            self.refuse("too-many", pointer, most=most, count=len(value))
            return []
        found = (read(item, f"{pointer}/{index}") for index, item in enumerate(value))
        return [item for item in found if item is not None]

    def day(self, value: object, pointer: str) -> date | None:
        if isinstance(value, date) and not isinstance(value, datetime):
            found: date | None = value
        elif isinstance(value, str) and _DATE.fullmatch(value):
            found = _date_or_none(value)
        else:
            found = None
        if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.refuse("malformed-date", pointer, value=str(value)[:40])
            return None
        return found

    def minutes(self, value: object, pointer: str) -> int | None:
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            self.refuse("malformed-time", pointer, value=str(value)[:40])
            return None
        hours, minutes = value.split(":")
        return int(hours) * 60 + int(minutes)

    def window(self, value: object, pointer: str) -> Hours | None:
        """One ``[opens, closes]``; a closing not after the opening lies on the next date."""
        if not isinstance(value, (list, tuple)) or len(value) != 2:  # noqa: PLR2004 - a pair
            self.refuse("wrong-type", pointer, expected="pair of times")
            return None
        opens, closes = self.minutes(value[0], f"{pointer}/0"), self.minutes(value[1], f"{pointer}/1")
        if opens is None or closes is None:
            return None
        if opens == MINUTES_A_DAY:
            self.refuse("malformed-time", f"{pointer}/0", value="24:00")
            return None
        return Hours(opens, closes if closes > opens else closes + MINUTES_A_DAY)

    def windows(self, value: object, pointer: str) -> tuple[Hours, ...]:
        return tuple(self.items(value, pointer, MOST_WINDOWS, self.window))

    def weekly(self, value: object) -> tuple[tuple[Hours, ...], ...]:
        days = self.mapping(value, "#/weekly", most=len(DAY_NAMES))
        for name in days:
            if name not in DAY_NAMES:
                self.refuse("unknown-field", f"#/weekly/{_escaped(name)}")
        return tuple(self.windows(days.get(name, []), f"#/weekly/{name}") for name in DAY_NAMES)

    def overrides(self, value: object) -> dict[date, tuple[Hours, ...]]:
        found = {}
        for key, hours in self.mapping(value, "#/overrides", MOST_DATES).items():
            pointer = f"#/overrides/{_escaped(key)}"
            on = self.day(key, pointer)
            windows = self.windows(hours, pointer)
            if on is not None:
                found[on] = windows
        return found

    def month_day(self, value: object, pointer: str) -> tuple[int, int] | None:
        if isinstance(value, str) and _MONTH_DAY.fullmatch(value):
            found = _date_or_none(f"{_LEAP_YEAR}-{value}")
            if found is not None:
                return found.month, found.day
        self.refuse("malformed-date", pointer, value=str(value)[:40])
        return None

    def yearly(self, value: object, pointer: str) -> YearlyHoliday | None:
        rule = self.mapping(value, pointer, most=2)
        if not rule:
            return None
        for name in rule:
            if name not in {"first", "last"}:
                self.refuse("unknown-field", f"{pointer}/{_escaped(name)}")
        first = self.month_day(rule.get("first"), f"{pointer}/first")
        last = self.month_day(rule.get("last", rule.get("first")), f"{pointer}/last")
        return YearlyHoliday(first, last) if first and last else None

    def time_zone(self, value: object) -> str:
        if not isinstance(value, str) or value not in zone_names():
            self.refuse("unknown-time-zone", "#/time_zone", value=str(value)[:64])
            return "UTC"
        return value


def read(document: object) -> tuple[CalendarDefinition, list[Issue]]:
    """A definition of whatever could be read, and every fault of form; use it only when there are none."""
    reader = _Reader()
    fields = reader.mapping(document, "#", most=64)
    for name in fields:
        if name not in FIELDS:
            reader.refuse("unknown-field", f"#/{_escaped(name)}")
    through = fields.get("published_through")
    definition = CalendarDefinition(
        time_zone=reader.time_zone(fields.get("time_zone")),
        weekly=reader.weekly(fields.get("weekly", {})),
        holidays=frozenset(reader.items(fields.get("holidays", []), "#/holidays", MOST_DATES, reader.day)),
        workdays=frozenset(reader.items(fields.get("workdays", []), "#/workdays", MOST_DATES, reader.day)),
        workday_hours=reader.windows(fields.get("workday_hours", []), "#/workday_hours"),
        overrides=reader.overrides(fields.get("overrides", {})),
        yearly_holidays=tuple(
            reader.items(fields.get("yearly_holidays", []), "#/yearly_holidays", MOST_YEARLY, reader.yearly)
        ),
        published_through=None if through is None else reader.day(through, "#/published_through"),
    )
    return definition, reader.issues


def _date_or_none(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _escaped(name: object) -> str:
    """A member's name inside a JSON Pointer, cut to a length fit to show."""
    return str(name)[:64].replace("~", "~0").replace("/", "~1")
