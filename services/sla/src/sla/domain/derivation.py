"""Deriving a subject's clocks: what follows from its facts now, beside what followed from them before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sla.domain.clocks import Clock, Fact, Subject, World, replay
from sla.domain.crossings import DUE, Decided, Decision, Outcome, decide_announcements, settle
from sla.domain.differences import Change, differences

Decide = Callable[[Clock, Iterable[Decided], datetime], Decision]
_NOTHING_KNOWN: Mapping[UUID, Sequence[Decided]] = {}


@dataclass(frozen=True, slots=True)
class Before:
    """A subject as its stored clocks have it.

    Args:
        subject: the subject.
        facts: what its clocks follow from.
        world: what was published when they were derived.
        decided: its crossings decided so far, by clock.
    """

    subject: Subject
    facts: Sequence[Fact]
    world: World
    decided: Mapping[UUID, Sequence[Decided]] = field(default_factory=lambda: _NOTHING_KNOWN)


class Derived(NamedTuple):
    """A clock as the facts have it now, and what that means.

    Args:
        clock: the clock; one that no longer follows from any fact appears as cancelled.
        changes: events to publish, in order.
        decision: what becomes of its crossings.
        is_changed: whether anything about it is other than before.
    """

    clock: Clock
    changes: tuple[Change, ...]
    decision: Decision
    is_changed: bool


def derive(
    before: Before, fresh: Sequence[Fact], world: World, up_to: datetime, *, announces: bool
) -> tuple[Derived, ...]:
    """The subject's clocks as they follow from all its facts under ``world``.

    Args:
        before: the subject as it is stored.
        fresh: facts that came since.
        world: what is published now.
        up_to: everything that happened before this is known; crossings up to then are decided.
        announces: whether crossings are announced, or only what changes make moot or withdraw is decided.
    """
    old = replay(before.subject, before.facts, before.world) if before.facts else ()
    is_same = not fresh and world is before.world
    new = old if is_same else replay(before.subject, [*before.facts, *fresh], world)
    decide: Decide = decide_announcements if announces else settle
    decisions = {clock.id: decide(clock, before.decided.get(clock.id, ()), up_to) for clock in new}
    decisions |= {one.id: _given_up(before.decided.get(one.id, ())) for one in old if one.id not in decisions}
    withdrawn = {clock_id for clock_id, decision in decisions.items() if decision.withdrawn}
    changes = () if is_same and not withdrawn else differences(old, new, withdrawn)
    return _joined(old, new, changes, decisions)


def _joined(
    old: Sequence[Clock], new: Sequence[Clock], changes: Sequence[Change], decisions: Mapping[UUID, Decision]
) -> tuple[Derived, ...]:
    known = {clock.id: clock for clock in old}
    by_clock: dict[UUID, tuple[Change, ...]] = {}
    for change in changes:
        by_clock[change.clock.id] = (*by_clock.get(change.clock.id, ()), change)
    told = {change.clock.id: change.clock for change in changes} | {clock.id: clock for clock in new}
    return tuple(
        Derived(clock, by_clock.get(id_, ()), decisions[id_], is_changed=known.get(id_) != clock)
        for id_, clock in told.items()
    )


def _given_up(decided: Sequence[Decided]) -> Decision:
    """What becomes of the crossings of a clock that no longer follows from any fact."""
    standing = (row for row in decided if row.outcome is Outcome.ANNOUNCED and not row.is_withdrawn)
    return Decision(None, (), (), tuple(row for row in standing if row.percent >= DUE), None)


def breaches_at(clock: Clock) -> datetime | None:
    """When the clock is breached if nothing happens before; when it was, for one that ended late (T7)."""
    spans = clock.timing.spans
    if not clock.is_open or clock.due_at is None or not spans:
        return clock.breached_at
    crossings = (span.crossing(DUE) for span in spans if span.revision == spans[-1].revision)
    breach = next((at for at in crossings if at is not None), None)
    return max(breach, clock.attached_at) if breach and clock.attached_at else breach
