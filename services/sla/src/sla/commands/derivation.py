"""Deriving the clocks of many subjects in one transaction: taken, replayed, told and written together.

Every subject has a row, and whoever derives its clocks holds that row: listeners and recomputations in
the order of ids, so that they cannot block each other in a circle; the sweep takes only what is free. All
hold the world's row shared, so that a publication commits either before they look at it or after they are
done, and the recomputation it orders finds whatever they wrote.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from common.db import Session
from common.inbox import execute, fetch
from sla.commands.announcing import Ledger, Unconfirmed, certain
from sla.domain.clocks import Fact, Subject
from sla.domain.derivation import Before, derive
from sla.policy import POLICY
from sla.queries import facts, subjects, worlds
from sla.queries.worlds import Edition


def _in_no_course(_subject_id: UUID) -> None:
    """Nothing in particular caused it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A subject whose row this transaction holds.

    Args:
        subject: the subject.
        since: none of its stored facts was recorded before.
        world_revision: what was published when its clocks were derived last.
        is_new: nothing is stored of it.
    """

    subject: Subject
    since: datetime
    world_revision: int
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done for some subjects.

    Args:
        held: the subjects.
        edition: what is published.
        now: the present.
        up_to: everything that happened before this is known.
        fresh: facts that came since, by subject.
        announces: whether crossings up to then are announced.
        begin: called before a subject's events are published, with its id.
        unconfirmed: what makes announcements uncertain.
    """

    held: Sequence[Held]
    edition: Edition
    now: datetime
    up_to: datetime
    fresh: Mapping[UUID, Sequence[Fact]] = field(default_factory=dict)
    announces: bool = False
    begin: Callable[[UUID], None] = _in_no_course
    unconfirmed: Unconfirmed = certain


async def hold_world(session: Session) -> Edition:
    """What is published now, and stays so until the transaction ends."""
    [(revision, stamp)] = await fetch(session, "SELECT revision, stamp FROM world FOR SHARE")
    return await worlds.edition(session, revision, stamp)


async def bring_up_to_date(session: Session, task: Task) -> int:
    """Derive the clocks of the held subjects, publish what changed and write it.

    Returns:
        How many clocks were written.
    """
    known = [held for held in task.held if not held.is_new]
    ids = [held.subject.id for held in known]
    since = min((held.since for held in known), default=task.now)
    stored_facts = await facts.of_subjects(session, ids, since)
    stored_clocks = await subjects.clocks(session, ids)
    decided = await subjects.decided(session, ids)
    ledger = Ledger(task.now)
    for held in task.held:
        id_ = held.subject.id
        world = task.edition.at_revision(held.world_revision)
        before = Before(held.subject, stored_facts.get(id_, ()), world, decided)
        fresh = task.fresh.get(id_, ())
        task.begin(id_)
        for one in derive(before, fresh, task.edition.world, task.up_to, announces=task.announces):
            ledger.tell(session, one, stored_clocks.get(one.clock.id), task.unconfirmed)
    ledger.let_go(stored_clocks)
    await ledger.write(session)
    await _move_on(session, task)
    await _uncount_doubles(session, task, stored_facts)
    return len(ledger.clocks) + len(ledger.looked_at)


_PUT_OFF = "UPDATE watch SET next_at = $2 WHERE subject_id = $1 AND next_at < $2"


async def put_off(session: Session, subject_id: UUID, now: datetime) -> None:
    """Look at a subject whose clocks could not be brought up to date again after a while."""
    await execute(session, _PUT_OFF, subject_id, now + POLICY.look_at_failed_again)


async def _move_on(session: Session, task: Task) -> None:
    """Note that these subjects stand at the present world."""
    behind = [held.subject.id for held in task.held if held.world_revision != task.edition.revision]
    if behind:
        statement = "UPDATE subject SET world_revision = $2 WHERE id = ANY($1::uuid[])"
        await execute(session, statement, behind, task.edition.revision)


async def _uncount_doubles(session: Session, task: Task, stored: Mapping[UUID, Sequence[Fact]]) -> None:
    """An event that came again, its identity forgotten since, is one fact all the same."""
    for id_, fresh in task.fresh.items():
        known = {fact.event_id for fact in stored.get(id_, ())}
        doubles = sum(fact.event_id in known for fact in fresh)
        if doubles:
            statement = "UPDATE subject SET fact_count = fact_count - $2 WHERE id = $1"
            await execute(session, statement, id_, doubles)
