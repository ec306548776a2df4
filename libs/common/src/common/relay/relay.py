"""The relay of one service: stands by, leads, and starts anew after whatever ended a term."""

import asyncio
from collections.abc import Iterable
from typing import NoReturn

import asyncpg
import structlog
from aiokafka.errors import KafkaError

from common.bus.cluster import Bus, ClusterChanged, Topic, meet, topics_of
from common.clock import Clock
from common.db import Database
from common.events import Event
from common.horizon import WATERMARK_RETENTION, watermark_topic
from common.pauses import pause_after
from common.relay.leadership import leadership
from common.relay.sender import Sender, SenderLost
from common.relay.shelf import Shelf
from common.relay.term import Term
from common.retention import Retention

log = structlog.get_logger()

RETRY_SECONDS = (0.2, 5.0)

_ENDS = (
    *(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError),
    *(KafkaError, OSError, ClusterChanged, SenderLost),
)


class Relay:
    """Publishes one service's outbox; of several replicas one does.

    Args:
        database: the service's.
        bus: where to publish.
        service: its name.
        publishes: the events it declares.
        clock: the present; what watermarks say.
        retention: how long topics keep their records.
    """

    def __init__(
        self,
        database: Database,
        bus: Bus,
        service: str,
        publishes: Iterable[type[Event]],
        clock: Clock,
        retention: Retention,
    ) -> None:
        self._database, self._bus, self._service, self._clock = database, bus, service, clock
        self._topics = topics_of(publishes, retention.outbox)
        self._topic_of_marks = Topic(watermark_topic(service), WATERMARK_RETENTION, partitions=1)
        self._failures = 0
        self._sign = 0.0
        self._term: Term | None = None

    @property
    def last_sign(self) -> float:
        """Loop time at which the relay was last seen at work or standing by."""
        return max(self._sign, self._term.last_sign if self._term else 0.0)

    def sign(self) -> None:
        """Take note that the relay lives."""
        self._sign = asyncio.get_running_loop().time()

    async def run(self) -> NoReturn:
        """Stand by or relay for good."""
        while True:
            self.sign()
            try:
                async with leadership(self._database, self.sign) as connection:
                    await self._lead(connection)
            except* _ENDS as errors:
                log.warning("relay starts anew", errors=[repr(error) for error in errors.exceptions])
            self._term = None
            self._failures += 1
            await asyncio.sleep(pause_after(self._failures, *RETRY_SECONDS))

    async def _lead(self, connection: asyncpg.Connection) -> None:
        cluster = await meet(self._bus, [*self._topics, self._topic_of_marks])
        shelf = Shelf(connection)
        await shelf.readmit(cluster.id)
        sender = Sender(self._bus, cluster)
        try:
            await sender.start()
            async with asyncio.TaskGroup() as group:
                self._term = Term(self._service, self._clock, shelf, sender, group)
                await self._term.begin(connection, [topic.name for topic in self._topics])
                log.info("relay leads", service=self._service, cluster_id=cluster.id)
                self._failures = 0
        finally:
            await sender.close()
