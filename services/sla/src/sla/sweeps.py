"""What time does: crossings are announced, recomputations advance, months of facts are made ahead."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from common.context import system
from common.db import Database, Session
from common.outages import is_outage
from common.sweeps import Chore, Sweep, Swept, chore_of
from sla.commands import calendars, crossings, months, recomputations
from sla.commands.announcing import LONGEST_SLEEP
from sla.commands.crossings import SERVICE
from sla.commands.derivation import put_off
from sla.commands.measures import UNDERIVED
from sla.policy import POLICY
from sla.tables import CLOCK_CHANNEL, RECOMPUTATION_CHANNEL

log = structlog.get_logger()

_OWN = system(SERVICE)
Act = Callable[[Session, UUID], Awaitable[int]]


async def crossings_due(session: Session, now: datetime) -> Swept:
    """Warnings, breaches and escalations whose time has come are announced."""
    announced = await crossings.announce_due(session, now)
    return Swept(announced.count, more=announced.is_full, next_due=announced.next_at)


async def clocks_recomputed(session: Session, now: datetime) -> Swept:
    """Running clocks follow what was published."""
    advanced = await recomputations.advance(session, now)
    return Swept(advanced.count, more=advanced.is_more)


async def months_ready(session: Session, now: datetime) -> Swept:
    """The partitions of the next months are there before their first fact."""
    return Swept(await months.make_months(session, now, POLICY.months_ahead))


async def schedules_announced(session: Session, now: datetime) -> Swept:
    """The operator knows of calendars that lack next year's statutory schedule (T12)."""
    await calendars.warn_of_missing_schedules(session, now)
    return Swept(0)


DUE = Sweep("crossings_due", crossings_due, every=LONGEST_SLEEP, channel=CLOCK_CHANNEL)
RECOMPUTED = Sweep(
    "clocks_recomputed", clocks_recomputed, every=timedelta(minutes=1), channel=RECOMPUTATION_CHANNEL
)
SWEEPS: tuple[Sweep, ...] = (
    DUE,
    RECOMPUTED,
    Sweep("months_ready", months_ready, every=timedelta(hours=6)),
    Sweep("schedules_announced", schedules_announced, every=timedelta(hours=6)),
)


def forgiving(database: Database) -> tuple[Chore, ...]:
    """The sweeps that derive clocks, as the worker runs them: a subject that fails holds up no other.

    Each has the name of its sweep and takes its place. A batch is tried first; where that fails, its subjects
    are taken one by one, each in a transaction of its own, and whichever fails again is put off.
    """

    async def due_singly(now: datetime) -> int:
        async def announce(session: Session, subject_id: UUID) -> int:
            return (await crossings.announce_due(session, now, only=subject_id)).count

        subjects = await database.run(_OWN, lambda session: crossings.due(session, now))
        await _each_alone(database, subjects, announce, now)
        return len(subjects)

    async def recomputed_singly(now: datetime) -> int:
        async def derive(session: Session, subject_id: UUID) -> int:
            return await recomputations.derive_one(session, subject_id, now)

        turn = await database.run(_OWN, lambda session: recomputations.turn(session, now))
        if turn is None or not turn.subjects:
            return 0
        moved = await _each_alone(database, turn.subjects, derive, now)
        await database.run(_OWN, lambda session: recomputations.end_turn(session, turn, moved, now))
        return len(turn.subjects)

    return _forgiving(DUE, database, due_singly), _forgiving(RECOMPUTED, database, recomputed_singly)


def _forgiving(sweep: Sweep, database: Database, singly: Callable[[datetime], Awaitable[int]]) -> Chore:
    batch = chore_of(sweep, database, SERVICE)

    async def run(now: datetime) -> Swept:
        try:
            return await batch.run(now)
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("batch failed; its subjects are taken one by one", sweep=sweep.name)
            count = await singly(now)
            if not count:  # then none of them was at fault
                raise
            return Swept(count, more=True)

    return Chore(sweep.name, run, sweep.every, sweep.channel)


async def _each_alone(database: Database, subjects: Sequence[UUID], act: Act, now: datetime) -> int:
    """Do ``act`` with each subject in a transaction of its own; the sum of what it counts."""
    return sum([await _alone(database, subject_id, act, now) for subject_id in subjects])


async def _alone(database: Database, subject_id: UUID, act: Act, now: datetime) -> int:
    """Do ``act`` with a subject; one that fails is named and put off, unless the database is away."""
    try:
        return await database.run(_OWN, lambda session: act(session, subject_id))
    except Exception as error:
        if is_outage(error):
            raise
        log.exception("subject put off", subject_id=str(subject_id))
        UNDERIVED.inc()
        await database.run(_OWN, lambda session: put_off(session, subject_id, now))
        return 0
