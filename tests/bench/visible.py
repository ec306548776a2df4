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
A_SECOND = 40
LOOK = 0.001
LONGEST = 30.0
BARE_TOPIC = "bare"

Act = Callable[[], Awaitable[UUID]]
"""Makes something happen and gives its id as soon as the maker knows that it has."""


def measure(folder: Path) -> list[Figure]:
    """The product as it is started by people, with everything it does in the background."""
    with up(folder):
        pass  # set up
    with up(folder) as (running, seconds):
        ours = uvloop.run(_ours(running, Keys(Home(folder).keys)))
        bare = uvloop.run(_bare(folder, running))
        return [_told(ours, bare), *resident(running), started(seconds)]


def _told(ours: list[float], bare: list[float]) -> Figure:
    p99 = [percentile(times, 0.99) * 1000 for times in (ours, bare)]
    value, limit = f"{p99[0]:.0f} ms", f"{p99[1]:.0f} ms"
    return Figure("ticket opened → clocks visible, p99", value, limit, *at_most(4, p99[0] / p99[1]))


async def _ours(running: Running, keys: Keys) -> list[float]:
    async with maker(running.addresses["warranty-api"], token_of(keys, "bench", "admin")) as make:
        ticket = {**TICKET, "customer_id": await customer_made_by(make)}
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
    return await _times(running.databases["sla"], sql, act, counts_act=False)


async def _bare(folder: Path, running: Running) -> list[float]:
    url = running.databases["sla"]
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE arrived (id uuid PRIMARY KEY)")
    await connection.close()
    await meet(Bus(running.bus), [Topic(BARE_TOPIC, timedelta(days=1))])
    producer = AIOKafkaProducer(bootstrap_servers=running.bus, acks="all")
    await producer.start()
    value = next(opened(1, datetime.now(UTC))).value

    async def act() -> UUID:
        key = UUID(bytes=uuid7().bytes)
        await producer.send(BARE_TOPIC, value, key=str(key).encode())
        return key

    with Script(folder, "bare_echo", url, running.bus, BARE_TOPIC):
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
