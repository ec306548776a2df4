"""Meters: which limits a rule counts to, and on which day readings first show that they were reached."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common.errors import Invalid
from warranty.domain.terms.rules import EarlierOf, Hours, Later, LaterOf, Point, Rule

HOUR = timedelta(hours=1)
MOST_HOURS = 10_000_000
"""Hours of operation that no meter passes: more than a thousand years."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a meter showed on a day, in whole hours of operation."""

    on: date
    hours: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What a meter showed at an instant, in whole hours of operation."""

    at: datetime
    hours: int


def limits(rule: Rule) -> frozenset[int]:
    """The hours of operation that a rule counts to."""
    return frozenset(_limits(rule.point))


def _limits(point: Point) -> Iterable[int]:
    match point:
        case Hours(count):
            yield count
        case Later(base, _):
            yield from _limits(base)
        case EarlierOf(points) | LaterOf(points):
            for one in points:
                yield from _limits(one)


def reached(counts: Iterable[int], readings: Sequence[Reading], since: int = 0) -> Mapping[int, date]:
    """The day of the first reading that shows each limit reached.

    When a limit was passed between two readings nobody knows: the later one counts, in the customer's favour.

    Args:
        counts: limits in hours.
        readings: what the meter showed, in any order.
        since: what it showed when the item's own hours began.
    """
    inside = sorted(readings, key=lambda one: (one.on, one.hours))
    found: dict[int, date] = {}
    for count in counts:
        day = next((one.on for one in inside if one.hours - since >= count), None)
        if day is not None:
            found[count] = day
    return found


def check_between(hours: int, before: int | None, after: int | None, pointer: str) -> None:
    """A meter never runs backwards.

    Args:
        hours: what it is said to show.
        before: what it showed last before that, where it was read.
        after: what it showed first after that.
        pointer: where the hours stand in the request.

    Raises:
        Invalid: ``meter-runs-backwards``.
    """
    if (before is not None and hours < before) or (after is not None and hours > after):
        raise Invalid("meter-runs-backwards", pointer=pointer, at_least=before or 0, at_most=after)


def check_pace(told: Shown, before: Shown | None, after: Shown | None, slack: int, pointer: str) -> None:
    """A meter counts no more hours than have passed between two readings.

    Args:
        told: what it is said to show, and when.
        before: what it showed last before that, where it was read.
        after: what it showed first after that.
        slack: hours by which readings may be told or rounded amiss.
        pointer: where the hours stand in the request.

    Raises:
        Invalid: ``meter-runs-ahead``.
    """
    for earlier, later in ((before, told), (told, after)):
        if earlier is None or later is None:
            continue
        passed = (later.at - earlier.at) // HOUR
        if later.hours - earlier.hours > passed + slack:
            raise Invalid(
                "meter-runs-ahead", pointer=pointer, counted=later.hours - earlier.hours, passed=passed
            )


def whole_hours(figure: float, pointer: str) -> int:
    """The whole hours of a figure that an hour meter showed; one that has begun does not count yet.

    Raises:
        Invalid: ``hours-unfit``.
    """
    if not 0 <= figure <= MOST_HOURS:
        raise Invalid("hours-unfit", pointer=pointer, most=MOST_HOURS)
    return int(figure)
