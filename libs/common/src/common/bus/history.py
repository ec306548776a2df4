"""What a topic holds, read once from its beginning to where it ends now; leaves no position behind."""

import asyncio
from collections.abc import AsyncIterator

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from common.bus.cluster import Bus, partitions_of
from common.bus.ending import let_end
from common.bus.ends import FETCH_WAIT_MS, ends_of

START_SECONDS = 5.0
POLL_MS = 250
READ_SECONDS = 15.0
"""Longest pause between two batches of records that are known to be there."""


async def history(bus: Bus, topic: str) -> AsyncIterator[ConsumerRecord]:
    """Every record that ``topic`` holds now; none where there is no such topic.

    Raises:
        KafkaError: the bus is away.
        TimeoutError: it does not answer in time.
    """
    async with asyncio.timeout(START_SECONDS):
        numbers = await partitions_of(bus, topic)
    if not numbers:
        return
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bus.bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=FETCH_WAIT_MS
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            await consumer.start()
            places = [TopicPartition(bus.wire(topic), number) for number in numbers]
            ends = await ends_of(consumer, places)
            await consumer.seek_to_beginning(*places)
        async for record in _until(consumer, ends):
            yield record
    finally:
        await let_end(consumer.stop(), START_SECONDS)


async def _until(
    consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]
) -> AsyncIterator[ConsumerRecord]:
    left = {place for place, end in ends.items() if await consumer.position(place) < end}
    while left:
        async with asyncio.timeout(READ_SECONDS):
            while not (found := await consumer.getmany(*left, timeout_ms=POLL_MS)):
                pass
        for place, records in found.items():
            for record in records:
                if record.offset < ends[place]:
                    yield record
        left = {place for place in left if await consumer.position(place) < ends[place]}
