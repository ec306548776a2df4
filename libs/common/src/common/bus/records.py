"""Records of the bus as they are read: a declared event, something to skip, or something unreadable."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from pydantic import ValidationError

from common.events import Envelope, Event, NotCloudEvent, envelope_of

UNKNOWN_SOURCE = "urn:aftercare:unknown"
MOST_CHARACTERS = 200
"""What the database is given of a name, key or header that somebody else wrote; ours are shorter."""


class Record(NamedTuple):
    """One record as it lay on the bus.

    Args:
        topic: without the installation's prefix.
        partition: where it lay.
        position: its offset there.
        key: aggregate id; empty where the record has none.
        headers: name and bytes, in their order.
        value: body; ``None`` is a tombstone, which none of ours is.
    """

    topic: str
    partition: int
    position: int
    key: str
    headers: list[tuple[str, bytes]]
    value: bytes | None

    def header(self, name: str) -> bytes | None:
        """The bytes of the first header called ``name``."""
        return next((value for key, value in self.headers if key == name), None)


class Heard(NamedTuple):
    """A declared event, read and validated."""

    record: Record
    event: Event
    envelope: Envelope

    @property
    def identity(self) -> tuple[str, UUID]:
        """By which a double is recognised."""
        return self.envelope.source, self.envelope.id


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that cannot be parsed: only a person can say what to do with it."""

    record: Record
    source: str
    event_id: UUID
    type: str
    error: str

    @property
    def identity(self) -> tuple[str, UUID]:
        """By which a double is recognised."""
        return self.source, self.event_id


def printable(raw: bytes | None) -> str:
    """``raw`` as text that a database takes."""
    return (raw or b"").decode("utf-8", "replace").replace("\0", "�")


def shortened(raw: bytes | None) -> str:
    """``raw`` as text that an index takes: what is too long keeps its beginning, and stays one of its own."""
    text = printable(raw)
    if len(text) <= MOST_CHARACTERS:
        return text
    return f"{text[: MOST_CHARACTERS // 2]}…{sha256(raw or b'').hexdigest()}"


def read(record: Record, known: Mapping[bytes, type[Event]], now: datetime) -> Heard | Unreadable | None:
    """What ``record`` is.

    Args:
        record: as it lay on the bus.
        known: heard events by their type on the bus.
        now: when it was taken up.

    Returns:
        The event, or why it is unreadable; ``None`` for an event that nobody here listens to.
    """
    bus_type = record.header("ce_type")
    if bus_type is None:
        return _unreadable(record, "no ce_type header: not a CloudEvent in binary mode")
    declared = known.get(bus_type)
    if declared is None:
        return None
    try:
        data = orjson.loads(record.value or b"")
        place = record.partition, record.position
        envelope = envelope_of(record.topic, record.headers, data, now, place)
        return Heard(record, declared.model_validate(data), envelope)
    except (NotCloudEvent, orjson.JSONDecodeError, ValidationError, RecursionError) as error:
        return _unreadable(record, f"{type(error).__name__}: {error}")


def _unreadable(record: Record, error: str) -> Unreadable:
    source = shortened(record.header("ce_source")) or UNKNOWN_SOURCE
    try:
        event_id = UUID(printable(record.header("ce_id")))
    except ValueError:
        place = f"{record.topic}/{record.partition}/{record.position}"
        event_id = uuid5(NAMESPACE_URL, f"{place}/{record.value!r}")
    bus_type = shortened(record.header("ce_type"))
    return Unreadable(record, source, event_id, bus_type, printable(error.encode()))
