"""CSV as people's programs write it: RFC 4180, in UTF-8 or as Excel in China does, with three separators."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import BinaryIO

from common.errors import Invalid
from warranty.domain.imports.columns import ImportKind
from warranty.domain.imports.headers import LOOKED, recognised

CHUNK = 1024 * 1024
LONGEST_CELL = 20_000
SEPARATORS = (",", ";", "\t")
HINTED = frozenset({*SEPARATORS, "|"})
HINT = "sep="
"""A first line by which Excel is told the separator."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(file: BinaryIO) -> str:
    """What the text is written in: what its mark says, else UTF-8, else GB18030 (GBK and GB 2312 in it).

    Raises:
        Invalid: ``import-encoding-unknown``.
    """
    file.seek(0)
    start = file.read(4)
    for mark, name in (*_MARKS, (b"", "utf-8"), (b"", "gb18030")):
        if start.startswith(mark) and _is_in(file, name):
            return name
    raise Invalid("import-encoding-unknown")


def encoding_told(file: BinaryIO, told: str) -> str:
    """What the text is written in as its sender says; UTF-8 may have a mark, and GB18030 holds all of GBK.

    Raises:
        Invalid: ``import-encoding-differs``.
    """
    name = {"utf-8": "utf-8-sig", "gbk": "gb18030"}.get(told, told)
    if not _is_in(file, name):
        raise Invalid("import-encoding-differs", charset=told)
    return name


def _is_in(file: BinaryIO, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def _text(file: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        yield text
    finally:
        text.detach()


def separator_of(file: BinaryIO, encoding: str, kind: ImportKind) -> str:
    """The separator with which most headings are known."""
    with _text(file, encoding) as text:
        first = text.readline(LONGEST_CELL)
    hinted = first.strip("\r\n")[len(HINT) :]
    if first.lower().startswith(HINT) and hinted in HINTED:
        return hinted
    return max(SEPARATORS, key=lambda one: _most_recognised(file, encoding, one, kind))


def _most_recognised(file: BinaryIO, encoding: str, separator: str, kind: ImportKind) -> int:
    """How many headings the best of the first rows has, up to one that cannot be read so."""
    most = 0
    with suppress(Invalid):
        told = (cells for _, cells in rows(file, encoding, separator) if any(cells))
        for cells in islice(told, LOOKED):
            most = max(most, recognised(kind, cells))
    return most


def rows(file: BinaryIO, encoding: str, separator: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Number and cells of every row, the header's included, blank ones too.

    Raises:
        Invalid: ``import-file-malformed`` with the row: a quote that does not end, or a cell without end.
    """
    csv.field_size_limit(LONGEST_CELL)
    number = 0
    with _text(file, encoding) as text:
        reader = csv.reader(text, delimiter=separator, strict=True)
        try:
            for number, cells in enumerate(reader, 1):
                if number > 1 or not _is_hint(cells, separator):
                    yield number, cells
        except csv.Error as error:
            raise Invalid("import-file-malformed", row=number + 1) from error


def _is_hint(cells: Sequence[str], separator: str) -> bool:
    return separator.join(cells).lower() == HINT + separator
