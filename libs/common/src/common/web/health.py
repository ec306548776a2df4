"""Whether the process lives, has started and is ready: plain text, no token, outside the API document."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from common import metrics

Check = Callable[[], Awaitable[None]]

CHECK_SECONDS = 1.0
PATHS = frozenset({"/livez", "/readyz", "/startupz", "/healthz", "/metrics"})


class Health:
    """Answers health probes and the metrics page; an ASGI application of its own for worker processes.

    Args:
        ready: name to check; a check raises, or takes longer than a second, where the part is not ready.
        alive: the same for what only a restart can mend; never a dependency.
    """

    def __init__(self, ready: Mapping[str, Check], alive: Mapping[str, Check] | None = None) -> None:
        self._ready = ready
        self._alive = alive or {}
        self._is_started = False
        self._is_draining = False

    def started(self) -> None:
        """Say that start-up is done."""
        self._is_started = True

    def drain(self) -> None:
        """Say that no new work should come; readiness fails from now on."""
        self._is_draining = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one probe."""
        if scope["type"] == "lifespan":
            await _no_lifespan(receive, send)
            return
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """The response to one probe."""
        path = request.url.path
        if path not in PATHS or request.method not in {"GET", "HEAD"}:
            return PlainTextResponse("not found\n", 404)
        if path == "/metrics":
            body, media_type = metrics.page()
            return Response(body, media_type=media_type)
        faults = await self._faults(path)
        lines = [f"[{'-' if fault else '+'}]{name} {fault or 'ok'}" for name, fault in faults.items()]
        is_well = not any(faults.values())
        told = "\n".join(lines) if "verbose" in request.query_params else ("ok" if is_well else "not ok")
        return PlainTextResponse(told + "\n", 200 if is_well else 503, {"Cache-Control": "no-store"})

    async def _faults(self, path: str) -> dict[str, str]:
        """Name to what is wrong, empty where nothing is."""
        if path == "/livez":
            return {"process": "", **await _asked(self._alive)}
        started = {"started": "" if self._is_started else "not yet"}
        if path == "/startupz":
            return started
        draining = {"draining": "shutting down"} if self._is_draining else {}
        return {**started, **draining, **await _asked(self._ready)}


async def _asked(checks: Mapping[str, Check]) -> dict[str, str]:
    found = await asyncio.gather(*(_fault(check) for check in checks.values()))
    return dict(zip(checks, found, strict=True))


async def _fault(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the part is not ready
        return type(error).__name__
    return ""


async def _no_lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
