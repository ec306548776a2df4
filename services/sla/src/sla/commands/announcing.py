"""What a derived clock tells: its changes and its crossings as events, and the rows that remember them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from common.contracts import sla as events
from common.db import Session
from common.inbox import execute
from common.merges import merge_at_last
from common.outbox import publish
from sla.commands.clock_rows import facts_of, values_of
from sla.commands.measures import BREACHES, LATENESS_SECONDS
from sla.domain.business_time.instants import SECOND, microseconds
from sla.domain.clocks import ClockState
from sla.domain.crossings import Announcement, Crossing, Kind, Outcome
from sla.domain.derivation import Derived
from sla.domain.differences import Change, ChangeKind
from sla.queries.subjects import Standing
from sla.tables import CLOCK_CHANNEL, table_of
from sla.tables import Clock as ClockRow
from sla.tables import Crossing as CrossingRow
from sla.tables import Watch as WatchRow

CLOCKS, CROSSINGS, WATCHES = table_of(ClockRow), table_of(CrossingRow), table_of(WatchRow)
LONGEST_SLEEP = timedelta(minutes=1)
"""The sweep of crossings looks again after this time at the latest; what is due sooner has to wake it."""

_CHANGES: Mapping[ChangeKind, type[events.ClockEvent]] = {
    ChangeKind.STARTED: events.ClockStarted,
    ChangeKind.PAUSED: events.ClockPaused,
    ChangeKind.RESUMED: events.ClockResumed,
    ChangeKind.MET: events.ClockMet,
    ChangeKind.MET_LATE: events.ClockMetLate,
    ChangeKind.CANCELLED: events.ClockCancelled,
    ChangeKind.REOPENED: events.ClockReopened,
    ChangeKind.DUE_CHANGED: events.ClockDueChanged,
    ChangeKind.CORRECTED: events.ClockCorrected,
}
_CROSSED: Mapping[Kind, type[events.ClockCrossing]] = {
    Kind.WARNED: events.ClockWarned,
    Kind.BREACHED: events.ClockBreached,
    Kind.ESCALATED: events.ClockEscalated,
}
_LOOK = """
UPDATE clock SET version = seen.version, detected_at = seen.detected_at, updated_at = $4
FROM unnest($1::uuid[], $2::int[], $3::timestamptz[]) AS seen(id, version, detected_at)
WHERE clock.id = seen.id
"""
_WATCH = """
UPDATE watch SET next_at = seen.next_at
FROM unnest($1::uuid[], $2::timestamptz[]) AS seen(id, next_at) WHERE watch.clock_id = seen.id
"""
_WITHDRAW = """
UPDATE crossing SET is_withdrawn = true
FROM unnest($1::uuid[], $2::bigint[], $3::int[]) AS gone(clock, revision, percent)
WHERE (crossing.clock_id, crossing.due_revision, crossing.percent) = (gone.clock, gone.revision, gone.percent)
"""

Unconfirmed = Callable[[UUID, datetime], str | None]
"""Why what a subject's clock crossed at an instant cannot be certain; None where it is."""


def certain(_subject_id: UUID, _crosses_at: datetime) -> None:
    """Nothing is uncertain."""


@dataclass(frozen=True, slots=True)
class Told:
    """The clock as the row of an event: its id and the version after it."""

    id: UUID
    version: int


@dataclass(slots=True)
class Ledger:
    """Rows of many clocks, collected and written by one statement per table.

    Args:
        now: when it all is written down.
    """

    now: datetime
    clocks: list[dict[str, Any]] = field(default_factory=list)
    watches: list[dict[str, Any]] = field(default_factory=list)
    looked_at: list[tuple[UUID, Standing]] = field(default_factory=list)
    derived: set[UUID] = field(default_factory=set)
    crossings: dict[tuple[UUID, int, int], dict[str, Any]] = field(default_factory=dict)
    withdrawn: list[tuple[UUID, int, int]] = field(default_factory=list)

    def tell(
        self, session: Session, derived: Derived, stored: Standing | None, unconfirmed: Unconfirmed = certain
    ) -> None:
        """Publish what happened to one clock and collect its rows.

        Args:
            session: the unit of work, in the course of what caused it.
            derived: the clock.
            stored: what was stored of it; None for a new one.
            unconfirmed: what makes an announcement uncertain.
        """
        clock, decision = derived.clock, derived.decision
        self.derived.add(clock.id)
        before = stored or Standing(0, self.now, None, None)
        for version, change in enumerate(derived.changes, before.version + 1):
            self._publish_change(session, change, version)
        version = before.version + len(derived.changes)
        told = Standing(version, before.created_at, before.detected_at, decision.next_at)
        if decision.announcement is not None:
            told = told._replace(version=told.version + 1)
            reason = unconfirmed(clock.subject.id, decision.announcement.crossing.crosses_at)
            told = self._announce(session, derived, decision.announcement, told, reason)
        self._decide(derived)
        if decision.withdrawn:
            told = told._replace(detected_at=None)
        if stored == told and not derived.is_changed:
            return
        if told.version == before.version:
            told = told._replace(version=told.version + 1)
        if stored is None or derived.is_changed:
            self.clocks.append(values_of(clock, told, self.now))
            watch = {"clock_id": clock.id, "subject_id": clock.subject.id, "next_at": told.next_at}
            self.watches.append(watch)
        else:
            self.looked_at.append((clock.id, told))

    def let_go(self, stored: Mapping[UUID, Standing]) -> None:
        """Look no more at stored clocks that follow from nothing; replaying everything tells of them."""
        for id_, standing in stored.items():
            if id_ not in self.derived and standing.next_at is not None:
                self.looked_at.append((id_, standing._replace(next_at=None)))

    def _publish_change(self, session: Session, change: Change, version: int) -> None:
        event = _CHANGES[change.kind](**facts_of(change.clock), **_own(change))
        at = change.at or self.now
        publish(session, event, of=Told(change.clock.id, version), occurred_at=at, now=self.now)

    def _announce(
        self,
        session: Session,
        derived: Derived,
        announcement: Announcement,
        told: Standing,
        unconfirmed: str | None,
    ) -> Standing:
        clock, crossing = derived.clock, announcement.crossing
        lateness = (microseconds(self.now) - microseconds(crossing.crosses_at)) / SECOND
        facts = facts_of(clock) | {"due_revision": crossing.due_revision}
        if crossing.percent >= 100:  # noqa: PLR2004 - the whole time
            facts["state"] = ClockState.BREACHED.value
        event = _CROSSED[announcement.kind](
            **facts,
            threshold_percent=crossing.percent,
            crossed_at=crossing.crosses_at,
            detected_at=self.now,
            lateness_seconds=lateness,
            escalate_to=announcement.escalate_to,
            is_unconfirmed=unconfirmed is not None,
            unconfirmed_reason=unconfirmed,
        )
        event_id = publish(
            session, event, of=Told(clock.id, told.version), occurred_at=crossing.crosses_at, now=self.now
        )
        row = self._row(clock.id, crossing, Outcome.ANNOUNCED)
        row |= {
            "kind": announcement.kind.value,
            "escalate_to": announcement.escalate_to,
            "announced_at": self.now,
            "event_id": event_id,
            "is_unconfirmed": unconfirmed is not None,
            "unconfirmed_reason": unconfirmed,
        }
        LATENESS_SECONDS.labels(announcement.kind.value).observe(lateness)
        if announcement.kind is not Kind.BREACHED:
            return told
        BREACHES.labels(clock.metric).inc()
        return told._replace(detected_at=self.now)

    def _decide(self, derived: Derived) -> None:
        clock_id, decision = derived.clock.id, derived.decision
        for crossing in decision.superseded:
            self._row(clock_id, crossing, Outcome.SUPERSEDED)
        for crossing in decision.moot:
            self._row(clock_id, crossing, Outcome.MOOT)
        self.withdrawn += [(clock_id, row.due_revision, row.percent) for row in decision.withdrawn]

    def _row(self, clock_id: UUID, crossing: Crossing, outcome: Outcome) -> dict[str, Any]:
        row = {
            "clock_id": clock_id,
            "due_revision": crossing.due_revision,
            "percent": crossing.percent,
            "crosses_at": crossing.crosses_at,
            "outcome": outcome.value,
            "escalate_to": crossing.escalate_to,
            "detected_at": self.now,
            "is_withdrawn": False,
            "is_unconfirmed": False,
        }
        self.crossings[clock_id, crossing.due_revision, crossing.percent] = row
        return row

    async def write(self, session: Session) -> None:
        """Write everything collected, new rows with the last of the transaction."""
        merge_at_last(session, CLOCKS, self.clocks, keeps=["created_at"])
        merge_at_last(session, WATCHES, self.watches)
        merge_at_last(session, CROSSINGS, list(self.crossings.values()))
        await self._look(session)
        if any(one["next_at"] and one["next_at"] < self.now + LONGEST_SLEEP for one in self.watches):
            session.wake(CLOCK_CHANNEL)
        if self.withdrawn:
            await execute(session, _WITHDRAW, *map(list, zip(*self.withdrawn, strict=True)))

    async def _look(self, session: Session) -> None:
        """Write what changed where clocks only crossed a threshold; the clocks' indexes are not touched."""
        if not self.looked_at:
            return
        ids, told = map(list, zip(*self.looked_at, strict=True))
        versions, detected = [one.version for one in told], [one.detected_at for one in told]
        await execute(session, _LOOK, ids, versions, detected, self.now)
        await execute(session, _WATCH, ids, [one.next_at for one in told])


def _own(change: Change) -> dict[str, Any]:
    """The fields that only this kind of change has."""
    clock, previous = change.clock, change.previous
    match change.kind:
        case ChangeKind.MET | ChangeKind.MET_LATE:
            late = {"breached_at": clock.breached_at} if change.kind is ChangeKind.MET_LATE else {}
            return {"stopped_at": clock.stopped_at, **late}
        case ChangeKind.DUE_CHANGED:
            return {"previous_due_at": previous and previous.due_at, "reason": change.reason.value}
        case ChangeKind.CORRECTED:
            return {
                "previous_state": previous.state.value if previous else "",
                "withdraws_breach": change.withdraws_breach,
                "reason": change.reason.value,
            }
        case _:
            return {}
