"""Ending parts of a client whose bus is gone: whatever breaks in them then is theirs and not ours."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger()


async def let_end(closing: Coroutine[Any, Any, None], seconds: float) -> None:
    """Wait for ``closing``, at most ``seconds`` and as long again once broken off; how it ends is not told.

    A client that closes cancels its own tasks and waits for them, so that their cancellation comes out of
    its ``close`` and would end whoever awaits it there.
    """
    task = asyncio.ensure_future(closing)
    await asyncio.wait([task], timeout=seconds)
    if not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=seconds)
    elif not task.cancelled() and task.exception() is not None:
        log.info("client ended in disorder", error=repr(task.exception()))
