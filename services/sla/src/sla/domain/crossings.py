"""Thresholds of a clock, when they are crossed, and what is announced: each crossing is decided once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from sla.domain.business_time.instants import microseconds
from sla.domain.clocks.state import Clock, Promised
from sla.domain.plans.model import Commitment
from sla.domain.timing import DueSpan

DUE = 100
_MOVED_OTHERWISE_THAN_BY_WAITING = frozenset({"retargeted", "calendar_changed", "restarted"})


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of the open time between start and due that means something.

    Args:
        percent: the share.
        is_warning: a warning is given.
        is_breach: it is the due time itself.
        escalate_to: the step of the ladder that is called.
    """

    percent: int
    is_warning: bool
    is_breach: bool
    escalate_to: str | None


def thresholds(commitment: Commitment) -> tuple[Threshold, ...]:
    """The thresholds of a commitment, ascending, one per percentage; the due time is always one."""
    return _thresholds(commitment.warn_at, tuple((step.at, step.to) for step in commitment.escalate))


@lru_cache(maxsize=1024)
def _thresholds(warn_at: tuple[int, ...], escalate: tuple[tuple[int, str], ...]) -> tuple[Threshold, ...]:
    steps = dict(escalate)
    return tuple(
        Threshold(percent, percent in warn_at, percent == DUE, steps.get(percent))
        for percent in sorted({DUE, *warn_at, *steps})
    )


Key = tuple[int, int]
"""Percent and due revision: with the clock's id the identity of a crossing."""


class Crossing(NamedTuple):
    """A threshold crossed, or to be crossed, under one due time.

    Args:
        percent: the threshold.
        due_revision: identity of the due time: its instant in microseconds.
        crosses_at: when; for a due time that came in force later than that, the change (T7).
        is_warning, is_breach, escalate_to: what the threshold means.
        is_current: the due time was not replaced by another target, calendar or restart since.
    """

    percent: int
    due_revision: int
    crosses_at: datetime
    is_warning: bool
    is_breach: bool
    escalate_to: str | None
    is_current: bool

    @property
    def key(self) -> Key:
        """Identity among the crossings of one clock."""
        return self.percent, self.due_revision


def schedule(clock: Clock, beyond: datetime | None = None) -> tuple[Crossing, ...]:
    """All crossings of ``clock`` as its facts stand, past and to come, by time.

    While a clock waits nothing is to come; once it ended nothing lies after the end.

    Args:
        clock: the clock.
        beyond: of what lies after this instant only the first crossing of each due time is wanted.
    """
    if clock.attached_at and clock.stopped_at and clock.stopped_at <= clock.attached_at:
        return ()
    spans = clock.timing.spans
    turns = (n for n, span in enumerate(spans) if span.cause in _MOVED_OTHERWISE_THAN_BY_WAITING)
    since = max(turns, default=0)
    found: dict[Key, Crossing] = {}
    for number, span in enumerate(spans):
        for crossing in _of_span(clock, span, beyond, is_current=number >= since):
            earlier = found.get(crossing.key)
            found[crossing.key] = earlier._replace(is_current=crossing.is_current) if earlier else crossing
    return tuple(sorted(found.values(), key=_by_time))


def _by_time(crossing: Crossing) -> tuple[datetime, int]:
    return crossing.crosses_at, crossing.percent


def _of_span(clock: Clock, span: DueSpan, beyond: datetime | None, *, is_current: bool) -> Iterator[Crossing]:
    for promised, until in _promised_in(clock.promised, span):
        for threshold in thresholds(promised.commitment):
            at = _crossed(clock, span, threshold.percent, promised.since)
            if at is not None and (until is None or at < until):
                revision = microseconds(span.due_at)
                meaning = (threshold.is_warning, threshold.is_breach, threshold.escalate_to)
                yield Crossing(threshold.percent, revision, at, *meaning, is_current)
                if beyond is not None and at > beyond:
                    break


def _promised_in(promised: Sequence[Promised], span: DueSpan) -> Iterator[tuple[Promised, datetime | None]]:
    """The commitments that applied within ``span``, each with the instant at which the next one took over."""
    for number, one in enumerate(promised):
        until = promised[number + 1].since if number + 1 < len(promised) else None
        begins_in_time = span.effective_until is None or one.since < span.effective_until
        if begins_in_time and (until is None or span.effective_from < until):
            yield one, until


def _crossed(clock: Clock, span: DueSpan, percent: int, since: datetime) -> datetime | None:
    crossed = span.crossing(percent)
    if crossed is None:
        return None
    crossed = max(crossed, since) if since > span.effective_from else crossed
    return max(crossed, clock.attached_at) if clock.attached_at else crossed


class Outcome(StrEnum):
    """What became of a crossing."""

    ANNOUNCED = "announced"
    SUPERSEDED = "superseded"
    MOOT = "moot"


class Kind(StrEnum):
    """What is announced."""

    WARNED = "warned"
    BREACHED = "breached"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class Decided:
    """A crossing that was decided before, as it is stored.

    Args:
        percent, due_revision: its identity.
        outcome: what became of it.
        is_withdrawn: it was announced, and the announcement was withdrawn.
    """

    percent: int
    due_revision: int
    outcome: Outcome
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is to be announced now.

    Args:
        kind: a warning, the breach, or an escalation after the breach was announced.
        crossing: the highest threshold reached.
        escalate_to: the highest step of the ladder among it and those it supersedes.
    """

    kind: Kind
    crossing: Crossing
    escalate_to: str | None


class Decision(NamedTuple):
    """What is to be done about a clock's crossings.

    Args:
        announcement: what to announce, if anything; its crossing becomes ``announced``.
        superseded: crossings a later threshold is announced for.
        moot: crossings that nobody needs to hear of any more.
        withdrawn: announced breaches that the facts no longer show; one ``corrected`` withdraws them.
        next_at: when to look again.
    """

    announcement: Announcement | None
    superseded: tuple[Crossing, ...]
    moot: tuple[Crossing, ...]
    withdrawn: tuple[Decided, ...]
    next_at: datetime | None


def decide_announcements(clock: Clock, decided: Iterable[Decided], up_to: datetime) -> Decision:
    """Decide every crossing reached by ``up_to``: of each clock only the highest is announced.

    Args:
        clock: the clock as the facts stand.
        decided: its crossings decided before.
        up_to: everything that happened before this is known.
    """
    ledger = _Ledger(clock, decided, up_to)
    pending = ledger.pending()
    announcement = ledger.announcement(pending)
    superseded = tuple(c for c in pending if announcement is None or c is not announcement.crossing)
    return Decision(announcement, superseded, ledger.moot(), ledger.withdrawn(), ledger.next_at())


def settle(clock: Clock, decided: Iterable[Decided], up_to: datetime) -> Decision:
    """What a changed clock makes moot or withdraws, without announcing: that is left to the sweep.

    ``next_at`` is the first crossing not decided yet, also when it has passed.
    """
    ledger = _Ledger(clock, decided, up_to)
    pending = ledger.pending()
    due = pending[0].crosses_at if pending else ledger.next_at()
    return Decision(None, (), ledger.moot(), ledger.withdrawn(), due)


class _Ledger:
    """The crossings the facts show beside those that were decided."""

    def __init__(self, clock: Clock, decided: Iterable[Decided], up_to: datetime) -> None:
        self.clock, self.up_to = clock, up_to
        self.rows: Mapping[Key, Decided] = {(row.percent, row.due_revision): row for row in decided}
        self.schedule = schedule(clock, up_to)
        self.reached = tuple(crossing for crossing in self.schedule if crossing.crosses_at <= up_to)

    def next_at(self) -> datetime | None:
        """When the next crossing comes; None while the clock waits, after its end, beyond the last one."""
        if not self.clock.is_open:
            return None
        to_come = (c.crosses_at for c in self.schedule if c.is_current and c.crosses_at > self.up_to)
        return next(to_come, None)

    def pending(self) -> tuple[Crossing, ...]:
        """Reached, still meaning something, and not decided."""
        if not self.clock.is_open:
            return ()
        return tuple(c for c in self.reached if c.is_current and not self._is_settled(c))

    def moot(self) -> tuple[Crossing, ...]:
        """Reached and never decided, but the clock ended or has another due time now."""
        is_open = self.clock.is_open
        return tuple(c for c in self.reached if c.key not in self.rows and not (is_open and c.is_current))

    def withdrawn(self) -> tuple[Decided, ...]:
        """Announced breaches that no longer are; a breach of the due time in force now keeps them."""
        shown = {c.key for c in self.reached if c.is_current}
        if any(c.percent >= DUE and c.is_current for c in self.reached):
            shown |= {key for key in self.rows if key[1] != self.clock.due_revision}
        return tuple(row for key, row in self.rows.items() if self._stands(row) and key not in shown)

    def announcement(self, pending: Sequence[Crossing]) -> Announcement | None:
        """The highest of ``pending``, unless something higher of the same due time stands announced."""
        highest = max(pending, key=lambda c: c.percent, default=None)
        if highest is None or self._announced_above(highest):
            return None
        step = max((c for c in pending if c.escalate_to), key=lambda c: c.percent, default=None)
        return Announcement(self._kind(highest), highest, step.escalate_to if step else None)

    def _kind(self, crossing: Crossing) -> Kind:
        if crossing.percent < DUE:
            return Kind.WARNED
        same_due = (row for row in self.rows.values() if row.due_revision == crossing.due_revision)
        return Kind.ESCALATED if any(self._stands(row) for row in same_due) else Kind.BREACHED

    def _announced_above(self, crossing: Crossing) -> bool:
        return any(
            row.outcome is Outcome.ANNOUNCED
            and not row.is_withdrawn
            and row.due_revision == crossing.due_revision
            and row.percent > crossing.percent
            for row in self.rows.values()
        )

    def _stands(self, row: Decided) -> bool:
        """A breach, or an escalation past it, that is announced and not withdrawn."""
        return row.outcome is Outcome.ANNOUNCED and not row.is_withdrawn and row.percent >= DUE

    def _is_settled(self, crossing: Crossing) -> bool:
        """Decided for good, unless moot or withdrawn (or a breach superseded by that) and shown anew."""
        row = self.rows.get(crossing.key)
        if row is None or row.is_withdrawn or row.outcome is Outcome.MOOT:
            return False
        return (
            row.outcome is Outcome.ANNOUNCED
            or row.percent < DUE
            or not any(
                other.is_withdrawn and other.due_revision == row.due_revision and other.percent > row.percent
                for other in self.rows.values()
            )
        )
