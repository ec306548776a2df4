"""Announcing what has come due: each crossing once, as soon as whatever could have prevented it is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.claiming import blocked_keys
from common.contracts import REGISTRY
from common.db import Session
from common.horizon import Horizon, horizon
from common.inbox import fetch
from sla.catalogue import subject_of
from sla.commands.derivation import Held, Task, bring_up_to_date, hold_world
from sla.domain.clocks import Subject
from sla.policy import POLICY

SERVICE = "sla"
SOURCES: Sequence[str] = tuple(sorted({event.service() for event in REGISTRY.values()} - {SERVICE}))
"""The services whose events can move a clock."""

_TOPICS: Mapping[str, frozenset[str]] = {
    name: frozenset(event.topic for event in REGISTRY.values() if subject_of(event.collection) == name)
    for name in {subject_of(event.collection) for event in REGISTRY.values()} - {None}
    if name is not None
}
_FIRST = "SELECT min(next_at) FROM watch WHERE next_at IS NOT NULL"
_TAKE = """
SELECT s.id, s.type, s.first_recorded_at, s.world_revision
FROM watch w JOIN subject s ON s.id = w.subject_id
WHERE w.next_at <= $1 ORDER BY w.next_at LIMIT $2 FOR UPDATE OF s SKIP LOCKED
"""
_TAKE_ONE = """
SELECT s.id, s.type, s.first_recorded_at, s.world_revision
FROM watch w JOIN subject s ON s.id = w.subject_id
WHERE w.next_at <= $1 AND w.subject_id = $2 FOR UPDATE OF s SKIP LOCKED
"""
_DUE = "SELECT subject_id FROM watch WHERE next_at <= $1 ORDER BY next_at LIMIT $2"


@dataclass(frozen=True, slots=True)
class Announced:
    """What one batch did.

    Args:
        count: clocks written.
        is_full: there may be more.
        next_at: when to look again; None where nothing runs.
    """

    count: int
    is_full: bool
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sight:
    """How far the sources can be seen.

    Args:
        by_source: the horizon of each.
    """

    by_source: Mapping[str, Horizon]

    def up_to(self, now: datetime) -> datetime | None:
        """The instant up to which crossings are decided; silent sources are not waited for."""
        heard = [one.confirmed_until for one in self.by_source.values() if one.silent_since is None]
        known = [until for until in heard if until is not None]
        return min([now, *known]) if len(known) == len(heard) else None

    def doubt(self, crosses_at: datetime) -> str | None:
        """Which silent source might still tell of something before ``crosses_at``."""
        for source, one in self.by_source.items():
            if one.confirmed_until is None or one.confirmed_until < crosses_at:
                return f"source_silent:{source}"
        return None


async def due(session: Session, now: datetime) -> Sequence[UUID]:
    """The subjects of the next batch, each once; whatever would fail for all of them fails here already."""
    up_to = Sight(await horizon(session, SOURCES, now, POLICY.silent_after)).up_to(now)
    await hold_world(session)
    rows = await fetch(session, _DUE, up_to, POLICY.due_batch) if up_to else ()
    return list(dict.fromkeys(row[0] for row in rows))


async def announce_due(session: Session, now: datetime, only: UUID | None = None) -> Announced:
    """Decide and announce one batch of what crossed a threshold; of each clock only the highest.

    Several replicas share the work: each takes subjects that nobody holds.

    Args:
        session: the unit of work.
        now: the present.
        only: a subject that is taken alone.
    """
    [(first,)] = await fetch(session, _FIRST)
    if first is None or first > now:
        return Announced(0, is_full=False, next_at=first)
    sight = Sight(await horizon(session, SOURCES, now, POLICY.silent_after))
    up_to = sight.up_to(now)
    later = now + POLICY.look_again
    if up_to is None or first > up_to:
        return Announced(0, is_full=False, next_at=later)
    edition = await hold_world(session)
    taking = (_TAKE, up_to, POLICY.due_batch) if only is None else (_TAKE_ONE, up_to, only)
    rows = await fetch(session, *taking)
    held = {row[0]: Held(Subject(row[1], row[0]), row[2], row[3]) for row in rows}
    incomplete = await _incomplete(session, list(held.values()))

    def unconfirmed(subject_id: UUID, crosses_at: datetime) -> str | None:
        return "events_parked" if subject_id in incomplete else sight.doubt(crosses_at)

    task = Task(list(held.values()), edition, now, up_to, announces=True, unconfirmed=unconfirmed)
    count = await bring_up_to_date(session, task)
    return Announced(count, is_full=len(rows) == POLICY.due_batch, next_at=later)


async def _incomplete(session: Session, held: Sequence[Held]) -> set[UUID]:
    """Subjects that have events set aside, so that what is known of them is not all."""
    found: set[UUID] = set()
    for name, topics in _TOPICS.items():
        keys = [str(one.subject.id) for one in held if one.subject.type == name]
        for topic in topics if keys else ():
            found.update(map(UUID, await blocked_keys(session, topic, keys)))
    return found
