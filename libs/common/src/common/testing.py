"""What tests of every service need: a clock that is moved, waiting with a deadline, cloned databases."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

T = TypeVar("T")

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday, 2 March 2026, 09:00 in Beijing."""

POLL_SECONDS = 0.01


class VariableClock:
    """A clock that stands still until it is moved; call it for the time.

    Args:
        start: where it stands at first.
    """

    def __init__(self, start: datetime = START) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """The present."""
        return self.now

    def advance(self, by: timedelta) -> datetime:
        """Let ``by`` pass; the new present."""
        self.now += by
        return self.now

    def set(self, to: datetime) -> None:
        """Go to an instant."""
        self.now = to


@dataclass
class RunningClock:
    """A clock that runs with real time from wherever it is set."""

    offset: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """The present."""
        return datetime.now(UTC) + self.offset

    def advance(self, by: timedelta) -> datetime:
        """Let ``by`` pass at once; the new present."""
        self.offset += by
        return self()


async def eventually(condition: Callable[[], T | Awaitable[T]], within: float = 10.0) -> T:
    """Wait until ``condition`` gives something true, and give it.

    Args:
        condition: asked again and again; may be asynchronous.
        within: seconds after which waiting ends.

    Raises:
        AssertionError: it has not come true.
    """
    deadline = asyncio.get_running_loop().time() + within
    while True:
        found = condition()
        value: T = await found if inspect.isawaitable(found) else found
        if value:
            return value
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"not within {within} s: {inspect.getsource(condition).strip()}")
        await asyncio.sleep(POLL_SECONDS)


class Templates:
    """Databases for tests: migrated once, cloned for each test in a few hundredths of a second.

    Args:
        admin_url: a database of a server on which databases may be created.
    """

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._run = uuid4().hex[:8]
        self._made: set[str] = set()

    async def template(self, name: str, migrate: Callable[[str], Awaitable[None]]) -> None:
        """Create the template ``name`` with ``migrate`` unless it is there."""
        database = f"template_{name}_{self._run}"
        if database in self._made:
            return
        await self._do(f'CREATE DATABASE "{database}"')
        self._made.add(database)
        await migrate(self._url(database))

    async def clone(self, name: str) -> str:
        """A fresh copy of the template ``name``; its URL."""
        database = f"test_{name}_{uuid4().hex}"
        await self._do(f'CREATE DATABASE "{database}" TEMPLATE "template_{name}_{self._run}"')
        return self._url(database)

    async def drop(self, url: str) -> None:
        """Remove a copy, whoever is connected to it."""
        await self._do(f'DROP DATABASE IF EXISTS "{urlsplit(url).path[1:]}" WITH (FORCE)')

    async def close(self) -> None:
        """Remove the templates."""
        for database in self._made:
            await self._do(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        self._made.clear()

    def _url(self, database: str) -> str:
        return urlunsplit(urlsplit(self._admin_url)._replace(path=f"/{database}"))

    async def _do(self, sql: str) -> None:
        connection = await asyncpg.connect(self._admin_url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()
