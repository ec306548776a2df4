"""Codes, numbers and serial numbers of before are kept in capitals, as those told from now on are.

Of several that differ by no more than case or width, the oldest gets the capitals, unless one has them already;
the others stay as they are, since nothing says whether they are one thing and which of them is right. They are
found by ``q`` and by their ids. Versions stay: each counts an event, and none tells of this, since whoever compares
codes compares their capitals. Nothing remembers how a code was typed: going back leaves them in capitals.
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
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


def _rows(columns: str, table: str, where: str = "true", **told: Any) -> Iterator[Any]:
    """Id and columns of rows, the oldest first, as ids tell; no more than a batch of them at a time."""
    found = sa.text(f"SELECT id, {columns} FROM {table} WHERE id > :after AND {where} ORDER BY id LIMIT {BATCH}")
    after = UUID(int=0)
    while batch := list(op.get_bind().execute(found, {**told, "after": after})):
        yield from batch
        after = batch[-1][0]


BATCH = 5_000
UNLIKE = """ ~ '[^ -`{-~]' COLLATE "C" """
"""May not be in capitals: holds something else than plain signs, digits and capitals."""


def _carry(table: str, column: str, within: tuple[str, ...], where: str = "true") -> None:
    """The oldest of those alike gets the capitals where no row has them."""
    same = " AND ".join([f"other.{name} = {table}.{name}" for name in within] or ["true"])
    taken = f"SELECT FROM {table} other WHERE {same} AND other.{column} = :kept AND {where}"
    carry = sa.text(f"UPDATE {table} SET {column} = :kept WHERE id = :id AND NOT EXISTS ({taken})")
    for row in _rows(column, table, f"{where} AND {column} {UNLIKE}"):
        if (kept := capitals(row[1])) != row[1]:
            op.get_bind().execute(carry, {"id": row[0], "kept": kept})


def _carry_stock() -> None:
    """Serial numbers of stock: lots, ledger, and what names pieces, all or none of a number."""
    lots = _rows("part_id, serial_number", "stock_lot", f"serial_number {UNLIKE}")
    found = {(str(part), serial): capitals(serial) for _, part, serial in lots}
    alike = Counter((part, form) for (part, _), form in found.items())
    kept = {(part, serial): form for (part, serial), form in found.items()
        if form != serial and alike[part, form] == 1 and not _is_given(part, form)}
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


def _is_given(part: str, form: str) -> bool:
    """Whether another number of the part is written so already."""
    return bool(op.get_bind().execute(sa.text(_HAS), {"part": part, "kept": form}).scalar())


def _carry_pieces(table: str, column: str, kept: dict[tuple[str, str], str]) -> None:
    rows = _rows(f"NULL, {column}", table)
    if column != "lines":
        parts = sorted({UUID(part) for part, _ in kept})
        rows = _rows(f"part_id, {column}", table, "part_id = ANY(:parts)", parts=parts)
    put = sa.text(f"UPDATE {table} SET {column} = CAST(:told AS jsonb) WHERE id = :id")
    for row in rows:
        told = _renamed(row[2], str(row[1]), kept)
        if told != row[2]:
            op.get_bind().execute(put, {"id": row[0], "told": json.dumps(told)})


SERIALS = {"serial_number", "serials", "missing_serials", "found_serials"}
"""Where a line or a piece tells serial numbers."""


def _renamed(value: Any, part: str, kept: dict[tuple[str, str], str], *, is_serial: bool = False) -> Any:
    if isinstance(value, dict):
        of = value.get("part_id", part)
        return {name: _renamed(one, of, kept, is_serial=name in SERIALS) for name, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, part, kept, is_serial=is_serial) for one in value]
    return kept.get((part, value), value) if is_serial and isinstance(value, str) else value
