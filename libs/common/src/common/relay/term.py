"""A term of leadership: rows are read, sent, marked, and watermarks told, until something ends it."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import structlog
from aiokafka.errors import KafkaError

from common.bus.cluster import Topic
from common.clock import Clock
from common.horizon import WATERMARK_RETENTION, Watermark, watermark_topic
from common.metrics import OUTBOX_AGE, OUTBOX_PENDING
from common.outbox import OUTBOX_CHANNEL
from common.relay.lanes import Lanes
from common.relay.sender import Sender
from common.relay.shelf import BATCH, Shelf

log = structlog.get_logger()

WINDOW = 4000
TICK_SECONDS = 0.25


class Term:
    """The leader's work on one cluster.

    Args:
        service: whose outbox it is.
        clock: the present; what watermarks say.
        shelf: the outbox.
        sender: the producer.
        group: its tasks end together, and with them the term.
    """

    def __init__(
        self, service: str, clock: Clock, shelf: Shelf, sender: Sender, group: asyncio.TaskGroup
    ) -> None:
        self._service, self._clock, self._shelf, self._sender = service, clock, shelf, sender
        self._told_on = Topic(watermark_topic(service), WATERMARK_RETENTION, partitions=1)
        self._group = group
        self._lanes = Lanes(sender, group)
        self._wake, self._speak = asyncio.Event(), asyncio.Event()
        self._snapshots: deque[tuple[datetime, int]] = deque()
        self._confirmed: datetime | None = None
        self._is_due = False
        self.last_sign = asyncio.get_running_loop().time()

    async def begin(self, connection: asyncpg.Connection, topics: Sequence[str]) -> None:
        """Learn where every partition ends that was ever written to, then start."""
        self._group.create_task(self._sender.watch())
        for topic in topics:
            await self._lanes.open(topic)
        await connection.add_listener(OUTBOX_CHANNEL, lambda *_: self._wake.set())
        for work in (self._read_on(), self._mark_on(), self._tick(), self._tell()):
            self._group.create_task(work)

    async def _read_on(self) -> None:
        """Read at every wake-up."""
        while True:
            self._wake.clear()
            while await self._read():
                pass
            self.last_sign = asyncio.get_running_loop().time()
            await self._wake.wait()

    async def _read(self) -> bool:
        """Put the next rows on their way; whether there may be more that can go at once."""
        asked_at = self._clock()
        limit = min(BATCH, WINDOW - len(self._lanes))
        if limit <= 0:
            return False
        parcels = await self._shelf.unpublished(self._lanes.under_way, limit)
        for parcel in parcels:
            await self._lanes.put(parcel)
        if len(parcels) == limit:
            return True
        self._snapshots.append((asked_at, self._lanes.put_in))
        self._confirm()
        return False

    async def _mark_on(self) -> None:
        """Write down what arrived."""
        while True:
            await self._lanes.arrived.wait()
            seqs = self._lanes.acknowledged()
            await self._shelf.mark(self._sender.cluster.id, seqs)
            was_full = len(self._lanes) >= WINDOW
            self._lanes.marked(seqs)
            self._confirm()
            if was_full:
                self._wake.set()

    def _confirm(self) -> None:
        """Everything that a snapshot held is acknowledged: its instant is confirmed."""
        while self._snapshots and self._snapshots[0][1] <= self._lanes.is_done_below:
            self._confirmed = self._snapshots.popleft()[0]
            if self._is_due:
                self._is_due = False
                self._speak.set()

    async def _tick(self) -> None:
        """Four times a second a watermark is due, and for it a fresh look at the outbox."""
        while True:
            self._is_due = True
            self._wake.set()
            OUTBOX_PENDING.set(len(self._lanes))
            oldest = self._lanes.oldest
            OUTBOX_AGE.set((self._clock() - oldest).total_seconds() if oldest else 0)
            await asyncio.sleep(TICK_SECONDS)

    async def _tell(self) -> None:
        """Send watermarks; one that is not acknowledged is made up for by the next."""
        while True:
            await self._speak.wait()
            self._speak.clear()
            if self._confirmed is None:
                continue
            positions = self._lanes.told_positions()
            mark = Watermark(self._service, self._sender.cluster.id, self._confirmed, positions)
            try:
                await self._sender.tell(self._told_on, self._service.encode(), mark.encode())
            except KafkaError as error:
                log.info("watermark not acknowledged", error=repr(error))
