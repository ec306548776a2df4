"""The reading process: ``python -m warranty.gateways.sheets glance|rows KIND LIMITS ENCODING`` of a file."""

import os
import resource
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

import orjson

from common.errors import Invalid
from warranty.domain.imports.cells import Cell, shown
from warranty.domain.imports.columns import ImportKind
from warranty.domain.imports.headers import Header, read_header
from warranty.domain.imports.records import is_blank, read_record
from warranty.gateways.sheets import csv_files, frames, xlsx_files

Rows = Iterator[tuple[int, Sequence[Cell]]]


@dataclass
class Source:
    """A file as rows.

    Args:
        rows: number and cells of each row, at first of blank ones too.
        format: ``csv`` or ``xlsx``.
        encoding: of text.
        row_count: rows that a workbook says it has, 0 where it is not known.
        file: tells how far text has been read.
        size: of the file in bytes.
    """

    rows: Rows
    format: str
    encoding: str
    row_count: int
    file: BinaryIO
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = os.fstat(self.file.fileno()).st_size

    def share_read(self, row: int) -> float:
        """Which part has been read, 0 to 1."""
        if self.format == "xlsx":
            return min(1.0, row / self.row_count) if self.row_count else 0.0
        return min(1.0, self.file.tell() / self.size) if self.size else 1.0


@contextmanager
def source_of(file: BinaryIO, kind: ImportKind, most_inflated: int, told: str) -> Iterator[Source]:
    """The rows of a file, whatever its name: what it is shows in its first bytes.

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
            yield Source(pages.rows(), "xlsx", "", pages.row_count, file)
        return
    encoding = csv_files.encoding_told(file, told) if told else csv_files.encoding_of(file)
    separator = csv_files.separator_of(file, encoding, kind)
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    yield Source(csv_files.rows(file, encoding, separator), "csv", name, 0, file)


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


def header_of(source: Source, kind: ImportKind) -> Header:
    """The first row is the header."""
    first = next(source.rows, None)
    if first is None:
        raise Invalid("import-file-empty")
    return read_header(kind, [shown(cell) for cell in first[1]])


def glance(source: Source, kind: ImportKind, out: BinaryIO) -> None:
    """Tell what the file is and which columns it has; it has to hold a row."""
    header = header_of(source, kind)
    if next(source.rows, None) is None:
        raise Invalid("import-file-empty")
    columns = [column.name for column in header.places.values()]
    told = {"format": source.format, "encoding": source.encoding, "columns": columns}
    frames.put(out, {**told, "ignored": list(header.ignored)})


def tell_rows(source: Source, kind: ImportKind, out: BinaryIO, *, batch: int, most_rows: int) -> None:
    """Tell every record, ``batch`` at a time, and at the end that it is the end."""
    header = header_of(source, kind)
    records: list[object] = []
    share = 0.0
    for count, (row, cells) in enumerate(source.rows, 1):
        if count > most_rows:
            raise Invalid("import-too-many-rows", limit=most_rows)
        records.append(frames.plain(read_record(header, row, cells)))
        if len(records) == batch:
            share = source.share_read(row)
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
            source.rows = filled(source.rows, told["blank_rows"])
            if mode == "glance":
                glance(source, ImportKind(kind), out)
            else:
                tell_rows(source, ImportKind(kind), out, batch=told["batch"], most_rows=told["rows"])
    except Invalid as refused:
        frames.put(out, frames.refusal(refused))
    except MemoryError:
        frames.put(out, {"refused": "import-file-inflated", "facts": {"limit_bytes": told["memory_bytes"]}})


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except BrokenPipeError:  # nobody reads any more: the service has ended or lost interest
        os._exit(1)
