"""Where signed heads are kept outside the database: in a file of the service, and on the bus."""

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import orjson
from aiokafka.errors import KafkaError

from common.bus.cluster import Bus
from common.bus.history import history
from common.contracts.audit import CheckpointSigned

FILE = "audit-heads.txt"
_END = b"\f\n"

OutsideNotes = Callable[[], Awaitable[Mapping[str, Sequence[str]]]]
"""Reads the notes outside the database, by the place they were found in; a place not at hand is missing."""


async def not_at_hand() -> Mapping[str, Sequence[str]]:
    """The answer where nothing outside the database can be read."""
    return {}


class HeadsFile:
    """The heads in a file, each written whole or not at all.

    Args:
        home: folder of the service's own.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / FILE

    def notes(self) -> list[str]:
        """The notes, oldest first; what a crash left half written is none."""
        if not self.path.exists():
            return []
        return [note.decode(errors="replace") for note in self.path.read_bytes().split(_END)[:-1]]

    def append(self, notes: Sequence[str]) -> None:
        """Put ``notes`` behind those there are, on the disk."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            end = self.path.read_bytes().rfind(_END)
            file.truncate(end + len(_END) if end >= 0 else 0)
            file.write(b"".join(note.encode() + _END for note in notes))
            file.flush()
            os.fsync(file.fileno())


async def notes_on(bus: Bus, event: type[CheckpointSigned]) -> list[str]:
    """The notes that a service has published on the bus.

    Args:
        bus: where.
        event: the service's.

    Raises:
        KafkaError: the bus is away.
        TimeoutError: it does not answer in time.
    """
    own = event.bus_type().encode()
    return [
        _note_in(record.value)
        async for record in history(bus, event.topic)
        if dict(record.headers).get("ce_type") == own
    ]


def _note_in(value: bytes) -> str:
    """The note in a record; an empty one, which no key has signed, where it is no event of ours."""
    try:
        return str(orjson.loads(value)["checkpoint"])
    except (ValueError, KeyError, TypeError):
        return ""


@dataclass(frozen=True, slots=True)
class Outside:
    """The places outside the database that a service's heads are kept in.

    Args:
        file: the service's own file; another host's may not be at hand.
        bus: where heads are published.
        event: by which.
    """

    file: HeadsFile
    bus: Bus
    event: type[CheckpointSigned]

    async def notes(self) -> dict[str, list[str]]:
        """The notes by place, as an ``OutsideNotes``."""
        found: dict[str, list[str]] = {}
        if self.file.path.exists():
            found["file"] = self.file.notes()
        with suppress(KafkaError, TimeoutError, OSError):
            found["bus"] = await notes_on(self.bus, self.event)
        return found
