"""Rows of a spreadsheet as records: a key, values, and everything that is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from common.errors import Fact
from warranty.domain.imports.cells import Cell, Unfit, Value, read_cell, shown
from warranty.domain.imports.columns import COLUMNS, ImportKind
from warranty.domain.imports.headers import Header

EXCERPT = 100
"""Characters of a cell that are shown with what is wrong with it."""

BETWEEN = "\x1f"
"""Stands between the parts of a key; no cell may hold it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a row.

    Args:
        column: the column, where it is one.
        code: what is wrong; its text stands in the catalogue.
        value: the cell, or its beginning.
        facts: what the text mentions.
    """

    column: str | None
    code: str
    value: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One row.

    Args:
        row: its number as the spreadsheet shows it; the header is row 1 unless blank rows stand above.
        key: what it is known again by; ``None`` where a part of it is missing.
        values: column to value; a blank cell is left out.
        faults: everything that is wrong with it by itself.
    """

    row: int
    key: str | None
    values: Mapping[str, Value]
    faults: Sequence[Fault] = ()


def is_blank(cells: Sequence[Cell]) -> bool:
    """Whether a row holds nothing."""
    return all(cell is None or shown(cell) == "" for cell in cells)


def read_record(header: Header, row: int, cells: Sequence[Cell]) -> Record:
    """The record in a row; cells that are not there count as blank."""
    values: dict[str, Value] = {}
    faults: list[Fault] = []
    for place, column in header.places.items():
        cell = cells[place] if place < len(cells) else None
        try:
            value = read_cell(column, cell)
        except Unfit as unfit:
            faults.append(Fault(column.name, unfit.code, excerpt(cell), unfit.facts))
        else:
            if value is not None:
                values[column.name] = value
    faults += _surplus(header, cells)
    if ("latitude" in values) != ("longitude" in values) and not faults:
        faults.append(Fault("latitude", "import-position-incomplete"))
    if ("accepted_on" in values) != ("acceptance_reference" in values) and not faults:
        faults.append(Fault("accepted_on", "import-acceptance-incomplete"))
    return Record(row, _key(header.kind, values), values, tuple(faults))


def _surplus(header: Header, cells: Sequence[Cell]) -> list[Fault]:
    """A cell beyond the headings: a separator stood in a text, and what follows it went to other columns."""
    found = [cell for cell in cells[header.width :] if not is_blank([cell])]
    if not found:
        return []
    told = {"headings": header.width, "surplus": len(found)}
    return [Fault(None, "import-row-long", excerpt(found[0]), told)]


def _key(kind: ImportKind, values: Mapping[str, Value]) -> str | None:
    parts = [values.get(column.name) for column in COLUMNS[kind] if column.is_key]
    return None if None in parts else BETWEEN.join(map(str, parts))


def excerpt(cell: Cell) -> str:
    """The beginning of a cell, without what no text may hold."""
    return shown(cell)[:EXCERPT].replace("\x00", "")
