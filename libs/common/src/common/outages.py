"""Telling a database that is away from work that fails on its own account."""

import asyncpg
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from common.context import Context
from common.database_errors import cause_of
from common.db import Database
from common.inbox import fetch

_CLASSES = ("08", "53", "58")
"""Connection, resources, system: SQLSTATE classes in which nothing is wrong with the work itself."""

_STATES = {"57P01", "57P02", "57P03", "57P05", "25006"}
"""Shut down, crashed, starting, idle for too long, and a standby that takes no writes."""

_AWAY = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError, NoConnectionFree)
"""What the driver raises when a connection breaks off or none can be had."""


def is_outage(error: BaseException) -> bool:
    """Whether ``error`` says that the database is away, so that the same work will do later."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, _AWAY):
            return True
        seen = getattr(seen, "orig", None) or seen.__cause__
    state = getattr(cause_of(error), "sqlstate", None) or ""
    return state[:2] in _CLASSES or state in _STATES


async def answers(database: Database, context: Context) -> bool:
    """Whether ``database`` answers, asked on the authority of ``context``."""
    try:
        async with database.read(context) as session:
            await fetch(session, "SELECT 1")
    except Exception as error:
        if is_outage(error):
            return False
        raise
    return True
