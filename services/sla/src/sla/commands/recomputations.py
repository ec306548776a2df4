"""Deriving anew, in the background, the running clocks that a publication concerns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.db import Session
from common.ids import new_id
from common.inbox import fetch
from common.locking import locked
from sla.commands.derivation import Held, Task, bring_up_to_date, hold_world
from sla.domain.clocks import Subject
from sla.domain.recomputations import Scope
from sla.policy import POLICY
from sla.queries.worlds import Edition
from sla.tables import Recomputation

_CONCERNED: Mapping[str, str] = {
    Scope.PLAN: "plan_id = $1",
    Scope.CALENDAR: "calendar_id = $1",
    Scope.AGREEMENT: "customer_id = $1::uuid",
}
_OPEN = "state IN ('running', 'paused')"
_TAKE = """
SELECT id, type, first_recorded_at, world_revision
FROM subject WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class Advanced:
    """What one batch did: ``count`` subjects; ``is_more`` where there is more to do."""

    count: int
    is_more: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """The next subjects of a recomputation.

    Args:
        job_id: the recomputation.
        after: the subject that it has come to so far.
        subjects: those that are next.
    """

    job_id: UUID
    after: UUID | None
    subjects: Sequence[UUID]


def order(
    session: Session, scope: Scope, reference: str, revision: int | None, now: datetime
) -> Recomputation:
    """Have the running clocks that ``reference`` concerns derived anew after this transaction."""
    by = session.context.caller.subject
    row = Recomputation(
        id=new_id(),
        created_at=now,
        updated_at=now,
        created_by=by,
        updated_by=by,
        scope=scope,
        reference=reference,
        revision=revision,
    )
    session.insert(row)
    return row


async def advance(session: Session, now: datetime) -> Advanced:
    """Derive the next batch of the oldest recomputation that nobody works on."""
    job = await _oldest(session)
    if job is None:
        return Advanced(0, is_more=False)
    edition = await hold_world(session)
    ids = await _begin(session, job, now)
    moved = await _derive(session, edition, ids, now)
    _progress(session, job, ids, moved, now)
    return Advanced(len(ids), is_more=True)


async def turn(session: Session, now: datetime) -> Turn | None:
    """What ``advance`` would do next; whatever would fail for all of the subjects fails here already."""
    job = await _oldest(session)
    if job is None:
        return None
    await hold_world(session)
    return Turn(job.id, job.after, await _begin(session, job, now))


async def derive_one(session: Session, subject_id: UUID, now: datetime) -> int:
    """Derive the clocks of one subject anew; the number of clocks that changed."""
    return await _derive(session, await hold_world(session), [subject_id], now)


async def end_turn(session: Session, done: Turn, moved: int, now: datetime) -> None:
    """Note that the subjects of a turn were taken one by one, where nobody else has done so meanwhile."""
    job = await locked(session, Recomputation, done.job_id)
    if job.after == done.after and job.finished_at is None:
        _progress(session, job, done.subjects, moved, now)


async def _oldest(session: Session) -> Recomputation | None:
    open_ = select(Recomputation).where(col(Recomputation.finished_at).is_(None))
    open_ = open_.order_by(col(Recomputation.id))
    found = await session.execute(open_.limit(1).with_for_update(skip_locked=True))
    return found.scalar_one_or_none()


async def _begin(session: Session, job: Recomputation, now: datetime) -> Sequence[UUID]:
    """The subjects that are next, counted in all before the first of them is derived."""
    if job.total is None:
        job.started_at, job.total = now, await _count(session, job)
    return await _next(session, job)


async def _derive(session: Session, edition: Edition, ids: Sequence[UUID], now: datetime) -> int:
    if not ids:
        return 0
    rows = await fetch(session, _TAKE, list(ids))
    held = [Held(Subject(type_, id_), since, world) for id_, type_, since, world in rows]
    return await bring_up_to_date(session, Task(held, edition, now, up_to=now))


def _progress(session: Session, job: Recomputation, ids: Sequence[UUID], moved: int, now: datetime) -> None:
    is_last = len(ids) < POLICY.recomputation_batch
    job.moved += moved
    job.done += len(ids)
    job.after = ids[-1] if ids else job.after
    if is_last:
        job.finished_at, job.total = now, job.done
    job.version += 1
    job.updated_at, job.updated_by = now, session.context.caller.subject


async def _count(session: Session, job: Recomputation) -> int:
    where = f"{_CONCERNED[job.scope]} AND {_OPEN}"
    statement = f"SELECT count(DISTINCT subject_id) FROM clock WHERE {where}"  # noqa: S608 - our own conditions
    [(count,)] = await fetch(session, statement, job.reference)
    return int(count)


async def _next(session: Session, job: Recomputation) -> list[UUID]:
    where = f"{_CONCERNED[job.scope]} AND {_OPEN} AND subject_id > $2"
    statement = f"SELECT DISTINCT subject_id FROM clock WHERE {where} ORDER BY subject_id LIMIT $3"  # noqa: S608
    after = job.after or UUID(int=0)
    rows = await fetch(session, statement, job.reference, after, POLICY.recomputation_batch)
    return [row[0] for row in rows]
