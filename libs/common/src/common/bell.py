"""Waking who waits for committed rows, beside the transactions that wrote them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import asyncpg


class Bell:
    """Sends notifications after commits, as many as there are at once in one statement.

    A NOTIFY inside a transaction makes all transactions that have one commit one after another, each with
    its own write to the disk: measured here, a tenth of the commits a second. Whoever waits also looks by
    himself after a while, so one that is lost with this process costs a moment and nothing else.

    Args:
        connect: opens the connection that carries them.
    """

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]]) -> None:
        self._connect = connect
        self._connection: asyncpg.Connection | None = None
        self._pending: set[str] = set()
        self._ringing: asyncio.Task[None] | None = None

    def ring(self, channels: Iterable[str]) -> None:
        """Notify ``channels`` soon; returns at once."""
        self._pending.update(channels)
        if self._pending and (self._ringing is None or self._ringing.done()):
            self._ringing = asyncio.create_task(self._ring())

    async def _ring(self) -> None:
        while self._pending:
            channels, self._pending = self._pending, set()
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await self._connect()
                await self._connection.execute("; ".join(f'NOTIFY "{channel}"' for channel in channels))
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                return

    async def close(self) -> None:
        """Finish what is being sent and give the connection back."""
        if self._ringing is not None:
            await self._ringing
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
