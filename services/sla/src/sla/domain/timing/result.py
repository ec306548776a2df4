"""Where a clock stands at an instant: state, due time, open time used and left, and how they came about."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from sla.domain.business_time import CompiledCalendar, DayReason, instant
from sla.domain.business_time.instants import seconds
from sla.domain.business_time.zones import local
from sla.domain.timing.course import Course, StandstillKind
from sla.domain.timing.targets import Target, WorkingDays

SpanCause = Literal["started", "resumed", "retargeted", "calendar_changed", "reopened", "restarted"]


class TimingState(StrEnum):
    """What can be said of a clock: still open (running, paused, breached) or stopped (met, met_late)."""

    RUNNING = "running"
    PAUSED = "paused"
    BREACHED = "breached"
    MET = "met"
    MET_LATE = "met_late"


@dataclass(frozen=True, slots=True)
class Window:
    """Counted time: all of ``[opens_at, closes_at)``, or for a working day what is open of it.

    ``is_given_back``: it follows on the days of a day target, for pauses within them (T6).
    """

    opens_at: datetime
    closes_at: datetime
    counted_seconds: int | float
    reason: DayReason
    is_given_back: bool = False


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A local date on which nothing could be counted, and the rule of the calendar that closed it."""

    on: date
    reason: DayReason


@dataclass(frozen=True, slots=True)
class PauseInterval:
    """A time in which the clock waited, or was stopped before it was reopened (T5, T6).

    ``given_back_seconds`` is the open time by which it moved the due time on: 0 when it began at or after it,
    None while it lasts.
    """

    paused_at: datetime
    resumed_at: datetime | None
    given_back_seconds: int | float | None
    kind: StandstillKind


@dataclass(frozen=True, slots=True)
class DueSpan:
    """A stretch of time with one due time in force; ``revision`` grows whenever the due time moves."""

    revision: int
    cause: SpanCause
    effective_from: datetime
    effective_until: datetime | None
    due_at: datetime
    course: Course = field(repr=False, compare=False)
    crossed_before: datetime | None = field(default=None, repr=False)
    crossable_until: datetime | None = field(default=None, repr=False)

    def crossing(self, percent: int | Fraction) -> datetime | None:
        """The instant at which a threshold is crossed within this span, or None.

        A threshold that a new due time has already left behind is crossed at the change (T7); one crossed
        before a pause is not crossed again after it. The last span's crossing may lie in the future.
        """
        reached = instant(self.course.instant_of(percent))
        if self.crossed_before is not None and reached < self.crossed_before:
            return None
        crossed = max(reached, self.effective_from)
        return None if self.crossable_until is not None and crossed >= self.crossable_until else crossed


@dataclass(frozen=True, slots=True)
class Timing:
    """A clock as of an instant, derived from its facts alone. Durations are open seconds of the calendar.

    ``due_at`` is None while a pause suspends it, and when the clock was stopped meanwhile. ``elapsed`` plus
    ``remaining`` is the target (for working days: the open time to their end); overdue time is negative.
    ``breached_at`` is the later of the due time and the change that made it due then (T7).
    """

    state: TimingState
    as_of: datetime
    started_at: datetime
    target: Target
    calendar: CompiledCalendar = field(repr=False)
    due_at: datetime | None
    is_provisional: bool
    target_us: int
    elapsed_us: int
    breached_at: datetime | None
    stopped_at: datetime | None
    pauses: tuple[PauseInterval, ...]
    spans: tuple[DueSpan, ...]
    course: Course = field(repr=False, compare=False)
    counted_until: int = field(repr=False)

    @property
    def target_seconds(self) -> int | float:
        """Open seconds promised."""
        return seconds(self.target_us)

    @property
    def elapsed_seconds(self) -> int | float:
        """Open seconds used, pauses left out."""
        return seconds(self.elapsed_us)

    @property
    def remaining_seconds(self) -> int | float:
        """Open seconds left; negative when overdue."""
        return seconds(self.target_us - self.elapsed_us)

    def windows(self) -> tuple[Window, ...]:
        """What is counted up to the due time, in order: stretches of open time.

        Of a day target they are N dated days, then the open time that its pauses give back (T6). Else they
        add up to ``elapsed`` once stopped or while paused, to the whole target before.
        """
        if isinstance(self.target, WorkingDays):
            return (*self._days(self.target), *self._given_back())
        return tuple(self._stretches())

    def closed_days(self) -> Iterator[ClosedDay]:
        """The local dates from the start of counting to its end on which the calendar never opens."""
        if self.calendar.is_always_open:
            return
        on = local(self.course.origin, self.calendar.zone).date()
        last = local(self.counted_until, self.calendar.zone).date()
        while on <= last:
            plan = self.calendar.definition.day(on)
            if not plan.hours:
                yield ClosedDay(on, plan.reason)
            on += timedelta(days=1)

    def _stretches(self) -> Iterator[Window]:
        for since, until in self.course.stretches(self.counted_until):
            for piece in self.calendar.segments(since, until):
                counted = seconds(piece.closes - piece.opens)
                yield Window(instant(piece.opens), instant(piece.closes), counted, piece.reason)

    def _given_back(self) -> Iterator[Window]:
        for piece in self.calendar.segments(self.course.first_due, self.course.due):
            counted = seconds(piece.closes - piece.opens)
            yield Window(
                instant(piece.opens), instant(piece.closes), counted, piece.reason, is_given_back=True
            )

    def _days(self, target: WorkingDays) -> Iterator[Window]:
        due = self.course.first_due
        for on in self.calendar.working_days(self.course.origin, target.days, target.day_end):
            pieces = self.calendar.day_segments(on)
            counted = sum(max(0, min(piece.closes, due) - piece.opens) for piece in pieces)
            closes = min(pieces[-1].closes, due)
            yield Window(instant(pieces[0].opens), instant(closes), seconds(counted), pieces[0].reason)
