"""The bare limit of taking up events: aiokafka and asyncpg insert the same rows in the same batches."""

import sys
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import uvloop
from aiokafka import AIOKafkaConsumer

from common.bus.reader import BATCH
from tests.bench.stage import TICKETS_TOPIC

SUBJECT_OF = {
    "inbox": "SELECT r.*, f.subject_id AS about FROM inbox r JOIN fact f USING (event_id)",
    "subject": "SELECT r.*, r.id AS about FROM subject r",
    "fact": "SELECT r.*, r.subject_id AS about FROM fact r",
    "clock": "SELECT r.*, r.subject_id AS about FROM clock r",
    "watch": "SELECT r.*, r.subject_id AS about FROM watch r",
    "outbox": "SELECT r.*, c.subject_id AS about FROM outbox r JOIN clock c ON c.id::text = r.aggregateid",
}
GENERATED = {"seq"}
_COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_REACHED = """
INSERT INTO applied_position (topic, partition, cluster_id, next_offset, updated_at)
VALUES ($1, $2, 'bare', $3, now())
ON CONFLICT (topic, partition, cluster_id) DO UPDATE SET next_offset = excluded.next_offset
"""


@dataclass(slots=True)
class Rows:
    """All rows of one table, by the ticket they are about."""

    names: list[str]
    sql: str
    of: defaultdict[UUID, list[Any]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    async def all(cls, table: str, question: str, connection: asyncpg.Connection) -> "Rows":
        """What the product stored in ``table``."""
        columns = [row for row in await connection.fetch(_COLUMNS, table) if row[0] not in GENERATED]
        names = [row[0] for row in columns]
        slots = ", ".join(f"${n}::{row[1]}[]" for n, row in enumerate(columns, 1))
        sql = f"INSERT INTO {table} ({', '.join(names)}) SELECT * FROM unnest({slots})"
        found = cls(names, sql)
        for row in await connection.fetch(question):
            found.of[row["about"]].append([row[name] for name in names])
        return found

    async def insert(self, connection: asyncpg.Connection, tickets: list[UUID]) -> None:
        """Insert the rows about these tickets by one statement."""
        rows = [row for ticket in tickets for row in self.of[ticket]]
        await connection.execute(self.sql, *zip(*rows, strict=True))


async def consume(source: str, target: str, bootstrap: str, prefix: str) -> None:
    """Take the events' rows from ``source`` beforehand, then insert them as the events come."""
    connection = await asyncpg.connect(source)
    tables = [await Rows.all(table, question, connection) for table, question in SUBJECT_OF.items()]
    await connection.close()
    connection = await asyncpg.connect(target)
    consumer = AIOKafkaConsumer(
        prefix + TICKETS_TOPIC,
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=10,
    )
    await consumer.start()
    while True:
        found = await consumer.getmany(timeout_ms=250, max_records=BATCH)
        tickets = [UUID(record.key.decode()) for batch in found.values() for record in batch]
        if not tickets:
            continue
        async with connection.transaction():
            for table in tables:
                await table.insert(connection, tickets)
            for partition, batch in found.items():
                reached = batch[-1].offset + 1
                await connection.execute(_REACHED, TICKETS_TOPIC, partition.partition, reached)


def main() -> None:
    """Consume until killed: database with the rows, database to write to, bus, prefix of its topics."""
    source, target, bootstrap, prefix = sys.argv[1:]
    uvloop.run(consume(source, target, bootstrap, prefix))


if __name__ == "__main__":
    main()
