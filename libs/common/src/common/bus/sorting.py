"""Sorting a polled batch: doubles dropped, what cannot be heard now set aside, the rest to be heard."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from common.bus.records import Heard, Record, Unreadable, read
from common.claiming import Identity, Key, claim, key_of
from common.db import Session
from common.events import Event
from common.horizon import Watermark
from common.inbox import Ground, Position, stand_on
from common.parked import park_behind, park_unreadable

log = structlog.get_logger()

APPLIED, DOUBLE, WAITING, UNREADABLE, FAILED = "applied", "double", "waiting", "unreadable", "failed"

Outcomes = Counter[tuple[str, str]]
"""How many events of a topic ended how."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll brought.

    Args:
        cluster_id: cluster it was read from.
        records: of all partitions, in order within each.
        watermarks: newest one of each source.
        reached: partition to the offset behind its last record.
    """

    cluster_id: str
    records: Sequence[Record]
    watermarks: Sequence[Watermark]
    reached: Mapping[Position, int]

    def singles(self) -> Iterator["Polled"]:
        """The same record by record; the watermarks come last."""
        for record in self.records:
            reached = {(record.topic, record.partition): record.position + 1}
            yield Polled(self.cluster_id, [record], [], reached)
        yield Polled(self.cluster_id, [], self.watermarks, self.reached)


async def sort_out(
    session: Session,
    records: Sequence[Record],
    ground: Ground,
    known: Mapping[bytes, type[Event]],
    now: datetime,
) -> tuple[list[Heard], Outcomes]:
    """Claim the events of a batch and park those that cannot be heard now.

    Args:
        session: of the batch.
        records: as polled.
        ground: how far their partitions were applied.
        known: heard events by their type on the bus.
        now: when the batch was taken up.

    Returns:
        What is left to be heard, in order, and what became of everything.

    Raises:
        FellBack: the database has lost what they follow on.
    """
    items = [item for record in records if (item := read(record, known, now)) is not None]
    if not items:
        await stand_on(session, ground)
        return [], Counter()
    fresh, blocked = await claim(session, items, ground, now)
    decided = [(item, _decide(session, item, fresh, blocked, now)) for item in items]
    free = [item for item, outcome in decided if outcome == APPLIED and isinstance(item, Heard)]
    return free, Counter((item.record.topic, outcome) for item, outcome in decided)


def _decide(
    session: Session, item: Heard | Unreadable, fresh: set[Identity], blocked: set[Key], now: datetime
) -> str:
    """What becomes of one item; a key with a parked event blocks those of it that follow in the batch."""
    identity = item.identity
    if identity not in fresh:
        return DOUBLE
    fresh.discard(identity)
    if blocked and key_of(item) in blocked:
        park_behind(session, item, now)
        return WAITING
    if isinstance(item, Heard):
        return APPLIED
    park_unreadable(session, item, now)
    log.warning("event unreadable", event_id=str(item.event_id), type=item.type, error=item.error)
    if item.record.key:
        blocked.add(key_of(item))
    return UNREADABLE
