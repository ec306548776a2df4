"""The service's side of the reading process: it is started, read from, and ended whatever happens."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from tempfile import TemporaryFile
from typing import IO

import orjson

from common.db import forbid_transaction
from common.errors import Invalid
from warranty.domain.imports.columns import ImportKind
from warranty.domain.imports.records import Record
from warranty.gateways.sheets import frames

MODULE = "warranty.gateways.sheets"
AT_ONCE = 2
"""Files that one process of the service looks into at the same time."""


class SheetsBroken(RuntimeError):  # noqa: N818 - said of the reading process
    """The reading process ended without an end: killed, or at fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What reading one file may cost.

    Args:
        rows: rows at most.
        inflated_bytes: size of a workbook's parts unpacked.
        memory_bytes: address space of the reading process.
        cpu_seconds: its time on a processor.
        blank_rows: blank rows in all.
        glance_cpu_seconds: its time on a processor for the first look, while the sender waits.
        batch: rows that it tells at once.
    """

    rows: int
    inflated_bytes: int
    memory_bytes: int
    cpu_seconds: int
    blank_rows: int
    glance_cpu_seconds: int
    batch: int


@dataclass(frozen=True, slots=True)
class Glance:
    """What a file shows at first: format, encoding of text, where the headings stand and which they are."""

    format: str
    encoding: str
    columns: Sequence[str]
    ignored: Sequence[str]
    sheet: str | None
    heading_row: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records, and which part of the file has been read with them, 0 to 1."""

    records: Sequence[Record]
    share: float


class Sheets:
    """Reads spreadsheets, each in a process of its own.

    Args:
        limits: what one file may cost.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._places = asyncio.Semaphore(AT_ONCE)

    async def glance(self, content: bytes, kind: ImportKind, charset: str | None = None) -> Glance:
        """Look whether a file can be read as ``kind`` at all.

        Args:
            content: the file.
            kind: what its rows are.
            charset: what text is said to be written in; ``None``: that is found out.

        Raises:
            Invalid: it cannot, and why; ``import-file-unread`` where reading it came to no end.
        """
        with TemporaryFile() as file:
            await asyncio.to_thread(_write, file, content)
            async with self._places, self._reading(file, "glance", kind, charset) as process:
                try:
                    return Glance(**await _frame(process))
                except SheetsBroken as error:
                    seconds = self._limits.glance_cpu_seconds
                    raise Invalid("import-file-unread", limit_seconds=seconds) from error

    async def rows(
        self, file: IO[bytes], kind: ImportKind, encoding: str | None = None
    ) -> AsyncIterator[Batch]:
        """The records of a file, batch by batch; ``encoding`` is what ``glance`` told of its text.

        Raises:
            Invalid: the file turns out to be unreadable.
            SheetsBroken: the reading process was killed.
        """
        forbid_transaction()
        async with self._reading(file, "rows", kind, encoding) as process:
            is_last = False
            while not is_last:
                frame = await _frame(process)
                is_last = frame.get("is_last", False)
                yield Batch([frames.record_of(one) for one in frame["rows"]], frame["share"])

    @asynccontextmanager
    async def _reading(
        self, file: IO[bytes], mode: str, kind: ImportKind, encoding: str | None
    ) -> AsyncIterator[Process]:
        file.seek(0)
        limits = orjson.dumps(asdict(self._limits)).decode()
        command = (sys.executable, "-m", MODULE, mode, kind.value, limits, encoding or "")
        process = await asyncio.create_subprocess_exec(*command, stdin=file, stdout=PIPE, stderr=DEVNULL)
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _write(file: IO[bytes], content: bytes) -> None:
    file.write(content)
    file.flush()


async def _frame(process: Process) -> frames.Frame:
    """The next thing told.

    Raises:
        Invalid: the file is refused.
        SheetsBroken: nothing more comes.
    """
    assert process.stdout is not None  # noqa: S101 - asked for above
    try:
        length = int.from_bytes(await process.stdout.readexactly(frames.LENGTH), "big")
        frame: frames.Frame = orjson.loads(await process.stdout.readexactly(length))
    except asyncio.IncompleteReadError as error:
        raise SheetsBroken(f"status {await process.wait()}") from error
    frames.raise_refused(frame)
    return frame
