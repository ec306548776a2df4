"""How long a request's body is waited for: who falls silent or trickles holds a connection for nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SILENCE_SECONDS = 10.0
LONGEST_SECONDS = 120.0


class Deadline:
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
async def patience() -> AsyncIterator[Deadline]:
    """Wait within the block as long as pieces come.

    Raises:
        TimeoutError: none came for a while, or they have been coming for too long.
    """
    async with asyncio.timeout(None) as timeout:
        yield Deadline(timeout)
