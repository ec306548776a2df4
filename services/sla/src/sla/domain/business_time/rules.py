"""What a well-formed calendar must also keep: T9 (dates, overlaps), T10 (clock changes), T13 (ever open)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sla.domain.business_time.definition import (
    DAY_NAMES,
    MINUTES_A_DAY,
    CalendarDefinition,
    DayReason,
)
from sla.domain.business_time.issues import CalendarRefused, Issue
from sla.domain.business_time.reading import FIRST_YEAR, LAST_YEAR, read
from sla.domain.business_time.zones import change_dates, is_repeated, is_skipped, zone

YEARS_AHEAD = 10
"""How far a calendar is looked through for open time and for clock changes (T13, T10)."""


def definition_of(document: object, *, around: date) -> CalendarDefinition:
    """The definition a document stands for.

    Args:
        document: parsed YAML or JSON.
        around: the date from which T10 and T13 look ten years ahead (of saving, or of a calculation's start).

    Raises:
        CalendarRefused: with every issue of form, or when the form is sound every broken rule.
    """
    definition, issues = read(document)
    issues = issues or issues_of(definition, around=around)
    if issues:
        raise CalendarRefused(tuple(issues))
    return definition


def issues_of(definition: CalendarDefinition, *, around: date) -> list[Issue]:
    """Every rule a definition breaks, in the order of the document's fields."""
    overlaps = [*_overlaps_within(definition), *_overlaps_between(definition)]
    return [
        *overlaps,
        *_workdays_at_fault(definition),
        *([] if overlaps else _boundaries_at_fault(definition, around)),
        *_never_open(definition, around),
    ]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A window of a certain date, in minutes since 1970 of local wall time, and where it is written."""

    opens: int
    closes: int
    pointer: str


def _overlaps_within(definition: CalendarDefinition) -> Iterator[Issue]:
    """Windows of one list that overlap each other."""
    lists = [(f"#/weekly/{name}", definition.weekly[i]) for i, name in enumerate(DAY_NAMES)]
    lists.append(("#/workday_hours", definition.workday_hours))
    lists += [(f"#/overrides/{on}", hours) for on, hours in definition.overrides.items()]
    for pointer, hours in lists:
        ordered = sorted(hours)
        for earlier, later in pairwise(ordered):
            if later.opens < earlier.closes:
                yield Issue("overlapping-hours", f"{pointer}/{hours.index(later)}")


def _overlaps_between(definition: CalendarDefinition) -> Iterator[Issue]:
    """Windows past midnight that run into a window of the following date."""
    week = [date(2024, 1, 1) + timedelta(days) for days in range(8)]  # any Monday and the seven days after it
    weekly = CalendarDefinition(definition.time_zone, definition.weekly)
    for on in week[:-1]:
        yield from _collision(weekly, on)
    special = {*definition.overrides, *definition.workdays}
    for on in sorted({on - timedelta(days) for on in special for days in (0, 1)}):
        if on in special or on + timedelta(1) in special:
            yield from _collision(definition, on)


def _collision(definition: CalendarDefinition, on: date) -> Iterator[Issue]:
    closes = max((hours.closes for hours in definition.day(on).hours), default=0) - MINUTES_A_DAY
    for placed in _placed(definition, on + timedelta(1)):
        if placed.opens % MINUTES_A_DAY < closes:
            yield Issue("overlapping-hours", placed.pointer, {"date": str(on + timedelta(1))})


def _workdays_at_fault(definition: CalendarDefinition) -> Iterator[Issue]:
    """Make-up workdays that are also holidays, or that have no hours."""
    for on in sorted(definition.workdays):
        if definition.is_holiday(on):
            yield Issue("holiday-and-workday", "#/workdays", {"date": str(on)})
    if definition.workdays and not definition.workday_hours:
        yield Issue("workdays-without-hours", "#/workday_hours")


def _boundaries_at_fault(definition: CalendarDefinition, around: date) -> Iterator[Issue]:
    """Openings and closings that fall into a skipped or repeated hour between last year and ten years on."""
    where, seen = zone(definition.time_zone), set[str]()
    first, last = max(FIRST_YEAR, around.year - 1), min(LAST_YEAR, around.year + YEARS_AHEAD)
    for changed in change_dates(definition.time_zone, first, last):
        for minute, pointer in _boundaries_near(definition, changed):
            wall = datetime(1970, 1, 1, tzinfo=where) + timedelta(minutes=minute)
            code = "skipped-hour" if is_skipped(wall) else "repeated-hour" if is_repeated(wall) else None
            if code and pointer not in seen:
                seen.add(pointer)
                yield Issue(code, pointer, {"local_time": f"{wall:%Y-%m-%d %H:%M}"})


def _boundaries_near(definition: CalendarDefinition, changed: date) -> Iterator[tuple[int, str]]:
    """Real boundaries about a clock change: where one window closes as the next opens nothing changes."""
    windows = [w for days in range(-4, 6) for w in _placed(definition, changed + timedelta(days))]
    openings, closings = {w.opens for w in windows}, {w.closes for w in windows}
    near = _minute_of(changed - timedelta(2)), _minute_of(changed + timedelta(3))
    for window in windows:
        if window.opens not in closings and near[0] <= window.opens <= near[1]:
            yield window.opens, f"{window.pointer}/0"
        if window.closes not in openings and near[0] <= window.closes <= near[1]:
            yield window.closes, f"{window.pointer}/1"


def _placed(definition: CalendarDefinition, on: date) -> Iterator[_Placed]:
    plan, midnight = definition.day(on), _minute_of(on)
    root = {
        DayReason.OVERRIDE: f"#/overrides/{on}",
        DayReason.WORKDAY: "#/workday_hours",
        DayReason.WEEKLY: f"#/weekly/{DAY_NAMES[on.weekday()]}",
    }.get(plan.reason, "#")
    for index, hours in enumerate(plan.hours):
        yield _Placed(midnight + hours.opens, midnight + hours.closes, f"{root}/{index}")


def _never_open(definition: CalendarDefinition, around: date) -> Iterator[Issue]:
    days = (around + timedelta(days) for days in range(_days_ahead(around)))
    if not any(definition.day(on).hours for on in days):
        yield Issue("never-open", "#/weekly", {"years": YEARS_AHEAD, "from_date": str(around)})


def _days_ahead(around: date) -> int:
    last = min(around.year + YEARS_AHEAD, LAST_YEAR)
    return (date(last, 12, 31) - around).days if last == LAST_YEAR else 366 * YEARS_AHEAD


def _minute_of(on: date) -> int:
    return (on.toordinal() - date(1970, 1, 1).toordinal()) * MINUTES_A_DAY
