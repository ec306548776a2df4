"""Folding a clock's ordered facts into where it stands: nothing else is ever kept (T5–T8, T11)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from common.errors import Invalid
from sla.domain.business_time import CompiledCalendar, instant, microseconds
from sla.domain.business_time.instants import seconds
from sla.domain.business_time.reading import FIRST_YEAR, LAST_YEAR
from sla.domain.timing.course import Standstill, course_of
from sla.domain.timing.facts import (
    CalendarChanged,
    Fact,
    Paused,
    Reopened,
    ReopenPolicy,
    Resumed,
    Retargeted,
    Stopped,
)
from sla.domain.timing.result import PauseInterval, SpanCause, Timing, TimingState
from sla.domain.timing.spans import Spans
from sla.domain.timing.targets import Target


def fold(
    start: datetime,
    target: Target,
    calendar: CompiledCalendar,
    facts: Sequence[Fact] = (),
    at: datetime | None = None,
) -> Timing:
    """Where a clock stands as of an instant (left out: its last fact, else its start).

    Args:
        start: when counting starts; facts told earlier count as of the start.
        target: what is promised at the start.
        calendar: the calendar it is promised in.
        facts: in the order of their instants; those after ``at`` are left out of account.
        at: the instant of the answer.

    Raises:
        Invalid: ``facts-out-of-order``; ``no-open-time-within-ten-years`` (T13); ``instant-out-of-range``.
    """
    _refuse_disorder(facts)
    as_of = at if at is not None else max(start, facts[-1].at) if facts else start
    _refuse_uncountable(start, as_of)
    clock = _Clock(microseconds(start), target, calendar)
    for fact in facts:
        if fact.at > as_of:
            break
        clock.take(fact)
    return clock.timing(microseconds(as_of))


def _refuse_disorder(facts: Sequence[Fact]) -> None:
    for index, (earlier, later) in enumerate(pairwise(facts), start=1):
        if later.at < earlier.at:
            raise Invalid("facts-out-of-order", pointer=f"#/facts/{index}/at")


def _refuse_uncountable(*moments: datetime) -> None:
    if not all(FIRST_YEAR <= moment.year <= LAST_YEAR for moment in moments):
        raise Invalid("instant-out-of-range", first_year=FIRST_YEAR, last_year=LAST_YEAR)


class _Clock:
    """The clock between one fact and the next; it lives only while facts are folded."""

    def __init__(self, start: int, target: Target, calendar: CompiledCalendar) -> None:
        self.started = start
        self.start = start
        self.standstills: list[Standstill] = []
        self.spans = Spans()
        self.course = course_of(calendar, target, start, ())
        self.stopped: int | None = None
        self.changes_since_stop: list[Retargeted | CalendarChanged] = []
        self.cause: SpanCause | None = None
        self._settle(start, "started")

    def take(self, fact: Fact) -> None:
        """Apply the next fact."""
        at = max(microseconds(fact.at), self.started)
        match fact:
            case Reopened():
                self._reopen(fact.policy, at)
            case Retargeted() | CalendarChanged() if self.stopped is not None:
                self.changes_since_stop.append(fact)
            case _ if self.stopped is not None:
                return
            case Paused():
                self._pause(at)
            case Resumed():
                self._resume(at)
            case Stopped():
                self.stopped = at
                self.spans.end(at, crossable_until=at)
            case Retargeted() | CalendarChanged():
                self._change(fact, at)
                self._settle(at, "retargeted" if isinstance(fact, Retargeted) else "calendar_changed")

    def _pause(self, at: int) -> None:
        if self._is_waiting():
            return
        self.standstills.append(Standstill(at, None))
        self._reckon(self.course.origin)
        if self.course.held_since is not None:
            self.spans.end(at, crossable_until=at + 1)

    def _resume(self, at: int) -> None:
        if self._is_waiting():
            self.standstills[-1] = replace(self.standstills[-1], until=at)
            self._reckon(self.course.origin)
            self._settle(at, "resumed")

    def _reopen(self, policy: ReopenPolicy, at: int) -> None:
        if self.stopped is None:
            return
        if self._is_waiting():
            self.standstills[-1] = replace(self.standstills[-1], until=self.stopped)
        self.standstills.append(Standstill(self.stopped, at, "stopped"))
        self.stopped = None
        if policy == "restart":
            self.start = at
        self._reckon(self.start if policy == "restart" else self.course.origin)
        for change in self.changes_since_stop:
            self._change(change, at)
        self.changes_since_stop.clear()
        self._settle(at, "restarted" if policy == "restart" else "reopened")

    def _change(self, fact: Retargeted | CalendarChanged, at: int) -> None:
        """Apply another target or calendar; one that moves the due time makes it a new one (T7, T11)."""
        before = self.course
        if isinstance(fact, Retargeted):
            self._retarget(fact, at)
        elif fact.replaces is None or fact.replaces == before.calendar.name:
            self.course = course_of(fact.calendar, before.target, before.origin, self.standstills)
        if (self.course.due, self.course.budget) != (before.due, before.budget):
            self.cause = "retargeted" if isinstance(fact, Retargeted) else "calendar_changed"

    def _retarget(self, fact: Retargeted, at: int) -> None:
        origin = at if fact.policy == "from_change" else self.start
        calendar = fact.calendar or self.course.calendar
        changed = course_of(calendar, fact.target, origin, self.standstills)
        is_kept = fact.policy == "better_for_customer" and (
            self.course.due_if_resumed(at) < changed.due_if_resumed(at)
        )
        self.course = self.course if is_kept else changed

    def _reckon(self, origin: int) -> None:
        self.course = course_of(self.course.calendar, self.course.target, origin, self.standstills)

    def _is_waiting(self) -> bool:
        return bool(self.standstills) and self.standstills[-1].until is None

    def _settle(self, at: int, cause: SpanCause) -> None:
        self.spans.settle(self.course, at, self.cause or cause)
        if self.course.held_since is None:
            self.cause = None

    def timing(self, at: int) -> Timing:
        """The clock as of an instant not before the last fact taken."""
        course, held = self.course, self.course.held_since
        is_late = held is None and (at if self.stopped is None else self.stopped) > course.due
        is_open = self.stopped is None
        ended = held if held is not None else at if self.stopped is None else self.stopped
        return Timing(
            state=self._state(is_late=is_late),
            as_of=instant(at),
            started_at=instant(self.started),
            target=course.target,
            calendar=course.calendar,
            due_at=instant(course.due) if held is None else None,
            is_provisional=held is None and course.calendar.is_provisional(course.due),
            target_us=course.budget,
            elapsed_us=course.counted(ended),
            breached_at=self.spans.breached_at() if is_late else None,
            stopped_at=None if self.stopped is None else instant(self.stopped),
            pauses=tuple(self._pauses()),
            spans=tuple(self.spans.found),
            course=course,
            counted_until=course.due if is_open and held is None else ended,
        )

    def _state(self, *, is_late: bool) -> TimingState:
        if self.stopped is not None:
            return TimingState.MET_LATE if is_late else TimingState.MET
        if self.course.held_since is not None:
            return TimingState.PAUSED
        return TimingState.BREACHED if is_late else TimingState.RUNNING

    def _pauses(self) -> list[PauseInterval]:
        given = set(self.course.given_back)
        found = []
        for pause in self.standstills:
            since, until = max(pause.since, self.course.origin), pause.until
            back: int | None = None
            if until is not None:
                back = self.course.calendar.elapsed(since, until) if (since, until) in given else 0
            found.append(
                PauseInterval(
                    paused_at=instant(pause.since),
                    resumed_at=None if until is None else instant(until),
                    given_back_seconds=None if back is None else seconds(back),
                    kind=pause.kind,
                )
            )
        return found
