"""The sending client: a producer that stays on one cluster and hands over a batch per partition at a time."""

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.partitioner import murmur2

from common.bus.cluster import REQUEST_TIMEOUT_MS, Bus, Cluster, ClusterChanged, Pin, Topic, renew
from common.bus.ending import let_end
from common.bus.ends import FETCH_WAIT_MS, ends_of
from common.bus.spans import sending
from common.relay.shelf import Parcel

BATCH_BYTES = 256 * 1024
LARGEST_BYTES = 1024 * 1024
START_SECONDS = 10.0
CLOSE_SECONDS = 2.0
LOOK_SECONDS = 0.1
TOLD_KEPT = 5000
"""Small records after which a topic that is never pruned is renewed: twenty minutes, ten megabytes."""

Lane = tuple[str, int]
"""Topic and partition: what is sent along one lane arrives in order."""


class SenderLost(Exception):  # noqa: N818 - said of the client
    """The producer's own task has ended; only a new producer sends again."""


class Sender:
    """A producer for one cluster.

    Args:
        bus: where to send.
        cluster: what stands there.
    """

    def __init__(self, bus: Bus, cluster: Cluster) -> None:
        self._bus, self.cluster = bus, cluster
        self._producer = AIOKafkaProducer(
            bootstrap_servers=bus.bootstrap,
            acks="all",
            enable_idempotence=cluster.is_idempotent,
            linger_ms=0,
            max_batch_size=BATCH_BYTES,
            max_request_size=LARGEST_BYTES,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
            compression_type="zstd",
        )
        self._pin = Pin(self._producer.client, cluster.id)
        self._partitions: dict[str, int] = {}

    async def start(self) -> None:
        """Connect.

        Raises:
            TimeoutError: nothing answers, or another cluster does.
        """
        async with asyncio.timeout(START_SECONDS):
            await self._producer.start()

    async def close(self) -> None:
        """Break off: what is not acknowledged by now is sent again by the next one."""
        producer = self._producer
        producer._closed = True  # noqa: SLF001 - its own stop() waits for a bus that may be away
        await let_end(producer.client.close(), CLOSE_SECONDS)
        await let_end(producer._sender.close(), CLOSE_SECONDS)  # noqa: SLF001

    async def watch(self) -> None:
        """Raise as soon as this producer is of no more use.

        Raises:
            ClusterChanged: another cluster stands at the address.
            SenderLost: its sending task has died.
        """
        while not self._pin.changed.is_set():
            if self._producer._sender.sender_task.done():  # noqa: SLF001 - nothing else tells
                raise SenderLost
            await asyncio.sleep(LOOK_SECONDS)
        raise ClusterChanged

    async def open(self, topic: str) -> dict[Lane, int]:
        """Learn the partitions of ``topic`` and where each ends now."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bus.bootstrap,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
            fetch_max_wait_ms=FETCH_WAIT_MS,
        )
        Pin(consumer._client, self.cluster.id, self._pin.changed)  # noqa: SLF001
        wire = self._bus.wire(topic)
        try:
            await consumer.start()
            numbers = await self._producer.partitions_for(wire)
            ends = await ends_of(consumer, [TopicPartition(wire, number) for number in numbers])
        finally:
            await let_end(consumer.stop(), CLOSE_SECONDS)
        self._partitions[topic] = len(numbers)
        return {(topic, partition.partition): offset for partition, offset in ends.items()}

    def is_open(self, topic: str) -> bool:
        """Whether the partitions of ``topic`` are known."""
        return topic in self._partitions

    def lane(self, parcel: Parcel) -> Lane:
        """Where a parcel goes: by its key, as every Kafka client does it."""
        return parcel.topic, (murmur2(parcel.key) & 0x7FFFFFFF) % self._partitions[parcel.topic]

    async def send(self, lane: Lane, parcels: list[Parcel]) -> tuple[int, int]:
        """Hand over as many of ``parcels``, from the first on, as a batch holds; all of them or none arrive.

        Returns:
            How many it was, and the offset of the first.

        Raises:
            KafkaError: not acknowledged.
        """
        topic, partition = lane
        batch = self._producer.create_batch()
        taken = 0
        for parcel in parcels:
            if (
                batch.append(key=parcel.key, value=parcel.payload, timestamp=None, headers=parcel.headers)
                is None
            ):
                break
            taken += 1
        batch.close()
        wire = self._bus.wire(topic)
        with sending(wire, partition, [parcel.headers for parcel in parcels[:taken]]) as handover:
            acknowledged = await self._producer.send_batch(batch, wire, partition=partition)
            # Shielded: the producer's own task fails over a batch whose future was cancelled.
            first = (await asyncio.shield(acknowledged)).offset
            handover.acknowledged(first)
        return taken, first

    async def tell(self, topic: Topic, key: bytes, value: bytes) -> None:
        """Send one small record outside the lanes; where nothing is pruned, the topic is renewed in time.

        Raises:
            KafkaError: not acknowledged.
        """
        told = await self._producer.send_and_wait(self._bus.wire(topic.name), value, key=key, partition=0)
        if self.cluster.keeps_everything and told.offset >= TOLD_KEPT:
            await renew(self._bus, topic)
