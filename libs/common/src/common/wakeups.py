"""Notifications of the database as events to wait for, over one connection that is renewed when it breaks."""

import asyncio
from contextlib import suppress

import asyncpg
import structlog

from common.db import Database

log = structlog.get_logger()

RETRY_SECONDS = 0.5
PROBE_SECONDS = 30


class Wakeups:
    """Listens on channels; whoever waits is also woken when the connection had to be renewed.

    Args:
        database: whose notifications.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._events: dict[str, list[asyncio.Event]] = {}

    def of(self, channel: str) -> asyncio.Event:
        """An event that is set at each notification on ``channel``; ask before ``run``."""
        event = asyncio.Event()
        self._events.setdefault(channel, []).append(event)
        return event

    async def run(self) -> None:
        """Listen for good."""
        while self._events:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("notifications interrupted", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        connection = await self._database.connect()
        ended = asyncio.Event()
        connection.add_termination_listener(lambda _: ended.set())
        try:
            for channel in self._events:
                await connection.add_listener(channel, self._heard)
            for channel in self._events:
                self._wake(channel)
            while not ended.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(PROBE_SECONDS):
                        await ended.wait()
                await connection.fetchval("SELECT 1")
        finally:
            connection.terminate()

    def _heard(self, _connection: object, _pid: int, channel: str, _payload: str) -> None:
        self._wake(channel)

    def _wake(self, channel: str) -> None:
        for event in self._events[channel]:
            event.set()
