"""What changed between two replays of a subject: the events to publish about its clocks, in order."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sla.domain.clocks.state import Clock, ClockState, Pause


class ChangeKind(StrEnum):
    """The last part of the event's name."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    MET = "met"
    MET_LATE = "met_late"
    CANCELLED = "cancelled"
    REOPENED = "reopened"
    DUE_CHANGED = "due_changed"
    CORRECTED = "corrected"


class Reason(StrEnum):
    """Why a due time moved, or a decision was corrected."""

    NONE = ""
    FACTS = "facts_changed"
    PLAN = "plan_published"
    CALENDAR = "calendar_published"
    WAITED = "waited"
    STOPPED = "stopped_in_time"
    CANCELLED = "cancelled"
    RETOLD = "told_late"
    NO_LONGER = "no_longer_promised"


class Change(NamedTuple):
    """One event to publish.

    Args:
        kind: which.
        clock: the clock after everything; what is no longer derived at all appears as cancelled.
        at: when it happened; None for what happens by being found out (corrections).
        previous: the clock before, None for a new one.
        reason: why, where that needs saying.
        withdraws_breach: a breach announced before is withdrawn by this.
    """

    kind: ChangeKind
    clock: Clock
    at: datetime | None
    previous: Clock | None = None
    reason: Reason = Reason.NONE
    withdraws_breach: bool = False


def differences(
    old: Sequence[Clock], new: Sequence[Clock], withdrawn: Collection[UUID] = ()
) -> tuple[Change, ...]:
    """The events that lead from ``old`` to ``new``; equal replays give none.

    Args:
        old: the subject's clocks as published so far.
        new: the clocks as the facts stand now.
        withdrawn: ids of clocks whose announced breach is withdrawn (``crossings.settle``).
    """
    before = {clock.id: clock for clock in old}
    after = {clock.id: clock for clock in new}
    changes = [_gone(clock, is_withdrawn=clock.id in withdrawn) for clock in old if clock.id not in after]
    for clock in new:
        changes += _of_clock(before.get(clock.id), clock, is_withdrawn=clock.id in withdrawn)
    return tuple(changes)


def _gone(clock: Clock, *, is_withdrawn: bool) -> Change:
    """A clock that the facts no longer know: late news took its start away."""
    ended = clock._replace(
        state=ClockState.CANCELLED,
        due_at=None,
        stopped_at=clock.started_at,
        stopped_by=None,
        breached_at=None,
        is_withdrawn=True,
    )
    return Change(ChangeKind.CANCELLED, ended, None, clock, Reason.NO_LONGER, is_withdrawn)


def _of_clock(old: Clock | None, new: Clock, *, is_withdrawn: bool) -> Iterator[Change]:
    if old is None:
        yield Change(ChangeKind.STARTED, new, new.attached_at or new.tape.started_at)
        yield from _waits(None, new)
        yield from _end(None, new)
        return
    yield from _correction(old, new, is_withdrawn=is_withdrawn)
    yield from _reopening(old, new)
    yield from _due(old, new)
    yield from _waits(old, new)
    yield from _goes_on_after_all(old, new)
    yield from _end(old, new)


def _correction(old: Clock, new: Clock, *, is_withdrawn: bool) -> Iterator[Change]:
    is_reopened = len(new.reopenings) > len(old.reopenings)
    is_changed = not old.is_open and not is_reopened and _judged(old) != _judged(new)
    if is_withdrawn or is_changed:
        yield Change(ChangeKind.CORRECTED, new, None, old, _why_corrected(old, new), is_withdrawn)


def _judged(clock: Clock) -> tuple[object, ...]:
    """How an ended clock was judged, and by what."""
    return clock.state, clock.stopped_at, clock.breached_at, clock.commitment.id, clock.due_at


_CORRECTIONS: Sequence[tuple[Reason, Callable[[Clock, Clock], bool]]] = (
    (Reason.CANCELLED, lambda old, new: old.is_open and new.state is ClockState.CANCELLED),
    (Reason.STOPPED, lambda old, new: old.is_open and new.state is ClockState.MET),
    (Reason.FACTS, lambda old, new: len(old.retargets) != len(new.retargets)),
    (Reason.CALENDAR, lambda old, new: old.calendar_revision != new.calendar_revision),
    (Reason.WAITED, lambda old, new: old.pauses != new.pauses),
)


def _why_corrected(old: Clock, new: Clock) -> Reason:
    return next((reason for reason, applies in _CORRECTIONS if applies(old, new)), Reason.RETOLD)


def _reopening(old: Clock, new: Clock) -> Iterator[Change]:
    known = {one.event_id for one in old.reopenings}
    for one in new.reopenings:
        if one.event_id not in known:
            yield Change(ChangeKind.REOPENED, new, one.at, old)


_OTHER_THAN_WAITING = frozenset({Reason.FACTS, Reason.PLAN, Reason.CALENDAR})


def _due(old: Clock, new: Clock) -> Iterator[Change]:
    """Due times that moved otherwise than by waiting or a reopening, which their own events tell."""
    if not new.is_open:
        return
    is_retargeted = (old.commitment.id, old.commitment.target) != (new.commitment.id, new.commitment.target)
    is_moved = None not in (old.due_at, new.due_at) and old.due_at != new.due_at
    is_told = bool(_fresh(old, new)) or len(new.reopenings) > len(old.reopenings)
    if is_retargeted or (is_moved and (not is_told or _why_due(old, new) in _OTHER_THAN_WAITING)):
        at = new.retargets[-1].at if is_retargeted and new.retargets else None
        yield Change(ChangeKind.DUE_CHANGED, new, at, old, _why_due(old, new))


def _why_due(old: Clock, new: Clock) -> Reason:
    if len(new.retargets) > len(old.retargets):
        by_plan = new.retargets[-1].event_id is None
        return Reason.PLAN if by_plan else Reason.FACTS
    if (old.calendar_id, old.calendar_revision) != (new.calendar_id, new.calendar_revision):
        return Reason.CALENDAR
    return Reason.WAITED if old.pauses != new.pauses else Reason.RETOLD


def effective_pauses(clock: Clock) -> tuple[Pause, ...]:
    """The pauses that suspended a due time; one that began at or after it moves nothing (T5)."""
    if not clock.pauses:
        return ()
    suspended = {span.effective_until for span in clock.timing.spans}
    start = clock.tape.started_at
    return tuple(one for one in clock.pauses if one.started_at in suspended or one.started_at <= start)


def _fresh(old: Clock | None, new: Clock) -> tuple[tuple[Pause, Pause | None], ...]:
    """Pauses that began or ended since, each with what was known of it."""
    if not new.pauses:
        return ()
    known: Mapping[datetime, Pause] = {one.started_at: one for one in (effective_pauses(old) if old else ())}
    pairs = ((one, known.get(one.started_at)) for one in effective_pauses(new))
    return tuple((one, before) for one, before in pairs if before is None or before.ended_at != one.ended_at)


def _waits(old: Clock | None, new: Clock) -> Iterator[Change]:
    for pause, before in _fresh(old, new):
        if old is None and new.attached_at and pause.ended_at and pause.ended_at <= new.attached_at:
            continue
        if before is None:
            yield Change(ChangeKind.PAUSED, new, pause.started_at, old)
        is_over = pause.ended_at is not None and pause.ended_at != new.stopped_at
        if is_over and (before is None or before.ended_at is None):
            yield Change(ChangeKind.RESUMED, new, pause.ended_at, old)


def _goes_on_after_all(old: Clock, new: Clock) -> Iterator[Change]:
    """A clock waited by what was known, and news left nothing of that pause whose end could be told."""
    is_told = any(pause.ended_at is not None for pause, _ in _fresh(old, new))
    is_reopened = len(new.reopenings) > len(old.reopenings)
    is_over = old.state is ClockState.PAUSED and new.state is ClockState.RUNNING
    if is_over and not (is_told or is_reopened):
        yield Change(ChangeKind.RESUMED, new, None, old)


def _end(old: Clock | None, new: Clock) -> Iterator[Change]:
    if not new.is_open and (old is None or old.state is not new.state):
        yield Change(ChangeKind(new.state.value), new, new.stopped_at, old)
