"""Events through one consumer, beside a program that inserts the same rows in the same batches."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import asyncpg
from aiokafka import AIOKafkaProducer

from common.bus import Bus
from common.bus.cluster import Topic, meet
from tests.bench.events import opened
from tests.bench.figures import Figure, at_least
from tests.bench.stage import TICKETS_TOPIC, Script, Stage

EVENTS = 6000
ROUNDS = 2
LONGEST = 60.0
LOOK = 0.02
WARM_UP = 0.15
"""Share of the events at the beginning that are not counted."""


def measure(stage: Stage) -> list[Figure]:
    """Everything lies on the bus before a consumer starts; rounds in turns."""
    stage.migrated("sla", "sla_made")
    rounds = [_round(stage, f"c{number}.") for number in range(ROUNDS)]
    ours, bare = (max(rates) for rates in zip(*rounds, strict=True))
    told = at_least(0.5, ours / bare)
    return [Figure("events through one consumer", f"{ours:,.0f}/s", f"{bare:,.0f}/s", *told)]


def _round(stage: Stage, prefix: str) -> tuple[float, float]:
    source = stage.create(f"{prefix}ours", template="sla_made")
    target = stage.create(f"{prefix}bare", template="sla_made")
    bootstrap = stage.broker.bootstrap
    asyncio.run(_fill(bootstrap, prefix))
    with Script(stage.folder, "listening", source, bootstrap, prefix):
        ours = asyncio.run(_rate(source))
    with Script(stage.folder, "bare_consumer", source, target, bootstrap, prefix):
        bare = asyncio.run(_rate(target))
    return ours, bare


async def _fill(bootstrap: str, prefix: str) -> None:
    await meet(Bus(bootstrap, prefix), [Topic(TICKETS_TOPIC, timedelta(days=1))])
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=5)
    await producer.start()
    sent = [
        await producer.send(prefix + TICKETS_TOPIC, one.value, key=one.key, headers=one.headers)
        for one in opened(EVENTS, datetime.now(UTC))
    ]
    await asyncio.gather(*sent)
    await producer.stop()


async def _rate(url: str) -> float:
    """Events a second, from the first commits to the last, by the positions written with the effects.

    Raises:
        TimeoutError: they are not through in a minute.
    """
    connection = await asyncpg.connect(url)
    seen: list[tuple[float, int]] = []
    try:
        async with asyncio.timeout(LONGEST):
            while not seen or seen[-1][1] < EVENTS:
                await asyncio.sleep(LOOK)
                done = await connection.fetchval(
                    "SELECT coalesce(sum(next_offset), 0)::int FROM applied_position WHERE topic = $1",
                    TICKETS_TOPIC,
                )
                seen.append((time.perf_counter(), done))
    finally:
        await connection.close()
    first = next(one for one in seen if one[1] >= WARM_UP * EVENTS)
    return (EVENTS - first[1]) / (seen[-1][0] - first[0])
