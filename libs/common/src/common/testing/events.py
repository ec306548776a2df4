"""Events as tests make them and find them."""

import json
from datetime import datetime
from typing import Any

from common.db import Database
from common.events import SOURCE_PREFIX, Envelope, Event
from common.ids import new_id


def arriving(
    kind: type[Event], key: object, told: dict[str, Any], now: datetime, version: int = 1
) -> Envelope:
    """An event as it comes from the bus.

    Args:
        kind: which one.
        key: id of the aggregate.
        told: its fields.
        now: when it happened, was written down and is taken up.
        version: of the aggregate after it.
    """
    return Envelope(
        id=new_id(),
        source=SOURCE_PREFIX + kind.service(),
        type=kind.type,
        version=kind.version,
        topic=kind.topic,
        key=str(key),
        subject=f"{kind.collection}/{key}",
        occurred_at=now,
        recorded_at=now,
        aggregate_version=version,
        correlation_id=str(new_id()),
        causation_id="",
        traceparent="",
        auth_type="system",
        auth_id=kind.service(),
        data=json.loads(kind.model_validate(told).model_dump_json()),
        received_at=now,
    )


_GAPS = """
SELECT type || ' ' || aggregateid || ': ' || before || ' -> ' || version FROM (
    SELECT type, aggregatetype, aggregateid, seq, version, coalesce(lag(version) OVER stream, 0) AS before
    FROM outbox, CAST(headers ->> 'ce_aggregateversion' AS int) AS version
    WINDOW stream AS (PARTITION BY aggregatetype, aggregateid ORDER BY seq)
) AS told WHERE version <> before + 1 AND NOT aggregatetype = ANY($1) ORDER BY seq
"""


async def gaps_in_versions(database: Database, *but: str) -> list[str]:
    """Published events whose aggregate's counter is not one more than that of the event before.

    Args:
        database: whose outbox is looked at.
        but: collections whose counter also counts something else.
    """
    return [str(row[0]) for row in await database.fetch(_GAPS, list(but))]
