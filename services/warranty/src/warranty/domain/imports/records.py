"""Rows of a spreadsheet as records: values, what they are called by, everything that is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from common.errors import Fact
from warranty.domain.assets import place_key
from warranty.domain.imports.cells import Cell, Unfit, Value, read_cell, shown
from warranty.domain.imports.columns import Group, ImportKind
from warranty.domain.imports.headers import Header
from warranty.domain.imports.kinds import KINDS

EXCERPT = 100
"""Characters of a cell that are shown with what is wrong with it."""

BETWEEN = "\x1f"
"""Stands between the parts of a name; no cell may hold it."""


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
        row: its number as the spreadsheet shows it.
        values: column to value; a blank cell is left out.
        faults: everything that is wrong with it by itself.
    """

    row: int
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
    if not faults:
        faults += [
            Fault(one, code)
            for one, other, code in KINDS[header.kind].together
            if (one in values) != (other in values)
        ]
    return Record(row, values, tuple(faults))


def _surplus(header: Header, cells: Sequence[Cell]) -> list[Fault]:
    """A cell beyond the headings: a separator stood in a text, and what follows it went to other columns."""
    found = [cell for cell in cells[header.width :] if not is_blank([cell])]
    if not found:
        return []
    told = {"headings": header.width, "surplus": len(found)}
    return [Fault(None, "import-row-long", excerpt(found[0]), told)]


@dataclass(frozen=True, slots=True)
class Name:
    """What a row is called by in its file; ``is_unique``: no other row may be called so."""

    text: str
    is_unique: bool


@dataclass(frozen=True, slots=True)
class Called:
    """Rows of a file that are called the same: the first one, and how many tell something new."""

    row: int
    new: int


NOBODY = Called(0, 0)

_PLACES = {"position", "parent_position"}


ERASED_ROW = 0
"""Where a name stands that nobody in the file may be called by: the person was erased since it was sent."""


def names_of(kind: ImportKind, values: Mapping[str, Value]) -> list[Name]:
    """What a row with these values is called by: its natural key first, where it has one."""
    told = KINDS[kind]
    unique = list(dict.fromkeys([*_told(told.keys, values)[:1], *_told(told.unique, values)]))
    return [
        *(Name(text, is_unique=True) for text in unique),
        *(Name(text, is_unique=False) for text in _told(told.called, values) if text not in unique),
    ]


def _told(groups: Sequence[Group], values: Mapping[str, Value]) -> list[str]:
    return [text for group in groups if (text := name_of(group, values)) is not None]


def name_of(group: Group, values: Mapping[str, Value]) -> str | None:
    """What values are called by in some columns; ``None`` where one of them is blank."""
    parts = [called(column, values) for column in group]
    return None if None in parts else BETWEEN.join(("+".join(group), *map(str, parts)))


def called(column: str, values: Mapping[str, Value]) -> str | None:
    """What a column calls something by; a position is one place however it is written."""
    told = values.get(column)
    if told is None:
        return None
    return place_key(str(told)) if column in _PLACES else str(told)


def excerpt(cell: Cell) -> str:
    """The beginning of a cell, without what no text may hold."""
    return shown(cell)[:EXCERPT].replace("\x00", "")
