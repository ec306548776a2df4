"""Databases for tests: migrated once, copied, and given out again once they are as they were."""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from common.testing.baseline import Baseline, Catalogue, NotLikeFresh, catalogue_of

_END_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"


@dataclass(frozen=True, slots=True)
class _Template:
    name: str
    database: str
    baseline: Baseline
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class _Copy:
    """A database made from ``template``, and how its catalogue stands as long as nobody defines anything."""

    database: str
    template: _Template
    catalogue: Catalogue


class Templates:
    """Databases for tests: migrated once and copied; a copy that comes back is used again.

    A copy that differs in more than rows and sequences (its schema was changed, rights, triggers) is removed
    instead, and so is every one where a server lets us do nothing but create databases. Each time a copy is
    given out it has another name, so that nothing of an earlier test finds it.

    Args:
        admin_url: a database of a server on which databases may be created.
    """

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._made: set[str] = set()
        self._templates: dict[str, _Template] = {}
        self._lent: dict[str, _Copy] = {}
        self._idle: defaultdict[str, list[_Copy]] = defaultdict(list)

    async def template(self, name: str, migrate: Callable[[str], Awaitable[None]]) -> None:
        """Create the template ``name`` with ``migrate`` unless it is there."""
        if name in self._templates:
            return
        database = f"template_{name}_{uuid4().hex}"
        await self._create(database)
        await migrate(self._url(database))
        async with _connected(self._url(database)) as connection:
            self._templates[name] = _Template(
                name, database, await Baseline.of(connection), await catalogue_of(connection)
            )

    async def clone(self, name: str) -> str:
        """A copy of the template ``name`` that nobody else has; its URL."""
        idle = self._idle[name]
        copy = idle.pop() if idle else await self._copy(self._templates[name])
        url = self._url(copy.database)
        self._lent[url] = copy
        return url

    async def drop(self, url: str) -> None:
        """Take a copy back, whoever is connected to it."""
        used = self._lent.pop(url)
        hidden = replace(used, database=_name_of_copy(used.template))
        try:
            await self._rename(used.database, hidden.database)
            renewed = await self._renewed(hidden)
        except (NotLikeFresh, asyncpg.PostgresError):
            await self._remove(used.database)
            await self._remove(hidden.database)
        else:
            self._idle[used.template.name].append(renewed)

    async def close(self) -> None:
        """Remove the templates and every copy."""
        for database in tuple(self._made):
            await self._remove(database)
        self._templates.clear()
        self._lent.clear()
        self._idle.clear()

    async def _copy(self, template: _Template) -> _Copy:
        copy = _Copy(_name_of_copy(template), template, template.catalogue)
        await self._create(copy.database, template.database)
        return copy

    async def _renewed(self, copy: _Copy) -> _Copy:
        """The copy as it was when it was fresh."""
        async with _connected(self._url(copy.database)) as connection:
            catalogue = await copy.template.baseline.restore(connection, copy.catalogue)
        return replace(copy, catalogue=catalogue)

    async def _create(self, database: str, template: str = "template1") -> None:
        self._made.add(database)
        async with _connected(self._admin_url) as connection:
            await connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')

    async def _rename(self, before: str, after: str) -> None:
        """Give a database another name, under which those whose connections end now do not find it again."""
        async with _connected(self._admin_url) as connection:
            await connection.execute(_END_CONNECTIONS, before)
            await connection.execute(f'ALTER DATABASE "{before}" RENAME TO "{after}"')
        self._made.discard(before)
        self._made.add(after)

    async def _remove(self, database: str) -> None:
        async with _connected(self._admin_url) as connection:
            await connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        self._made.discard(database)

    def _url(self, database: str) -> str:
        return urlunsplit(urlsplit(self._admin_url)._replace(path=f"/{database}"))


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def _name_of_copy(template: _Template) -> str:
    return f"test_{template.name}_{uuid4().hex}"
