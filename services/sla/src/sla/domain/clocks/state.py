"""A clock as it follows from the facts: what was promised, what moved it, and when it is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sla.domain.business_time import CompiledCalendar
from sla.domain.business_time.instants import microseconds
from sla.domain.clocks.facts import Subject
from sla.domain.clocks.world import Agreement
from sla.domain.matching import Competition
from sla.domain.plans.model import Commitment
from sla.domain.timing import Fact as Turn
from sla.domain.timing import Target, Timing, TimingState, fold


class ClockState(StrEnum):
    """States of a clock; ``breached`` depends on the present moment and is told by ``state_at`` only."""

    RUNNING = "running"
    PAUSED = "paused"
    BREACHED = "breached"
    MET = "met"
    MET_LATE = "met_late"
    CANCELLED = "cancelled"


ENDED = frozenset({ClockState.MET, ClockState.MET_LATE, ClockState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch during which the clock was told to wait.

    Args:
        started_at: when the wait began; the clock's start where it already waited then.
        ended_at: when it ended, None while it lasts.
        paused_by: the event that began it; None where a change of commitment did.
        resumed_by: the event that ended it; None while it lasts and where the clock ended or changed.
        actor: opaque id of whoever paused.
        reason: the event's reason.
    """

    started_at: datetime
    ended_at: datetime | None
    paused_by: UUID | None
    resumed_by: UUID | None
    actor: str
    reason: str


class Cause(StrEnum):
    """Why a clock was matched again."""

    FACT = "fact"
    PUBLICATION = "publication"
    REOPENING = "reopening"


@dataclass(frozen=True, slots=True)
class Retarget:
    """The clock was matched again with another result.

    Args:
        at: when.
        cause: why.
        event_id: the event that changed the facts; None for publications.
        policy: how the new target counts (T7).
        before, after: commitment ids.
        plan_before, plan_after: plan and revision, ``reference@1``.
        is_kept: under ``better_for_customer`` the former due time stayed.
        changed: what the event set anew, as ``field=value``.
    """

    at: datetime
    cause: Cause
    event_id: UUID | None
    policy: str
    before: str
    after: str
    plan_before: str
    plan_after: str
    is_kept: bool = False
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reopening:
    """A clock that had ended goes on.

    Args:
        ended_at: when it had ended.
        at: when it goes on.
        event_id: the event that reopened it.
        policy: ``continue`` or ``restart``.
        ended_as: ``stop`` or ``cancel``, as it had ended.
        ended_by: the event that had ended it.
    """

    ended_at: datetime
    at: datetime
    event_id: UUID
    policy: str
    ended_as: str
    ended_by: UUID | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A competition with the moment it was held at."""

    at: datetime
    event_id: UUID | None
    competition: Competition


@dataclass(frozen=True, slots=True)
class Promised:
    """The commitment that applied from a moment on."""

    since: datetime
    commitment: Commitment


@dataclass(frozen=True, slots=True)
class Tape:
    """What timing needs to judge the clock at any moment."""

    started_at: datetime
    target: Target
    calendar: CompiledCalendar
    turns: tuple[Turn, ...]

    def timing(self, at: datetime | None = None) -> Timing:
        """The clock's times as of ``at``; the last turn, where left out."""
        return fold(self.started_at, self.target, self.calendar, self.turns, at)


class Clock(NamedTuple):
    """One measurement of one commitment, derived from the facts alone.

    Args:
        id: UUIDv5 of subject, metric and start event.
        subject: what it is about.
        customer_id: the customer, where known.
        metric: what is measured.
        start_event_id: the event that began it; part of its identity.
        plan_id: the plan that judges it now.
        plan_revision: its revision.
        agreed: the agreement that put the customer on that plan; None where none did.
        agreed_since: the agreement that covers its start but was recorded after it had ended.
        commitment: the promise that applies now.
        calendar_id: slug of the calendar in effect.
        calendar_revision: its revision.
        started_at: when it began; the reopening, where that restarted it.
        due_at: when it is due; None while paused.
        due_revision: identity of the due time: its instant in microseconds, 0 before there was any.
        is_provisional: the calendar is not published that far (T12).
        state: never ``breached``.
        stopped_at: when it ended, by a stop or a cancellation.
        stopped_by: the event that ended it; None when the promise ceased to apply by a publication.
        breached_at: for ended clocks that were late, when they became so.
        is_withdrawn: cancelled because no commitment applies any more.
        attached_at: when the facts first made it apply, where that was later than its start.
        pauses, retargets, reopenings, judged, promised: its history.
        absorbed: start events that found it running.
        assumed: fields that were not known and count as the stricter case.
        moved_by: ids of all events that moved it, in order.
        tape: for timing.
        timing: as of the last fact.
    """

    id: UUID
    subject: Subject
    customer_id: str | None
    metric: str
    start_event_id: UUID
    plan_id: str
    plan_revision: int
    agreed: Agreement | None
    agreed_since: Agreement | None
    commitment: Commitment
    calendar_id: str
    calendar_revision: int
    started_at: datetime
    due_at: datetime | None
    due_revision: int
    is_provisional: bool
    state: ClockState
    stopped_at: datetime | None
    stopped_by: UUID | None
    breached_at: datetime | None
    is_withdrawn: bool
    attached_at: datetime | None
    pauses: tuple[Pause, ...]
    retargets: tuple[Retarget, ...]
    reopenings: tuple[Reopening, ...]
    judged: tuple[Judged, ...]
    promised: tuple[Promised, ...]
    absorbed: tuple[UUID, ...]
    assumed: tuple[str, ...]
    moved_by: tuple[UUID, ...]
    tape: Tape
    timing: Timing

    @property
    def is_open(self) -> bool:
        """Whether the promise is still to be kept."""
        return self.state not in ENDED


def timing_at(clock: Clock, now: datetime) -> Timing:
    """Elapsed and remaining time, windows and pauses as of ``now``; an ended clock's stand still."""
    if not clock.is_open or now <= clock.timing.as_of:
        return clock.timing
    return clock.tape.timing(now)


def breached_at(clock: Clock, now: datetime) -> datetime | None:
    """When the due time passed with the promise open, as of ``now``; None when it did not (T7, T8)."""
    if not clock.is_open:
        return clock.breached_at
    if clock.due_at is None or now <= clock.due_at:
        return None
    return late_since(timing_at(clock, now), clock.attached_at)


def late_since(timing: Timing, attached_at: datetime | None) -> datetime | None:
    """The instant of the breach: not before the facts made the clock apply, unless it was stopped by then."""
    breach = timing.breached_at
    if breach is None or attached_at is None:
        return breach
    is_past = timing.stopped_at is not None and timing.stopped_at <= attached_at
    return breach if is_past else max(breach, attached_at)


def state_at(clock: Clock, now: datetime) -> ClockState:
    """The state as of ``now``, ``breached`` included."""
    return ClockState.BREACHED if clock.is_open and breached_at(clock, now) else clock.state


def revision_of(timing: Timing) -> int:
    """Identity of the latest due time that was in force, 0 when there was none."""
    spans: Sequence[object] = timing.spans
    return microseconds(timing.spans[-1].due_at) if spans else 0


def state_of(timing: Timing, ended_as: str | None) -> ClockState:
    """The state that a clock is stored with."""
    if ended_as == "cancel":
        return ClockState.CANCELLED
    if timing.state in {TimingState.MET, TimingState.MET_LATE}:
        return ClockState(timing.state.value)
    return ClockState.PAUSED if timing.state is TimingState.PAUSED else ClockState.RUNNING
