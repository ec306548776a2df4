"""The outbox as the relay sees it: rows not yet acknowledged, rows to mark, rows that must go out again."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import orjson
import structlog

log = structlog.get_logger()

BATCH = 500
READMIT = 5000


@dataclass(frozen=True, slots=True)
class Parcel:
    """One row on its way.

    Args:
        seq: its place in the outbox.
        topic: without the installation's prefix.
        key: aggregate id.
        headers: as they travel.
        payload: body.
        created_at: when it was written.
    """

    seq: int
    topic: str
    key: bytes
    headers: list[tuple[str, bytes]]
    payload: bytes
    created_at: datetime


_UNPUBLISHED = """
SELECT seq, topic, aggregateid, headers::text, payload, created_at FROM outbox
WHERE cluster_id IS NULL AND seq NOT IN (SELECT unnest($1::bigint[])) ORDER BY seq LIMIT $2
"""
_MARK = "UPDATE outbox SET cluster_id = $1 WHERE seq = ANY($2::bigint[]) AND cluster_id IS NULL"
_READMIT = """
WITH looked_at AS (SELECT seq, cluster_id FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2),
     changed AS (UPDATE outbox o SET cluster_id = NULL
         FROM looked_at s WHERE o.seq = s.seq AND s.cluster_id <> $3)
SELECT max(seq) FROM looked_at
"""
_STANDS_ON = """
INSERT INTO outbox_cluster (one, cluster_id) VALUES (true, $1)
ON CONFLICT (one) DO UPDATE SET cluster_id = excluded.cluster_id
"""


class Shelf:
    """Statements on the outbox over the leader's connection, one at a time.

    Args:
        connection: that holds the relay's lock, so that nothing is read or marked without it.
    """

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()

    async def unpublished(self, under_way: Collection[int], limit: int) -> Sequence[Parcel]:
        """Rows that no cluster has acknowledged and that are not ``under_way``, in order."""
        async with self._turn:
            rows = await self._connection.fetch(_UNPUBLISHED, list(under_way), limit)
        return [Parcel(row[0], row[1], row[2].encode(), _headers(row[3]), row[4], row[5]) for row in rows]

    async def mark(self, cluster_id: str, seqs: Sequence[int]) -> None:
        """These rows were acknowledged by the cluster."""
        async with self._turn:
            await self._connection.execute(_MARK, cluster_id, seqs)

    async def readmit(self, cluster_id: str) -> None:
        """Where the retained rows stand on another cluster, have all of them published again on this one."""
        if await self._connection.fetchval("SELECT cluster_id FROM outbox_cluster") == cluster_id:
            return
        log.info("publishing retained events to another cluster", cluster_id=cluster_id)
        last: int | None = 0
        while last is not None:
            last = await self._connection.fetchval(_READMIT, last, READMIT, cluster_id)
        await self._connection.execute(_STANDS_ON, cluster_id)


def _headers(told: str) -> list[tuple[str, bytes]]:
    return [(name, value.encode()) for name, value in orjson.loads(told).items()]
