"""The outermost layer: every request gets its id, its line in the log, its measurement, and an answer."""

import re
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.metrics import http_duration
from common.telemetry import hide_query
from common.web.health import PATHS, Health
from common.web.passage import Passage
from common.web.problems import InternalError, Problems
from common.web.refusals import MethodNotAllowed

log = structlog.get_logger("http")

CLIENT_GONE = 499
"""What is noted, as proxies do, of a request whose sender hung up: nobody is left to answer."""


class Edge:
    """Plain ASGI around the router; nothing in it waits for anything but the application.

    Args:
        app: the router.
        health: answers the probes.
        problems: writes what went wrong.
        methods: the methods that a path takes, for 405.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        health: Health,
        problems: Problems,
        methods: Callable[[str], list[str]],
    ) -> None:
        self._app = app
        self._health = health
        self._problems = problems
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] in PATHS:
            await self._health(scope, receive, send)
        else:
            await self._pass(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        passage = Passage(scope)
        if scope["query_string"]:
            hide_query()

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                passage.status = message["status"]
                message["headers"] = passage.stamped(message.get("headers", ()))
            await send(message)

        try:
            async with AsyncExitStack() as files:
                scope["fastapi_middleware_astack"] = files
                await self._app(scope, receive, stamped)
        except ClientDisconnect:
            passage.status = passage.status or CLIENT_GONE
        except Exception as error:  # noqa: BLE001 - nothing may leave without an answer
            await self._refuse(error, passage, scope, receive, stamped)
        finally:
            _note(passage, scope)

    async def _refuse(
        self, error: Exception, passage: Passage, scope: Scope, receive: Receive, send: Send
    ) -> None:
        answer = self.answer(self._refusal(error, scope), passage, scope)
        if answer.status_code == InternalError.status:
            log.error("request failed", request_id=passage.request_id, exc_info=error)
        if passage.status:  # an answer was already under way: all that is left is to break it off
            raise error
        await answer(scope, receive, send)

    def answer(self, refusal: Exception, passage: Passage, scope: Scope) -> Response:
        """The problem document for ``refusal``."""
        return self._problems.answer(
            refusal,
            path=scope["path"],
            accept_language=passage.headers.get("accept-language"),
            trace_id=passage.trace.trace_id,
        )

    def _refusal(self, error: Exception, scope: Scope) -> Exception:
        if isinstance(error, HTTPException) and error.status_code == 405:  # noqa: PLR2004
            allowed = self._methods(scope["path"])
            return MethodNotAllowed(
                "method-not-allowed",
                headers={"Allow": ", ".join(allowed)},
                method=scope["method"],
                allowed=allowed,
            )
        return error


def _note(passage: Passage, scope: Scope) -> None:
    """One line and one measurement per request; no query string, it may hold personal data."""
    seconds = passage.seconds
    http_duration(scope["method"] if passage.route else "_", passage.route, passage.status).observe(seconds)
    caller = passage.caller
    log.info(
        "request",
        method=scope["method"],
        path=scope["path"],
        status=passage.status,
        duration_ms=round(seconds * 1000, 2),
        request_id=passage.request_id,
        trace_id=passage.trace.trace_id,
        span_id=passage.trace.span_id,
        principal_id=caller.subject if caller else None,
    )


def allowed_methods(table: Mapping[str, list[str]]) -> Callable[[str], list[str]]:
    """From a path to the methods it takes, by the API document's paths (``{x}`` is one segment)."""
    patterns = [
        (re.compile(re.sub(r"\\\{[^/]+?\\\}", "[^/:]+", re.escape(path))), verbs)
        for path, verbs in table.items()
    ]

    def methods(path: str) -> list[str]:
        return sorted({verb for pattern, verbs in patterns if pattern.fullmatch(path) for verb in verbs})

    return methods
