"""The answer to "why is it due then": what was promised, what competed, what was counted, what moved it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sla.domain.clocks.facts import Fact
from sla.domain.clocks.state import Clock, ClockState, Reopening, Retarget, breached_at, state_at, timing_at
from sla.domain.clocks.world import Agreement
from sla.domain.matching import Candidate
from sla.domain.plans.export import target_document
from sla.domain.timing import ClosedDay, Timing, TimingState, Window, WorkingDays

Seconds = int | float


@dataclass(frozen=True, slots=True)
class Round:
    """Which commitments competed at one moment, the winner first."""

    at: datetime
    event_id: UUID | None
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """A time that did not count.

    Args:
        started_at, ended_at: its bounds; no end while it lasts.
        given_back_seconds: open time by which it moved the due time on; None while it lasts.
        kind: ``pause``, or ``stopped`` between an end and the reopening.
        started_by, ended_by: the events.
        actor: opaque id of whoever began it.
        reason: the reason given.
    """

    started_at: datetime
    ended_at: datetime | None
    given_back_seconds: Seconds | None
    kind: str
    started_by: UUID | None
    ended_by: UUID | None
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """An event that moved the clock.

    Args:
        event_id, type, occurred_at, recorded_at, actor: the event's own.
        is_told_late: it was written down after it happened, by a minute or more.
    """

    event_id: UUID
    type: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    is_told_late: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement of the customer's.

    Args:
        id, plan_id: its own, and the plan that it names.
        starts_at, ends_at: what starts between them is judged by it; no end where it is open.
        recorded_at: since when it is known as it is.
    """

    id: UUID
    plan_id: str
    starts_at: datetime
    ends_at: datetime | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that led to a clock's due time and outcome, as of a moment.

    ``windows`` add up to ``counted_seconds``: the elapsed time once stopped and while waiting, else the whole
    target (elapsed + remaining). For day targets they are the dated days themselves
    (``is_in_days``), and the open time given back after them.
    ``agreement`` put the customer on the plan; ``later_agreement`` came only after the clock had ended.
    """

    clock_id: UUID
    subject_type: str
    subject_id: UUID
    metric: str
    plan_id: str
    plan_revision: int
    agreement: Agreed | None
    later_agreement: Agreed | None
    commitment_id: str
    clause: str
    titles: Mapping[str, str]
    target: Mapping[str, object]
    agreed_in: str | None
    calendar_id: str
    calendar_revision: int
    time_zone: str
    zone: ZoneInfo
    as_of: datetime
    state: ClockState
    started_at: datetime
    attached_at: datetime | None
    due_at: datetime | None
    stopped_at: datetime | None
    breached_at: datetime | None
    is_provisional: bool
    is_withdrawn: bool
    assumed: tuple[str, ...]
    elapsed_seconds: Seconds
    remaining_seconds: Seconds
    target_seconds: Seconds
    counted_seconds: Seconds
    is_in_days: bool
    rounds: tuple[Round, ...]
    windows: tuple[Window, ...]
    closed_days: tuple[ClosedDay, ...]
    waits: tuple[Wait, ...]
    retargets: tuple[Retarget, ...]
    reopenings: tuple[Reopening, ...]
    events: tuple[Moved, ...]
    absorbed: tuple[UUID, ...]


LATE_SECONDS = 60


def explain(clock: Clock, facts: Iterable[Fact], now: datetime) -> Explanation:
    """Explain ``clock`` as of ``now``.

    Args:
        clock: the clock, as replayed.
        facts: the facts it was replayed from, for the times and authors of its events.
        now: the moment of the question.
    """
    timing = timing_at(clock, now)
    windows = timing.windows()
    zone = timing.calendar.zone
    return Explanation(
        clock_id=clock.id,
        subject_type=clock.subject.type,
        subject_id=clock.subject.id,
        metric=clock.metric,
        **_promise(clock),
        time_zone=zone.key,
        zone=zone,
        as_of=max(now, timing.as_of) if clock.is_open else timing.as_of,
        state=state_at(clock, now),
        started_at=clock.started_at,
        attached_at=clock.attached_at,
        due_at=timing.due_at,
        stopped_at=clock.stopped_at,
        breached_at=breached_at(clock, now),
        is_provisional=timing.is_provisional,
        is_withdrawn=clock.is_withdrawn,
        assumed=clock.assumed,
        elapsed_seconds=timing.elapsed_seconds,
        remaining_seconds=timing.remaining_seconds,
        target_seconds=timing.target_seconds,
        counted_seconds=_counted(clock, timing),
        is_in_days=isinstance(timing.target, WorkingDays),
        rounds=tuple(Round(one.at, one.event_id, one.competition.candidates) for one in clock.judged),
        windows=windows,
        closed_days=_distinct(timing.closed_days(), windows, zone),
        waits=_waits(clock, timing),
        retargets=clock.retargets,
        reopenings=clock.reopenings,
        events=_events(clock, facts),
        absorbed=clock.absorbed,
    )


def _promise(clock: Clock) -> dict[str, Any]:
    """Which promise the clock keeps, of which plan, in which calendar."""
    commitment = clock.commitment
    return {
        "plan_id": clock.plan_id,
        "plan_revision": clock.plan_revision,
        "agreement": _agreed(clock.agreed),
        "later_agreement": _agreed(clock.agreed_since),
        "commitment_id": commitment.id,
        "clause": commitment.clause,
        "titles": commitment.titles,
        "target": target_document(commitment.target),
        "agreed_in": commitment.agreed_in,
        "calendar_id": clock.calendar_id,
        "calendar_revision": clock.calendar_revision,
    }


def _agreed(agreement: Agreement | None) -> Agreed | None:
    if agreement is None:
        return None
    period = agreement.starts_at, agreement.ends_at
    return Agreed(agreement.id, agreement.plan_id, *period, agreement.recorded_at)


def _counted(clock: Clock, timing: Timing) -> Seconds:
    """What the windows add up to: all that was used, or all that there is to use."""
    is_standing = not clock.is_open or timing.state is TimingState.PAUSED
    return timing.elapsed_seconds if is_standing else timing.target_seconds


def _distinct(
    closed: Iterable[ClosedDay], windows: Iterable[Window], zone: ZoneInfo
) -> tuple[ClosedDay, ...]:
    """Closed dates, without those on which a window that began the day before still counts."""
    open_on: set[date] = {window.opens_at.astimezone(zone).date() for window in windows}
    return tuple(one for one in closed if one.on not in open_on)


def _waits(clock: Clock, timing: Timing) -> tuple[Wait, ...]:
    told = {one.started_at: one for one in clock.pauses}
    reopened = {one.ended_at: one for one in clock.reopenings}
    waits = []
    for one in timing.pauses:
        pause, reopening = told.get(one.paused_at), reopened.get(one.paused_at)
        by, until, actor, reason = None, None, "", ""
        if one.kind == "stopped" and reopening:
            by, until = reopening.ended_by, reopening.event_id
        elif pause:
            by, until, actor, reason = pause.paused_by, pause.resumed_by, pause.actor, pause.reason
        times = (one.paused_at, one.resumed_at, one.given_back_seconds, one.kind)
        waits.append(Wait(*times, by, until, actor, reason))
    return tuple(waits)


def _events(clock: Clock, facts: Iterable[Fact]) -> tuple[Moved, ...]:
    known = {fact.event_id: fact for fact in facts}
    moved = (known[event_id] for event_id in clock.moved_by if event_id in known)
    return tuple(_moved(fact) for fact in sorted(moved, key=lambda f: (f.occurred_at, f.version)))


def _moved(fact: Fact) -> Moved:
    late = (fact.recorded_at - fact.occurred_at).total_seconds() >= LATE_SECONDS
    return Moved(fact.event_id, fact.type, fact.occurred_at, fact.recorded_at, fact.actor, late)
