"""The background task that seals the trail and publishes its signed heads outside the database."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
import structlog

from common.audit.chain import Head, head_of, seal
from common.audit.entries import CheckpointRow
from common.audit.heads import HeadsFile
from common.audit.notes import BadNote, Checkpoint, Signer, open_note, origin_of
from common.clock import Clock
from common.context import system
from common.contracts.audit import CheckpointSigned
from common.db import Database
from common.metrics import AUDIT_SEALED
from common.outbox import publish

log = structlog.get_logger("audit")

LOCK = 0x61756474
"""Key of the advisory lock that the one sealer of a database holds."""

BATCH = 500
INTERVAL_SECONDS = 0.25
ELECTION_SECONDS = 2.0
CHECKPOINT_EVERY = timedelta(hours=1)

_LAST_TOLD = "SELECT size, at FROM audit_checkpoint ORDER BY size DESC LIMIT 1"
_TOLD_AFTER = "SELECT note FROM audit_checkpoint WHERE size > $1 ORDER BY size"

_ENDS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


@dataclass(frozen=True, slots=True)
class _Chain:
    """The chain as what its heads are events about: the service's only one, as many versions as entries."""

    id: str
    version: int


class Sealer:
    """Seals committed entries a few times a second, in whichever process holds the lock.

    A head is published in one transaction with the note of it: the outbox carries it to the bus, and the file
    is brought up to the notes, so that an end between any two steps leaves nothing untold.

    Args:
        database: the service's database.
        signer: signs heads.
        file: where heads are kept beside the bus.
        told_as: the service's event that carries them.
        clock: present instant.
        every: at most one head in so much time; one more at the end.
    """

    def __init__(
        self,
        database: Database,
        signer: Signer,
        file: HeadsFile,
        told_as: type[CheckpointSigned],
        *,
        clock: Clock,
        every: timedelta = CHECKPOINT_EVERY,
    ) -> None:
        self._database = database
        self._service = told_as.service()
        self._signer = signer
        self._file = file
        self._told_as = told_as
        self._clock = clock
        self._every = every
        self._told_size = 0
        self._told_at: datetime | None = None

    async def run(self) -> None:
        """Seal until cancelled, then seal what is left and publish the head.

        A lost connection is a lost lock; the next round tries again.
        """
        while True:
            try:
                await self._lead()
            except _ENDS as error:
                log.warning("sealing starts anew", error=repr(error))
            await asyncio.sleep(ELECTION_SECONDS)

    async def _lead(self) -> None:
        connection = await self._database.connect()
        try:
            if await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
                await self._seal_on(connection)
        finally:
            await connection.close()

    async def _seal_on(self, connection: asyncpg.Connection) -> None:
        try:
            await self._take_up(connection)
            head = await head_of(connection)
            while True:
                head = await self.seal_waiting(connection, head)
                await self._tell_head(connection, head, is_last=False)
                await asyncio.sleep(INTERVAL_SECONDS)
        except asyncio.CancelledError:
            with suppress(*_ENDS):
                await self._take_up(connection)  # what was broken off may have been told nevertheless
                head = await self.seal_waiting(connection, await head_of(connection))
                await self._tell_head(connection, head, is_last=True)
            raise

    async def seal_waiting(self, connection: asyncpg.Connection, head: Head) -> Head:
        """Seal whatever waits; the new head."""
        while True:
            new = await seal(connection, head, BATCH)
            AUDIT_SEALED.inc(new.size - head.size)
            if new.size - head.size < BATCH:
                return new
            head = new

    async def _take_up(self, connection: asyncpg.Connection) -> None:
        """Go on behind what was told before this process led."""
        last = await connection.fetchrow(_LAST_TOLD)
        self._told_size, self._told_at = (last["size"], last["at"]) if last else (0, None)
        await self._complete_file(connection)

    async def _tell_head(self, connection: asyncpg.Connection, head: Head, *, is_last: bool) -> None:
        now = self._clock()
        is_due = self._told_at is None or now - self._told_at >= self._every
        if head.size <= self._told_size or not (is_due or is_last):
            return
        note = self._signer.sign(Checkpoint(origin_of(self._service), head.size, head.hash))
        async with self._database.transaction(system(self._service)) as session:
            session.insert(CheckpointRow(size=head.size, note=note, at=now))
            event = self._told_as(size=head.size, checkpoint=note)
            publish(session, event, of=_Chain(self._service, head.size), occurred_at=now, now=now)
        self._told_size, self._told_at = head.size, now
        await self._complete_file(connection)

    async def _complete_file(self, connection: asyncpg.Connection) -> None:
        """Put into the file what is told and not in it."""
        notes = await asyncio.to_thread(self._file.notes)
        missing = await connection.fetch(_TOLD_AFTER, self._size_of(notes))
        if missing:
            await asyncio.to_thread(self._file.append, [row["note"] for row in missing])

    def _size_of(self, notes: list[str]) -> int:
        """How many entries the last head in the file covers; one that is not ours covers none."""
        for note in reversed(notes):
            with suppress(BadNote):
                return open_note(note, self._signer.public_key).size
        return 0
