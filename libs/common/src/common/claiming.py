"""Taking events for a transaction: each by one, none past a parked one of its key, on ground that holds."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from common.bus.records import Heard, Unreadable
from common.db import Session
from common.inbox import IS_BEHIND, FellBack, Ground, execute, fetch
from common.inserts import json_text

Identity = tuple[str, UUID]
Key = tuple[str, str]
"""Topic and aggregate id."""

_BLOCKED = """
SELECT topic, key FROM unnest($1::text[], $2::text[]) AS asked(topic, key)
WHERE EXISTS (SELECT 1 FROM parked_event p WHERE p.topic = asked.topic AND p.key = asked.key)
"""
_CLAIM = f"""
WITH heard AS MATERIALIZED (
    SELECT * FROM json_to_recordset($2::json) AS heard(source text, event_id uuid, topic text, key text)
),
claimed AS (
    INSERT INTO inbox (source, event_id, received_at)
    SELECT DISTINCT source, event_id, $3::timestamptz FROM heard
    ORDER BY source, event_id ON CONFLICT DO NOTHING RETURNING source, event_id
)
SELECT source, event_id, NULL, NULL FROM claimed
UNION ALL SELECT DISTINCT NULL, NULL::uuid, topic, key FROM heard
WHERE EXISTS (SELECT 1 FROM parked_event p WHERE p.topic = heard.topic AND p.key = heard.key)
UNION ALL SELECT NULL, NULL, NULL, NULL WHERE {IS_BEHIND}
"""  # noqa: S608 - our own words
_LOCK = """
SELECT pg_advisory_xact_lock(number) FROM (
    SELECT DISTINCT hashtextextended(topic || '/' || key, 0) AS number
    FROM unnest($1::text[], $2::text[]) AS asked(topic, key) ORDER BY number
) AS numbers
"""


async def claim(
    session: Session, items: Sequence[Heard | Unreadable], ground: Ground, now: datetime
) -> tuple[set[Identity], set[Key]]:
    """Take events for this transaction.

    Args:
        session: of the batch.
        items: as read.
        ground: how far their partitions were applied.
        now: when they were taken up.

    Returns:
        Those that nobody took before, and the keys that have parked events, held as they are until the
        transaction ends.

    Raises:
        FellBack: the database has lost what they follow on.
    """
    rows = await fetch(session, _CLAIM, ground, json_text([_told(item) for item in items]), now)
    if any(row[0] is None and row[2] is None for row in rows):
        raise FellBack
    fresh = {(row[0], row[1]) for row in rows if row[0] is not None}
    # Who took some of them before us may have been waited for, and have parked since this statement began.
    if len(fresh) == len(items) == len(rows):
        return fresh, set()
    return fresh, await _behind_parked(session, {key_of(item) for item in items})


def _told(item: Heard | Unreadable) -> dict[str, str | UUID]:
    source, event_id = item.identity
    return {"source": source, "event_id": event_id, "topic": item.record.topic, "key": item.record.key}


async def _behind_parked(session: Session, keys: set[Key]) -> set[Key]:
    found = await _blocked(session, keys)
    if not found:
        return found
    await hold_keys(session, found)
    return await _blocked(session, found)


def key_of(item: Heard | Unreadable) -> Key:
    """What keeps its order: an event waits behind a parked one of the same key."""
    return item.record.topic, item.record.key


async def blocked_keys(session: Session, topic: str, keys: Iterable[str]) -> set[str]:
    """Those of ``keys`` on ``topic`` that have parked events, so that what is known of them is incomplete."""
    return {key for _, key in await _blocked(session, {(topic, key) for key in keys})}


async def _blocked(session: Session, keys: set[Key]) -> set[Key]:
    named = [key for key in keys if key[1]]
    if not named:
        return set()
    topics, names = zip(*named, strict=True)
    return {(row[0], row[1]) for row in await fetch(session, _BLOCKED, list(topics), list(names))}


async def hold_keys(session: Session, keys: set[Key]) -> None:
    """Wait for whoever adds to or takes from these keys' parked events, and keep others from it."""
    topics, names = zip(*keys, strict=True)
    await execute(session, _LOCK, list(topics), list(names))
