"""Single statements that commit by themselves, through the driver alone, past the ORM and its round trips."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg

from common.database_errors import is_unsent

PATIENCE_SECONDS = 30.0
"""How long a statement waits for a free connection."""


class Statements:
    """Connections that carry one statement at a time and keep nothing from one to the next.

    Args:
        connect: opens one more.
        most: how many there may be; who comes first is served first.
    """

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], most: int) -> None:
        self._connect = connect
        self._idle: list[asyncpg.Connection] = []
        self._free = asyncio.Semaphore(most)

    async def fetch(self, sql: str, *values: object) -> list[asyncpg.Record]:
        """The rows of one statement, which is committed when it returns.

        Raises:
            TimeoutError: no connection has become free.
            asyncpg.PostgresError: the server refused it.
        """
        if self._free.locked():
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._free.acquire()
        else:
            await self._free.acquire()
        try:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_closed():
                    try:
                        return await self._fetch_on(connection, sql, values)
                    except (asyncpg.InternalClientError, asyncpg.InterfaceError) as error:
                        if not is_unsent(error):
                            raise
            return await self._fetch_on(await self._connect(), sql, values)
        finally:
            self._free.release()

    async def _fetch_on(
        self, connection: asyncpg.Connection, sql: str, values: tuple[object, ...]
    ) -> list[asyncpg.Record]:
        try:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *values)
        except asyncpg.PostgresError:
            self._idle.append(connection)
            raise
        except BaseException:
            connection.terminate()  # broken off in the middle: nobody knows what it would say next
            raise
        self._idle.append(connection)
        return rows

    async def close(self) -> None:
        """Give back every connection."""
        while self._idle:
            await self._idle.pop().close()
