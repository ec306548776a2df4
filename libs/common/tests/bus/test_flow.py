"""From the outbox of one service to the effects in another, on a real bus and database."""

from uuid import UUID

import pytest
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


async def test_a_committed_event_waits_for_no_interval(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks by himself any more: what is acknowledged and heard, a commit and a record have woken."""
    keeper, thing = Keeper(), Thing(new_id())
    monkeypatch.setattr("common.relay.term.TICK_SECONDS", 3600)
    async with running(made.maker(), made.keeper(keeper.listeners)):
        for number in range(1, 21):
            await make(made.publisher, thing, made.clock)
            await eventually(lambda: is_acknowledged(made))
            await eventually(lambda number=number: heard_all(made, number))
    assert await numbers(made.consumer, thing) == list(range(1, 21))


async def is_acknowledged(made: Made) -> bool:
    return await count_of(made.publisher, "outbox", "cluster_id IS NULL") == 0
