"""The consumer: reads the bus for one service and applies each batch, whatever happens around it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import NoReturn, TypeVar

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from common.bus.cluster import Bus, ClusterChanged, Topic, meet
from common.bus.intake import Intake, Renewed
from common.bus.listening import Hearing
from common.bus.reader import Reader
from common.bus.silence import Silence
from common.bus.sorting import Polled
from common.clock import Clock
from common.context import system
from common.db import Database
from common.horizon import WATERMARK_RETENTION, watermark_topic
from common.outages import is_outage
from common.retention import Retention

T = TypeVar("T")

log = structlog.get_logger()

COMMIT_SECONDS = 0.2
HOLD_SECONDS = (0.1, 2.0)
DOUBTS = 5
"""How often work may fail as if the database were away, though that answers, before the work is blamed."""

RESTART_SECONDS = (0.2, 5.0)
STUCK_SECONDS = 60.0
LOOK_SECONDS = 30.0
NO_PROGRESS_SECONDS = 120.0


class Stuck(Exception):  # noqa: N818 - said of the client
    """The client brings no records although there are some."""


class Abandoned(Exception):  # noqa: N818 - said of the batch
    """The batch in hand is another replica's by now, or the process ends."""


class Consumer:
    """Reads for one service; several replicas share the partitions.

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
        self._intake = Intake(database, hearing, clock)
        self._silence = Silence(database, system(hearing.service), clock)
        self._marks = {watermark_topic(service): service for service in hearing.watermarks_of}
        self._topics = [Topic(name, retention.outbox) for name in hearing.topics]
        self._topics += [Topic(name, WATERMARK_RETENTION, partitions=1) for name in self._marks]
        self._stopping = False
        self._pauses = self._doubts = 0
        self.last_sign = 0.0

    def stop(self) -> None:
        """Finish the batch in hand, commit, and return from ``run``."""
        self._stopping = True

    async def run(self) -> None:
        """Consume until stopped; after a failure of the client, or on another cluster, with a new client."""
        while not self._stopping:
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
        return min(RESTART_SECONDS[0] * 2.0 ** (self._pauses - 1), RESTART_SECONDS[1])

    def sign(self) -> None:
        """Take note that the consumer lives."""
        self.last_sign = asyncio.get_running_loop().time()

    async def _with_client(self) -> None:
        cluster = await meet(self._bus, self._topics)
        reader = Reader(self._bus, cluster, self._hearing.service, self._hearing.topics, self._marks)
        try:
            async with _beside(_commit_on(reader), _watch(reader)):
                await _unless(reader.elsewhere(), self._consume(reader))
        finally:
            self._silence.listen(set())
            await reader.close()

    async def _consume(self, reader: Reader) -> None:
        async with asyncio.timeout(STUCK_SECONDS):
            await reader.start()
        self._pauses = 0
        while not self._stopping:
            if reader.is_stuck:
                raise Stuck
            self.sign()
            with suppress(Abandoned):
                await self._settle(reader)
                await self._next(reader)
            await reader.reread(self._silence.missed())
            await self._silence.note()

    async def _settle(self, reader: Reader) -> None:
        """Take up the positions of partitions that were just assigned."""
        if not reader.unsettled:
            return
        generation, cluster_id = reader.generation, reader.cluster.id
        async with reader.busy:
            known = await self._guarded(reader, generation, lambda: self._intake.positions(cluster_id))
            fresh = await reader.settle(known)
            await self._guarded(reader, generation, lambda: self._intake.note_positions(cluster_id, fresh))
            self._silence.listen(reader.sources())

    async def _next(self, reader: Reader) -> None:
        try:
            async with asyncio.timeout(STUCK_SECONDS):
                polled = await reader.poll()
        except TimeoutError:
            raise Stuck from None
        if polled is None:
            return
        generation = reader.generation
        async with reader.busy:
            await self._take(reader, generation, polled)
            reader.applied(polled)
        for watermark in polled.watermarks:
            self._silence.heard(watermark)

    async def _take(self, reader: Reader, generation: int, polled: Polled) -> None:
        """Apply a batch; where it fails, event by event."""
        if self._doubts < DOUBTS and await self._guarded(
            reader, generation, lambda: self._intake.apply_batch(polled)
        ):
            self._doubts = 0
            return
        for single in polled.singles():
            await self._take_single(reader, generation, single)
        self._doubts = 0

    async def _take_single(self, reader: Reader, generation: int, single: Polled) -> None:
        """Apply or park one event, also one whose failure looks like the database's though that answers."""
        cause: Exception | None = None
        for _ in range(DOUBTS):
            if self._is_over(reader, generation):
                raise Abandoned
            try:
                await self._intake.apply_single(single)
            except Exception as error:  # noqa: BLE001 - raised again unless the database seems to be away
                is_away = isinstance(error, Renewed) or not await self._intake.is_database_there()
                if is_away or not is_outage(error):
                    await self._give_back(reader, generation, error)
                cause = error
            else:
                return
        if cause is not None:
            failure = cause
            await self._guarded(reader, generation, lambda: self._intake.park(single, failure))

    async def _guarded(self, reader: Reader, generation: int, act: Callable[[], Awaitable[T]]) -> T:
        """Do ``act`` unless the batch in hand is no longer ours.

        Raises:
            Abandoned: it is not, or the database went away and has come back.
        """
        if self._is_over(reader, generation):
            raise Abandoned
        try:
            return await act()
        except Exception as error:  # noqa: BLE001 - raised again unless the database is away
            self._doubts = self._doubts + 1 if await self._intake.is_database_there() else 0
            await self._give_back(reader, generation, error)

    async def _give_back(self, reader: Reader, generation: int, error: Exception) -> NoReturn:
        """Stay in the group, paused, until the database answers; then go on from the positions it knows.

        Not from the batch in hand: a database that comes back may have lost its last transactions, and with
        them the positions, and reading them again is what brings the effects back.

        Raises:
            Abandoned: always, unless ``error`` has nothing to do with the database being away.
        """
        if not is_outage(error):
            raise error
        log.warning("database away, holding", error=repr(error))
        reader.pause()
        pause = HOLD_SECONDS[0]
        while not self._is_over(reader, generation):
            self.sign()
            await reader.idle(pause)
            if await self._intake.is_database_there():
                reader.unsettle()
                break
            pause = min(pause * 2, HOLD_SECONDS[1])
        raise Abandoned from error

    def _is_over(self, reader: Reader, generation: int) -> bool:
        return self._stopping or reader.generation != generation


@asynccontextmanager
async def _beside(*works: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """``works`` go on while the block does."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _unless(end: Coroutine[None, None, None], work: Coroutine[None, None, None]) -> None:
    """``work``, broken off where it is when ``end`` comes: the client may wait in it for what never comes.

    Raises:
        ClusterChanged: ``end`` came.
    """
    tasks = [asyncio.create_task(end), asyncio.create_task(work)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0].done():
            raise ClusterChanged
        tasks[1].result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


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
