"""The row of headings of a spreadsheet: where it is, and which column stands where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from common.errors import Invalid
from warranty.domain.imports.columns import Column, ImportKind, folded
from warranty.domain.imports.kinds import KINDS

SHOWN = 40
"""Characters of a heading, and number of headings, that are told back."""
LOOKED = 20
"""Filled rows of a sheet among which the headings are looked for: a title may stand above them."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns stand.

    Args:
        kind: what the rows are.
        places: number of the cell to the column.
        width: cells up to the last heading; nothing may stand beyond.
        ignored: headings that say nothing to us; their cells are not read.
        row: its number as the spreadsheet shows it.
        sheet: the sheet's name; empty for text.
    """

    kind: ImportKind
    places: Mapping[int, Column]
    width: int
    ignored: tuple[str, ...] = ()
    row: int = 1
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Top:
    """The first filled rows of a sheet, number and cells; the name is empty for text."""

    name: str
    rows: Sequence[tuple[int, Sequence[str]]]


@cache
def _headings(kind: ImportKind) -> Mapping[str, Column]:
    """Folded heading to column; a field's own name comes before what others are also called."""
    columns = KINDS[kind].columns
    own = {folded(name): column for column in columns for name in (column.name, column.zh, column.en)}
    return MappingProxyType({folded(name): one for one in columns for name in one.also} | own)


def recognised(kind: ImportKind, cells: Sequence[str]) -> int:
    """How many of ``cells`` are headings of ``kind``."""
    return sum(folded(cell) in _headings(kind) for cell in cells)


def find_header(kind: ImportKind, tops: Sequence[Top]) -> tuple[int, int, Header]:
    """The first row that names every column that must be there, on the one sheet that has such a row.

    Returns:
        Number of the sheet among ``tops``, of the row among its rows, and the header.

    Raises:
        Invalid: ``import-file-empty``, ``import-sheets-several``, ``import-columns-missing`` (told of the
            row that comes closest) or ``import-column-twice``.
    """
    rows = [(sheet, place) for sheet, top in enumerate(tops) for place in range(len(top.rows))]
    if not rows:
        raise Invalid("import-file-empty")
    whole = [(sheet, place) for sheet, place in rows if not _missing(kind, tops[sheet].rows[place][1])]
    sheets = list(dict.fromkeys(sheet for sheet, _ in whole))
    if len(sheets) > 1:
        raise Invalid("import-sheets-several", sheets=[tops[sheet].name for sheet in sheets][:SHOWN])
    closest = max(rows, key=lambda one: recognised(kind, tops[one[0]].rows[one[1]][1]))
    sheet, place = whole[0] if whole else closest
    row, cells = tops[sheet].rows[place]
    return sheet, place, read_header(kind, cells, row=row, sheet=tops[sheet].name)


def read_header(kind: ImportKind, cells: Sequence[str], *, row: int = 1, sheet: str = "") -> Header:
    """The columns that a row names.

    Raises:
        Invalid: ``import-columns-missing`` or ``import-column-twice``.
    """
    known = _headings(kind)
    places = {place: known[folded(cell)] for place, cell in enumerate(cells) if folded(cell) in known}
    ignored = tuple(
        cell.strip()[:SHOWN] for place, cell in enumerate(cells) if place not in places and cell.strip()
    )[:SHOWN]
    if missing := _missing(kind, cells):
        raise _incomplete(missing, cells, row, sheet)
    named = [column.name for column in places.values()]
    twice = [name for name in dict.fromkeys(named) if named.count(name) > 1]
    if twice:
        raise Invalid("import-column-twice", columns=twice)
    width = 1 + max(place for place, cell in enumerate(cells) if cell.strip())
    return Header(kind, MappingProxyType(places), width, ignored, row, sheet)


def _missing(kind: ImportKind, cells: Sequence[str]) -> list[Column]:
    known = _headings(kind)
    named = {known[folded(cell)].name for cell in cells if folded(cell) in known}
    return [one for one in KINDS[kind].columns if one.is_required and one.name not in named]


def _incomplete(missing: Sequence[Column], cells: Sequence[str], row: int, sheet: str) -> Invalid:
    return Invalid(
        "import-columns-missing",
        missing=[one.name for one in missing],
        missing_zh=[f"{one.zh} ({one.name})" for one in missing],
        missing_en=[f"{one.en} ({one.name})" for one in missing],
        found=[cell.strip()[:SHOWN] for cell in cells if cell.strip()][:SHOWN],
        row=row,
        sheet=sheet,
        where_zh=f"工作表“{sheet}”第 {row} 行" if sheet else f"第 {row} 行",
        where_en=f"row {row} of sheet “{sheet}”" if sheet else f"row {row}",
        looked=LOOKED,
    )
