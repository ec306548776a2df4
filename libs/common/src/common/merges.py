"""Rows that may be there already: inserted or changed, any number of one table by one statement."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Table

from common.db import Session
from common.inserts import Values, columns_of, insert_many, many


@cache
def _statement(table: Table, kept: frozenset[str]) -> str:
    keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
    changed = [c.name for c in columns_of(table) if not c.primary_key and c.name not in kept]
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in changed)
    act = f"DO UPDATE SET {changes}" if changes else "DO NOTHING"
    return f"{insert_many(table)} ON CONFLICT ({keys}) {act}"


async def merge(session: Session, table: Table, rows: Sequence[Values], *, keeps: Sequence[str] = ()) -> None:
    """Insert ``rows``; where the primary key is there, change all columns but those that it ``keeps``.

    Args:
        session: the unit of work; written at once, not at commit.
        table: their table.
        rows: values by column key, each primary key once; a missing key is NULL.
        keeps: columns that stay as they are in a row that is there.
    """
    if not rows:
        return
    connection = await session.connection()
    await connection.exec_driver_sql(_statement(table, frozenset(keeps)), (many(rows),))


def merge_at_last(
    session: Session, table: Table, rows: Sequence[Values], *, keeps: Sequence[str] = ()
) -> None:
    """The same with the last statement of the transaction; whoever merges one table twice may not."""
    if rows:
        session.do_at_last(_statement(table, frozenset(keeps)), [many(rows)])


async def add_missing(session: Session, table: Table, rows: Sequence[Values]) -> None:
    """Insert those of ``rows`` whose primary key is not there yet; values as in ``merge``."""
    await merge(session, table, rows, keeps=_all_of(table))


def add_missing_at_last(session: Session, table: Table, rows: Sequence[Values]) -> None:
    """The same with the last statement of the transaction."""
    merge_at_last(session, table, rows, keeps=_all_of(table))


def _all_of(table: Table) -> Sequence[str]:
    return [column.name for column in columns_of(table)]
