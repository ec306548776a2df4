"""The bare limit of a POST: Starlette and asyncpg insert the same rows and do nothing else."""

import itertools
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from uuid import UUID

import asyncpg
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from uuid_utils import uuid7

GENERATED = {"seq"}
CONNECTIONS = 24
RUN = token_hex(4)


def new_id() -> UUID:
    """A UUIDv7."""
    return UUID(bytes=uuid7().bytes)


@dataclass(frozen=True, slots=True)
class Rows:
    """One row of a table after the other, all like the one that the product wrote."""

    table: str
    columns: tuple[str, ...]
    values: tuple[Any, ...]
    changing: dict[int, Callable[[], object]]

    @classmethod
    async def like(cls, table: str, connection: asyncpg.Connection) -> "Rows":
        """Rows like the first of ``table``."""
        row = await connection.fetchrow(f"SELECT * FROM {table} LIMIT 1")
        columns = tuple(name for name in row.keys() if name not in GENERATED)  # noqa: SIM118 - a record
        numbers = itertools.count()
        makers: dict[str, Callable[[], object]] = {
            "id": new_id,
            "number": lambda: f"{RUN}-{next(numbers)}",
            "key": lambda: f"{RUN}-{next(numbers)}",
        }
        changing = {place: makers[name] for place, name in enumerate(columns) if name in makers}
        return cls(table, columns, tuple(row[name] for name in columns), changing)

    def sql(self, first: int = 1) -> str:
        """The statement, with slots from number ``first`` on."""
        slots = ", ".join(f"${first + place}" for place in range(len(self.columns)))
        return f"INSERT INTO {self.table} ({', '.join(self.columns)}) VALUES ({slots})"

    def next(self) -> list[Any]:
        """The values of a new row."""
        values = list(self.values)
        for place, make in self.changing.items():
            values[place] = make()
        return values


def application(
    source: str, target: str, *, is_one_statement: bool, tables: Sequence[str], path: str, guard: str = ""
) -> Starlette:
    """Copies rows of ``source`` into ``target``: a transaction of a statement per table, or one statement.

    In a transaction of several, ``guard`` comes first where there is one.
    """
    rows: list[Rows] = []
    pools: list[asyncpg.Pool] = []
    texts: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        connection = await asyncpg.connect(source)
        rows.extend([await Rows.like(table, connection) for table in tables])
        await connection.close()
        texts.extend(_statements(rows) if is_one_statement else [table.sql() for table in rows])
        async with asyncpg.create_pool(target, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
            pools.append(pool)
            yield

    async def insert(_: Request) -> JSONResponse:
        async with pools[0].acquire() as connection, connection.transaction():
            if guard:
                await connection.execute(guard)
            for table, sql in zip(rows, texts, strict=True):
                await connection.execute(sql, *table.next())
        return JSONResponse({"id": "made"}, 201)

    async def insert_in_one(_: Request) -> JSONResponse:
        values = [value for table in rows for value in table.next()]
        async with pools[0].acquire() as connection:
            await connection.fetch(texts[0], *values)
        return JSONResponse({"id": "made"}, 201)

    endpoint = insert_in_one if is_one_statement else insert
    return Starlette(routes=[Route(path, endpoint, methods=["POST"])], lifespan=lifespan)


def _statements(rows: list[Rows]) -> list[str]:
    parts: list[str] = []
    first = 1
    for table in rows:
        parts.append(f"i{len(parts)} AS ({table.sql(first)})")
        first += len(table.columns)
    return [f"WITH {', '.join(parts)} SELECT 1"]


def main() -> None:
    """Serve: port, database with the pattern, the one to write to, ``rows`` or ``one``, tables, path, guard."""
    port, source, target, how, tables, path, *guard = sys.argv[1:]
    app = application(
        source,
        target,
        is_one_statement=how == "one",
        tables=tables.split(","),
        path=path,
        guard="".join(guard),
    )
    config = uvicorn.Config(
        app, port=int(port), http="httptools", loop="none", access_log=False, log_level="error"
    )
    uvloop.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
