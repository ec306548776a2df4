"""The horizon: what it confirms is applied, it moves while all is quiet, and silence is told from lag."""

import asyncio
import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from common.db import Database
from common.horizon import Watermark, horizon, note_silence, receive
from common.ids import new_id
from common.inbox import advance
from common.testing import eventually

from .made_up import CONTEXT, Keeper, Made, Thing, count_of, make, rows, running

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TOPICS = frozenset({"maker.thing.v1"})


async def test_everything_committed_before_the_horizon_is_applied(made: Made) -> None:
    """Two consumers, one of which comes and goes: at every look, nothing before the horizon is missing."""
    first, second = Keeper(), Keeper()
    things, chance = [Thing(new_id()) for _ in range(20)], random.Random(11)
    other = Database(made.consumer.dsn, "keeper2")
    committed: list[tuple[datetime, int]] = []
    looks: list[int] = []

    async def making() -> None:
        while len(committed) < 800 or not second.batches:
            await make(made.publisher, chance.choice(things), made.clock)
            committed.append((made.clock(), len(committed) + 1))
            await asyncio.sleep(chance.uniform(0, 0.01))

    async def looking() -> None:
        while True:
            async with made.consumer.read(CONTEXT) as session:
                until = (await horizon(session, ["maker"], made.clock()))["maker"].confirmed_until
            if until is not None:
                must = sum(1 for at, _ in committed if at < until)
                assert await count_of(made.consumer, "heard") >= must
                looks.append(must)
            await asyncio.sleep(0.02)

    async with running(made.maker(), made.keeper(first.generic)):
        watching = asyncio.create_task(looking())
        work = asyncio.create_task(making())
        async with running(made.keeper(second.generic, other)):
            await eventually(lambda: second.batches, within=30)
        await work
        last = made.clock()
        await eventually(lambda: is_confirmed(made, last))
        await eventually(lambda: looks)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    await other.close()
    assert watching.cancelled()
    assert await count_of(made.consumer, "heard") == len(committed)
    assert looks


async def is_confirmed(made: Made, until: datetime) -> bool:
    async with made.consumer.read(CONTEXT) as session:
        found = (await horizon(session, ["maker"], made.clock()))["maker"].confirmed_until
    return found is not None and found >= until


async def test_the_horizon_moves_while_nothing_happens(made: Made) -> None:
    async with running(made.maker(), made.keeper(Keeper().generic)):
        await eventually(lambda: is_confirmed(made, made.clock() - timedelta(seconds=1)))
        later = made.clock() + timedelta(seconds=1)
        await eventually(lambda: is_confirmed(made, later), within=3)
    assert await count_of(made.consumer, "watermark") <= 2


async def test_a_source_that_fell_silent_is_told(made: Made) -> None:
    async with running(made.keeper(Keeper().generic)):
        async with running(made.maker()):
            await eventually(lambda: is_confirmed(made, made.clock() - timedelta(seconds=1)))
        await eventually(lambda: is_silent(made, timedelta(seconds=6)), within=15)
        async with running(made.maker()):
            await eventually(lambda: is_not_silent(made))
            assert await is_confirmed(made, made.clock() - timedelta(seconds=6))


async def is_silent(made: Made, bound: timedelta) -> bool:
    async with made.consumer.read(CONTEXT) as session:
        return (await horizon(session, ["maker"], made.clock(), bound))["maker"].silent_since is not None


async def is_not_silent(made: Made) -> bool:
    return not await is_silent(made, timedelta(seconds=1))


def watermark(seconds: int, **positions: int) -> Watermark:
    partitions = {name[1:]: offset for name, offset in positions.items()}
    return Watermark("maker", "c1", NOW + timedelta(seconds=seconds), {"maker.thing.v1": partitions})


async def confirmed(database: Database) -> datetime | None:
    async with database.read(CONTEXT) as session:
        return (await horizon(session, ["maker"], NOW))["maker"].confirmed_until


async def hear(made: Made, mark: Watermark) -> None:
    async with made.consumer.transaction(CONTEXT) as session:
        receive(session, mark, TOPICS, NOW, is_alone=True)


async def reach(made: Made, cluster_id: str, partition: int, offset: int) -> None:
    async with made.consumer.transaction(CONTEXT) as session:
        advance(session, cluster_id, {("maker.thing.v1", partition): offset}, NOW)


async def test_a_watermark_counts_once_every_position_of_it_is_applied(made: Made) -> None:
    await hear(made, watermark(1, p0=0, p1=0))
    await hear(made, watermark(2, p0=5, p1=0))
    await hear(made, watermark(3, p0=5, p1=7))
    assert await confirmed(made.consumer) == NOW + timedelta(seconds=1)
    await reach(made, "c1", 0, 6)
    await reach(made, "c2", 1, 70)
    assert await confirmed(made.consumer) == NOW + timedelta(seconds=2)
    await reach(made, "c1", 1, 7)
    await reach(made, "c1", 1, 3)
    assert await confirmed(made.consumer) == NOW + timedelta(seconds=3)


async def test_many_waiting_watermarks_are_thinned_out_and_the_last_one_stays(made: Made) -> None:
    for second in range(500):
        await hear(made, watermark(second, p0=second + 1))
    assert await count_of(made.consumer, "watermark") <= 65
    ((last,),) = await rows(made.consumer, "SELECT max(committed_before) FROM watermark")
    assert last == NOW + timedelta(seconds=499)


async def test_watermarks_whose_positions_are_passed_are_forgotten(made: Made) -> None:
    for second in range(4):
        await hear(made, watermark(second, p0=second))
    await reach(made, "c1", 0, 3)
    await hear(made, watermark(4, p0=9))
    stored = await rows(made.consumer, "SELECT committed_before FROM watermark ORDER BY 1")
    assert [row[0] for row in stored] == [NOW + timedelta(seconds=second) for second in (3, 4)]


async def test_an_old_note_of_silence_counts_for_nothing(made: Made) -> None:
    async with made.consumer.transaction(CONTEXT) as session:
        await note_silence(session, "maker", NOW - timedelta(hours=1), NOW)
    async with made.consumer.read(CONTEXT) as session:
        fresh = await horizon(session, ["maker"], NOW + timedelta(seconds=1))
        stale = await horizon(session, ["maker"], NOW + timedelta(hours=8))
    assert fresh["maker"].silent_since == NOW - timedelta(hours=1)
    assert stale["maker"].silent_since is None


async def test_the_horizon_goes_on_where_the_topic_of_watermarks_is_renewed(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The embedded broker prunes nothing; a renewed topic begins at zero, below where its reader stands."""
    monkeypatch.setattr("common.relay.sender.TOLD_KEPT", 6)
    async with running(made.maker(), made.keeper(Keeper().generic)):
        await eventually(lambda: is_confirmed(made, made.clock() - timedelta(seconds=1)))
        later = made.clock() + timedelta(seconds=4)
        await eventually(lambda: is_confirmed(made, later), within=12)
    assert not await is_silent(made, timedelta(seconds=1))


@pytest.mark.parametrize(
    "told",
    [
        {"source": "keeper"},
        {"source": "maker\0"},
        {"cluster_id": None},
        {"committed_before": "yesterday"},
        {"committed_before": "2026-03-02T01:00:00"},
        {"positions": []},
        {"positions": {"maker.thing.v1": 7}},
        {"positions": {"maker.thing.v1": {"0": "abc"}}},
        {"positions": {"maker.thing.v1": {"first": 1}}},
        {"positions": {"maker.thing.v1": {"0": -1}}},
        {"positions": {"maker.thing.v1": {"0": 2**63}}},
    ],
)
def test_what_is_no_watermark_of_its_source_is_not_taken_for_one(told: dict[str, object]) -> None:
    whole = json.loads(watermark(1, p0=3).encode())
    assert Watermark.decode(json.dumps(whole).encode(), "maker") == watermark(1, p0=3)
    with pytest.raises(ValueError, match=r"."):
        Watermark.decode(json.dumps(whole | told).encode(), "maker")
