from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from aftercare.embedded import EmbeddedBroker


async def cluster_of(broker):
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        return (await admin.describe_cluster())["cluster_id"]
    finally:
        await admin.close()


async def test_every_start_is_a_new_cluster_at_the_same_address(tmp_path):
    with EmbeddedBroker(tmp_path / "两 brokers") as broker:
        address, first = broker.bootstrap, broker.cluster_id
        assert await cluster_of(broker) == first
        broker.kill()
        broker.start()
        assert broker.bootstrap == address
        assert await cluster_of(broker) == broker.cluster_id != first


async def test_it_takes_records(tmp_path):
    with EmbeddedBroker(tmp_path) as broker:
        producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap)
        await producer.start()
        try:
            record = await producer.send_and_wait("things", b"value", key=b"key")
        finally:
            await producer.stop()
        assert record.offset == 0
