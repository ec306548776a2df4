"""One reckoning of a due time: target, calendar, where counting began, the pauses that moved it on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from sla.domain.business_time import CompiledCalendar
from sla.domain.business_time.instants import SECOND
from sla.domain.timing.targets import OpenSeconds, Target, unpaused_due

StandstillKind = Literal["pause", "stopped"]


@dataclass(frozen=True, slots=True)
class Standstill:
    """A time in which the clock waits, or was stopped before it was reopened, in microseconds."""

    since: int
    until: int | None
    kind: StandstillKind = "pause"


@dataclass(frozen=True, slots=True)
class Course:
    """How a due time comes about, in microseconds.

    ``given_back`` are the ended standstills that began before the due time of their moment (T5, T6).
    ``held_since`` is the start of an open one that does so: it suspends the due time (T7).
    ``due`` takes no account of an open standstill.
    """

    calendar: CompiledCalendar = field(repr=False)
    target: Target
    origin: int
    first_due: int
    due: int
    given_back: tuple[tuple[int, int], ...] = ()
    held_since: int | None = None

    @property
    def budget(self) -> int:
        """Open time from the instant counted from to the due time, pauses left out."""
        if isinstance(self.target, OpenSeconds):
            return self.target.seconds * SECOND
        return max(0, self.calendar.elapsed(self.origin, self.first_due))

    def counted(self, until: int) -> int:
        """Open time counted up to an instant that lies after every standstill given back."""
        spared = sum(self.calendar.elapsed(since, end) for since, end in self.given_back)
        return self.calendar.elapsed(self.origin, max(until, self.origin)) - spared

    def stretches(self, until: int) -> Iterable[tuple[int, int]]:
        """The times in which the clock counts, from its origin to an instant, in order."""
        begin = self.origin
        for since, end in self.given_back:
            if begin < since:
                yield begin, since
            begin = end
        if begin < until:
            yield begin, until

    def due_if_resumed(self, at: int) -> int:
        """The due time if an open standstill ended at an instant."""
        if self.held_since is None:
            return self.due
        return self.calendar.add(self.due, self.calendar.elapsed(self.held_since, at))

    def instant_of(self, percent: int | Fraction) -> int:
        """The first instant at which a percentage of the open time to the due time is used.

        100 is the due time itself; what lies above goes on in open time after it.
        """
        used = -(-self.budget * percent // 100)
        if percent >= 100:  # noqa: PLR2004 - the whole
            return self.calendar.add(self.due, int(used) - self.budget)
        reached = self.calendar.add(self.origin, int(used))
        for since, end in self.given_back:
            if reached <= since:
                break
            reached = self.calendar.add(reached, self.calendar.elapsed(since, end))
        return min(reached, self.due)


def course_of(
    calendar: CompiledCalendar, target: Target, origin: int, standstills: Iterable[Standstill]
) -> Course:
    """Reckon a due time: each standstill that begins before it moves it on by the open time inside (T5, T6).

    Raises:
        Invalid: ``no-open-time-within-ten-years`` (T13).
    """
    first_due = due = unpaused_due(target, origin, calendar)
    given_back: list[tuple[int, int]] = []
    held_since = None
    for standstill in standstills:
        since, until = max(standstill.since, origin), standstill.until
        if since >= due:
            break
        if until is None:
            held_since = since
        elif until > since:
            given_back.append((since, until))
            due = calendar.add(due, calendar.elapsed(since, until))
    return Course(calendar, target, origin, first_due, due, tuple(given_back), held_since)
