"""The course of one clock while its subject's facts are replayed: what each fact does to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sla.domain.clocks.facts import Fact
from sla.domain.clocks.state import Cause, Judged, Pause, Promised, Reopening, Retarget
from sla.domain.clocks.world import Agreement, Prepared, World
from sla.domain.matching import Competition, Contender, Known, Move, Promise, moved
from sla.domain.plans.model import Unit
from sla.domain.timing import Fact as Turn
from sla.domain.timing import (
    FixedInstant,
    OpenSeconds,
    Paused,
    Reopened,
    Resumed,
    Retargeted,
    Stopped,
    Target,
    WorkingDays,
    fold,
)


def timing_target(promise: Promise, known: Known) -> Target:
    """The time allowed as timing counts it."""
    target = promise.commitment.target
    if target.unit is Unit.WORKING_DAYS:
        return WorkingDays(target.amount, "same_time" if target.day_end == "same_time" else "end_of_day")
    if target.unit is Unit.AT:
        return FixedInstant(datetime.fromisoformat(str(known[target.at_field])))
    return OpenSeconds(target.seconds or 0)


@dataclass(slots=True)
class End:
    """How and when a clock ended."""

    at: datetime
    kind: str
    event_id: UUID | None
    is_withdrawn: bool = False
    is_final: bool = False


@dataclass(slots=True)
class OpenPause:
    """A pause that lasts."""

    at: datetime
    event_id: UUID | None
    actor: str
    reason: str


class Course:
    """A clock in the making.

    Args:
        world: what was published.
        metric: what is measured.
        origin: the event whose start trigger matched.
        start: the event that began the clock; another than ``origin`` only after a reopening.
        prepared: the plan that judges it.
        agreed: the agreement that put the customer on that plan.
        winner: the start trigger that won.
        known: what was known.
    """

    def __init__(
        self,
        world: World,
        metric: str,
        origin: Fact,
        start: Fact,
        prepared: Prepared,
        agreed: Agreement | None,
        competition: Competition,
        winner: Contender,
    ) -> None:
        self.world = world
        self.metric = metric
        self.origin = origin
        self.start = start
        self.prepared = prepared
        self.agreed = agreed
        self.promise = winner.promise
        self.started_at = start.occurred_at
        self.told_at = start.recorded_at
        self.first_target = self.target = timing_target(winner.promise, competition.known)
        self.first_calendar = world.calendar_at(self.promise.commitment.calendar, start.occurred_at)
        self.calendars = {self.promise.commitment.calendar}
        self.turns: list[Turn] = []
        self.pauses: list[Pause] = []
        self.waiting: OpenPause | None = None
        self.retargets: list[Retarget] = []
        self.reopenings: list[Reopening] = []
        self.judged = [Judged(start.occurred_at, start.event_id, competition)]
        self.promised = [Promised(start.occurred_at, winner.promise.commitment)]
        self.absorbed: list[UUID] = []
        self.moved_by = [start.event_id]
        self.attached_at: datetime | None = None
        self.end: End | None = None

    def attach(self, fact: Fact) -> None:
        """Note that ``fact`` made the promise apply, later than its start."""
        self.attached_at = fact.occurred_at
        self._note(fact)

    def hear(self, fact: Fact, known: Known) -> None:
        """Stop, cancel, pause or resume, as the promise says."""
        event = fact.type
        promise = self.promise
        if event in promise.stop and moved(promise.stop, event, known):
            self._finish(End(fact.occurred_at, "stop", fact.event_id))
        elif event in promise.cancel and moved(promise.cancel, event, known):
            self._finish(End(fact.occurred_at, "cancel", fact.event_id))
        elif self.waiting is None and event in promise.pause and moved(promise.pause, event, known):
            self.pause(fact.occurred_at, fact)
        elif self.waiting and event in promise.resume and moved(promise.resume, event, known):
            self.resume(fact.occurred_at, fact)

    def hear_after(self, fact: Fact, known: Known) -> Move | None:
        """The reopening that ``fact`` makes, if any.

        A reopening undoes the end that came last. A clock that its stop ended stays ended when another end
        of the matter followed: who had arrived before the ticket was resolved has still arrived when it is
        reopened.
        """
        end, promise = self.end, self.promise
        if end is None or end.event_id == fact.event_id:
            return None
        ends = moved(promise.stop, fact.type, known) or moved(promise.cancel, fact.type, known)
        if end.kind == "stop" and ends:
            end.is_final = True
        return None if end.is_final else moved(promise.reopen, fact.type, known)

    def pause(self, at: datetime, by: Fact | None) -> None:
        """Wait from ``at`` on; ``by`` may have happened before."""
        self.turns.append(Paused(at))
        reason = str(by.data.get("reason", "")) if by else ""
        self.waiting = OpenPause(at, by.event_id if by else None, by.actor if by else "", reason)
        self._note(by)

    def resume(self, at: datetime, by: Fact | None) -> None:
        """Go on from ``at`` on."""
        self.turns.append(Resumed(at))
        self._close_pause(at, by.event_id if by else None)
        self._note(by)

    def withdraw(self, at: datetime, by: Fact | None) -> None:
        """No commitment applies any more: the clock is cancelled."""
        self._finish(End(at, "cancel", by.event_id if by else None, is_withdrawn=True))

    def reopen(self, fact: Fact, policy: str) -> None:
        """Go on after an end; the time between does not count, or (``restart``) everything counts anew."""
        ended = self.end
        if ended is None:
            return
        self.end = None
        at = fact.occurred_at
        restart = policy == "restart"
        self.turns.append(Reopened(at, "restart" if restart else "continue"))
        if restart:
            self.started_at, self.told_at = at, fact.recorded_at
        self.reopenings.append(Reopening(ended.at, at, fact.event_id, policy, ended.kind, ended.event_id))
        self._note(fact)

    def rejudge(
        self,
        at: datetime,
        prepared: Prepared,
        agreed: Agreement | None,
        competition: Competition,
        *,
        by: Fact | None,
        cause: Cause,
        policy: str,
        changed: Mapping[str, object],
    ) -> None:
        """Matched again at ``at``: the winner's target applies from the policy's point (T7)."""
        winner = competition.winner
        if winner is None:
            self.withdraw(at, by)
            return
        self.agreed = agreed
        target = timing_target(winner.promise, competition.known)
        is_same = winner.promise.commitment == self.promise.commitment and target == self.target
        if is_same and prepared is self.prepared:
            return
        is_kept = not is_same and self._retarget(at, winner.promise, target, policy)
        self.judged.append(Judged(at, by.event_id if by else None, competition))
        self.retargets.append(self._record(at, prepared, winner, by, cause, policy, changed, is_kept=is_kept))
        self.prepared = prepared
        if not is_kept:
            self.promise = winner.promise
            self.target = target
            self.promised.append(Promised(at, winner.promise.commitment))
        self._note(by)

    def _retarget(self, at: datetime, promise: Promise, target: Target, policy: str) -> bool:
        """Count by the new target; says whether the former one was better and stays."""
        calendar = self.world.calendar_at(promise.commitment.calendar, at).compiled
        turn = Retargeted(at, target, "from_change" if policy == "from_change" else "from_start", calendar)
        if policy == "better_for_customer":
            choice = Retargeted(at, target, "better_for_customer", calendar)
            timing = fold(
                self.start.occurred_at,
                self.first_target,
                self.first_calendar.compiled,
                (*self.turns, choice),
                at,
            )
            if timing.target is not target:
                return True
        self.turns.append(turn)
        self.calendars.add(promise.commitment.calendar)
        return False

    def _record(
        self,
        at: datetime,
        prepared: Prepared,
        winner: Contender,
        by: Fact | None,
        cause: Cause,
        policy: str,
        changed: Mapping[str, object],
        *,
        is_kept: bool,
    ) -> Retarget:
        return Retarget(
            at,
            cause,
            by.event_id if by else None,
            policy,
            self.promise.commitment.id,
            winner.promise.commitment.id,
            _named(self.prepared),
            _named(prepared),
            is_kept,
            tuple(f"{name}={value}" for name, value in sorted(changed.items())),
        )

    def _finish(self, end: End) -> None:
        self.turns.append(Stopped(end.at))
        self._close_pause(end.at, None)
        self.end = end
        if end.event_id is not None and end.event_id not in self.moved_by:
            self.moved_by.append(end.event_id)

    def _close_pause(self, at: datetime, by: UUID | None) -> None:
        waited = self.waiting
        if waited is not None:
            told = (waited.event_id, by, waited.actor, waited.reason)
            self.pauses.append(Pause(waited.at, at, *told))
            self.waiting = None

    def _note(self, by: Fact | None) -> None:
        if by is not None and by.event_id not in self.moved_by:
            self.moved_by.append(by.event_id)


def _named(prepared: Prepared) -> str:
    plan = prepared.revision.plan
    contracts = sorted({one.agreed_in for one in plan.commitments if one.agreed_in})
    return "+".join([f"{plan.id}@{prepared.revision.revision}", *contracts])
