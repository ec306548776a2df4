"""Waiting with a deadline for what comes by itself."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")

POLL_SECONDS = 0.01
PATIENCE_SECONDS = 60.0
"""How long a test waits for an answer or a thing to come: only what never comes fails, not a busy machine."""


@overload
async def eventually(condition: Callable[[], Awaitable[T | None]], within: float = ...) -> T: ...
@overload
async def eventually(condition: Callable[[], T | None], within: float = ...) -> T: ...
async def eventually(condition: Callable[[], Any], within: float = PATIENCE_SECONDS) -> Any:
    """Wait until ``condition`` gives something true, and give it.

    Args:
        condition: asked again and again; may be asynchronous.
        within: seconds after which waiting ends.

    Raises:
        AssertionError: it has not come true.
    """
    deadline = asyncio.get_running_loop().time() + within
    while True:
        found = condition()
        value = await found if inspect.isawaitable(found) else found
        if value:
            return value
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"not within {within} s: {inspect.getsource(condition).strip()}")
        await asyncio.sleep(POLL_SECONDS)
