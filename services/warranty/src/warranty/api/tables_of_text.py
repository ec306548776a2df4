"""Tables for people's spreadsheet programs: RFC 4180 with a mark of its encoding and a guard."""

import csv
import io
from collections.abc import Iterable, Sequence

MARK = "\ufeff"
MEDIA = "text/csv; charset=utf-8; header=present"

_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings of a cell that a program may take for a formula."""


def guarded(cell: object) -> str:
    """The cell as text that no program computes."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_RISKY) else text


def csv_text(heading: Sequence[str], rows: Iterable[Sequence[object]], *, marked: bool = True) -> str:
    """A table as CSV; ``marked`` begins it with the byte order mark that Excel needs for Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guarded(cell) for cell in heading])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return (MARK if marked else "") + out.getvalue()
