"""Serves the documents that tell of a service: made when they are first asked for, kept as text."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Make = Callable[[], Awaitable[bytes]]
"""Makes a document in JSON."""


def here(make: Callable[[], dict[str, Any]]) -> Make:
    """In a thread of this process."""

    def text() -> bytes:
        return orjson.dumps(make())

    return lambda: asyncio.to_thread(text)


def apart(module: str, kind: str) -> Make:
    """By ``python -m module kind``, which prints it.

    The document of a large API takes seconds, in which nobody else would be answered, and leaves 20 MB behind
    in the process that makes it.
    """

    async def make() -> bytes:
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, kind, stdout=PIPE)
        try:
            text, _ = await process.communicate()
        finally:
            if process.returncode is None:  # whoever asked has gone
                process.kill()
                await process.wait()
        if process.returncode:
            raise RuntimeError(f"python -m {module} {kind} ended with {process.returncode}")
        return text

    return make


def document(path: str, make: Make) -> Route:
    """The route of a document; several who ask at the same time have it made once."""
    kept: list[bytes] = []
    making = asyncio.Lock()

    async def answer(_request: Request) -> Response:
        async with making:
            if not kept:
                kept.append(await make())
        headers = {"Cache-Control": "max-age=300"}
        return Response(kept[0], media_type="application/json", headers=headers)

    return Route(path, answer, include_in_schema=False)
