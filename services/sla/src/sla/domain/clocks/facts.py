"""What a clock is derived from: the events of a subject in the order in which they happened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Subject:
    """What clocks are about.

    Args:
        type: ``ticket``, … as commitments name it.
        id: its id.
    """

    type: str
    id: UUID


class Fact(NamedTuple):
    """One event of a subject, kept for good.

    Args:
        event_id: id of the event.
        type: unprefixed type.
        occurred_at: when it happened.
        recorded_at: when it was written down.
        version: counter of the aggregate after the event.
        data: the event's fields as plain JSON values.
        source: who published it; versions of different sources do not compare.
        actor: opaque id of whoever caused it, empty where unknown.
    """

    event_id: UUID
    type: str
    occurred_at: datetime
    recorded_at: datetime
    version: int
    data: Mapping[str, object]
    source: str = ""
    actor: str = ""


def in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """``facts`` without doubles, ordered by when they happened, then by version."""
    unique = {fact.event_id: fact for fact in facts}
    if len(unique) == 1:
        return tuple(unique.values())
    return tuple(sorted(unique.values(), key=_happened))


def _happened(fact: Fact) -> tuple[datetime, int, int]:
    return fact.occurred_at, fact.version, fact.event_id.int


Changes = Mapping[str, object]


def changes_of(facts: Sequence[Fact], names: frozenset[str]) -> Mapping[UUID, Changes]:
    """Which of the subject's facts each event set anew.

    An event carries the subject as it stood when the event was written down. Told late, it carries values
    from after its own time; so what changed is read in the order of versions, and applied in the order of
    happening.
    """
    held: dict[str, Changes] = {}
    changes: dict[UUID, Changes] = {}
    ordered = facts if len(facts) == 1 else sorted(facts, key=_written)
    for fact in ordered:
        told = {name: value for name, value in fact.data.items() if name in names}
        known = held.get(fact.source)
        changes[fact.event_id] = _other_than(known, told) if known else told
        held[fact.source] = {**known, **told} if known else told
    return changes


def _other_than(known: Changes, told: Changes) -> Changes:
    return {name: value for name, value in told.items() if known.get(name, _MISSING) != value}


def _written(fact: Fact) -> tuple[str, int, int]:
    return fact.source, fact.version, fact.event_id.int
