"""New rows of any tables, written by one statement: a chain of data-modifying CTEs through the driver."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Column, Table
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

WAKES = "wakes"
"""Key of ``Table.info`` that names the channel to notify when an inserted row is committed."""

Values = Mapping[str, Any]
Collected = Sequence[tuple[Table, Values]]


def json_text(value: object) -> str:
    """``value`` as JSON text, for a JSONB column."""
    return orjson.dumps(value).decode()


_DIALECT: Any = asyncpg_dialect(json_serializer=json_text)  # type: ignore[no-untyped-call]


def _unchanged(value: object) -> object:
    return value


@cache
def _columns(table: Table) -> tuple[Column[Any], ...]:
    return tuple(column for column in table.columns if column.identity is None and column.computed is None)


@cache
def _binders(table: Table) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """Per column its key and the conversion from Python to what the driver takes."""
    return tuple(
        (column.key, column.type.dialect_impl(_DIALECT).bind_processor(_DIALECT) or _unchanged)
        for column in _columns(table)
    )


@cache
def _type_name(column: Column[Any]) -> str:
    return column.type.compile(dialect=_DIALECT)


def _one_row(table: Table, first: int) -> str:
    names = ", ".join(f'"{column.name}"' for column in _columns(table))
    slots = ", ".join(f"${first + i}" for i in range(len(_columns(table))))
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({slots})'  # noqa: S608 - names come from our own tables


def _many_rows(table: Table, first: int) -> str:
    names = ", ".join(f'"{column.name}"' for column in _columns(table))
    arrays = ", ".join(f"${first + i}::{_type_name(c)}[]" for i, c in enumerate(_columns(table)))
    return f'INSERT INTO "{table.name}" ({names}) SELECT * FROM unnest({arrays})'  # noqa: S608 - as above


@cache
def _statement(shape: tuple[tuple[Table, bool], ...]) -> str:
    """The statement for these tables, each with one row or with arrays of columns."""
    parts: list[str] = []
    first = 1
    for number, (table, is_many) in enumerate(shape):
        insert = _many_rows(table, first) if is_many else _one_row(table, first)
        parts.append(f"i{number} AS ({insert})")
        first += len(_columns(table))
    return f"WITH {', '.join(parts)} SELECT 1"


def channels_of(collected: Collected) -> set[str]:
    """The channels to notify once these rows are committed."""
    return {table.info[WAKES] for table, _ in collected if WAKES in table.info}


def _grouped(collected: Collected) -> Iterable[tuple[Table, list[Values]]]:
    groups: dict[Table, list[Values]] = {}
    for table, values in collected:
        groups.setdefault(table, []).append(values)
    return groups.items()


def compose(collected: Collected) -> tuple[str, list[Any]]:
    """The statement that inserts all collected rows, and its parameters.

    Args:
        collected: table and values by column key; a missing key is NULL. Rows of one table keep their order.

    Returns:
        SQL with numbered slots, prepared once per combination of tables, and the values for the slots.
    """
    shape: list[tuple[Table, bool]] = []
    parameters: list[Any] = []
    for table, rows in _grouped(collected):
        binders = _binders(table)
        shape.append((table, len(rows) > 1))
        if len(rows) == 1:
            parameters += [_bound(bind, rows[0].get(key)) for key, bind in binders]
        else:
            parameters += [[_bound(bind, row.get(key)) for row in rows] for key, bind in binders]
    return _statement(tuple(shape)), parameters


def _bound(bind: Callable[[Any], Any], value: object) -> object:
    return None if value is None else bind(value)
