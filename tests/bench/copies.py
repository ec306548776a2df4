"""A great many rows like one that the product wrote itself."""

from collections.abc import Mapping, Sequence

import asyncpg


async def copies(connection: asyncpg.Connection, table: str, like: str, changes: Mapping[str, str]) -> str:
    """The statement that inserts into ``table`` a row like ``like`` for each row of ``more``.

    Args:
        connection: where the table is.
        table: its name.
        like: selects the row that is copied.
        changes: columns that differ, as expressions of ``more`` and of ``pattern``, the row copied.
    """
    names: Sequence[str] = [
        row[0]
        for row in await connection.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0", table
        )
    ]
    values = [changes.get(name, f"pattern.{name}") for name in names]
    return (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} "
        f"FROM more CROSS JOIN ({like}) AS pattern"
    )
