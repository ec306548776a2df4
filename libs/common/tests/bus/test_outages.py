"""Servers that go away and come back: everything waits, nothing is lost, nothing is done twice."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from aftercare.embedded import EmbeddedBroker, EmbeddedPostgres
from common.bus import Bus
from common.bus.ending import let_end
from common.db import Database
from common.ids import new_id
from common.testing import RunningClock, Templates, eventually
from common.worker import PartFailing, Trouble, Worker, _keep

from .made_up import (
    Keeper,
    Made,
    Thing,
    count_of,
    make,
    migrate,
    numbers,
    running,
)


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker(tmp_path_factory.mktemp("mortal-broker")) as broker:
        yield broker


@pytest.fixture
async def mortal(broker: EmbeddedBroker, database_url: str, other_url: str) -> AsyncIterator[Made]:
    """As ``made``, on a broker of its own."""
    publisher, consumer = Database(database_url, "maker"), Database(other_url, "keeper")
    yield Made(publisher, consumer, Bus(broker.bootstrap, session_ms=1000), RunningClock())
    await publisher.close()
    await consumer.close()


async def test_a_broker_that_lost_everything_gets_everything_again(
    mortal: Made, broker: EmbeddedBroker
) -> None:
    keeper, things = Keeper(), [Thing(new_id()) for _ in range(10)]
    async with running(mortal.maker(), mortal.keeper(keeper.generic)):
        for _ in range(3):
            await make_on(mortal, things, rounds=20)
            broker.kill()
            await make_on(mortal, things, rounds=10)
            broker.start()
        await make_on(mortal, things, rounds=10)
        await eventually(lambda: heard(mortal, 1000), within=30)
        await eventually(lambda: published_on(mortal, broker.cluster_id), within=10)
    for thing in things:
        assert await numbers(mortal.consumer, thing) == list(range(1, 101))


async def test_events_lost_with_the_broker_before_anybody_read_them_come_in_order(
    mortal: Made, broker: EmbeddedBroker
) -> None:
    keeper, things = Keeper(), [Thing(new_id()) for _ in range(10)]
    async with running(mortal.maker()):
        await make_on(mortal, things, rounds=30)
        await eventually(lambda: published_on(mortal, broker.cluster_id))
        broker.kill()
        await make_on(mortal, things, rounds=30)
        broker.start()
        async with running(mortal.keeper(keeper.generic)):
            await make_on(mortal, things, rounds=30)
            await eventually(lambda: heard(mortal, 900), within=30)
    for thing in things:
        assert await numbers(mortal.consumer, thing) == list(range(1, 91))


async def test_the_consumer_holds_on_while_the_database_is_away(
    tmp_path_factory: pytest.TempPathFactory, database_url: str, bus: Bus
) -> None:
    with EmbeddedPostgres(tmp_path_factory.mktemp("mortal"), durable=False) as server:
        templates = Templates(server.url("postgres"))
        await templates.template("made", migrate)
        publisher, consumer = (
            Database(database_url, "maker"),
            Database(await templates.clone("made"), "keeper"),
        )
        made = Made(publisher, consumer, bus, RunningClock())
        keeper, things = Keeper(), [Thing(new_id()) for _ in range(10)]
        async with running(made.maker(), made.keeper(keeper.generic)):
            for _ in range(2):
                await make_on(made, things, rounds=30)
                await asyncio.to_thread(server.kill)
                await make_on(made, things, rounds=15)
                await asyncio.to_thread(server.start)
            await make_on(made, things, rounds=10)
            await eventually(lambda: heard(made, 1000), within=30)
        assert await count_of(consumer, "parked_event") == 0
        for thing in things:
            assert await numbers(consumer, thing) == list(range(1, 101))
        await publisher.close()
        await consumer.close()


async def test_a_worker_ends_soon_though_bus_and_database_are_away(
    mortal: Made, broker: EmbeddedBroker
) -> None:
    keeper, thing = Keeper(), Thing(new_id())
    async with running(mortal.maker(), mortal.keeper(keeper.generic)):
        await make(mortal.publisher, thing, mortal.clock)
        await eventually(lambda: heard(mortal, 1))
        broker.kill()
        await make(mortal.publisher, thing, mortal.clock, count=20)
        began = time.monotonic()
    assert time.monotonic() - began < 10
    assert await count_of(mortal.publisher, "outbox", "cluster_id IS NULL") == 20


async def test_an_idle_worker_goes_on_when_bus_and_database_died_together(
    tmp_path_factory: pytest.TempPathFactory, broker: EmbeddedBroker
) -> None:
    """Clients of the bus break while they have nothing to do, and their pieces end nobody else."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("mortal"), durable=False) as server:
        templates = Templates(server.url("postgres"))
        await templates.template("made", migrate)
        publisher = Database(await templates.clone("made"), "maker")
        consumer = Database(await templates.clone("made"), "keeper")
        made = Made(publisher, consumer, Bus(broker.bootstrap, session_ms=1000), RunningClock())
        thing = Thing(new_id())
        async with running(made.maker(), made.keeper(Keeper().generic)):
            for number in range(1, 4):
                await make(publisher, thing, made.clock)
                await eventually(lambda number=number: heard(made, number), within=10)
                await asyncio.to_thread(server.kill)
                broker.kill()
                broker.start()
                await asyncio.to_thread(server.start)
                await eventually(lambda: answers(made))
        assert await numbers(consumer, thing) == [1, 2, 3]
        await publisher.close()
        await consumer.close()


async def test_how_a_client_ends_is_not_passed_on() -> None:
    """A close that waits for tasks it has cancelled is itself cancelled, which is not meant for us."""
    ended: list[str] = []

    async def cancelled() -> None:
        task = asyncio.create_task(asyncio.Event().wait())
        task.cancel()
        try:
            await task
        finally:
            ended.append("cancelled")

    async def broken() -> None:
        ended.append("broken")
        raise RuntimeError("the handler is closed")

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("broken off")

    for closing in (cancelled(), broken(), endless()):
        await let_end(closing, 0.05)
    assert ended == ["cancelled", "broken", "broken off"]


async def test_a_part_that_was_cancelled_by_nobody_here_begins_again() -> None:
    begun: list[int] = []

    async def work() -> None:
        begun.append(1)
        if len(begun) == 1:
            raise asyncio.CancelledError
        await asyncio.Event().wait()

    keeping = asyncio.create_task(_keep("part", work, Trouble()))
    await eventually(lambda: len(begun) == 2)
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping


async def test_a_worker_is_not_ready_while_a_part_of_it_fails_each_time(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.worker.RESTART_SECONDS", (0.01, 30.0))

    monkeypatch.setattr("common.bus.intake.park_failed", broken)
    worker = made.keeper(Keeper({"no"}).listeners)
    async with running(made.maker(), worker):
        await worker.check_ready()
        await make(made.publisher, Thing(new_id()), made.clock, word="no")
        await eventually(lambda: is_failing(worker))


async def test_a_worker_is_not_ready_while_a_sweep_of_it_fails_each_time(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.sweeps.RETRY_SECONDS", (0.01, 60.0))
    monkeypatch.setattr("common.prunes.prune_idempotency_keys", broken)
    worker = made.maker()
    async with running(worker):
        await eventually(lambda: is_failing(worker, "prune_idempotency_keys"))
        with pytest.raises(PartFailing):
            await worker.check_ready()


def broken(*_: object) -> None:
    raise RuntimeError("does not work")


async def is_failing(worker: Worker, part: str = "consumer") -> bool:
    try:
        await worker.check_ready()
    except PartFailing as error:
        return str(error) == part
    return False


async def make_on(made: Made, things: list[Thing], rounds: int) -> None:
    for _ in range(rounds):
        for thing in things:
            await make(made.publisher, thing, made.clock)
        await asyncio.sleep(0.01)


async def heard(made: Made, count: int) -> bool:
    if not await answers(made):
        return False
    return await count_of(made.consumer, "heard") >= count


async def answers(made: Made) -> bool:
    try:
        await count_of(made.consumer, "heard")
    except Exception:  # noqa: BLE001 - the server is just starting
        return False
    return True


async def published_on(made: Made, cluster_id: str) -> bool:
    return await count_of(made.publisher, "outbox", f"cluster_id IS DISTINCT FROM '{cluster_id}'") == 0
