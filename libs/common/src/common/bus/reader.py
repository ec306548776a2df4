"""The reading client: a member of the service's group on one cluster, at positions the database keeps."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from zlib import crc32

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import IllegalStateError, KafkaError

from common.bus.cluster import REQUEST_TIMEOUT_MS, Bus, Cluster, Pin
from common.bus.ending import let_end
from common.bus.records import Record, shortened
from common.bus.sorting import Polled
from common.horizon import Watermark
from common.inbox import Position

log = structlog.get_logger()

BATCH = 200
LANES = 4
"""How many batches are taken in at a time: one computes while others begin, are written or commit."""

POLL_MS = 250
HEARTBEATS = 3
MOST_BETWEEN_POLLS_MS = 300_000
CLOSE_SECONDS = 2.0
REREAD_SECONDS = 1.0


class Reader(ConsumerRebalanceListener):  # type: ignore[misc]
    """One client's life in the group.

    Args:
        bus: where to read.
        cluster: what stands there.
        group: name of the service.
        topics: events' topics.
        marks: topic of watermarks to the service they come from.
    """

    def __init__(
        self, bus: Bus, cluster: Cluster, group: str, topics: Sequence[str], marks: Mapping[str, str]
    ) -> None:
        self._bus, self.cluster = bus, cluster
        self._marks = marks
        self._topics = [bus.wire(topic) for topic in (*topics, *marks)]
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bus.bootstrap,
            group_id=bus.wire(group),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=bus.session_ms,
            heartbeat_interval_ms=bus.session_ms // HEARTBEATS,
            fetch_max_wait_ms=cluster.fetch_wait_ms,
            max_poll_interval_ms=MOST_BETWEEN_POLLS_MS,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
            metadata_max_age_ms=30_000,
        )
        self._pin = Pin(self._consumer._client, cluster.id)  # noqa: SLF001 - the client has no public name
        self._commits: dict[TopicPartition, int] = {}
        self._passed: dict[TopicPartition, int] = {}
        self._beyond: set[TopicPartition] = set()
        self.unsettled: AbstractSet[TopicPartition] = frozenset()
        self.renewed: set[Position] = set()
        """Partitions whose log is another than the one that was read before."""
        self.generation = 0
        self._in_hand = tuple(asyncio.Lock() for _ in range(LANES))
        self.is_held = False
        self.is_stuck = False

    @property
    def is_elsewhere(self) -> bool:
        """Whether another cluster stands at the address by now."""
        return self._pin.changed.is_set()

    async def elsewhere(self) -> None:
        """Wait until another cluster stands at the address."""
        await self._pin.changed.wait()

    async def start(self) -> None:
        """Join the group."""
        self._consumer.subscribe(self._topics, listener=self)
        await self._consumer.start()

    async def close(self) -> None:
        """Commit what was applied and leave the group; without patience where the bus is away."""
        if not self.is_elsewhere:
            await let_end(self._leave(), CLOSE_SECONDS)
        await self._break_off()

    async def _leave(self) -> None:
        await self.commit()
        await self._consumer.stop()

    async def _break_off(self) -> None:
        """End what is left of the client: its own stop() waits for the bus as long as that is away."""
        consumer = self._consumer
        consumer._closed = True  # noqa: SLF001 - none of this has a public name
        coordinator, fetcher = consumer._coordinator, consumer._fetcher  # noqa: SLF001
        await let_end(consumer._client.close(), CLOSE_SECONDS)  # noqa: SLF001
        names = ("_coordination_task", "_heartbeat_task", "_commit_refresh_task", "_reset_committed_task")
        tasks = [task for name in names if (task := getattr(coordinator, name, None)) is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if fetcher is not None:
            await let_end(fetcher.close(), CLOSE_SECONDS)

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        """Let the batches in hand end, and commit what was applied."""
        self.generation += 1
        if not revoked:
            return
        async with self.at_rest():
            with suppress(KafkaError, TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self.commit()

    def in_hand(self, lane: int) -> asyncio.Lock:
        """Held while a batch of ``lane`` is being taken in."""
        return self._in_hand[lane]

    @property
    def is_busy(self) -> bool:
        """Whether any lane has a batch in hand."""
        return any(lane.locked() for lane in self._in_hand)

    @asynccontextmanager
    async def at_rest(self) -> AsyncIterator[None]:
        """No lane has a batch in hand within the block."""
        async with AsyncExitStack() as lanes:
            for lane in self._in_hand:
                await lanes.enter_async_context(lane)
            yield

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        """Read nothing before the positions are known."""
        self.unsettled = set(assigned)
        self.renewed &= {(self._bus.own(one.topic), one.partition) for one in assigned}
        self._commits.clear()
        self.pause()

    def sources(self) -> set[str]:
        """Services whose watermarks come to this client."""
        own = {self._bus.own(partition.topic) for partition in self._consumer.assignment()}
        return {source for topic, source in self._marks.items() if topic in own}

    async def reread(self, sources: set[str]) -> None:
        """Read watermarks from the beginning: where nothing is pruned, their topic is renewed in time."""
        if not self.cluster.keeps_everything:
            return
        for partition in self._consumer.assignment():
            if self._marks.get(self._bus.own(partition.topic)) in sources:
                with suppress(IllegalStateError, TimeoutError):
                    async with asyncio.timeout(REREAD_SECONDS):
                        await self._consumer.seek_to_beginning(partition)

    async def settle(self, known: Mapping[Position, int]) -> dict[Position, int]:
        """Go to the positions in ``known``, else to the beginning; to the end of watermarks.

        Returns:
            Where the log begins, for partitions that were not known.
        """
        partitions, self.unsettled = self.unsettled, frozenset()
        self._passed.clear()
        fresh: dict[Position, int] = {}
        try:
            for partition in partitions:
                position = (self._bus.own(partition.topic), partition.partition)
                if position[0] in self._marks:
                    await self._consumer.seek_to_end(partition)
                elif position in known:
                    self._consumer.seek(partition, known[position])
                    self._passed[partition] = known[position]
                else:
                    await self._consumer.seek_to_beginning(partition)
                    fresh[position] = await self._consumer.position(partition)
            self._consumer.resume(*partitions)
        except IllegalStateError:
            log.info("partitions taken away while being set up")
            return {}
        self.is_held = False
        return {position: offset for position, offset in fresh.items() if offset}

    async def look_ahead(self) -> None:
        """Note partitions in which it stands behind the end as at the last look: their topic was made anew.

        Once does not do: a new leader may tell of an earlier end for a moment.
        """
        beyond = {
            partition
            for partition in self._consumer.assignment() - self.unsettled
            if self._bus.own(partition.topic) not in self._marks
            and (end := self._consumer.highwater(partition)) is not None
            and await self._consumer.position(partition) > end
        }
        self._renew(beyond & self._beyond)
        self._beyond = beyond

    def _renew(self, partitions: AbstractSet[TopicPartition]) -> None:
        """Have these read from their beginning."""
        if partitions:
            self.renewed |= {(self._bus.own(one.topic), one.partition) for one in partitions}
            self.unsettle()

    def forget(self, renewed: AbstractSet[Position]) -> None:
        """Take these, which are read from their beginning by now, for what they are; look again at others."""
        self.renewed -= renewed
        if self.renewed:
            self.unsettle()

    def pause(self) -> None:
        """Bring nothing until set up again."""
        self.is_held = True
        self._consumer.pause(*self._consumer.assignment())

    def unsettle(self) -> None:
        """Have every partition set up again before more is read of it."""
        self.unsettled = self._consumer.assignment()

    async def idle(self, seconds: float) -> None:
        """Stay in the group while paused, no longer than told: a rebalance may wait for who waits here."""
        with suppress(TimeoutError):
            async with asyncio.timeout(2 * seconds):
                await self._consumer.getmany(timeout_ms=int(seconds * 1000))

    async def poll(self, lane: int) -> Polled | None:
        """The next batch of a lane's partitions, waiting a moment for one."""
        assigned = self._consumer.assignment()
        partitions = [one for one in assigned if lane_of(one) == lane]
        if assigned and not partitions:  # asking for none would bring those of the other lanes
            await asyncio.sleep(POLL_MS / 1000)
            return None
        found = await self._consumer.getmany(*partitions, timeout_ms=POLL_MS, max_records=BATCH)
        if not found:
            return None
        self._renew({one for one, batch in found.items() if batch[0].offset < self._passed.get(one, 0)})
        if self.renewed:
            return None
        records: list[Record] = []
        watermarks: dict[str, Watermark] = {}
        reached: dict[Position, int] = {}
        for partition, batch in found.items():
            topic = self._bus.own(partition.topic)
            if topic in self._marks:
                watermarks |= _watermark(batch, self._marks[topic])
            else:
                records += [_record(topic, record) for record in batch]
                reached[topic, partition.partition] = batch[-1].offset + 1
        newest = [watermarks[source] for source in sorted(watermarks)]
        return Polled(self.cluster.id, records, newest, reached)

    def applied(self, polled: Polled) -> None:
        """``polled`` is in the database: its offsets may be committed."""
        reached = {
            TopicPartition(self._bus.wire(topic), partition): offset
            for (topic, partition), offset in polled.reached.items()
        }
        self._commits |= reached
        self._passed |= reached

    async def commit(self) -> None:
        """Tell the bus how far this service is; only for people to see, the database's positions count."""
        offsets, self._commits = self._commits, {}
        assigned = self._consumer.assignment()
        mine = {partition: offset for partition, offset in offsets.items() if partition in assigned}
        if mine:
            await self._consumer.commit(mine)

    async def lags(self) -> dict[TopicPartition, int]:
        """Position of each partition in which records are waiting."""
        partitions = self._consumer.assignment()
        if not partitions:
            return {}
        ends = await self._consumer.end_offsets(partitions)
        found = {partition: await self._consumer.position(partition) for partition in partitions}
        return {partition: position for partition, position in found.items() if position < ends[partition]}


def lane_of(partition: TopicPartition) -> int:
    """The lane of a partition, the same for good: no two lanes ever have one in hand.

    A topic's partitions take turns, each round shifted by one against the one before: a replica is dealt
    every second, third or fourth of them, and those are to lie in different lanes.
    """
    turn = partition.partition - partition.partition // LANES
    return int(crc32(partition.topic.encode()) + turn) % LANES


def _record(topic: str, record: ConsumerRecord) -> Record:
    headers = [(name, value or b"") for name, value in record.headers]
    return Record(topic, record.partition, record.offset, shortened(record.key), headers, record.value)


def _watermark(batch: Sequence[ConsumerRecord], source: str) -> dict[str, Watermark]:
    """The last watermark of a batch; what is none of ``source`` is passed over."""
    for record in reversed(batch):
        try:
            return {source: Watermark.decode(record.value or b"", source)}
        except ValueError as error:
            log.warning("watermark unreadable", source=source, error=str(error))
    return {}
