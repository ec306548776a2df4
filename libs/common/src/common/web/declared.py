"""An operation as a routes module declares it, and what the API document says of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from starlette.responses import Response

from common.idempotency import KEY_PATTERN
from common.web.etag import IF_MATCH_PATTERN
from common.web.shapes import OutShape

Endpoint = Callable[..., Awaitable[Response]]
Demand = Literal["none", "optional", "required"]
LARGEST_BODY = 1024 * 1024

PROBLEM = {"$ref": "#/components/schemas/Problem"}
_WITH_BODY = {"POST", "PUT", "PATCH"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One operation.

    Args:
        method: HTTP method.
        path: path with convertors (``/v1/tickets/{ticket_id:uuid}``).
        endpoint: the route function; its name is the operation id.
        scope: what the token must allow.
        answers: shape of the answer; ``None`` for 204.
        status: status of success.
        tag: the API document's tag.
        if_match: whether ``If-Match`` is read, and whether it must be there.
        idempotency: the same for ``Idempotency-Key``.
        is_conditional: whether ``If-None-Match`` is read.
        refuses: further statuses it answers with.
        max_body: longest body in bytes.
        media: media types of a body that the endpoint reads itself; none where FastAPI reads JSON.
        charsets: what such a body may be said to be written in, in lower case.
    """

    method: str
    path: str
    endpoint: Endpoint
    scope: str
    answers: type[OutShape] | None
    tag: str
    status: int = 200
    if_match: Demand = "none"
    idempotency: Demand = "none"
    is_conditional: bool = False
    refuses: tuple[int, ...] = ()
    max_body: int = LARGEST_BODY
    media: tuple[str, ...] = ()
    charsets: tuple[str, ...] = ("utf-8",)

    @property
    def name(self) -> str:
        """The operation id."""
        return self.endpoint.__name__

    def statuses(self, *, has_body: bool, has_query: bool) -> list[int]:
        """Every refusal the operation can answer with."""
        found = {401, 403, 429, 503, *self.refuses}
        if has_body and self.method in _WITH_BODY:
            found |= {400, 413, 415, 422}
        if (has_body or self.media) and self.method in _WITH_BODY:
            found.add(408)
        if has_query:
            found |= {400, 422}
        if "{" in self.path:
            found.add(404)
        if self.if_match != "none":
            found |= {400, 412} | ({428} if self.if_match == "required" else set())
        if self.idempotency != "none":
            found |= {400, 422}
        return sorted(found)

    def responses(self, *, has_body: bool, has_query: bool) -> dict[int | str, dict[str, Any]]:
        """The answers as the API document lists them."""
        refusals: dict[int | str, dict[str, Any]] = {
            status: _refusal(status) for status in self.statuses(has_body=has_body, has_query=has_query)
        }
        if self.is_conditional:
            refusals[304] = {"description": "Not modified: the client's copy is current."}
        return {self.status: self._success(), **refusals}

    def _success(self) -> dict[str, Any]:
        headers: dict[str, Any] = {}
        if self.answers is not None and "version" in self.answers.model_fields:
            headers["ETag"] = _header("The resource's version as a strong entity tag.", '"7"')
        if self.status == HTTPStatus.CREATED:
            headers["Location"] = _header("Path of the new resource.", "/v1/…")
        if self.idempotency != "none":
            headers["Idempotency-Replayed"] = _header("`true` where a stored answer was sent again.", "true")
        return {"headers": headers} if headers else {}

    def extra(self) -> dict[str, Any]:
        """What else the API document says: headers that are read, security."""
        parameters = []
        if self.if_match != "none":
            parameters.append(
                _parameter("If-Match", IF_MATCH_PATTERN, '"7"', is_required=self.if_match == "required")
            )
        if self.idempotency != "none":
            example = "8e03978e-40d5-43dd-bc93-6894a57f9324"
            parameters.append(
                _parameter(
                    "Idempotency-Key",
                    KEY_PATTERN,
                    example,
                    is_required=self.idempotency == "required",
                )
            )
        if self.is_conditional:
            parameters.append(_parameter("If-None-Match", None, '"7"', is_required=False))
        return {
            "security": [{"oauth2": [self.scope]}, {"bearer": []}],
            **({"parameters": parameters} if parameters else {}),
            **({"requestBody": _raw_body(self.media)} if self.media else {}),
        }


_DESCRIBED = {
    "If-Match": "Entity tag of the version that the change builds on; `*` overwrites knowingly.",
    "Idempotency-Key": "One value per operation, kept on its retries; best a UUID. Remembered for 24 hours.",
    "If-None-Match": "Entity tag of the copy that the client has.",
}


def _parameter(
    name: str,
    pattern: str | None,
    example: str,
    *,
    is_required: bool,
) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "examples": [example]}
    if name == "If-Match":
        schema["format"] = "entity-tag"
    if pattern:
        schema["pattern"] = pattern
    return {
        "name": name,
        "in": "header",
        "required": is_required,
        "description": _DESCRIBED[name],
        "schema": schema,
    }


def _raw_body(media: tuple[str, ...]) -> dict[str, Any]:
    schemas = {name: {"type": "string"} | ({} if _is_text(name) else {"format": "binary"}) for name in media}
    return {"required": True, "content": {name: {"schema": schema} for name, schema in schemas.items()}}


def _is_text(media: str) -> bool:
    return media.startswith("text/") or media in ("application/json", "application/yaml")


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", "examples": [example]}}


def _refusal(status: int) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = _header("How to authenticate.", 'Bearer realm="api"')
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        headers["Retry-After"] = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
    content = {"application/problem+json": {"schema": PROBLEM}}
    return {
        "description": HTTPStatus(status).phrase,
        "content": content,
        **({"headers": headers} if headers else {}),
    }
