"""One relay per database: whoever holds its advisory lock, on the connection that does the relay's work."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg

from common.db import Database

RELAY_LOCK = 0x6F7574626F78
STANDBY_SECONDS = 1.0
SETTINGS = """
SELECT set_config('tcp_keepalives_idle', '3', false), set_config('tcp_keepalives_interval', '1', false),
       set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '6000', false),
       set_config('synchronous_commit', 'off', false)
"""
"""A leader that is gone is noticed; and no event waits for the disk because an earlier one is being marked.

A mark that a crash of the server takes back costs a second sending, which consumers drop.
"""


@asynccontextmanager
async def leadership(database: Database, sign: Callable[[], None]) -> AsyncIterator[asyncpg.Connection]:
    """Wait to be the only relay; the lock goes with the connection, also when this process is killed.

    Args:
        database: whose outbox.
        sign: called while standing by.
    """
    connection = await database.connect()
    try:
        await connection.execute(SETTINGS)
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", RELAY_LOCK):
            sign()
            await asyncio.sleep(STANDBY_SECONDS)
        yield connection
    finally:
        connection.terminate()
