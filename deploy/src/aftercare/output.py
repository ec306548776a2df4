"""The joined log of all processes: coloured names on a terminal, JSON lines everywhere else."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from itertools import cycle
from typing import BinaryIO

COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
WIDTH = 16
CHUNK_BYTES = 65_536
LONGEST_LINE_BYTES = 1_048_576


class Output:
    """Writes the lines of many processes to one stream, each line whole."""

    def __init__(self, stream: BinaryIO, clock: Callable[[], datetime]) -> None:
        self.is_terminal = stream.isatty()
        self._stream = stream
        self._clock = clock
        self._colours = cycle(COLOURS)
        self._colour_of: dict[str, int] = {}

    def line(self, name: str, line: bytes) -> None:
        """Write one line of the process `name`; a reader that has gone away is no reason to stop."""
        shown = self._for_people(name, line) if self.is_terminal else self._for_machines(name, line)
        with suppress(BrokenPipeError):
            self._stream.write(shown + b"\n")
            self._stream.flush()

    def say(self, text: str) -> None:
        """Write a line of the supervisor itself."""
        for line in text.splitlines():
            self.line("aftercare", line.encode())

    async def copy(self, name: str, source: asyncio.StreamReader) -> None:
        """Write all lines of a process until it closes its end."""
        rest = b""
        while chunk := await source.read(CHUNK_BYTES):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self.line(name, line)
            if len(rest) > LONGEST_LINE_BYTES:
                self.line(name, rest)
                rest = b""
        if rest:
            self.line(name, rest)

    def _for_people(self, name: str, line: bytes) -> bytes:
        colour = self._colour_of.get(name) or self._colour_of.setdefault(name, next(self._colours))
        return f"\x1b[{colour}m{name:<{WIDTH}}\x1b[0m ".encode() + line

    def _for_machines(self, name: str, line: bytes) -> bytes:
        if line.startswith(b"{") and _is_json(line):
            return line
        text = line.decode(errors="replace")
        record = {"timestamp": self._clock().isoformat(), "process": name, "event": text}
        return json.dumps(record, ensure_ascii=False).encode()


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
