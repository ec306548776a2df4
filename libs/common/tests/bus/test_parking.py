"""An event that fails is set aside with the later ones of its key; nothing else is held up or lost."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import select

from common.bus import Listeners
from common.claiming import blocked_keys
from common.db import Session
from common.errors import NotFound
from common.events import Envelope
from common.ids import new_id
from common.inbox import ParkedEventRow
from common.parked import PARKED, drop_parked, get_parked, retry_parked
from common.testing import eventually

from .made_up import CONTEXT, Keeper, Made, Thing, ThingMade, count_of, make, numbers, rows, running

Headers = list[tuple[str, bytes]]


def whole(thing: Thing) -> Headers:
    now = b"2026-03-02T01:00:00.000000Z"
    return [
        ("ce_type", ThingMade.bus_type().encode()),
        ("ce_id", str(uuid4()).encode()),
        ("ce_source", b"urn:aftercare:maker"),
        ("ce_partitionkey", str(thing.id).encode()),
        ("ce_subject", f"things/{thing.id}".encode()),
        ("ce_time", now),
        ("ce_recordedat", now),
        ("ce_aggregateversion", b"1"),
    ]


@pytest.fixture(params=["each", "all"])
def form(request: pytest.FixtureRequest) -> str:
    return request.param


def listeners(keeper: Keeper, form: str) -> Listeners:
    return keeper.listeners if form == "each" else keeper.generic


async def test_poison_parks_with_what_follows_it_and_is_retried_in_order(made: Made, form: str) -> None:
    keeper, ill, well = Keeper(refuses={"poison"}), Thing(new_id()), Thing(new_id())
    async with running(made.maker(), made.keeper(listeners(keeper, form))):
        for number in range(1, 11):
            await make(made.publisher, ill, made.clock, word="poison" if number == 4 else "")
            await make(made.publisher, well, made.clock)
        await eventually(lambda: is_heard(made, well, 10))
        await eventually(lambda: is_parked(made, 7))
        assert await numbers(made.consumer, ill) == [1, 2, 3]
        async with made.consumer.read(CONTEXT) as session:
            parked = await parked_in(session)
            assert [row.state for row in parked] == ["failing"] + ["waiting"] * 6
            assert await blocked_keys(session, "maker.thing.v1", [str(ill.id), str(well.id)]) == {str(ill.id)}
        keeper.refuses.clear()
        await eventually(lambda: is_heard(made, ill, 10), within=20)
    assert await numbers(made.consumer, ill) == list(range(1, 11))
    assert await count_of(made.consumer, "parked_event") == 0


async def test_events_that_come_while_others_wait_queue_behind_them(made: Made) -> None:
    keeper, ill = Keeper(refuses={"poison"}), Thing(new_id())
    async with running(made.maker(), made.keeper(keeper.generic)):
        await make(made.publisher, ill, made.clock, word="poison")
        await eventually(lambda: is_parked(made, 1))
        keeper.refuses.clear()
        for _ in range(60):
            await make(made.publisher, ill, made.clock)
        await eventually(lambda: is_heard(made, ill, 61), within=20)
    assert await numbers(made.consumer, ill) == list(range(1, 62))


async def test_attempts_follow_the_schedule_and_a_person_can_cut_it_short(made: Made) -> None:
    keeper, ill = Keeper(refuses={"poison"}), Thing(new_id())
    async with running(made.maker(), made.keeper(keeper.listeners)):
        await make(made.publisher, ill, made.clock, word="poison")
        await make(made.publisher, ill, made.clock)
        await eventually(lambda: has_failed(made, 3), within=20)
        async with made.consumer.read(CONTEXT) as session:
            first, second = await parked_in(session)
        assert first.reason == "RuntimeError"
        assert "will not hear of poison" in first.error
        assert first.next_attempt_at - made.clock() > timedelta(seconds=3)
        assert second.next_attempt_at is None
        keeper.refuses.clear()
        async with made.consumer.transaction(CONTEXT) as session:
            await retry_parked(session, first.id, made.clock())
        await eventually(lambda: is_heard(made, ill, 2), within=3)
    assert await numbers(made.consumer, ill) == [1, 2]


async def test_a_dropped_event_lets_the_others_pass(made: Made) -> None:
    keeper, ill = Keeper(refuses={"poison"}), Thing(new_id())
    async with running(made.maker(), made.keeper(keeper.listeners)):
        await make(made.publisher, ill, made.clock, word="poison")
        await make(made.publisher, ill, made.clock, count=3)
        await eventually(lambda: is_parked(made, 4))
        async with made.consumer.transaction(CONTEXT) as session:
            first, *_ = await parked_in(session)
            await drop_parked(session, first.id, made.clock())
        await eventually(lambda: is_heard(made, ill, 3))
        async with made.consumer.read(CONTEXT) as session:
            with pytest.raises(NotFound):
                await get_parked(session, first.id)
    assert await numbers(made.consumer, ill) == [2, 3, 4]


async def test_whoever_decides_of_a_parked_event_is_written_down(made: Made) -> None:
    ill = Thing(new_id())
    async with running(made.maker(), made.keeper(Keeper(refuses={"poison"}).listeners)):
        await make(made.publisher, ill, made.clock, word="poison")
        await eventually(lambda: is_parked(made, 1))
        async with made.consumer.transaction(CONTEXT) as session:
            [parked] = await parked_in(session)
            await retry_parked(session, parked.id, made.clock())
        async with made.consumer.transaction(CONTEXT) as session:
            await drop_parked(session, parked.id, made.clock())
    told = await rows(
        made.consumer, "SELECT action, actor_id, resource_id, changes->'key'->>0 FROM audit_entry ORDER BY id"
    )
    assert [tuple(one) for one in told] == [
        ("parked_event.retry", "maker", str(parked.id), str(ill.id)),
        ("parked_event.drop", "maker", str(parked.id), str(ill.id)),
    ]


@pytest.mark.parametrize("decide", [retry_parked, drop_parked])
async def test_what_was_applied_meanwhile_is_not_decided_of(
    made: Made, decide: Callable[[Session, UUID, datetime], Awaitable[ParkedEventRow]]
) -> None:
    """A person decides while the retrial has the event in hand, and comes too late."""
    keeper, ill = Slow(refuses={"poison"}), Thing(new_id())
    async with running(made.maker(), made.keeper(keeper.generic)):
        await make(made.publisher, ill, made.clock, word="poison")
        await eventually(lambda: is_parked(made, 1))
        keeper.refuses.clear()
        await asyncio.wait_for(keeper.reached.wait(), timeout=10)
        async with made.consumer.read(CONTEXT) as session:
            [parked] = await parked_in(session)
        deciding = asyncio.create_task(decided(made, decide, parked.id))
        await eventually(lambda: waits_for_a_lock(made))
        keeper.opened.set()
        with pytest.raises(NotFound):
            await deciding
    assert await numbers(made.consumer, ill) == [1]


async def decided(
    made: Made, decide: Callable[[Session, UUID, datetime], Awaitable[ParkedEventRow]], parked_id: UUID
) -> None:
    async with made.consumer.transaction(CONTEXT) as session:
        await decide(session, parked_id, made.clock())


async def waits_for_a_lock(made: Made) -> bool:
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return bool(await rows(made.consumer, waiting))


@dataclass
class Slow(Keeper):
    """Hears of nothing that it does not refuse until it is let."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def on_all(self, session: Session, envelopes: Sequence[Envelope]) -> None:
        await super().on_all(session, envelopes)
        self.reached.set()
        await self.opened.wait()


async def test_a_failure_that_looks_like_an_outage_holds_up_no_other_attempt(made: Made) -> None:
    keeper, ill, other = Unreached(), Thing(new_id()), Thing(new_id())
    async with running(made.maker(), made.keeper(keeper.generic)):
        await make(made.publisher, ill, made.clock, word="unreached")
        await eventually(lambda: is_parked(made, 1), within=20)
        keeper.refuses.add("poison")
        await make(made.publisher, other, made.clock, word="poison")
        await eventually(lambda: is_parked(made, 2), within=20)
        keeper.refuses.clear()
        await eventually(lambda: is_heard(made, other, 1), within=20)
        await eventually(lambda: has_failed(made, 2), within=20)
    assert await numbers(made.consumer, ill) == []


class Unreached(Keeper):
    """Fails on one word as a database that is away would."""

    async def on_all(self, session: Session, envelopes: Sequence[Envelope]) -> None:
        if any(envelope.data["word"] == "unreached" for envelope in envelopes):
            raise ConnectionRefusedError
        await super().on_all(session, envelopes)


UNREADABLE: Sequence[tuple[Callable[[Thing], Headers], bytes | None]] = (
    (lambda _: [], b'{"number": 1}'),
    (lambda _: [("ce_type", ThingMade.bus_type().encode())], b'{"number": 1}'),
    (whole, b"{not json"),
    (whole, b'{"number": "many"}'),
    (whole, b"\xff\x00"),
    (whole, None),
)


async def test_what_cannot_be_read_waits_for_a_person(made: Made) -> None:
    things = [Thing(new_id()) for _ in UNREADABLE]
    async with running(made.maker(), made.keeper(Keeper().generic)):
        await make_each(made, things)
        await eventually(lambda: is_each_heard(made, things, 1))
        for thing, (headers, value) in zip(things, UNREADABLE, strict=True):
            await send(made, str(thing.id).encode(), value, headers(thing))
        await eventually(lambda: is_parked(made, len(things)))
        await make_each(made, things)
        await eventually(lambda: is_parked(made, 2 * len(things)))
        async with made.consumer.transaction(CONTEXT) as session:
            parked = await parked_in(session)
            unreadable, waiting = parked[: len(things)], parked[len(things) :]
            assert {(one.state, one.next_attempt_at) for one in unreadable} == {("unreadable", None)}
            assert {one.key for one in unreadable} == {str(thing.id) for thing in things}
            assert {one.state for one in waiting} == {"waiting"}
            for one in unreadable:
                await drop_parked(session, one.id, made.clock())
        await eventually(lambda: is_each_heard(made, things, 2))


ODD_ATTRIBUTES = (
    ("ce_source", b"urn:\0"),
    ("ce_source", b"urn:aftercare:keeper"),
    ("ce_source", b"s" * 20_000),
    ("ce_subject", b"things/\0"),
    ("ce_aggregateversion", b"0"),
    ("ce_aggregateversion", b"-1"),
    ("ce_correlationid", b"c" * 20_000),
    ("ce_x-\0", b"\0"),
)


async def test_attributes_that_no_event_has_hold_up_nothing(made: Made) -> None:
    ill, well = [Thing(new_id()) for _ in ODD_ATTRIBUTES], Thing(new_id())
    async with running(made.maker(), made.keeper(Keeper().generic)):
        await eventually(lambda: count_of(made.consumer, "watermark"))
        for thing, (name, value) in zip(ill, ODD_ATTRIBUTES, strict=True):
            altered = [*(one for one in whole(thing) if one[0] != name), (name, value)]
            await send(made, str(thing.id).encode(), b'{"number": 1}', altered)
        await make(made.publisher, well, made.clock)
        await eventually(lambda: is_heard(made, well, 1))
        await eventually(lambda: is_parked(made, len(ill)))
    assert await states(made) == ["unreadable"] * len(ill)
    assert [await numbers(made.consumer, thing) for thing in ill] == [[]] * len(ill)


async def test_a_key_that_no_index_takes_holds_up_nothing(made: Made) -> None:
    ill, well = Thing(new_id()), Thing(new_id())
    key = secrets.token_hex(10_000).encode()
    async with running(made.maker(), made.keeper(Keeper().generic)):
        await eventually(lambda: count_of(made.consumer, "watermark"))
        await send(made, key, None, whole(ill))
        await make(made.publisher, well, made.clock)
        await eventually(lambda: is_heard(made, well, 1))
        await eventually(lambda: is_parked(made, 1))
    assert await states(made) == ["unreadable"]


async def parked_in(session: Session) -> Sequence[ParkedEventRow]:
    """What is parked, in the order it was."""
    return (await session.execute(select(ParkedEventRow).order_by(PARKED.c.seq))).scalars().all()


async def states(made: Made) -> list[str]:
    """Of the parked events, in their order."""
    async with made.consumer.read(CONTEXT) as session:
        return [parked.state for parked in await parked_in(session)]


async def test_an_event_that_nobody_declared_is_passed_over(made: Made) -> None:
    keeper, thing = Keeper(), Thing(new_id())
    async with running(made.maker(), made.keeper(keeper.generic)):
        await eventually(lambda: count_of(made.consumer, "watermark"))
        await send(made, str(thing.id).encode(), b"?", [("ce_type", b"aftercare.maker.thing.sold.v1")])
        await make(made.publisher, thing, made.clock)
        await eventually(lambda: is_heard(made, thing, 1))
    assert await count_of(made.consumer, "parked_event") == 0


async def make_each(made: Made, things: Sequence[Thing]) -> None:
    for thing in things:
        await make(made.publisher, thing, made.clock)


async def is_each_heard(made: Made, things: Sequence[Thing], count: int) -> bool:
    return all([await is_heard(made, thing, count) for thing in things])


async def send(made: Made, key: bytes, value: bytes | None, headers: Headers) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=made.bus.bootstrap)
    await producer.start()
    try:
        await producer.send_and_wait(made.bus.wire("maker.thing.v1"), value, key=key, headers=headers)
    finally:
        await producer.stop()


async def is_heard(made: Made, thing: Thing, count: int) -> bool:
    return len(await numbers(made.consumer, thing)) >= count


async def is_parked(made: Made, count: int) -> bool:
    return await count_of(made.consumer, "parked_event") >= count


async def has_failed(made: Made, attempts: int) -> bool:
    return bool(await rows(made.consumer, "SELECT 1 FROM parked_event WHERE attempts >= $1", attempts))
