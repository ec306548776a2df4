"""Codes, numbers and serial numbers of before are kept in capitals, as those told from now on are.

Of several that differ by no more than case or width, the oldest gets the capitals, unless one has them already;
the others stay as they are, since nothing says whether they are one thing and which of them is right. They are
found by ``q`` and by their ids. Nothing remembers how a code was typed: going back leaves them in capitals.
"""

import json
import unicodedata
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEYS = (
    ("customer", "code", ()),
    ("site", "code", ("customer_id",)),
    ("service_base", "code", ()),
    ("product", "code", ()),
    ("part", "number", ()),
    ("contract", "number", ()),
    ("warehouse", "code", ()),
    ("asset", "serial_number", ("product_id",)),
)
"""Table, natural key, and within what it is unique."""

PIECES = (("stock_movement", "pieces"), ("reservation", "picks"), ("stock_transfer", "lines"), ("stock_count", "lines"))
"""Where pieces of stock are named; a line says of which part, else the row does."""


def capitals(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).strip().upper()).strip()


def upgrade() -> None:
    for table, column, within in KEYS:
        _carry(table, column, within)
    _carry("component", "serial_number", ("part_id",), "removed_at IS NULL")
    _carry("component", "serial_number", ("id",), "removed_at IS NOT NULL")
    _carry("loaner", "serial_number", ("id",))
    _carry_stock()


def downgrade() -> None:
    """Codes stay in capitals."""


def _rows(found: str, **told: Any) -> list[Any]:
    return list(op.get_bind().execute(sa.text(found), told))


UNLIKE = """ ~ '[^ -`{-~]' COLLATE "C" """
"""May not be in capitals: holds something else than plain signs, digits and capitals."""


def _carry(table: str, column: str, within: tuple[str, ...], where: str = "true") -> None:
    """The oldest of those alike gets the capitals where no row has them."""
    same = " AND ".join([f"other.{name} = {table}.{name}" for name in within] or ["true"])
    taken = f"SELECT FROM {table} other WHERE {same} AND other.{column} = :kept AND {where}"
    carry = sa.text(f"UPDATE {table} SET {column} = :kept WHERE id = :id AND NOT EXISTS ({taken})")
    for row in _rows(f"SELECT id, {column} FROM {table} WHERE {where} AND {column} {UNLIKE} ORDER BY created_at, id"):
        if (kept := capitals(row[1])) != row[1]:
            op.get_bind().execute(carry, {"id": row[0], "kept": kept})


def _carry_stock() -> None:
    """Serial numbers of stock: lots, ledger, and what names pieces, all or none of a number."""
    lots = _rows(f"SELECT DISTINCT part_id, serial_number FROM stock_lot WHERE serial_number {UNLIKE}")
    kept = {(str(part), serial): capitals(serial) for part, serial in lots if capitals(serial) != serial}
    kept = {one: form for one, form in kept.items() if not _is_shared(one, form, kept)}
    if not kept:
        return
    for (part, serial), form in kept.items():
        told = {"part": part, "serial": serial, "kept": form}
        op.get_bind().execute(sa.text(_LOT), told)
    op.execute("ALTER TABLE stock_movement DISABLE TRIGGER stock_movement_is_final")
    for table, column in PIECES:
        _carry_pieces(table, column, kept)
    op.execute("ALTER TABLE stock_movement ENABLE TRIGGER stock_movement_is_final")


_LOT = "UPDATE stock_lot SET serial_number = :kept WHERE part_id = :part AND serial_number = :serial"
_HAS = "SELECT count(*) FROM stock_lot WHERE part_id = :part AND serial_number = :kept"


def _is_shared(one: tuple[str, str], form: str, kept: dict[tuple[str, str], str]) -> bool:
    """Whether another number of the part has, or would get, the same capitals."""
    if sum(other[0] == one[0] and it == form for other, it in kept.items()) > 1:
        return True
    return bool(op.get_bind().execute(sa.text(_HAS), {"part": one[0], "kept": form}).scalar())


def _carry_pieces(table: str, column: str, kept: dict[tuple[str, str], str]) -> None:
    found = f"SELECT id, NULL, {column} FROM {table}"
    if column != "lines":
        found = f"SELECT id, part_id, {column} FROM {table} WHERE part_id = ANY(:parts)"
    put = sa.text(f"UPDATE {table} SET {column} = CAST(:told AS jsonb) WHERE id = :id")
    for row in _rows(found, **({} if column == "lines" else {"parts": [UUID(one[0]) for one in kept]})):
        told = _renamed(row[2], str(row[1]), kept)
        if told != row[2]:
            op.get_bind().execute(put, {"id": row[0], "told": json.dumps(told)})


def _renamed(value: Any, part: str, kept: dict[tuple[str, str], str]) -> Any:
    if isinstance(value, dict):
        of = value.get("part_id", part)
        return {name: one if name == "lot" else _renamed(one, of, kept) for name, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, part, kept) for one in value]
    return kept.get((part, value), value) if isinstance(value, str) else value
