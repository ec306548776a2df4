"""Pools of connections for the ORM, which hand out none that has ended while it lay there."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import orjson
from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from common.inserts import json_text

PATIENCE_SECONDS = 30
"""How long a unit of work waits for a free connection."""

_MADE_IN = "generation"


class Pool:
    """At most ``size`` connections, made as they are needed; none is handed out that is known to be stale.

    A server that went away has closed its connections, and the event loop has seen it: that one is found, or
    breaks, means all of them are stale. Asking costs nothing; no statement is sent to find out.

    Args:
        connect: makes one more.
        size: how many there may be.
    """

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], size: int) -> None:
        self.engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=connect,
            pool_size=size,
            max_overflow=0,
            pool_timeout=PATIENCE_SECONDS,
            json_serializer=json_text,
            json_deserializer=orjson.loads,
            hide_parameters=True,
        )
        self.generation = 0
        event.listen(self.engine.sync_engine, "connect", self._made)
        event.listen(self.engine.sync_engine, "checkout", self._refuse_stale)

    def forget(self) -> None:
        """One of the connections broke: hand out none of those that there are."""
        self.generation += 1

    def _made(self, _connection: object, record: ConnectionPoolEntry) -> None:
        record.info[_MADE_IN] = self.generation

    def _refuse_stale(
        self,
        connection: Any,  # noqa: ANN401 - the adapter has no public name
        record: ConnectionPoolEntry,
        _: object,
    ) -> None:
        if record.info[_MADE_IN] == self.generation and connection.driver_connection.is_closed():
            self.forget()
        if record.info[_MADE_IN] != self.generation:
            raise InvalidatePoolError
