"""How many partitions a topic gets, how long it is kept, and which lane each partition goes to."""

from datetime import timedelta
from typing import ClassVar

import pytest
from aiokafka import TopicPartition

from common.bus.cluster import FOR_GOOD, Cluster, Topic, topics_of
from common.bus.reader import LANES, lane_of
from common.events import Event

MONTH = timedelta(days=30)
EMBEDDED = Cluster("embedded", 1, is_idempotent=False)


def kafka(brokers: int) -> Cluster:
    return Cluster("kafka", brokers, is_idempotent=True)


@pytest.mark.parametrize(
    ("topic", "cluster", "count"),
    [
        (Topic("quiet", MONTH), EMBEDDED, 1),
        (Topic("busy", MONTH, is_busy=True), EMBEDDED, 4),
        (Topic("quiet", MONTH), kafka(1), 4),
        (Topic("quiet", MONTH), kafka(2), 4),
        (Topic("quiet", MONTH), kafka(3), 12),
        (Topic("busy", MONTH, is_busy=True), kafka(5), 12),
        (Topic("marks", MONTH, partitions=1), EMBEDDED, 1),
        (Topic("marks", MONTH, is_busy=True, partitions=1), kafka(3), 1),
    ],
)
def test_a_topic_is_shared_out_as_its_cluster_can_bear(topic: Topic, cluster: Cluster, count: int) -> None:
    assert cluster.partitions_of(topic) == count


class Seen(Event):
    type: ClassVar[str] = "maker.sight.seen"
    topic: ClassVar[str] = "maker.sight.v1"


class Sworn(Seen):
    type: ClassVar[str] = "maker.sight.sworn"
    is_kept_for_good: ClassVar[bool] = True


class Heard(Event):
    type: ClassVar[str] = "maker.sound.heard"
    topic: ClassVar[str] = "maker.sound.v1"
    is_busy: ClassVar[bool] = True


@pytest.mark.parametrize("sights", [(Seen, Sworn), (Sworn, Seen)])
def test_a_topic_is_as_the_most_demanding_of_its_events(sights: tuple[type[Event], ...]) -> None:
    assert topics_of([*sights, Heard], MONTH) == [
        Topic("maker.sight.v1", FOR_GOOD),
        Topic("maker.sound.v1", MONTH, is_busy=True),
    ]


@pytest.mark.parametrize("replicas", [1, 2, 3, 4])
@pytest.mark.parametrize("topic", ["ticketing.ticket.v1", "sla.clock.v1"])
def test_whatever_a_replica_is_dealt_most_of_its_lanes_have_work(topic: str, replicas: int) -> None:
    """Partitions are dealt in turn: each replica gets every second, third or fourth one."""
    for replica in range(replicas):
        dealt = [TopicPartition(topic, number) for number in range(replica, 12, replicas)]
        assert len({lane_of(one) for one in dealt}) >= LANES - 1


def test_where_one_broker_stands_alone_every_lane_has_a_partition_of_a_busy_topic() -> None:
    lanes = {lane_of(TopicPartition("ticketing.ticket.v1", number)) for number in range(4)}
    assert lanes == set(range(LANES))
