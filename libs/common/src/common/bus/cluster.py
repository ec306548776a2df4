"""Where the bus is, which cluster stands there, and clients that never cross over to another unnoticed."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from weakref import WeakSet

from aiokafka import AIOKafkaClient
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import ConnectionGroup
from aiokafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    InvalidReplicationFactorError,
    KafkaError,
    NotCoordinatorError,
    TopicAlreadyExistsError,
    for_code,
)
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.protocol.transaction import InitProducerIdRequest

from common.events import Event

REPLICAS = 3
PARTITIONS = 12
PARTITIONS_ALONE = 4
"""On fewer brokers than copies; where a fetch looks at each partition, only busy topics have several."""

REQUEST_TIMEOUT_MS = 30_000
RETRY_SECONDS = 0.2
FOR_GOOD = timedelta(milliseconds=-1)
"""The retention of a topic that forgets nothing, as brokers write it."""


class ClusterChanged(Exception):  # noqa: N818 - an event, not a mistake
    """Another cluster answers where the known one stood: positions of the old one mean nothing there."""


@dataclass(frozen=True, slots=True)
class Bus:
    """A bus by its address.

    Args:
        bootstrap: ``host:port`` of some brokers, separated by commas.
        prefix: stands before every topic and group, so that several installations can share a cluster.
        session_ms: a member of a group that was not heard for this long is out of it.
    """

    bootstrap: str
    prefix: str = ""
    session_ms: int = 6000

    def wire(self, name: str) -> str:
        """The name of a topic or group as the brokers know it."""
        return self.prefix + name

    def own(self, wire: str) -> str:
        """The name of a topic as we know it."""
        return wire.removeprefix(self.prefix)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that must exist.

    Args:
        name: without the installation's prefix.
        retention: how long its records are kept.
        is_busy: whether it is shared out even where each partition costs every fetch.
        partitions: their number; by default what suits the size of the cluster.
    """

    name: str
    retention: timedelta
    is_busy: bool = False
    partitions: int | None = None


def topics_of(events: Iterable[type[Event]], retention: timedelta) -> list[Topic]:
    """The topics that ``events`` travel on; records are kept for ``retention``, evidence for good."""
    by_topic: dict[str, list[type[Event]]] = {}
    for event in events:
        by_topic.setdefault(event.topic, []).append(event)
    return [
        Topic(
            name,
            FOR_GOOD if any(event.is_kept_for_good for event in carried) else retention,
            any(event.is_busy for event in carried),
        )
        for name, carried in by_topic.items()
    ]


@dataclass(frozen=True, slots=True)
class Cluster:
    """What stands at the bus's address.

    Args:
        id: identity; an embedded broker has a new one at every start.
        brokers: number of nodes.
        is_idempotent: whether it recognises a producer's retries.
    """

    id: str
    brokers: int
    is_idempotent: bool

    @property
    def fetch_wait_ms(self) -> int:
        """How long a fetch may wait for records at the broker.

        Apache Kafka answers as soon as there are some. The embedded broker looks again only after half of
        this time, which is what an event waits at the most; looking twice as often costs so much of two
        cores that every event arrives later for it.
        """
        return 500 if self.is_idempotent else 20

    def partitions_of(self, topic: Topic) -> int:
        """How many partitions ``topic`` gets where it is made here."""
        if topic.partitions is not None:
            return topic.partitions
        if self.brokers >= REPLICAS:
            return PARTITIONS
        return PARTITIONS_ALONE if topic.is_busy or self.is_idempotent else 1

    @property
    def keeps_everything(self) -> bool:
        """Whether records stay for good, whatever the topic's retention: the embedded broker never prunes."""
        return not self.is_idempotent


class Pin:
    """Keeps a client on one cluster: each new connection is asked where it leads before it carries anything.

    Without it a client that reconnects to a broker started anew goes on with what it had in hand, ahead of
    what must be published again, or reads on from a position of the log that was lost.

    Args:
        client: of a producer or consumer that has not been started.
        cluster_id: the cluster it belongs to.
        changed: set when another one stands there; of its own unless it shares that of a client it helps.
    """

    def __init__(self, client: AIOKafkaClient, cluster_id: str, changed: asyncio.Event | None = None) -> None:
        self.cluster_id = cluster_id
        self.changed = changed or asyncio.Event()
        self._verified: WeakSet[Any] = WeakSet()
        self._connect = client._get_conn  # noqa: SLF001 - the only place where a client takes up a connection
        client._get_conn = self._get_conn  # noqa: SLF001

    async def _get_conn(
        self,
        node_id: Any,  # noqa: ANN401 - a number, or a name while bootstrapping
        *,
        group: ConnectionGroup = ConnectionGroup.DEFAULT,
        no_hint: bool = False,
    ) -> Any:  # noqa: ANN401 - the client has no types
        connection = await self._connect(node_id, group=group, no_hint=no_hint)
        if connection is None or connection in self._verified:
            return connection
        try:
            answer = await connection.send(MetadataRequest([]))
        except (KafkaError, TimeoutError, OSError):
            return None
        if answer.cluster_id != self.cluster_id:
            self.changed.set()
            connection.close()
            return None
        self._verified.add(connection)
        return connection if connection.connected() else None


@asynccontextmanager
async def _admin(bus: Bus) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bus.bootstrap, request_timeout_ms=10_000)
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


async def meet(bus: Bus, topics: Iterable[Topic]) -> Cluster:
    """The cluster that stands at the bus's address, with ``topics`` created where they were missing.

    Raises:
        KafkaError: it does not answer, or cannot create the topics yet.
    """
    async with _admin(bus) as admin:
        cluster = await _cluster(admin)
        await _create_missing(admin, [_new_topic(bus, topic, cluster) for topic in topics])
        return cluster


async def partitions_of(bus: Bus, topic: str) -> list[int]:
    """The partitions of ``topic``; none where there is no such topic, which is not created by asking.

    Raises:
        KafkaError: the bus is away.
    """
    async with _admin(bus) as admin:
        if bus.wire(topic) not in await admin.list_topics():
            return []
        (described,) = await admin.describe_topics([bus.wire(topic)])
        return [partition["partition"] for partition in described["partitions"]]


async def renew(bus: Bus, topic: Topic) -> None:
    """Delete ``topic`` with all that is in it and create it again.

    Raises:
        KafkaError: the bus is away.
    """
    async with _admin(bus) as admin:
        cluster = await _cluster(admin)
        await admin.delete_topics([bus.wire(topic.name)])
        await _create_missing(admin, [_new_topic(bus, topic, cluster)])


async def _cluster(admin: AIOKafkaAdminClient) -> Cluster:
    described = await admin.describe_cluster()
    return Cluster(described["cluster_id"], len(described["brokers"]), await _is_idempotent(admin))


def _new_topic(bus: Bus, topic: Topic, cluster: Cluster) -> NewTopic:
    is_replicated = cluster.brokers >= REPLICAS
    settings = {"retention.ms": str(int(topic.retention.total_seconds() * 1000)), "cleanup.policy": "delete"}
    if is_replicated:
        settings["min.insync.replicas"] = str(REPLICAS - 1)
    return NewTopic(
        bus.wire(topic.name),
        cluster.partitions_of(topic),
        REPLICAS if is_replicated else 1,
        topic_configs=settings,
    )


async def _create_missing(admin: AIOKafkaAdminClient, topics: list[NewTopic]) -> None:
    present = set(await admin.list_topics())
    missing = [topic for topic in topics if topic.name not in present]
    if not missing:
        return
    answer = await admin.create_topics(missing)
    for topic in answer.topic_errors:
        error = for_code(topic[1])
        if topic[1] and error is not TopicAlreadyExistsError:
            raise (
                error(topic[0])
                if error is not InvalidReplicationFactorError
                else KafkaError(f"{topic[0]}: fewer brokers are up than copies are wanted; start the others")
            )


async def _is_idempotent(admin: AIOKafkaAdminClient) -> bool:
    """Whether the broker hands out producer ids; one that does not know how answers with an error at once."""
    while True:
        answer = await admin._send_request(InitProducerIdRequest(None, 60_000))  # noqa: SLF001 - no public form
        error = for_code(answer.error_code)
        if error not in {CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError}:
            return bool(answer.error_code == 0)
        await asyncio.sleep(RETRY_SECONDS)
