"""Waiting with a deadline for what comes by itself."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")

POLL_SECONDS = 0.01


@overload
async def eventually(condition: Callable[[], Awaitable[T | None]], within: float = ...) -> T: ...
@overload
async def eventually(condition: Callable[[], T | None], within: float = ...) -> T: ...
async def eventually(condition: Callable[[], Any], within: float = 10.0) -> Any:
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
