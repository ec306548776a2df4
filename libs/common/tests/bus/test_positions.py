"""Positions held against the database that keeps them and the log that they are of: both may fall back."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy.exc import DBAPIError

from common.bus import Listeners
from common.bus.cluster import Topic, meet, renew, topics_of
from common.bus.history import history
from common.bus.intake import Intake
from common.bus.listening import Hearing
from common.bus.reader import Reader
from common.bus.records import Record
from common.bus.sorting import Polled
from common.db import Database
from common.ids import new_id
from common.inbox import FellBack, Position, fetch
from common.retention import Retention
from common.testing import eventually

from .made_up import (
    CONTEXT,
    Keeper,
    Made,
    Thing,
    ThingBroken,
    ThingMade,
    count_of,
    make,
    numbers,
    rows,
    running,
)

FALL_BACK = """
WITH a AS (DELETE FROM heard), b AS (DELETE FROM inbox), c AS (DELETE FROM applied_position)
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
"""A server that fell back behind its last commits, and is spoken to over connections that are new."""

(TOPIC,) = topics_of([ThingMade], Retention().outbox)


@asynccontextmanager
async def heard_of(made: Made, listeners: Listeners, count: int = 5) -> AsyncIterator[Thing]:
    """A thing of which ``count`` numbers were heard, in one batch of the log; both services go on."""
    thing = Thing(new_id())
    async with running(made.maker(), made.keeper(listeners)):
        await make(made.publisher, thing, made.clock, count=count)
        await eventually(lambda: heard(made, count))
        yield thing


async def test_what_a_database_lost_is_heard_again(made: Made) -> None:
    async with heard_of(made, Keeper().generic) as thing:
        await made.consumer.fetch(FALL_BACK)
        await make(made.publisher, thing, made.clock)
        await eventually(lambda: heard(made, 6))
    assert await numbers(made.consumer, thing) == [1, 2, 3, 4, 5, 6]
    assert await count_of(made.consumer, "parked_event") == 0


async def test_it_is_heard_again_though_what_comes_next_concerns_nobody(made: Made) -> None:
    async with heard_of(made, {ThingMade: Keeper().on_made}) as thing:
        await made.consumer.fetch(FALL_BACK)
        await make(made.publisher, thing, made.clock, kind=ThingBroken)
        await make(made.publisher, thing, made.clock)
        await eventually(lambda: heard(made, 6))
    assert await numbers(made.consumer, thing) == [1, 2, 3, 4, 5, 7]


async def test_what_concerns_nobody_follows_on_what_was_applied_as_well(made: Made) -> None:
    intake = Intake(made.consumer, Hearing("keeper", {ThingMade: Keeper().on_made}), made.clock)
    await intake.positions("c")
    assert await intake.apply_batch(Polled("c", [], [], {(TOPIC.name, 0): 1}))
    await made.consumer.fetch("DELETE FROM applied_position")
    unheard = Record(TOPIC.name, 0, 1, "t", [("ce_type", ThingBroken.bus_type().encode())], b"{}")
    with pytest.raises(FellBack):
        await intake.apply_batch(Polled("c", [unheard], [], {(TOPIC.name, 0): 2}))
    assert await count_of(made.consumer, "applied_position") == 0


async def test_it_is_heard_again_though_nothing_more_comes(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.bus.consumer.CHECK_SECONDS", 0.2)
    async with heard_of(made, Keeper().generic) as thing:
        await made.consumer.fetch(FALL_BACK)
        await eventually(lambda: heard(made, 5))
    assert await numbers(made.consumer, thing) == [1, 2, 3, 4, 5]


async def test_it_is_heard_again_whoever_finds_out_first(made: Made) -> None:
    async with heard_of(made, Keeper().generic) as thing:
        with pytest.raises(DBAPIError):
            await fall_back_under(made.consumer)
        await make(made.publisher, thing, made.clock)
        await eventually(lambda: heard(made, 6))
    assert await numbers(made.consumer, thing) == [1, 2, 3, 4, 5, 6]


async def fall_back_under(database: Database) -> None:
    """The database falls back in the middle of a unit of work, which is the first to find it out."""
    async with database.transaction(CONTEXT) as session:
        await fetch(session, "SELECT 1")
        await database.fetch(FALL_BACK)
        await fetch(session, "SELECT 1")


@pytest.mark.parametrize("more", [3, 80], ids=["shorter than before", "longer than before"])
async def test_a_topic_that_was_made_anew_is_read_from_its_beginning(
    made: Made, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    monkeypatch.setattr("common.bus.consumer.CHECK_SECONDS", 0.2)
    async with heard_of(made, Keeper().generic, count=50) as thing:
        await renew(made.bus, TOPIC)
        await make(made.publisher, thing, made.clock, count=3)
        await eventually(lambda: heard(made, 53), within=20)
        await make(made.publisher, thing, made.clock, count=more)
        await eventually(lambda: heard(made, 53 + more), within=20)
    assert await numbers(made.consumer, thing) == list(range(1, 54 + more))
    reached = await rows(made.consumer, "SELECT sum(next_offset)::int FROM applied_position")
    assert reached[0][0] == 3 + more


async def test_a_topic_that_was_made_anew_while_nobody_read_is_read_from_its_beginning(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.bus.consumer.CHECK_SECONDS", 0.2)
    async with heard_of(made, Keeper().generic, count=50) as thing:
        pass
    await renew(made.bus, TOPIC)
    async with running(made.maker()):
        await make(made.publisher, thing, made.clock, count=3)
        await eventually(lambda: is_published(made))
    async with running(made.maker(), made.keeper(Keeper().generic)):
        await eventually(lambda: heard(made, 53), within=20)
    assert await numbers(made.consumer, thing) == list(range(1, 54))
    reached = await rows(made.consumer, "SELECT sum(next_offset)::int FROM applied_position")
    assert reached[0][0] == 3


async def test_whoever_has_read_to_the_end_is_left_alone(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded broker answers the question for the end with a place inside the last batch."""
    monkeypatch.setattr("common.bus.consumer.Reader", Looking)
    monkeypatch.setattr("common.bus.consumer.CHECK_SECONDS", 0.05)
    async with heard_of(made, Keeper().generic, count=50):
        Looking.looks, Looking.settled = 0, 0
        await eventually(lambda: Looking.looks >= 5)
        assert Looking.settled == 0


class Looking(Reader):
    """A client that counts how often it looks ahead, and how often it is set up."""

    looks: ClassVar[int] = 0
    settled: ClassVar[int] = 0

    async def look_ahead(self) -> None:
        await super().look_ahead()
        Looking.looks += 1

    async def settle(self, known: Mapping[Position, int]) -> dict[Position, int]:
        Looking.settled += 1
        return await super().settle(known)


async def test_a_relay_that_begins_anew_tells_of_everything_published_before(made: Made) -> None:
    """Else its watermarks would say of the last batch's end that there is nothing."""
    thing = Thing(new_id())
    async with running(made.maker()):
        await make(made.publisher, thing, made.clock, count=5)
        await eventually(lambda: is_published(made))
    async with running(made.maker(), made.keeper({ThingBroken: Keeper().on_broken})):
        told: list[dict[str, Any]] = await eventually(lambda: told_positions(made))
    assert [sum(positions[ThingMade.topic].values()) for positions in told] == [5] * len(told)


async def is_published(made: Made) -> bool:
    return await count_of(made.publisher, "outbox", "cluster_id IS NULL") == 0


async def told_positions(made: Made) -> list[dict[str, Any]]:
    """What watermarks say of the topic, of those that are kept."""
    return [row[0] for row in await rows(made.consumer, "SELECT positions FROM watermark")]


async def test_a_history_ends_with_the_last_record(made: Made) -> None:
    await meet(made.bus, [Topic("told", Retention().outbox, partitions=1)])
    producer = AIOKafkaProducer(bootstrap_servers=made.bus.bootstrap)
    await producer.start()
    batch = producer.create_batch()
    for number in range(5):
        batch.append(key=None, value=str(number).encode(), timestamp=None)
    batch.close()
    await (await producer.send_batch(batch, made.bus.wire("told"), partition=0))
    await producer.stop()
    assert [record.value async for record in history(made.bus, "told")] == [b"0", b"1", b"2", b"3", b"4"]


async def heard(made: Made, count: int) -> bool:
    return await count_of(made.consumer, "heard") >= count
