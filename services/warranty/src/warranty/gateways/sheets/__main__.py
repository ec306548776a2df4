"""The reading process: ``python -m warranty.gateways.sheets glance|rows KIND LIMITS ENCODING`` of a file."""

import os
import resource
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

import orjson

from common.errors import Invalid
from warranty.domain.imports.cells import shown
from warranty.domain.imports.columns import ImportKind
from warranty.domain.imports.headers import LOOKED, Header, Top, find_header
from warranty.domain.imports.records import is_blank, read_record
from warranty.gateways.sheets import csv_files, frames, xlsx_files
from warranty.gateways.sheets.pages import Page, Rows


@dataclass
class Source:
    """A file as sheets of rows.

    Args:
        pages: its sheets; text is one without a name.
        format: ``csv`` or ``xlsx``.
        encoding: of text.
        file: tells how far text has been read.
        size: of the file in bytes.
    """

    pages: Sequence[Page]
    format: str
    encoding: str
    file: BinaryIO
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = os.fstat(self.file.fileno()).st_size

    def share_read(self, page: Page, row: int) -> float:
        """Which part has been read, 0 to 1."""
        if self.format == "xlsx":
            return min(1.0, row / page.row_count) if page.row_count else 0.0
        return min(1.0, self.file.tell() / self.size) if self.size else 1.0


@contextmanager
def source_of(file: BinaryIO, kind: ImportKind, most_inflated: int, told: str) -> Iterator[Source]:
    """The sheets of a file, whatever its name: what it is shows in its first bytes.

    Args:
        file: the file.
        kind: what its rows are.
        most_inflated: bytes that a workbook may unpack to.
        told: what text is said to be written in; empty where nothing is said.
    """
    start = file.read(len(xlsx_files.MAGIC))
    if start == xlsx_files.OLD_MAGIC:
        raise Invalid("import-file-old-excel")
    if start == xlsx_files.MAGIC:
        xlsx_files.check_container(file, most_inflated)
        xlsx_files.check_texts(file)
        with xlsx_files.opened(file) as pages:
            yield Source(pages, "xlsx", "", file)
        return
    encoding = csv_files.encoding_told(file, told) if told else csv_files.encoding_of(file)
    separator = csv_files.separator_of(file, encoding, kind)
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    yield Source([Page("", csv_files.rows(file, encoding, separator))], "csv", name, file)


def filled(rows: Rows, most_blank: int) -> Rows:
    """The rows that hold anything; a row may claim any number, and the gap before it costs time.

    Raises:
        Invalid: ``import-too-many-blank-rows``, with the last row before there were too many.
    """
    blank, last = 0, 0
    for row, cells in rows:
        if not is_blank(cells):
            last = row
            yield row, cells
            continue
        blank += 1
        if blank > most_blank:
            raise Invalid("import-too-many-blank-rows", row=last, limit=most_blank)


class Beginning:
    """The first filled rows of a sheet, read ahead.

    Args:
        page: the sheet.
        most_blank: blank rows that it may have.
    """

    def __init__(self, page: Page, most_blank: int) -> None:
        self._rows = filled(page.rows, most_blank)
        self.page = page
        self.refused: Invalid | None = None
        self.first = list(self._ahead())
        told = [(row, [shown(cell) for cell in cells]) for row, cells in self.first]
        self.top = Top(page.name, told)

    def _ahead(self) -> Rows:
        try:
            yield from islice(self._rows, LOOKED)
        except Invalid as refused:
            self.refused = refused

    def behind(self, place: int) -> Rows:
        """The filled rows behind one of the first; what could not be read ahead is refused in its turn."""
        yield from self.first[place + 1 :]
        if self.refused is not None:
            raise self.refused
        yield from self._rows


@dataclass
class Opened:
    """A file at its row of headings: these, the sheet they are on, and the filled rows below."""

    header: Header
    page: Page
    rows: Rows


def opened(source: Source, kind: ImportKind, most_blank: int) -> Opened:
    """The file at its row of headings, wherever that is.

    Raises:
        Invalid: there is none, or one on several sheets; or what stands before it cannot be read.
    """
    beginnings = [Beginning(page, most_blank) for page in source.pages]
    try:
        sheet, place, header = find_header(kind, [one.top for one in beginnings])
    except Invalid as unfound:
        raise next((one.refused for one in beginnings if one.refused), unfound) from None
    found = beginnings[sheet]
    return Opened(header, found.page, found.behind(place))


def glance(source: Source, found: Opened, out: BinaryIO) -> None:
    """Tell what the file is and which columns it has; it has to hold a row."""
    if next(found.rows, None) is None:
        raise Invalid("import-file-empty")
    header = found.header
    frames.put(
        out,
        {
            "format": source.format,
            "encoding": source.encoding,
            "columns": [column.name for column in header.places.values()],
            "ignored": list(header.ignored),
            "sheet": header.sheet or None,
            "heading_row": header.row,
        },
    )


def tell_rows(source: Source, found: Opened, out: BinaryIO, *, batch: int, most_rows: int) -> None:
    """Tell every record, ``batch`` at a time, and at the end that it is the end."""
    records: list[object] = []
    share = 0.0
    for count, (row, cells) in enumerate(found.rows, 1):
        if count > most_rows:
            raise Invalid("import-too-many-rows", limit=most_rows)
        records.append(frames.plain(read_record(found.header, row, cells)))
        if len(records) == batch:
            share = source.share_read(found.page, row)
            frames.put(out, {"rows": records, "share": share})
            records = []
    frames.put(out, {"rows": records, "share": 1.0, "is_last": True})


def main(mode: str, kind: str, limits: str, encoding: str) -> None:
    """Read standard input within the limits."""
    told = orjson.loads(limits)
    resource.setrlimit(resource.RLIMIT_AS, (told["memory_bytes"], told["memory_bytes"]))
    seconds = told["glance_cpu_seconds" if mode == "glance" else "cpu_seconds"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    out = sys.stdout.buffer
    try:
        with source_of(sys.stdin.buffer, ImportKind(kind), told["inflated_bytes"], encoding) as source:
            found = opened(source, ImportKind(kind), told["blank_rows"])
            if mode == "glance":
                glance(source, found, out)
            else:
                tell_rows(source, found, out, batch=told["batch"], most_rows=told["rows"])
    except Invalid as refused:
        frames.put(out, frames.refusal(refused))
    except MemoryError:
        frames.put(out, {"refused": "import-file-inflated", "facts": {"limit_bytes": told["memory_bytes"]}})


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except BrokenPipeError:  # nobody reads any more: the service has ended or lost interest
        os._exit(1)
