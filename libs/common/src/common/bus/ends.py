"""Where partitions end, as a fetch tells it.

The embedded broker answers the question for the end with a place inside the last batch; what is fetched says
rightly how far the log goes.
"""

import asyncio
from collections.abc import Collection

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaTimeoutError

FETCH_WAIT_MS = 10
"""How long a fetch behind the end may wait for records: nobody wants them here."""

POLL_MS = 100
LONGEST_SECONDS = 10.0


async def ends_of(
    consumer: AIOKafkaConsumer, partitions: Collection[TopicPartition]
) -> dict[TopicPartition, int]:
    """The offset behind the last record of each partition.

    Args:
        consumer: started, and used by nobody meanwhile; afterwards it stands at the ends.
        partitions: what it is to be assigned.

    Raises:
        KafkaError: the bus is away.
    """
    consumer.assign(list(partitions))
    for partition, told in (await consumer.end_offsets(partitions)).items():
        consumer.seek(partition, told)
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            while any(consumer.highwater(partition) is None for partition in partitions):
                await consumer.getmany(timeout_ms=POLL_MS)
    except TimeoutError:
        raise KafkaTimeoutError from None
    return {partition: consumer.highwater(partition) for partition in partitions}
