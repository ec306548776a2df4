"""Workbooks: their sheets, row by row; what is inside is measured before it is unpacked."""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from common.errors import Invalid
from warranty.gateways.sheets.pages import Page, Rows

MAGIC = b"PK\x03\x04"
OLD_MAGIC = b"\xd0\xcf\x11\xe0"
"""Excel before 2007, and workbooks with a password."""

MOST_COLUMNS = 100
MOST_MEMBERS = 1_000
MOST_CHARACTERS = 32_767
"""Characters that Excel lets a cell hold."""
PIECE = 1024 * 1024
"""Bytes of a workbook's part that hold a tag somewhere: no text of a cell is that long."""

_WORKBOOK = "xl/workbook.xml"
_ENCRYPTED = 0x1


def check_container(file: BinaryIO, most_inflated: int) -> None:
    """Refuse what is no workbook, or what would be too large unpacked; nothing is unpacked for that.

    A member never gives more than the size that its entry states, so the stated sizes bound the work.

    Raises:
        Invalid: ``import-file-no-workbook`` or ``import-file-inflated``.
    """
    try:
        with ZipFile(file) as archive:
            members = archive.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Invalid("import-file-no-workbook") from error
    if sum(one.file_size for one in members) > most_inflated or len(members) > MOST_MEMBERS:
        raise Invalid("import-file-inflated", limit_bytes=most_inflated)
    is_encrypted = any(one.flag_bits & _ENCRYPTED for one in members)
    if is_encrypted or all(one.filename != _WORKBOOK for one in members):
        raise Invalid("import-file-no-workbook")


def check_texts(file: BinaryIO) -> None:
    """Refuse a workbook with a text that no cell can hold, before anything is built of it.

    Raises:
        Invalid: ``import-file-cell-endless``, or ``import-file-no-workbook`` where a part cannot be unpacked.
    """
    try:
        with ZipFile(file) as archive:
            parts = [one for one in archive.infolist() if one.filename.endswith(".xml")]
            is_endless = any(_is_endless(archive, one) for one in parts)
    except (BadZipFile, zlib.error, ValueError, OSError, RuntimeError) as error:
        raise Invalid("import-file-no-workbook") from error
    if is_endless:
        raise Invalid("import-file-cell-endless", limit=MOST_CHARACTERS)


def _is_endless(archive: ZipFile, part: ZipInfo) -> bool:
    with archive.open(part) as stream:
        return any(
            len(piece) == PIECE and b"<" not in piece for piece in iter(lambda: stream.read(PIECE), b"")
        )


def _rows(sheet: Any) -> Rows:  # noqa: ANN401 - the library has no types
    """Number and cells of every row; whatever size the sheet claims to have is not believed."""
    sheet.reset_dimensions()
    yield from enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1)


@contextmanager
def opened(file: BinaryIO) -> Iterator[Sequence[Page]]:
    """The sheets that the workbook in ``file`` shows, read as they are iterated.

    Raises:
        Invalid: ``import-file-no-workbook`` where the library cannot make sense of it.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 - it takes longer to load than most texts to read

    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        yield [Page(sheet.title, _rows(sheet), sheet.max_row or 0) for sheet in shown]
        book.close()
    except (Invalid, MemoryError, BrokenPipeError):
        raise
    except Exception as error:  # a malformed workbook makes the library raise anything
        raise Invalid("import-file-no-workbook") from error
