"""What a template holds, so that a used copy of it can be told from a fresh one and be made like one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import asyncpg

Table = tuple[str, str]
"""Schema and name."""

Catalogue = Mapping[str, tuple[object, ...]]
"""What tells one state of a database's definitions from another, by system catalogue."""

MOST_BYTES = 16 * 1024 * 1024
"""Above this a new copy costs less than emptying tables, whose indexes would stay as long as they are."""

_CATALOGUES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND NOT relisshared
    AND has_table_privilege(oid, 'SELECT')
ORDER BY relname
"""
_OF_THE_DATABASE = """
SELECT datdba::bigint, datallowconn, datconnlimit, datacl::text, string_agg(s::text, chr(10) ORDER BY s::text)
FROM pg_database d LEFT JOIN pg_db_role_setting s ON setdatabase = d.oid
WHERE datname = current_database() GROUP BY d.oid
"""
_TABLES = """
SELECT nspname, relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'r' AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
    AND pg_relation_size(c.oid) > 0
ORDER BY nspname, relname
"""
_SEQUENCES = "SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences ORDER BY 1"
_SIZE = """
SELECT sum(pg_total_relation_size(format('%I.%I', schema, name)::regclass))
FROM unnest($1::text[], $2::text[]) AS written (schema, name)
"""
# Emptied tables end without pages, so that new rows lie in the order in which they are written.
_VACUUM = "VACUUM (INDEX_CLEANUP ON, TRUNCATE ON, PARALLEL 0, SKIP_DATABASE_STATS)"


class NotLikeFresh(Exception):  # noqa: N818 - said of a database
    """A used copy cannot be made like a fresh one, or not for less than a new one costs."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A template's rows and sequences.

    Args:
        rows: per table that is not empty, as COPY writes them.
        sequences: where each stands: name, last value, whether it was given out.
    """

    rows: dict[Table, bytes]
    sequences: tuple[tuple[str, int, bool], ...]

    @classmethod
    async def of(cls, connection: asyncpg.Connection) -> "Baseline":
        """That of the database that ``connection`` leads to."""
        rows = {table: await _content(connection, table) for table in await _tables(connection)}
        return cls(rows, await _sequences(connection))

    async def restore(self, connection: asyncpg.Connection, catalogue: Catalogue) -> Catalogue:
        """Make a used copy like a fresh one: rows, sequences, what is known of its use.

        Args:
            connection: the only one to the copy.
            catalogue: how the copy's stood when it was fresh.

        Returns:
            The copy's catalogue from now on.

        Raises:
            NotLikeFresh: definitions were changed, or so much was written that a new copy costs less.
        """
        if await catalogue_of(connection) != catalogue:
            raise NotLikeFresh
        await connection.execute("SET track_counts = off")
        changed = await self._changed(connection)
        if await _bytes(connection, changed) > MOST_BYTES:
            raise NotLikeFresh
        if changed:
            await _empty(connection, changed)
        await self._fill(connection, changed)
        await connection.execute("SELECT pg_stat_reset()")
        return {**catalogue, **await _newest(connection, ["pg_class"])}  # it holds statistics, too

    async def _fill(self, connection: asyncpg.Connection, emptied: list[Table]) -> None:
        for schema, name in emptied:
            if (schema, name) in self.rows:
                rows = BytesIO(self.rows[schema, name])
                await connection.copy_to_table(name, schema_name=schema, source=rows, format="binary")
        await connection.executemany("SELECT setval($1::text::regclass, $2, $3)", self.sequences)

    async def _changed(self, connection: asyncpg.Connection) -> list[Table]:
        """Tables that hold other rows than the template's, or pages without any."""
        written = [table for table in await _tables(connection) if table not in self.rows]
        return written + [
            table for table, rows in self.rows.items() if await _content(connection, table) != rows
        ]


async def catalogue_of(connection: asyncpg.Connection) -> Catalogue:
    """How a database is defined at present: tables, rights, triggers, functions and all else.

    Whatever changes one writes a row of a system catalogue anew, under a later transaction, or removes one.
    """
    names = [row[0] for row in await connection.fetch(_CATALOGUES)]
    itself = await connection.fetchrow(_OF_THE_DATABASE)
    return {**await _newest(connection, names), "pg_database": tuple(itself)}


async def _newest(connection: asyncpg.Connection, catalogues: Sequence[str]) -> Catalogue:
    """Per system catalogue how many rows it has and which transaction wrote the newest."""
    counts = " UNION ALL ".join(
        f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM {name}"  # noqa: S608 - the server's names
        for name in catalogues
    )
    return {name: tuple(told) for name, *told in await connection.fetch(counts)}


async def _tables(connection: asyncpg.Connection) -> list[Table]:
    return [(schema, name) for schema, name in await connection.fetch(_TABLES)]


async def _content(connection: asyncpg.Connection, table: Table) -> bytes:
    schema, name = table
    found = BytesIO()
    await connection.copy_from_table(name, schema_name=schema, output=found, format="binary")
    return found.getvalue()


async def _sequences(connection: asyncpg.Connection) -> tuple[tuple[str, int, bool], ...]:
    names = [row[0] for row in await connection.fetch(_SEQUENCES)]
    found = [await connection.fetchrow(f"SELECT last_value, is_called FROM {name}") for name in names]  # noqa: S608 - quoted
    return tuple((name, *row) for name, row in zip(names, found, strict=True))


async def _bytes(connection: asyncpg.Connection, tables: list[Table]) -> int:
    schemas, names = [schema for schema, _ in tables], [name for _, name in tables]
    return int(await connection.fetchval(_SIZE, schemas, names) or 0)


async def _empty(connection: asyncpg.Connection, tables: list[Table]) -> None:
    """Delete every row past triggers and foreign keys; much sooner done than TRUNCATE, which makes files."""
    quoted = [f'"{schema}"."{name}"' for schema, name in tables]
    await connection.execute("SET session_replication_role = replica")
    await connection.execute(";".join(f"DELETE FROM {table}" for table in quoted))  # noqa: S608 - quoted
    await connection.execute(f"{_VACUUM} {', '.join(quoted)}")
    await connection.executemany("SELECT pg_clear_relation_stats($1, $2)", tables)
