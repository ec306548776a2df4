"""Pools of connections for the ORM, which hand out none that has ended while it lay there."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import orjson
from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from common.inserts import json_text

PATIENCE_SECONDS = 30
"""How long a unit of work waits for a free connection."""


def pool(connect: Callable[[], Awaitable[asyncpg.Connection]], size: int) -> AsyncEngine:
    """At most ``size`` connections, made by ``connect`` as they are needed.

    A server that went away has closed its connections, and the event loop has seen it: that one is found
    means all of them are stale. Asking costs nothing; no statement is sent to find out.
    """
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=size,
        max_overflow=0,
        pool_timeout=PATIENCE_SECONDS,
        json_serializer=json_text,
        json_deserializer=orjson.loads,
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: Any, *_: object) -> None:  # noqa: ANN401 - the adapter has no public name
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError
