"""Clocks that tests move."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday, 2 March 2026, 09:00 in Beijing."""


class VariableClock:
    """A clock that stands still until it is moved; call it for the time.

    Args:
        start: where it stands at first.
    """

    def __init__(self, start: datetime = START) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """The present."""
        return self.now

    def advance(self, by: timedelta) -> datetime:
        """Let ``by`` pass; the new present."""
        self.now += by
        return self.now

    def set(self, to: datetime) -> None:
        """Go to an instant."""
        self.now = to


@dataclass
class RunningClock:
    """A clock that runs with real time from wherever it is set."""

    offset: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """The present."""
        return datetime.now(UTC) + self.offset

    def advance(self, by: timedelta) -> datetime:
        """Let ``by`` pass at once; the new present."""
        self.offset += by
        return self()
