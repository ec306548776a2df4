"""Trends of readings: a slope that outliers do not move, and when a limit is reached, if that can be said.

The slope is Theil and Sen's: the median of the slopes of all pairs of readings. Its interval is Sen's (1968),
from the variance of Kendall's statistic with ties, so it assumes nothing of how readings scatter.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import ceil, floor, sqrt
from statistics import median

from common.errors import Invalid

Z95 = 1.959964
"""Standard normal quantile of a two-sided interval of 95 %."""
FEWEST = 2

Point = tuple[float, float]
"""Days since some moment, and the figure that was read."""


class Outlook(StrEnum):
    """What can be said of a series."""

    NOT_ENOUGH_DATA = "not_enough_data"
    OUT_OF_RANGE = "out_of_range"
    NO_LIMIT = "no_limit"
    NO_TREND = "no_trend"
    TOO_FAR = "too_far"
    CROSSING = "crossing"


@dataclass(frozen=True, slots=True)
class Line:
    """A robust line through readings.

    Args:
        per_day: change per day.
        low: lower bound of ``per_day`` at 95 %.
        high: upper bound.
        level: figure of the line at the last reading.
    """

    per_day: float
    low: float
    high: float
    level: float

    @property
    def is_trend(self) -> bool:
        """Whether the interval lies on one side of no change."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Crossing:
    """When a limit is reached, in days after the last reading.

    Args:
        limit: the figure.
        expected: by the line.
        earliest: by the steepest line of the interval.
        latest: by the flattest; ``None`` where that is further than the readings carry.
    """

    limit: float
    expected: float
    earliest: float
    latest: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """What was made of a series."""

    outlook: Outlook
    count: int
    line: Line | None = None
    crossing: Crossing | None = None


def line_of(points: Sequence[Point]) -> Line | None:
    """The line through ``points`` in order of time; ``None`` where all of them are of one moment."""
    slopes = sorted(
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for earlier, later in combinations(points, 2)
        if later[0] > earlier[0]
    )
    if not slopes:
        return None
    per_day = median(slopes)
    half = Z95 * sqrt(_variance(points))
    low = slopes[max(0, floor((len(slopes) - half) / 2))]
    high = slopes[min(len(slopes) - 1, ceil((len(slopes) + half) / 2))]
    last = points[-1][0]
    return Line(per_day, low, high, median(figure - per_day * (at - last) for at, figure in points))


def _variance(points: Sequence[Point]) -> float:
    """Variance of Kendall's statistic, lessened by ties among the figures."""

    def term(count: int) -> int:
        return count * (count - 1) * (2 * count + 5)

    ties = sum(term(count) for count in Counter(figure for _, figure in points).values())
    return (term(len(points)) - ties) / 18


def check_limits(least: float | None, most: float | None) -> None:
    """Something lies between the limits that a series is held against.

    Raises:
        Invalid: ``limits-crossed``.
    """
    if least is not None and most is not None and least > most:
        raise Invalid("limits-crossed", limit_min=least, limit_max=most)


def trend_of(
    points: Sequence[Point], low: float | None, high: float | None, *, fewest: int, reach: float
) -> Trend:
    """What can be said of a series and its limits.

    Args:
        points: readings in order of time.
        low: the least figure expected.
        high: the greatest.
        fewest: readings below which nothing is said.
        reach: how far beyond the last reading an estimate may lie, in multiples of the time they span.
    """
    line = line_of(points) if len(points) >= max(fewest, FEWEST) else None
    if line is None:
        return Trend(Outlook.NOT_ENOUGH_DATA, len(points))
    if low is None and high is None:
        return Trend(Outlook.NO_LIMIT, len(points), line)
    if (low is not None and line.level < low) or (high is not None and line.level > high):
        return Trend(Outlook.OUT_OF_RANGE, len(points), line)
    limit = high if line.per_day > 0 else low
    if not line.is_trend:
        return Trend(Outlook.NO_TREND, len(points), line)
    if limit is None:
        return Trend(Outlook.NO_LIMIT, len(points), line)
    crossing = _crossing(points, line, limit, reach * (points[-1][0] - points[0][0]))
    outlook = Outlook.TOO_FAR if crossing is None else Outlook.CROSSING
    return Trend(outlook, len(points), line, crossing)


def _crossing(points: Sequence[Point], line: Line, limit: float, horizon: float) -> Crossing | None:
    expected = _days_to(points, line.per_day, limit)
    if expected > horizon:
        return None
    steep, flat = (line.high, line.low) if line.per_day > 0 else (line.low, line.high)
    latest = _days_to(points, flat, limit)
    return Crossing(limit, expected, _days_to(points, steep, limit), latest if latest <= horizon else None)


def _days_to(points: Sequence[Point], per_day: float, limit: float) -> float:
    """Days after the last reading at which a line of this slope through their middle is there."""
    last = points[-1][0]
    level = median(figure - per_day * (at - last) for at, figure in points)
    return max(0.0, (limit - level) / per_day)
