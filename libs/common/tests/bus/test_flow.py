"""From the outbox of one service to the effects in another, on a real bus and database."""

import asyncio
import time
from uuid import UUID

from sqlalchemy import text

from common.ids import new_id
from common.outbox import OUTBOX
from common.testing import eventually

from .made_up import CONTEXT, EVENTS, Keeper, Made, Thing, ThingBroken, count_of, make, numbers, rows, running


async def test_events_arrive_in_the_order_of_their_key(made: Made) -> None:
    keeper, things = Keeper(), [Thing(new_id()) for _ in range(20)]
    async with running(made.maker(), made.keeper(keeper.listeners)):
        for number in range(1, 26):
            for thing in things:
                await make(
                    made.publisher, thing, made.clock, kind=ThingBroken if number % 5 == 0 else EVENTS[0]
                )
        await eventually(lambda: heard_all(made, 500))
    for thing in things:
        assert await numbers(made.consumer, thing) == list(range(1, 26))
    assert await count_of(made.publisher, "outbox", "cluster_id IS NULL") == 0
    assert await count_of(made.consumer, "inbox") == 500


async def heard_all(made: Made, count: int) -> bool:
    return await count_of(made.consumer, "heard") >= count


async def test_a_listener_works_in_the_course_of_its_event(made: Made) -> None:
    keeper, thing = Keeper(), Thing(new_id())
    async with running(made.maker(), made.keeper(keeper.listeners)):
        (event_id,) = await make(made.publisher, thing, made.clock)
        await eventually(lambda: heard_all(made, 1))
    ((caused_by,),) = await rows(made.consumer, "SELECT caused_by FROM heard")
    assert UUID(caused_by) == event_id


async def test_doubles_are_dropped(made: Made) -> None:
    keeper, thing = Keeper(), Thing(new_id())
    async with running(made.maker(), made.keeper(keeper.generic)):
        await make(made.publisher, thing, made.clock, count=50)
        await eventually(lambda: heard_all(made, 50))
        async with made.publisher.transaction(CONTEXT) as session:
            await session.execute(OUTBOX.update().values(cluster_id=None))
            await session.execute(text("NOTIFY outbox"))
        await make(made.publisher, thing, made.clock)
        await eventually(lambda: heard_all(made, 51))
    assert await numbers(made.consumer, thing) == list(range(1, 52))


async def test_latency_from_commit_to_acknowledgement_and_effect_is_milliseconds(made: Made) -> None:
    keeper, thing = Keeper(), Thing(new_id())
    async with running(made.maker(), made.keeper(keeper.listeners)):
        await make(made.publisher, thing, made.clock)
        await eventually(lambda: heard_all(made, 1))
        acknowledged, applied = [], []
        for number in range(2, 42):
            began = time.perf_counter()
            await make(made.publisher, thing, made.clock)
            await spin(lambda: is_acknowledged(made))
            acknowledged.append(time.perf_counter() - began)
            await spin(lambda number=number: heard_all(made, number))
            applied.append(time.perf_counter() - began)
    acknowledged.sort()
    applied.sort()
    assert acknowledged[20] < 0.1  # 3 and 8 ms when the machine is free; without a wake-up it is 250
    assert applied[20] < 0.2


async def spin(condition) -> None:
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0)


async def is_acknowledged(made: Made) -> bool:
    return await count_of(made.publisher, "outbox", "cluster_id IS NULL") == 0
