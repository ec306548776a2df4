"""Events through one consumer, beside a program that inserts the same rows in the same batches."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
from aiokafka import AIOKafkaProducer

from common.bus import Bus
from common.bus.cluster import meet, topics_of
from common.contracts.ticketing import TicketOpened
from tests.bench.events import opened
from tests.bench.figures import Figure, at_least
from tests.bench.stage import TICKETS_TOPIC, Script, Stage, processor_seconds

EVENTS = 6000
ROUNDS = 7
LONGEST = 60.0
LOOK = 0.02
WARM_UP = 0.15
"""Share of the events at the beginning that are not counted."""


def measure(stage: Stage) -> list[Figure]:
    """Everything lies on the bus before a consumer starts; rounds in turns, the middle one of them counts."""
    stage.migrated("sla", "sla_made")
    rounds = [_round(stage, f"c{number}.") for number in range(ROUNDS)]
    ours, bare = sorted(rounds, key=lambda paces: paces[0].rate / paces[1].rate)[ROUNDS // 2]
    told = at_least(0.5, ours.rate / bare.rate)
    cost, least = (f"{pace.processor * 1_000_000:,.0f} µs" for pace in (ours, bare))
    return [
        Figure("events through one consumer", f"{ours.rate:,.0f}/s", f"{bare.rate:,.0f}/s", *told),
        Figure(
            "  processor time of the consumer, each", cost, least, f"{bare.processor / ours.processor:.2f}"
        ),
    ]


@dataclass(frozen=True, slots=True)
class Pace:
    """Events a second, and seconds on a processor for each."""

    rate: float
    processor: float


def _round(stage: Stage, prefix: str) -> tuple[Pace, Pace]:
    source = stage.create(f"{prefix}ours", template="sla_made")
    target = stage.create(f"{prefix}bare", template="sla_made")
    bootstrap = stage.broker.bootstrap
    asyncio.run(_fill(bootstrap, prefix))
    with Script(stage.folder, "listening", source, bootstrap, prefix) as consumer:
        ours = asyncio.run(_pace(source, consumer.pid))
    with Script(stage.folder, "bare_consumer", source, target, bootstrap, prefix) as consumer:
        bare = asyncio.run(_pace(target, consumer.pid))
    return ours, bare


async def _fill(bootstrap: str, prefix: str) -> None:
    await meet(Bus(bootstrap, prefix), topics_of([TicketOpened], timedelta(days=1)))
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=5)
    await producer.start()
    sent = [
        await producer.send(prefix + TICKETS_TOPIC, one.value, key=one.key, headers=one.headers)
        for one in opened(EVENTS, datetime.now(UTC))
    ]
    await asyncio.gather(*sent)
    await producer.stop()


async def _pace(url: str, pid: int) -> Pace:
    """From the first commits to the last, by the positions written with the effects.

    Raises:
        TimeoutError: they are not through in a minute.
    """
    connection = await asyncpg.connect(url)
    seen: list[tuple[float, float, int]] = []
    try:
        async with asyncio.timeout(LONGEST):
            while not seen or seen[-1][2] < EVENTS:
                await asyncio.sleep(LOOK)
                done = await connection.fetchval(
                    "SELECT coalesce(sum(next_offset), 0)::int FROM applied_position WHERE topic = $1",
                    TICKETS_TOPIC,
                )
                seen.append((time.perf_counter(), processor_seconds(pid), done))
    finally:
        await connection.close()
    first, last = next(one for one in seen if one[2] >= WARM_UP * EVENTS), seen[-1]
    count = EVENTS - first[2]
    return Pace(count / (last[0] - first[0]), (last[1] - first[1]) / count)
