"""What is shipped as data: the Chinese statutory schedule and the reference calendars."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import TypedDict

import yaml


@dataclass(frozen=True, slots=True)
class ChineseSchedule:
    """Days off (with the weekends inside a holiday) and make-up workdays, as far as they are announced."""

    published_through: date
    holidays: frozenset[date]
    workdays: frozenset[date]

    def working_days(self, year: int) -> int:
        """How many days of a year are worked, Monday to Friday being the week."""
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        return sum(self.is_workday(date.fromordinal(on)) for on in range(first, last + 1))

    def is_workday(self, on: date) -> bool:
        """Whether a date is worked."""
        return on in self.workdays or (on.weekday() < 5 and on not in self.holidays)  # noqa: PLR2004 - Saturday


@dataclass(frozen=True, slots=True)
class ReferenceCalendar:
    """A calendar that is there from the first start: its id, its names by language, its document."""

    id: str
    names: Mapping[str, str]
    document: Mapping[str, object]


class _Year(TypedDict):
    holidays: list[date]
    workdays: list[date]


class _ScheduleFile(TypedDict):
    published_through: date
    years: dict[int, _Year]


class _CalendarEntry(TypedDict):
    id: str
    names: dict[str, str]
    definition: dict[str, object]


class _CalendarsFile(TypedDict):
    calendars: list[_CalendarEntry]


@lru_cache(maxsize=1)
def chinese_schedule() -> ChineseSchedule:
    """The shipped schedule of the State Council's notices."""
    document: _ScheduleFile = yaml.safe_load(_text("chinese_schedule.yaml"))
    years = document["years"].values()
    return ChineseSchedule(
        published_through=document["published_through"],
        holidays=frozenset(on for year in years for on in year["holidays"]),
        workdays=frozenset(on for year in years for on in year["workdays"]),
    )


@lru_cache(maxsize=1)
def reference_calendars() -> tuple[ReferenceCalendar, ...]:
    """The shipped calendars; their documents are complete and made of JSON values only."""
    document: _CalendarsFile = yaml.safe_load(_text("calendars.yaml"))
    return tuple(
        ReferenceCalendar(entry["id"], entry["names"], _completed(entry["definition"]))
        for entry in document["calendars"]
    )


def _completed(definition: dict[str, object]) -> dict[str, object]:
    """A definition with the statutory schedule written out where it names it."""
    document = dict(definition)
    if document.pop("statutory_schedule", None) == "chinese":
        schedule = chinese_schedule()
        document["holidays"] = [str(on) for on in sorted(schedule.holidays)]
        document["workdays"] = [str(on) for on in sorted(schedule.workdays)]
        document["published_through"] = str(schedule.published_through)
    return document


def _text(name: str) -> str:
    return files("sla.data").joinpath(name).read_text(encoding="utf-8")
