"""One request's way through the edge: what is known of it by the time its line is logged."""

import re
from collections.abc import Iterable
from time import perf_counter

import uuid_utils
from starlette.types import Scope

from common.context import Caller
from common.telemetry import Trace, new_trace, read_traceparent
from common.web.quotas import Standing

KEY = "aftercare.passage"
Header = tuple[bytes, bytes]
_SECURITY: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"strict-transport-security", b"max-age=31536000"),
)
_NO_STORE: Header = (b"cache-control", b"no-store")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Passage:
    """What the edge and the operation tell each other about one request.

    Args:
        scope: its ASGI scope.
    """

    __slots__ = ("began", "caller", "headers", "request_id", "route", "standing", "status", "trace")

    def __init__(self, scope: Scope) -> None:
        self.began = perf_counter()
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        given = self.headers.get("x-request-id", "")
        self.request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid_utils.uuid7())
        self.trace: Trace = new_trace(read_traceparent(self.headers.get("traceparent")))
        self.caller: Caller | None = None
        self.route = ""
        self.standing: Standing | None = None
        self.status = 0
        scope[KEY] = self

    @property
    def seconds(self) -> float:
        """Time since it began."""
        return perf_counter() - self.began

    @property
    def content_type(self) -> tuple[str | None, str | None]:
        """What the body is said to be and to be written in, in lower case; ``None`` where nothing is said."""
        told = self.headers.get("content-type")
        if told is None:
            return None, None
        media, *parameters = (part.strip() for part in told.lower().split(";"))
        named = dict(part.partition("=")[::2] for part in parameters)
        return media, named.get("charset", "").strip('"') or None

    def stamped(self, headers: Iterable[Header]) -> list[Header]:
        """An answer's headers with those that every answer carries."""
        found = [*headers, (b"x-request-id", self.request_id.encode()), *_SECURITY]
        if not any(name == b"cache-control" for name, _ in found):
            found.append(_NO_STORE)
        if self.standing is not None:
            found += [
                (b"ratelimit-policy", self.standing.quota.policy.encode()),
                (b"ratelimit", self.standing.limit.encode()),
            ]
        return found
