"""The one place that reads the wall clock; everywhere else the time is passed in."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """The present instant, aware and in UTC."""
    return datetime.now(UTC)
