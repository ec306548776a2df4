"""The background task that seals the trail and publishes its signed heads outside the database."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import structlog

from common.audit.chain import EMPTY, Head, head_of, seal
from common.audit.notes import Checkpoint, Signer, origin_of
from common.clock import Clock
from common.db import Database
from common.metrics import AUDIT_SEALED

log = structlog.get_logger("audit")

LOCK = 0x61756474
"""Key of the advisory lock that the one sealer of a database holds."""

TOPIC = "audit.checkpoint.v1"
BATCH = 500
INTERVAL_SECONDS = 0.25
ELECTION_SECONDS = 2.0
CHECKPOINT_EVERY = timedelta(hours=1)

Publish = Callable[[str, str, bytes], Awaitable[None]]
"""Sends topic, key and value to the bus."""


class Sealer:
    """Seals committed entries a few times a second, in whichever process holds the lock.

    Args:
        database: the service's database.
        service: its name.
        signer: signs heads.
        home: folder that heads are published in, as ``audit-heads.txt``.
        clock: present instant.
        publish: sends heads to the bus too; a failure is logged, the file has them.
    """

    def __init__(
        self,
        database: Database,
        service: str,
        signer: Signer,
        home: Path,
        *,
        clock: Clock,
        publish: Publish | None = None,
    ) -> None:
        self._database = database
        self._service = service
        self._signer = signer
        self._file = home / "audit-heads.txt"
        self._clock = clock
        self._publish = publish
        self._published = EMPTY
        self._published_at: datetime | None = None

    async def run(self) -> None:
        """Seal until cancelled, then seal what is left and publish the head.

        A lost connection is a lost lock; the next round tries again.
        """
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._lead()
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
            head = await head_of(connection)
            while True:
                head = await self.seal_waiting(connection, head)
                await self._publish_head(connection, head, is_last=False)
                await asyncio.sleep(INTERVAL_SECONDS)
        except asyncio.CancelledError:
            head = await self.seal_waiting(connection, await head_of(connection))
            await self._publish_head(connection, head, is_last=True)
            raise

    async def seal_waiting(self, connection: asyncpg.Connection, head: Head) -> Head:
        """Seal whatever waits; the new head."""
        while True:
            new = await seal(connection, head, BATCH)
            AUDIT_SEALED.inc(new.size - head.size)
            if new.size - head.size < BATCH:
                return new
            head = new

    async def _publish_head(self, connection: asyncpg.Connection, head: Head, *, is_last: bool) -> None:
        now = self._clock()
        is_due = self._published_at is None or now - self._published_at >= CHECKPOINT_EVERY
        if head.size == self._published.size or not (is_due or is_last):
            return
        note = self._signer.sign(Checkpoint(origin_of(self._service), head.size, head.hash))
        await connection.execute(
            "INSERT INTO audit_checkpoint (size, note, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            head.size,
            note,
            now,
        )
        await asyncio.to_thread(_append, self._file, note)
        await self._tell_bus(note)
        self._published, self._published_at = head, now

    async def _tell_bus(self, note: str) -> None:
        if self._publish is None:
            return
        try:
            await self._publish(TOPIC, self._service, note.encode())
        except Exception as error:  # noqa: BLE001 - the file and the table have the head
            log.warning("audit head not on the bus", error=type(error).__name__)


def _append(file: Path, note: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as heads:
        heads.write(note + "\f\n")
