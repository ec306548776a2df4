"""Lanes: what goes to one partition goes in order, and a lane that is stuck holds up no other."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

import structlog
from aiokafka.errors import KafkaError

from common.metrics import EVENTS_PUBLISHED
from common.relay.sender import Lane, Sender
from common.relay.shelf import BATCH, Parcel

log = structlog.get_logger()

RETRY_SECONDS = 0.2


class Lanes:
    """Parcels under way, by lane.

    Args:
        sender: hands them over.
        group: its tasks are the lanes'.
    """

    def __init__(self, sender: Sender, group: asyncio.TaskGroup) -> None:
        self._sender, self._group = sender, group
        self._waiting: dict[Lane, deque[Parcel]] = {}
        self._under_way: OrderedDict[int, tuple[int, datetime]] = OrderedDict()
        self._acknowledged: list[int] = []
        self._positions: dict[Lane, int] = {}
        self.put_in = 0
        self.arrived = asyncio.Event()

    def __len__(self) -> int:
        """How many are put in and not yet marked."""
        return len(self._under_way)

    @property
    def under_way(self) -> list[int]:
        """``seq`` of everything put in and not yet marked."""
        return list(self._under_way)

    @property
    def is_done_below(self) -> int:
        """Of the parcels put in, all before this number are marked."""
        return next(iter(self._under_way.values()), (self.put_in, None))[0]

    @property
    def oldest(self) -> datetime | None:
        """When the first of those under way was written."""
        return next(iter(self._under_way.values()), (0, None))[1]

    def told_positions(self) -> dict[str, dict[str, int]]:
        """Topic to partition to the offset behind the last acknowledged record."""
        told: dict[str, dict[str, int]] = {}
        for (topic, partition), offset in self._positions.items():
            told.setdefault(topic, {})[str(partition)] = offset
        return told

    async def open(self, topic: str) -> None:
        """Learn where each partition of ``topic`` ends, before anything is sent to it."""
        self._positions |= await self._sender.open(topic)

    async def put(self, parcel: Parcel) -> None:
        """Send ``parcel`` behind those of its lane."""
        if not self._sender.is_open(parcel.topic):
            await self.open(parcel.topic)
        self._under_way[parcel.seq] = (self.put_in, parcel.created_at)
        self.put_in += 1
        lane = self._sender.lane(parcel)
        if lane in self._waiting:
            self._waiting[lane].append(parcel)
        else:
            self._waiting[lane] = deque([parcel])
            self._group.create_task(self._empty(lane))

    def acknowledged(self) -> list[int]:
        """``seq`` of what arrived since the last call."""
        self.arrived.clear()
        seqs, self._acknowledged = self._acknowledged, []
        return seqs

    def marked(self, seqs: Sequence[int]) -> None:
        """These are written down as acknowledged."""
        for seq in seqs:
            del self._under_way[seq]

    async def _empty(self, lane: Lane) -> None:
        """Send what waits in a lane, batch after batch, until nothing does."""
        waiting = self._waiting[lane]
        while waiting:
            try:
                count, first = await self._sender.send(lane, list(islice(waiting, BATCH)))
            except KafkaError as error:
                log.warning("not acknowledged, sending again", lane=lane, error=repr(error))
                await asyncio.sleep(RETRY_SECONDS)
                continue
            self._positions[lane] = first + count
            self._acknowledged += [waiting.popleft().seq for _ in range(count)]
            self.arrived.set()
            EVENTS_PUBLISHED.labels(lane[0]).inc(count)
        del self._waiting[lane]
