"""New rows of any tables, written by one statement: a chain of data-modifying CTEs through the driver."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Column, Table
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

WAKES = "wakes"
"""Key of ``Table.info`` that names the channel to notify when an inserted row is committed."""

Values = Mapping[str, Any]
Collected = Sequence[tuple[Table, Values]]
Part = tuple[str, Sequence[Any]]
"""A statement with slots from $1 on, and the values for them."""


def json_text(value: object) -> str:
    """``value`` as JSON text, for a JSONB column or for many rows at once."""
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: object) -> str:
    """What orjson does not know, as PostgreSQL reads it: the driver's own UUIDs, exact figures, bytes."""
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(value)


_DIALECT: Any = asyncpg_dialect(json_serializer=json_text)  # type: ignore[no-untyped-call]


@cache
def columns_of(table: Table) -> tuple[Column[Any], ...]:
    """The columns that a row brings values for."""
    return tuple(column for column in table.columns if column.identity is None and column.computed is None)


@cache
def _binders(table: Table) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    """Per column its key and the conversion from Python to what the driver takes, where it needs one."""
    return tuple(
        (column.key, column.type.dialect_impl(_DIALECT).bind_processor(_DIALECT))
        for column in columns_of(table)
    )


def _bound(table: Table, row: Values) -> list[Any]:
    """What the driver takes, column by column; a missing key is NULL."""
    return [
        value if bind is None or value is None else bind(value)
        for key, bind in _binders(table)
        for value in (row.get(key),)
    ]


def many(rows: Sequence[Values]) -> str:
    """The value for the one slot of ``insert_many``: arrays cost the driver more."""
    return json_text(rows)


@cache
def _one_row(table: Table) -> str:
    names = ", ".join(f'"{column.name}"' for column in columns_of(table))
    slots = ", ".join(f"${i + 1}" for i in range(len(columns_of(table))))
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({slots})'  # noqa: S608 - names come from our own tables


@cache
def insert_many(table: Table) -> str:
    """The statement that takes rows as JSON; a missing key is NULL."""
    names = ", ".join(f'"{column.name}"' for column in columns_of(table))
    rows = f'json_populate_recordset(NULL::"{table.name}", $1::json)'
    return f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM {rows}'  # noqa: S608 - as above


@cache
def _chain(statements: tuple[str, ...]) -> str:
    """One statement that does all of these; each one's slots follow those of the one before."""
    parts: list[str] = []
    passed = 0
    for number, statement in enumerate(statements):
        slots = {int(slot) for slot in _SLOT.findall(statement)}
        parts.append(f"i{number} AS ({_shifted(statement, passed)})")
        passed += max(slots, default=0)
    return f"WITH {', '.join(parts)} SELECT 1"


_SLOT = re.compile(r"\$(\d+)")


def _shifted(statement: str, by: int) -> str:
    return _SLOT.sub(lambda slot: f"${int(slot[1]) + by}", statement)


def channels_of(collected: Collected) -> set[str]:
    """The channels to notify once these rows are committed."""
    return {table.info[WAKES] for table, _ in collected if WAKES in table.info}


def _grouped(collected: Collected) -> Iterable[tuple[Table, list[Values]]]:
    groups: dict[Table, list[Values]] = {}
    for table, values in collected:
        groups.setdefault(table, []).append(values)
    return groups.items()


def compose(collected: Collected, parts: Sequence[Part] = ()) -> tuple[str, list[Any]]:
    """The statement that inserts all collected rows and does what else is to be done, and its parameters.

    Args:
        collected: table and values by column key; a missing key is NULL. Rows of one table keep their order.
        parts: further statements; all see the database as it was before, and none the others' rows.

    Returns:
        SQL with numbered slots, prepared once per combination of statements, and the values for the slots.
    """
    statements = [statement for statement, _ in parts]
    parameters: list[Any] = [value for _, values in parts for value in values]
    for table, rows in _grouped(collected):
        is_many = len(rows) > 1
        statements.append(insert_many(table) if is_many else _one_row(table))
        parameters += [many(rows)] if is_many else _bound(table, rows[0])
    return _chain(tuple(statements)), parameters
