"""Sheets as both kinds of file give them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from warranty.domain.imports.cells import Cell

Rows = Iterator[tuple[int, Sequence[Cell]]]
"""Number and cells of each row."""


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet.

    Args:
        name: what its tab says; empty for text.
        rows: all of them, blank ones too.
        row_count: how many it says it has, 0 where it is not known.
    """

    name: str
    rows: Rows
    row_count: int = 0
