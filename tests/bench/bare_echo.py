"""The bare limit of a round trip over the bus: what is consumed is inserted, and nothing else."""

import sys
from uuid import UUID

import asyncpg
import uvloop
from aiokafka import AIOKafkaConsumer


async def consume(url: str, bootstrap: str, topic: str) -> None:
    """Insert the key of every record."""
    connection = await asyncpg.connect(url)
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=10
    )
    await consumer.start()
    while True:
        found = await consumer.getmany(timeout_ms=250)
        keys = [UUID(record.key.decode()) for batch in found.values() for record in batch]
        if keys:
            await connection.execute("INSERT INTO arrived SELECT unnest($1::uuid[])", keys)


def main() -> None:
    """Consume until killed: database, bus, topic."""
    url, bootstrap, topic = sys.argv[1:]
    uvloop.run(consume(url, bootstrap, topic))


if __name__ == "__main__":
    main()
