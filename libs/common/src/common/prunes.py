"""Sweeps that forget what has been kept long enough."""

from datetime import datetime, timedelta

from common.db import Session
from common.idempotency import prune_idempotency_keys
from common.inbox import fetch
from common.retention import Retention
from common.sweeps import Sweep, Swept

BATCH = 5000
EVERY = timedelta(minutes=10)


def prune(name: str, table: str, key: str, condition: str, age: timedelta) -> Sweep:
    """A sweep that deletes rows of ``table`` where ``condition`` holds; ``$1`` is the instant ``age`` ago.

    Args:
        name: of the sweep.
        table: name of the table.
        key: columns of its primary key, as SQL.
        condition: SQL over its columns and ``$1``.
        age: how long its rows are kept.
    """
    sql = (
        f"DELETE FROM {table} WHERE ({key}) IN "  # noqa: S608 - names and conditions stand in our own code
        f"(SELECT {key} FROM {table} WHERE {condition} LIMIT {BATCH} FOR UPDATE SKIP LOCKED) RETURNING 1"
    )

    async def run(session: Session, now: datetime) -> Swept:
        count = len(await fetch(session, sql, now - age))
        return Swept(count, more=count == BATCH)

    return Sweep(name, run, every=EVERY)


def prunes(retention: Retention) -> list[Sweep]:
    """What every service forgets: published events, marks of applied ones, positions on lost clusters."""
    return [
        prune(
            "prune_outbox", "outbox", "seq", "created_at < $1 AND cluster_id IS NOT NULL", retention.outbox
        ),
        prune("prune_inbox", "inbox", "source, event_id", "received_at < $1", retention.inbox),
        prune("prune_positions", "applied_position", "topic, partition, cluster_id", _GONE, retention.inbox),
        Sweep("prune_idempotency_keys", _prune_idempotency, every=EVERY),
    ]


async def _prune_idempotency(session: Session, now: datetime) -> Swept:
    count = await prune_idempotency_keys(session, now, BATCH)
    return Swept(count, more=count == BATCH)


_GONE = """
updated_at < $1 AND cluster_id <> (
    SELECT n.cluster_id FROM applied_position n ORDER BY n.updated_at DESC LIMIT 1
)
"""
