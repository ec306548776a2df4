"""The bus on three nodes of Apache Kafka: the same promises, with a node killed and brought back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from aftercare.kafka import KafkaCluster
from common.bus import Bus
from common.bus.cluster import meet, renew, topics_of
from common.db import Database
from common.ids import new_id
from common.retention import Retention
from common.testing import RunningClock, eventually

from .made_up import Keeper, Made, Thing, ThingMade, count_of, make, numbers, rows, running

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    with KafkaCluster(tmp_path_factory.mktemp("kafka")) as cluster:
        yield cluster


@pytest.fixture
async def replicated(cluster: KafkaCluster, database_url: str, other_url: str) -> AsyncIterator[Made]:
    """As ``made``, on the three nodes."""
    publisher, consumer = Database(database_url, "maker"), Database(other_url, "keeper")
    yield Made(publisher, consumer, Bus(cluster.bootstrap, f"t{uuid4().hex[:12]}."), RunningClock())
    await publisher.close()
    await consumer.close()


async def test_topics_are_replicated_and_the_producer_is_idempotent(replicated: Made) -> None:
    met = await meet(replicated.bus, topics_of([ThingMade], Retention().outbox))
    again = await meet(replicated.bus, topics_of([ThingMade], Retention().outbox))
    assert met == again
    assert (met.brokers, met.is_idempotent) == (3, True)


async def test_a_committed_event_waits_for_no_interval(
    replicated: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks by himself any more: what is acknowledged and heard, a commit and a record have woken."""
    monkeypatch.setattr("common.relay.term.TICK_SECONDS", 3600)
    keeper, things = Keeper(), [Thing(new_id()) for _ in range(20)]
    async with running(replicated.maker(), replicated.keeper(keeper.listeners)):
        await make(replicated.publisher, things[0], replicated.clock)
        await eventually(lambda: heard(replicated, 1), within=30)
        for number in range(2, 42):
            await make(replicated.publisher, things[number % 20], replicated.clock)
            await eventually(lambda number=number: heard(replicated, number))
    for thing in things:
        assert await numbers(replicated.consumer, thing) == list(range(1, thing.version + 1))


async def test_a_topic_that_was_made_anew_while_nobody_read_is_read_from_its_beginning(
    replicated: Made,
) -> None:
    """A position behind the end is answered by a refusal there, and the client begins anew by itself."""
    thing = Thing(new_id())
    async with running(replicated.maker(), replicated.keeper(Keeper().generic)):
        await make(replicated.publisher, thing, replicated.clock, count=50)
        await eventually(lambda: heard(replicated, 50), within=30)
    await renew(replicated.bus, *topics_of([ThingMade], Retention().outbox))
    async with running(replicated.maker(), replicated.keeper(Keeper().generic)):
        await make(replicated.publisher, thing, replicated.clock, count=3)
        await eventually(lambda: heard(replicated, 53), within=60)
    assert await numbers(replicated.consumer, thing) == list(range(1, 54))
    reached = await rows(replicated.consumer, "SELECT sum(next_offset)::int FROM applied_position")
    assert reached[0][0] == 3


async def test_a_node_dies_and_comes_back_and_replicas_come_and_go(
    replicated: Made, cluster: KafkaCluster
) -> None:
    keeper, things = Keeper(), [Thing(new_id()) for _ in range(20)]
    other, second = Database(replicated.consumer.dsn, "keeper2"), Database(replicated.publisher.dsn, "maker2")
    workers = replicated.maker(), replicated.maker(second), replicated.keeper(keeper.generic)
    async with running(*workers):
        making = asyncio.create_task(make_on(replicated, things, rounds=100))
        async with running(replicated.keeper(keeper.generic, other)):
            await eventually(lambda: heard(replicated, 100), within=30)
            await asyncio.to_thread(cluster.kill, 2)
            before = await count_of(replicated.consumer, "heard")
            await eventually(lambda: heard(replicated, before + 200), within=60)
        await making
        await asyncio.to_thread(cluster.restart, 2)
        await eventually(lambda: heard(replicated, 2000), within=60)
    await other.close()
    await second.close()
    for thing in things:
        assert await numbers(replicated.consumer, thing) == list(range(1, 101))
    assert await count_of(replicated.publisher, "outbox", "cluster_id IS NULL") == 0


async def make_on(made: Made, things: list[Thing], rounds: int) -> None:
    for _ in range(rounds):
        for thing in things:
            await make(made.publisher, thing, made.clock)
        await asyncio.sleep(0.02)


async def heard(made: Made, count: int) -> bool:
    return await count_of(made.consumer, "heard") >= count
