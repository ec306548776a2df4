import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from aftercare.kafka import KafkaCluster

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    folder = tmp_path_factory.mktemp("卡夫卡 kafka")
    (folder / "cluster-id").write_text("-uX7Rr2dTQCqzYb1w0pLkA")  # one in 64 begins like an option
    with KafkaCluster(folder) as started:
        yield started


async def test_a_node_is_killed_and_brought_back_without_loss(cluster):
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("things", 3, 3)])
    await admin.close()
    producer = AIOKafkaProducer(
        bootstrap_servers=cluster.bootstrap, enable_idempotence=True, request_timeout_ms=60_000
    )
    consumer = AIOKafkaConsumer("things", bootstrap_servers=cluster.bootstrap, auto_offset_reset="earliest")
    await producer.start()
    await consumer.start()
    try:
        for number in range(60):
            if number == 20:
                cluster.kill(2)
            if number == 40:
                cluster.restart(2)
            await producer.send_and_wait("things", str(number).encode(), key=str(number).encode())
        arrived = {int((await consumer.getone()).value) for _ in range(60)}
    finally:
        await consumer.stop()
        await producer.stop()
    assert arrived == set(range(60))


def test_the_cluster_keeps_its_id_over_a_restart(cluster):
    again = KafkaCluster(cluster.folder)
    assert again.nodes[1]._cluster_id == cluster.nodes[1]._cluster_id
