"""Sweeps: woken in time, shared between replicas, and patient with failures; what is old is forgotten."""

import asyncio
from datetime import datetime, timedelta

import asyncpg
import pytest

from common.bell import Bell
from common.db import Database, Session
from common.ids import new_id
from common.inbox import InboxRow, execute, fetch
from common.outages import is_outage
from common.pauses import pause_after
from common.prunes import prunes
from common.retention import Retention
from common.sweeps import Sweep, Sweeper, Swept, chore_of, sweep_now
from common.testing import RunningClock, VariableClock, eventually
from common.wakeups import Wakeups

from .made_up import CONTEXT, Made, Thing, count_of, make

DAY = timedelta(days=1)


class Looks:
    """A sweep that notes when it was run and answers what it is told."""

    def __init__(self, *answers: Swept | Exception) -> None:
        self.at: list[float] = []
        self._answers = list(answers)

    async def run(self, _: Session, __: datetime) -> Swept:
        self.at.append(asyncio.get_running_loop().time())
        answer = self._answers.pop(0) if self._answers else Swept(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def sweeper(database: Database, looks: Looks, wakeups: Wakeups, channel: str | None = None) -> Sweeper:
    sweep = Sweep("look", looks.run, every=timedelta(hours=1), channel=channel)
    return Sweeper(chore_of(sweep, database, "keeper"), RunningClock(), wakeups)


async def test_a_sweep_goes_on_while_there_is_more_and_sleeps_until_the_next_is_due(made: Made) -> None:
    soon = made.clock() + timedelta(seconds=1)
    looks = Looks(Swept(5, more=True), Swept(2, next_due=soon))
    task = asyncio.create_task(sweeper(made.consumer, looks, Wakeups(made.consumer)).run())
    await eventually(lambda: len(looks.at) >= 3)
    task.cancel()
    assert looks.at[2] - looks.at[0] >= 0.8


async def test_a_sweep_is_woken_by_a_committed_row_and_by_hand(made: Made) -> None:
    looks, wakeups = Looks(), Wakeups(made.publisher)
    runner = sweeper(made.publisher, looks, wakeups, channel="outbox")
    tasks = [asyncio.create_task(runner.run()), asyncio.create_task(wakeups.run())]
    await eventually(lambda: len(looks.at) >= 2)  # at the start, and when listening began
    await make(made.publisher, Thing(new_id()), made.clock)
    await eventually(lambda: len(looks.at) >= 3, within=2)
    runner.wake()
    await eventually(lambda: len(looks.at) >= 4, within=2)
    assert not any(task.done() for task in tasks)
    for task in tasks:
        task.cancel()


async def test_a_broken_connection_is_noticed_at_once_and_whoever_waits_is_woken(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.wakeups.PROBE_SECONDS", 3600)
    wakeups = Wakeups(made.publisher)
    event = wakeups.of("things")
    listening = asyncio.create_task(wakeups.run())
    await eventually(event.is_set)
    event.clear()
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"
    assert await made.publisher.fetch(f"{ended} AND datname = current_database()", "maker-leader")
    await eventually(event.is_set)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_failing_sweep_is_tried_again_after_growing_pauses(made: Made) -> None:
    looks = Looks(RuntimeError("first"), RuntimeError("second"))
    task = asyncio.create_task(sweeper(made.consumer, looks, Wakeups(made.consumer)).run())
    await eventually(lambda: len(looks.at) >= 3)
    task.cancel()
    first, second = looks.at[1] - looks.at[0], looks.at[2] - looks.at[1]
    assert 0.4 < first < second


async def test_what_is_older_than_its_retention_is_forgotten(made: Made) -> None:
    clock, thing = VariableClock(), Thing(new_id())
    await make(made.publisher, thing, clock, count=3)
    async with made.publisher.transaction(CONTEXT) as session:
        session.insert(InboxRow(source="urn:aftercare:x", event_id=new_id(), received_at=clock()))
        await execute(
            session, "UPDATE outbox SET cluster_id = 'c' WHERE (headers->>'ce_aggregateversion')::int < 3"
        )
    sweeps = prunes(Retention(90 * DAY, 60 * DAY, 30 * DAY))
    for days, outbox, inbox in ((59, 3, 1), (61, 1, 1), (91, 1, 0)):
        now = clock() + days * DAY
        for sweep in sweeps:
            await sweep_now(made.publisher, "maker", sweep, now)
        assert await count_of(made.publisher, "outbox") == outbox
        assert await count_of(made.publisher, "inbox") == inbox


@pytest.mark.parametrize(
    ("inbox", "outbox", "outage"), [(60, 60, 30), (90, 30, 30), (61, 60, 30), (89, 60, 30)]
)
def test_retention_times_that_could_lose_or_double_are_refused(inbox: int, outbox: int, outage: int) -> None:
    with pytest.raises(ValueError, match="must be kept"):
        Retention(inbox * DAY, outbox * DAY, outage * DAY)


async def test_an_outage_is_told_from_work_that_fails(made: Made) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing", "away")
    with pytest.raises(OSError) as refused:  # noqa: PT011 - whatever the system calls it
        async with away.read(CONTEXT) as session:
            await fetch(session, "SELECT 1")
    with pytest.raises(Exception, match="division by zero") as divided:
        async with made.consumer.read(CONTEXT) as session:
            await fetch(session, "SELECT 1 / 0")
    assert is_outage(refused.value)
    assert not is_outage(divided.value)
    assert is_outage(asyncpg.AdminShutdownError())
    assert not is_outage(RuntimeError("own fault"))


async def test_a_bell_that_cannot_ring_harms_nobody() -> None:
    tried: list[str] = []

    async def connect() -> asyncpg.Connection:
        tried.append("outbox")
        raise OSError("nobody there")

    bell = Bell(connect)
    bell.ring({"outbox"})
    await bell.close()
    assert tried == ["outbox"]


@pytest.mark.parametrize(("failures", "seconds"), [(1, 0.5), (2, 1.0), (4, 4.0), (8, 60.0), (100_000, 60.0)])
def test_pauses_double_up_to_their_bound(failures: int, seconds: float) -> None:
    assert pause_after(failures, 0.5, 60.0) == seconds
