"""From a ticket's opening until its clocks can be seen in sla, beside a bare round trip over the bus."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import uvloop
from aiokafka import AIOKafkaProducer
from uuid_utils import uuid4, uuid7

from aftercare.home import Home, Running
from aftercare.keys import Keys
from common.bus import Bus
from common.bus.cluster import Topic, meet
from tests.bench.events import opened
from tests.bench.figures import Figure, at_most, percentile
from tests.bench.load import Connection, Plan, Requests
from tests.bench.owning import customer_made_by, maker
from tests.bench.stage import TICKET, Script, agents, token_of
from tests.bench.suite import resident, started, up

TICKETS = 500
WARM_UP = 50
ROUNDS = 3
A_SECOND = 40
LOOK = 0.001
LONGEST = 30.0

Act = Callable[[], Awaitable[UUID]]
"""Makes something happen and gives its id as soon as the maker knows that it has."""


def measure(folder: Path) -> list[Figure]:
    """The product as people start it, with all it does beside; rounds in turns, the middle one counts."""
    with up(folder):
        pass  # set up
    with up(folder) as (running, seconds):
        rounds = uvloop.run(_rounds(folder, running, Keys(Home(folder).keys)))
        return [_told(rounds), *resident(running), started(seconds)]


def _told(rounds: list[tuple[float, float]]) -> Figure:
    ours, bare = sorted(rounds, key=lambda times: times[0] / times[1])[ROUNDS // 2]
    value, limit = (f"{seconds * 1000:.0f} ms" for seconds in (ours, bare))
    return Figure("ticket opened → clocks visible, p99", value, limit, *at_most(4, ours / bare))


async def _rounds(folder: Path, running: Running, keys: Keys) -> list[tuple[float, float]]:
    """Seconds within which 99 of 100 are to be seen, ours and bare, for each round."""
    async with maker(running.addresses["warranty-api"], token_of(keys, "bench", "admin")) as make:
        ticket = {**TICKET, "customer_id": await customer_made_by(make)}
    found = []
    for number in range(ROUNDS):
        ours = await _ours(running, keys, ticket)
        bare = await _bare(folder, running, f"bare{number}")
        found.append((percentile(ours, 0.99), percentile(bare, 0.99)))
    return found


async def _ours(running: Running, keys: Keys, ticket: dict[str, object]) -> list[float]:
    answers: asyncio.Queue[bytes] = asyncio.Queue()
    port = int(running.addresses["ticketing-api"].rpartition(":")[2])
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(
        lambda: Connection(lambda _, __, body: answers.put_nowait(body)), "127.0.0.1", port
    )
    body = json.dumps(ticket, ensure_ascii=False)
    plan = Plan(port, "/v1/tickets", agents(keys), body, 0, run=uuid4().hex)
    requests = Requests(plan)

    async def act() -> UUID:
        connection.send(requests.next(), 0)
        return UUID(json.loads(await answers.get())["id"])

    sql = "SELECT DISTINCT subject_id FROM clock WHERE subject_id = ANY($1::uuid[])"
    took = await _times(running.databases["sla"], sql, act, counts_act=False)
    connection.transport.close()
    return took


async def _bare(folder: Path, running: Running, topic: str) -> list[float]:
    url = running.databases["sla"]
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE IF NOT EXISTS arrived (id uuid PRIMARY KEY)")
    await connection.close()
    await meet(Bus(running.bus), [Topic(topic, timedelta(days=1), is_busy=True)])
    producer = AIOKafkaProducer(bootstrap_servers=running.bus, acks="all")
    await producer.start()
    value = next(opened(1, datetime.now(UTC))).value

    async def act() -> UUID:
        key = UUID(bytes=uuid7().bytes)
        await producer.send(topic, value, key=str(key).encode())
        return key

    with Script(folder, "bare_echo", url, running.bus, topic):
        times = await _times(url, "SELECT id FROM arrived WHERE id = ANY($1::uuid[])", act, counts_act=True)
    await producer.stop()
    return times


async def _times(url: str, sql: str, act: Act, *, counts_act: bool) -> list[float]:
    """Seconds from each of many acts until ``sql`` shows its id; the first ones are not counted.

    Args:
        url: database in which it is to be seen.
        sql: which of some ids are there.
        act: done so many times a second.
        counts_act: whether the time runs from the act's beginning or from its end.
    """
    pending: dict[UUID, float] = {}
    took: list[float] = []
    connection = await asyncpg.connect(url)

    async def acts() -> None:
        due = time.perf_counter()
        for _ in range(TICKETS + WARM_UP):
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            began = time.perf_counter()
            made = await act()
            pending[made] = began if counts_act else time.perf_counter()
            due += 1 / A_SECOND

    async def look(until: int) -> None:
        while len(took) < until:
            rows = await connection.fetch(sql, list(pending))
            present = time.perf_counter()
            took.extend(present - pending.pop(row[0]) for row in rows)
            await asyncio.sleep(LOOK)

    async with asyncio.timeout(LONGEST):
        pending[await act()] = time.perf_counter()
        await look(1)  # everybody has joined
        acting = asyncio.create_task(acts())
        await look(1 + TICKETS + WARM_UP)
    await acting
    await connection.close()
    return took[1 + WARM_UP :]
