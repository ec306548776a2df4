"""Reading a request's body: bounded in length and in time, for who falls silent holds up a connection."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import asynccontextmanager

import orjson

from common.web.refusals import TooLarge, TooSlow

SILENCE_SECONDS = 10.0
LONGEST_SECONDS = 120.0


class _Deadline:
    """When patience ends; it moves on with each piece, up to a bound.

    Args:
        timeout: what breaks off the waiting.
    """

    def __init__(self, timeout: asyncio.Timeout) -> None:
        self._timeout = timeout
        self._last = asyncio.get_running_loop().time() + LONGEST_SECONDS
        self.move()

    def move(self) -> None:
        """Another piece has come."""
        self._timeout.reschedule(min(asyncio.get_running_loop().time() + SILENCE_SECONDS, self._last))


@asynccontextmanager
async def _patience() -> AsyncIterator[_Deadline]:
    """Wait within the block as long as pieces come.

    Raises:
        TimeoutError: none came for a while, or they have been coming for too long.
    """
    async with asyncio.timeout(None) as timeout:
        yield _Deadline(timeout)


async def read_whole(pieces: AsyncIterable[bytes], longest: int) -> bytes:
    """The body that comes in ``pieces``.

    Raises:
        TooLarge: it is longer than ``longest`` bytes.
        TooSlow: it does not come to its end.
    """
    chunks: list[bytes] = []
    length = 0
    try:
        async with _patience() as deadline:
            async for chunk in pieces:
                length += len(chunk)
                if length > longest:
                    raise TooLarge("body-too-large", limit_bytes=longest)
                chunks.append(chunk)
                deadline.move()
    except TimeoutError:
        raise TooSlow("body-late", headers={"Connection": "close"}) from None
    return b"".join(chunks)


def holds_nul(body: bytes) -> bool:
    """Whether a text in ``body`` holds U+0000 (and not merely a backslash before ``u0000``)."""
    try:
        return any("\x00" in text for text in _texts(orjson.loads(body)))
    except orjson.JSONDecodeError:
        return False


def _texts(value: object) -> Iterator[str]:
    """Every text in ``value``, names included, however deep it lies."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
