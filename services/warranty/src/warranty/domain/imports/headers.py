"""The first row of a spreadsheet: which column stands where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from common.errors import Invalid
from warranty.domain.imports.columns import COLUMNS, Column, ImportKind, folded

SHOWN = 40
"""Characters of a heading, and number of headings, that are told back."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns stand.

    Args:
        kind: what the rows are.
        places: number of the cell to the column.
        width: cells up to the last heading; nothing may stand beyond.
        ignored: headings that say nothing to us; their cells are not read.
    """

    kind: ImportKind
    places: Mapping[int, Column]
    width: int
    ignored: tuple[str, ...] = ()


@cache
def _headings(kind: ImportKind) -> Mapping[str, Column]:
    """Folded heading to column; a field's own name comes before what others are also called."""
    own = {folded(name): column for column in COLUMNS[kind] for name in (column.name, column.zh, column.en)}
    return MappingProxyType({folded(name): one for one in COLUMNS[kind] for name in one.also} | own)


def recognised(kind: ImportKind, cells: Sequence[str]) -> int:
    """How many of ``cells`` are headings of ``kind``."""
    return sum(folded(cell) in _headings(kind) for cell in cells)


def read_header(kind: ImportKind, cells: Sequence[str]) -> Header:
    """The columns that the first row names.

    Raises:
        Invalid: ``import-file-empty``, ``import-columns-missing`` or ``import-column-twice``.
    """
    if not any(cell.strip() for cell in cells):
        raise Invalid("import-file-empty")
    known = _headings(kind)
    places = {place: known[folded(cell)] for place, cell in enumerate(cells) if folded(cell) in known}
    named = [column.name for column in places.values()]
    missing = [one for one in COLUMNS[kind] if one.is_required and one.name not in named]
    ignored = tuple(
        cell.strip()[:SHOWN] for place, cell in enumerate(cells) if place not in places and cell.strip()
    )[:SHOWN]
    if missing:
        raise Invalid(
            "import-columns-missing",
            missing=[one.name for one in missing],
            missing_zh=[f"{one.zh} ({one.name})" for one in missing],
            missing_en=[f"{one.en} ({one.name})" for one in missing],
            found=[cell.strip()[:SHOWN] for cell in cells if cell.strip()][:SHOWN],
        )
    twice = [name for name in dict.fromkeys(named) if named.count(name) > 1]
    if twice:
        raise Invalid("import-column-twice", columns=twice)
    width = 1 + max(place for place, cell in enumerate(cells) if cell.strip())
    return Header(kind, MappingProxyType(places), width, ignored)
