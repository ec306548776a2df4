"""The consumer: reads the bus for one service and applies each batch, whatever happens around it."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from common.bus.cluster import Bus, ClusterChanged, Topic, meet, topics_of
from common.bus.holding import Abandoned, Hand, Holding
from common.bus.intake import Intake
from common.bus.lane import STUCK_SECONDS, Lane, Stuck
from common.bus.listening import Hearing
from common.bus.reader import LANES, Reader
from common.bus.silence import Silence
from common.clock import Clock
from common.context import system
from common.db import Database
from common.horizon import WATERMARK_RETENTION, watermark_topic
from common.pauses import pause_after
from common.retention import Retention

log = structlog.get_logger()

COMMIT_SECONDS = 0.2
LISTEN_SECONDS = 0.25
CHECK_SECONDS = 5.0
RESTART_SECONDS = (0.2, 5.0)
LOOK_SECONDS = 30.0
NO_PROGRESS_SECONDS = 120.0


class Consumer:
    """Reads for one service; several replicas share the partitions.

    What is read is taken in by lanes side by side, each with partitions of its own: while one lane's batch
    is being written, another's is worked on.

    Args:
        database: the service's.
        bus: where to read.
        hearing: what the service listens to.
        clock: the present.
        retention: how long topics keep their records.
    """

    def __init__(
        self, database: Database, bus: Bus, hearing: Hearing, clock: Clock, retention: Retention
    ) -> None:
        self._bus, self._hearing = bus, hearing
        self._stop = asyncio.Event()
        self._intake = Intake(database, hearing, clock)
        self._silence = Silence(database, system(hearing.service), clock)
        self._setting_up = Holding(self._intake, self._stop)
        self._lanes = [Lane(number, self._intake, self._silence, self._stop) for number in range(LANES)]
        self._marks = {watermark_topic(service): service for service in hearing.watermarks_of}
        self._topics = topics_of(hearing.events, retention.outbox)
        self._topics += [Topic(name, WATERMARK_RETENTION, partitions=1) for name in self._marks]
        self._pauses = 0

    @property
    def last_sign(self) -> float:
        """When it, or the lane that has been silent longest, last showed that it lives."""
        return max(self._setting_up.last_sign, min(lane.last_sign for lane in self._lanes))

    def stop(self) -> None:
        """Finish the batches in hand, commit, and return from ``run``."""
        self._stop.set()

    async def run(self) -> None:
        """Consume until stopped; after a failure of the client, or on another cluster, with a new client."""
        while not self._stop.is_set():
            self.sign()
            try:
                await self._with_client()
            except ClusterChanged:
                log.info("another cluster stands at the bus", bootstrap=self._bus.bootstrap)
            except (KafkaError, OSError, Stuck) as error:
                log.warning("consumer starts anew", error=repr(error))
                await asyncio.sleep(self._restart_pause())

    def _restart_pause(self) -> float:
        self._pauses += 1
        return pause_after(self._pauses, *RESTART_SECONDS)

    def sign(self) -> None:
        """Take note that the consumer lives."""
        self._setting_up.sign()

    async def _with_client(self) -> None:
        cluster = await meet(self._bus, self._topics)
        reader = Reader(self._bus, cluster, self._hearing.service, self._hearing.topics, self._marks)
        try:
            await _until_one_ends(
                self._consume(reader),
                _elsewhere(reader),
                _commit_on(reader),
                _watch(reader),
                self._watch_positions(reader),
                self._mind_silence(reader),
            )
        finally:
            self._silence.listen(set())
            await reader.close()

    async def _consume(self, reader: Reader) -> None:
        """Set up partitions, then have the lanes go on until there are others.

        No lane waits for records while positions are set, else it might go on with what lay elsewhere.
        """
        async with asyncio.timeout(STUCK_SECONDS):
            await reader.start()
        self._pauses = 0
        while not self._stop.is_set():
            self.sign()
            with suppress(Abandoned):
                await self._settle(reader)
                await _together(lane.go_on(reader) for lane in self._lanes)

    async def _settle(self, reader: Reader) -> None:
        """Take up the positions of partitions that were just assigned."""
        if not reader.unsettled:
            return
        hand, cluster_id = Hand(reader, reader.generation), reader.cluster.id
        async with reader.at_rest():
            known = await self._setting_up.guarded(hand, lambda: self._intake.positions(cluster_id))
            renewed = frozenset(reader.renewed)
            if renewed:
                log.warning("topics were made anew, reading them again", partitions=sorted(renewed))
                await self._setting_up.guarded(hand, lambda: self._intake.forget(cluster_id, renewed))
            fresh = await reader.settle({one: at for one, at in known.items() if one not in renewed})
            reader.forget(renewed)
            await self._setting_up.guarded(hand, lambda: self._intake.note_positions(cluster_id, fresh))
            self._silence.listen(reader.sources())

    async def _watch_positions(self, reader: Reader) -> None:
        """Set up again where a database came back without its last commits, or a topic was made anew."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            if await self._intake.has_fallen_back():
                log.warning("database fell back behind what was applied, reading again")
                reader.unsettle()
            with suppress(IllegalStateError, TimeoutError):
                async with asyncio.timeout(CHECK_SECONDS):
                    await reader.look_ahead()

    async def _mind_silence(self, reader: Reader) -> None:
        """Take note of sources of which nothing is heard."""
        while True:
            await asyncio.sleep(LISTEN_SECONDS)
            await reader.reread(self._silence.missed())
            await self._silence.note()


async def _together(works: Iterable[Coroutine[None, None, None]]) -> None:
    """``works`` side by side; where one fails, the others are broken off.

    Raises:
        Exception: the failure.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        await _ended(tasks)


async def _until_one_ends(*works: Coroutine[None, None, None]) -> None:
    """``works`` until one of them ends; the others are broken off where they are.

    A client may wait for what never comes any more.

    Raises:
        Exception: the failure that ended it.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await _ended(tasks)


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel what still goes on of ``tasks``, and wait for all."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _elsewhere(reader: Reader) -> None:
    """Wait for what ends the client's use.

    Raises:
        ClusterChanged: another cluster stands at the address.
    """
    await reader.elsewhere()
    raise ClusterChanged


async def _commit_on(reader: Reader) -> None:
    """Commit offsets a few times a second."""
    while True:
        await asyncio.sleep(COMMIT_SECONDS)
        try:
            await reader.commit()
        except KafkaError as error:
            log.info("offsets not committed", error=repr(error))


async def _watch(reader: Reader) -> None:
    """Mark ``reader`` as stuck where records wait and its positions have not moved for two minutes."""
    lagging: dict[TopicPartition, int] = {}
    since = asyncio.get_running_loop().time()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        present = asyncio.get_running_loop().time()
        try:
            lags = await reader.lags()
        except (KafkaError, IllegalStateError):
            continue
        if reader.is_held or not lags or lags != lagging:
            lagging, since = lags, present
        reader.is_stuck = present - since > NO_PROGRESS_SECONDS
