"""Replicas and lanes side by side: relays take over, partitions move while events are applied, none twice."""

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar

import asyncpg
import pytest
from aiokafka import TopicPartition

from common.bus.reader import Reader
from common.bus.sorting import Polled
from common.db import Database, Session
from common.events import Envelope
from common.ids import new_id
from common.inbox import Position
from common.testing import eventually

from .made_up import Keeper, Made, Thing, ThingMade, count_of, make, numbers, running


async def test_another_relay_takes_over_when_the_first_loses_its_connection(made: Made) -> None:
    keeper, things = Keeper(), [Thing(new_id()) for _ in range(8)]
    second = Database(made.publisher.dsn, "maker2")
    async with running(made.maker(), made.maker(second), made.keeper(keeper.generic)):
        for round_ in range(5):
            for thing in things:
                await make(made.publisher, thing, made.clock, count=5)
            await kill_leader(made)
            await eventually(lambda wanted=(round_ + 1) * 40: heard(made, wanted), within=10)
    await second.close()
    for thing in things:
        assert await numbers(made.consumer, thing) == list(range(1, 26))


async def kill_leader(made: Made) -> None:
    """End the server process behind the relay's connection, as a killed machine would in the end."""
    connection = await asyncpg.connect(made.publisher.dsn)
    await connection.execute(
        """SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
    )
    await connection.close()


async def test_partitions_move_while_events_are_applied(made: Made) -> None:
    things, rounds = [Thing(new_id()) for _ in range(30)], 0
    async with running(made.maker(), made.keeper(Keeper().generic)):
        for number in range(3):
            joining, other = Keeper(), Database(made.consumer.dsn, f"keeper{number}")
            async with asyncio.timeout(30), running(made.keeper(joining.generic, other)):
                while not joining.batches:
                    await make_all(made, things, rounds=5)
                    rounds += 5
            await other.close()
        await eventually(lambda: heard(made, 30 * rounds), within=30)
    for thing in things:
        assert await numbers(made.consumer, thing) == list(range(1, rounds + 1))


async def test_a_lane_in_work_holds_up_no_other(made: Made) -> None:
    gate, things = Gate(), [Thing(new_id()) for _ in range(20)]
    async with running(made.maker(), made.keeper(gate.listeners)):
        await make_all(made, things, rounds=1)
        await asyncio.wait_for(gate.reached.wait(), timeout=10)
        await eventually(lambda: heard(made, 1))
        assert await numbers(made.consumer, gate.thing(things)) == []
        gate.opened.set()
        await eventually(lambda: heard(made, 20))
    for thing in things:
        assert await numbers(made.consumer, thing) == [1]


async def test_partitions_move_while_one_lane_is_in_work_and_another_waits(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.bus.consumer.Reader", Watched)
    Watched.revoked = asyncio.Event()
    gate, things = Gate(), [Thing(new_id()) for _ in range(20)]
    second = Database(made.consumer.dsn, "keeper2")
    async with running(made.maker(), made.keeper(gate.listeners)):
        await make_all(made, things, rounds=1)
        await asyncio.wait_for(gate.reached.wait(), timeout=10)
        async with running(made.keeper(Keeper().listeners, second)):
            await make_all(made, things, rounds=5)
            await asyncio.wait_for(Watched.revoked.wait(), timeout=20)
            await make_all(made, things, rounds=5)
            assert await numbers(made.consumer, gate.thing(things)) == []
            gate.opened.set()
            await make_all(made, things, rounds=5)
            await eventually(lambda: heard(made, 320), within=30)
    await second.close()
    for thing in things:
        assert await numbers(made.consumer, thing) == list(range(1, 17))


class Watched(Reader):
    """A client that tells when partitions are about to be taken from it."""

    revoked: ClassVar[asyncio.Event]

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        if revoked:
            self.revoked.set()
        await super().on_partitions_revoked(revoked)


async def test_no_lane_waits_for_records_while_positions_are_set(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.bus.consumer.Reader", Held)
    Held.lives, Held.settled, Held.gate = [], 0, asyncio.Event()
    Held.gate.set()
    thing = Thing(new_id())
    async with running(made.maker(), made.keeper(Keeper().listeners)):
        await make(made.publisher, thing, made.clock)
        await eventually(lambda: heard(made, 1))
        (reader,) = Held.lives
        reader.gate.clear()
        await eventually(lambda: reader.waiting == {1})
        settled = Held.settled
        reader.unsettle()
        await eventually(lambda: reader.waiting == {1} and reader.polling == {1})
        assert Held.settled == settled
        reader.gate.set()
        await eventually(lambda: Held.settled > settled)
        await make(made.publisher, thing, made.clock)
        await eventually(lambda: heard(made, 2))
    assert await numbers(made.consumer, thing) == [1, 2]


class Held(Reader):
    """A client whose second lane waits at a gate with what it polled."""

    lives: ClassVar[list["Held"]]
    settled: ClassVar[int]
    gate: ClassVar[asyncio.Event]

    def __init__(self, *told: Any) -> None:
        super().__init__(*told)
        self.polling: set[int] = set()
        self.waiting: set[int] = set()
        self.lives.append(self)

    async def poll(self, lane: int) -> Polled | None:
        self.polling.add(lane)
        polled = await super().poll(lane)
        if lane == 1:
            self.waiting.add(lane)
            await self.gate.wait()
            self.waiting.discard(lane)
        self.polling.discard(lane)
        return polled

    async def settle(self, known: Mapping[Position, int]) -> dict[Position, int]:
        Held.settled += 1
        return await super().settle(known)


class Gate(Keeper):
    """A keeper that waits at the first thing it hears of, until it is let through."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.opened = asyncio.Event(), asyncio.Event()
        self._key = ""

    async def on_made(self, session: Session, event: ThingMade, envelope: Envelope) -> None:
        if not self.reached.is_set():
            self._key = envelope.key
            self.reached.set()
        if envelope.key == self._key:
            await self.opened.wait()
        await super().on_made(session, event, envelope)

    def thing(self, things: list[Thing]) -> Thing:
        """The one it waits at."""
        return next(thing for thing in things if str(thing.id) == self._key)


async def make_all(made: Made, things: list[Thing], rounds: int) -> None:
    for _ in range(rounds):
        for thing in things:
            await make(made.publisher, thing, made.clock)
        await asyncio.sleep(0.02)


async def heard(made: Made, count: int) -> bool:
    return await count_of(made.consumer, "heard") >= count
