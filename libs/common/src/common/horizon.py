"""The horizon: up to which instant everything that a source committed has been applied here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

import orjson
from pydantic import AwareDatetime, Field, StringConstraints, TypeAdapter

from common.db import Session
from common.inbox import execute, fetch

SILENCE = timedelta(seconds=30)
FRESH = timedelta(seconds=10)
PENDING = 64
WATERMARK_RETENTION = timedelta(hours=1)


def watermark_topic(service: str) -> str:
    """Where ``service`` says how far it has published."""
    return f"{service}.watermark.v1"


_Name = Annotated[str, StringConstraints(pattern="^[ -~]{1,200}$")]
_Partition = Annotated[str, StringConstraints(pattern="^[0-9]{1,9}$")]
_Offset = Annotated[int, Field(ge=0, lt=2**63)]


@dataclass(frozen=True, slots=True)
class Watermark:
    """A relay's word that everything committed before an instant lies below some positions.

    Args:
        source: name of the service.
        cluster_id: cluster whose positions they are.
        committed_before: the instant.
        positions: topic to partition to the offset that follows the last record.
    """

    source: _Name
    cluster_id: _Name
    committed_before: AwareDatetime
    positions: dict[str, dict[_Partition, _Offset]]

    def encode(self) -> bytes:
        """As it travels."""
        return orjson.dumps(
            {
                "source": self.source,
                "cluster_id": self.cluster_id,
                "committed_before": self.committed_before,
                "positions": self.positions,
            }
        )

    @classmethod
    def decode(cls, raw: bytes, source: str) -> "Watermark":
        """Read what ``encode`` wrote of ``source``.

        Raises:
            ValueError: it is something else.
        """
        told = _TOLD.validate_json(raw)
        if told.source != source:
            raise ValueError(f"it is of {told.source}")
        return told

    def about(self, topics: Collection[str]) -> dict[str, dict[str, int]]:
        """The positions on ``topics`` that hold anything at all."""
        return {
            topic: {partition: offset for partition, offset in partitions.items() if offset}
            for topic, partitions in self.positions.items()
            if topic in topics
        }


_TOLD = TypeAdapter(Watermark)


@dataclass(frozen=True, slots=True)
class Horizon:
    """What is known of one source.

    Args:
        confirmed_until: everything it committed before this instant is applied here; ``None``: not known.
        silent_since: set where nothing was heard of it for longer than the bound.
    """

    confirmed_until: datetime | None
    silent_since: datetime | None


_IS_CONFIRMED = """NOT EXISTS (
    SELECT 1 FROM jsonb_each(w.positions) AS t(topic, partitions)
    CROSS JOIN LATERAL jsonb_each(t.partitions) AS p(partition, next_offset)
    LEFT JOIN applied_position a
        ON a.topic = t.topic AND a.partition = p.partition::int AND a.cluster_id = w.cluster_id
    WHERE coalesce(a.next_offset, 0) < p.next_offset::bigint
)"""
_CONFIRMED = f"""
SELECT w.source, max(w.committed_before) FROM watermark w
WHERE w.source = ANY($1::text[]) AND {_IS_CONFIRMED} GROUP BY w.source
"""  # noqa: S608 - our own condition
_SILENT = """
SELECT source, silent_since FROM silence
WHERE source = ANY($1::text[]) AND noted_at > $2 AND silent_since <= $3
"""


async def horizon(
    session: Session, sources: Sequence[str], now: datetime, bound: timedelta = SILENCE
) -> dict[str, Horizon]:
    """How far each source's commits have been applied, across all replicas of this service.

    Args:
        session: any session of this service.
        sources: names of services whose watermarks are kept here.
        now: the present.
        bound: a source that was not heard for longer counts as silent.
    """
    named = list(sources)
    confirmed = dict(map(tuple, await fetch(session, _CONFIRMED, named)))
    silent = dict(map(tuple, await fetch(session, _SILENT, named, now - FRESH, now - bound)))
    return {source: Horizon(confirmed.get(source), silent.get(source)) for source in named}


_RECEIVE = """
INSERT INTO watermark (source, committed_before, cluster_id, positions, received_at)
VALUES ($1, $2, $3, $4::jsonb, $5) ON CONFLICT (source, committed_before) DO NOTHING
"""
_WITHOUT_WAITING = " RETURNING set_config('synchronous_commit', 'off', true)"
"""For watermarks alone: one that is lost is made up for by the next, and events do not wait for the disk."""

_FORGET_PASSED = f"""
DELETE FROM watermark WHERE source = $1 AND committed_before < (
    SELECT max(w.committed_before) FROM watermark w WHERE w.source = $1 AND {_IS_CONFIRMED}
)
"""  # noqa: S608 - our own condition
_FORGET_MIDDLE = """
DELETE FROM watermark w USING (
    SELECT committed_before, row_number() OVER (ORDER BY committed_before) AS number,
        count(*) OVER () AS total FROM watermark WHERE source = $1
) AS k WHERE w.source = $1 AND w.committed_before = k.committed_before
    AND k.total > $2 AND k.number % 2 = 0 AND k.number < k.total
"""


def receive(
    session: Session, watermark: Watermark, topics: Collection[str], now: datetime, *, is_alone: bool
) -> None:
    """Keep a watermark until its positions are applied; of many that wait, every second is forgotten.

    It goes with the last rows of the transaction, by one statement: what it makes superfluous, the next one
    forgets.

    Args:
        session: of the batch it came with.
        watermark: as heard.
        topics: those that this service hears; others tell it nothing.
        now: the present.
        is_alone: nothing came with it for which the disk has to be waited for.
    """
    source = watermark.source
    positions = orjson.dumps(watermark.about(topics)).decode()
    values = [source, watermark.committed_before, watermark.cluster_id, positions, now]
    session.do_at_last(_RECEIVE + _WITHOUT_WAITING if is_alone else _RECEIVE, values)
    session.do_at_last(_FORGET_PASSED, [source])
    session.do_at_last(_FORGET_MIDDLE, [source, PENDING])
    session.do_at_last("DELETE FROM silence WHERE source = $1", [source])


_NOTE_SILENCE = """
INSERT INTO silence AS known (source, silent_since, noted_at) VALUES ($1, $2, $3)
ON CONFLICT (source) DO UPDATE SET silent_since = excluded.silent_since, noted_at = excluded.noted_at
"""


async def note_silence(session: Session, source: str, since: datetime, now: datetime) -> None:
    """Write down that the consumer that listens to ``source`` has heard nothing since then."""
    await execute(session, _NOTE_SILENCE, source, since, now)
