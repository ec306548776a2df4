"""Finds the operation of a request without asking every route in turn."""

from collections.abc import Iterable

from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from common.web.operation import Operation

Key = tuple[str, str, int]
"""Method, the path's segment after the version, number of segments."""


def _key(method: str, path: str) -> Key:
    parts = path.split("/", 3)
    return method, parts[2] if len(parts) > 2 else "", path.count("/")  # noqa: PLR2004 - the version comes before


class Dispatch:
    """Sends a request to its operation; what fits none goes to the router, which refuses it.

    Args:
        operations: all operations, in the order that they are matched in.
        router: takes everything else.
    """

    def __init__(self, operations: Iterable[Operation], router: ASGIApp) -> None:
        self._router = router
        self._operations: dict[Key, list[Operation]] = {}
        for operation in operations:
            for method in operation.methods or ():
                self._operations.setdefault(_key(method, operation.path), []).append(operation)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or one lifespan."""
        if scope["type"] == "http":
            for operation in self._operations.get(_key(scope["method"], scope["path"]), ()):
                match, found = operation.matches(scope)
                if match == Match.FULL:
                    scope.update(found)
                    await operation.handle(scope, receive, send)
                    return
        await self._router(scope, receive, send)
