"""When it is told that something ends: once per threshold of days before its last day."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from warranty.domain.zones import begins_at


def days_left(ends_on: date, today: date) -> int:
    """Days from ``today`` until the last day; negative once that has passed."""
    return (ends_on - today).days


def still_open(thresholds: Iterable[int], announced: Iterable[int]) -> list[int]:
    """The thresholds nearer to the end than whatever was told already; those skipped have lapsed."""
    nearest = min(announced, default=None)
    return [days for days in thresholds if nearest is None or days < nearest]


def still_told(announced: Iterable[int], left: int) -> list[int]:
    """What of the announced holds for an end that moved: the thresholds that it is still within."""
    return [days for days in announced if left <= days]


def threshold_reached(left: int, thresholds: Iterable[int], announced: Iterable[int]) -> int | None:
    """The nearest threshold that is reached and was not told; ``None`` where nothing is to be told.

    Args:
        left: days until the last day.
        thresholds: days before the end at which it is told.
        announced: thresholds told already.
    """
    reached = [days for days in thresholds if left <= days]
    if not reached or left < 0:
        return None
    nearest = min(reached)
    return nearest if nearest in still_open(thresholds, announced) else None


def next_notice_at(
    ends_on: date | None,
    zone: ZoneInfo,
    thresholds: Iterable[int],
    announced: Iterable[int],
    *,
    tells_end: bool = False,
) -> datetime | None:
    """The instant at which the next notice is due: the beginning of its day; ``None`` where none will be.

    Args:
        ends_on: the last day; ``None`` while it is not known.
        zone: where its days are decided.
        thresholds: days before the last day at which it is told.
        announced: thresholds told already.
        tells_end: whether the end itself is acted on, on the day after.
    """
    if ends_on is None:
        return None
    ahead = still_open(thresholds, announced)
    if ahead:
        return begins_at(ends_on, zone, plus_days=-max(ahead))
    return begins_at(ends_on, zone, plus_days=1) if tells_end else None
