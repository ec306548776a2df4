"""How a service says what it answers: one decorator per kind of operation, with its scope and its answer."""

from collections.abc import Callable
from functools import cached_property
from typing import TypedDict, TypeVar, Unpack

from common.web.declared import LARGEST_BODY, Declared, Demand, Endpoint
from common.web.operation import Operation
from common.web.shapes import OutShape

E = TypeVar("E", bound=Endpoint)
Declarations = list[Declared]


class Extras(TypedDict, total=False):
    """What a decorator may say besides.

    ``refuses``: further statuses · ``max_body``: longest body in bytes · ``idempotency``, ``if_match``:
    whether the header is read and must be sent · ``media``: types of a body that the endpoint reads itself ·
    ``charsets``: what it may be said to be written in; left out: UTF-8.
    """

    refuses: tuple[int, ...]
    max_body: int
    idempotency: Demand
    if_match: Demand
    media: tuple[str, ...]
    charsets: tuple[str, ...]


class Routes:
    """The operations of one resource, under one tag of the API document.

    Args:
        tag: the tag.
        about: what the tag's operations are about.
    """

    def __init__(self, tag: str, about: str) -> None:
        self.tag = tag
        self.about = about
        self.declared: Declarations = []

    @cached_property
    def operations(self) -> list[Operation]:
        """What was declared, as routes: made once, whatever applications serve them."""
        return [Operation(declared) for declared in self.declared]

    def create(
        self,
        path: str,
        scope: str,
        answers: type[OutShape],
        *,
        conflicts: bool = False,
        **extras: Unpack[Extras],
    ) -> Callable[[E], E]:
        """POST that makes a resource: 201, ``Location``, ``Idempotency-Key``; ``conflicts`` declares 409."""
        told: Extras = {"idempotency": "optional", **extras}
        return self._add("POST", path, scope, answers, told, status=201, conflicts=conflicts)

    def action(
        self,
        path: str,
        scope: str,
        answers: type[OutShape],
        *,
        conflicts: bool = True,
        **extras: Unpack[Extras],
    ) -> Callable[[E], E]:
        """POST of a verb on a resource: 200 with the resource; ``If-Match`` is heeded where sent."""
        defaults: Extras = {"idempotency": "optional", "if_match": "optional"}
        return self._add("POST", path, scope, answers, {**defaults, **extras}, conflicts=conflicts)

    def compute(
        self, path: str, scope: str, answers: type[OutShape], **extras: Unpack[Extras]
    ) -> Callable[[E], E]:
        """POST that changes nothing: a question too long for a query string."""
        return self._add("POST", path, scope, answers, extras)

    def patch(
        self,
        path: str,
        scope: str,
        answers: type[OutShape],
        *,
        conflicts: bool = True,
        **extras: Unpack[Extras],
    ) -> Callable[[E], E]:
        """PATCH by JSON Merge Patch; ``If-Match`` is required."""
        told: Extras = {"if_match": "required", **extras}
        return self._add("PATCH", path, scope, answers, told, conflicts=conflicts)

    def put(
        self,
        path: str,
        scope: str,
        answers: type[OutShape],
        *,
        conflicts: bool = True,
        **extras: Unpack[Extras],
    ) -> Callable[[E], E]:
        """PUT of a whole record; ``If-Match`` is required."""
        told: Extras = {"if_match": "required", **extras}
        return self._add("PUT", path, scope, answers, told, conflicts=conflicts)

    def delete(
        self, path: str, scope: str, *, conflicts: bool = True, **extras: Unpack[Extras]
    ) -> Callable[[E], E]:
        """DELETE: 204; ``If-Match`` is required."""
        told: Extras = {"if_match": "required", **extras}
        return self._add("DELETE", path, scope, None, told, status=204, conflicts=conflicts)

    def get(
        self, path: str, scope: str, answers: type[OutShape], **extras: Unpack[Extras]
    ) -> Callable[[E], E]:
        """GET of one thing; ``If-None-Match`` is heeded."""
        return self._add("GET", path, scope, answers, extras, is_conditional=True)

    def list(
        self, path: str, scope: str, answers: type[OutShape], **extras: Unpack[Extras]
    ) -> Callable[[E], E]:
        """GET of a page."""
        return self._add("GET", path, scope, answers, extras)

    def _add(
        self,
        method: str,
        path: str,
        scope: str,
        answers: type[OutShape] | None,
        extras: Extras,
        *,
        status: int = 200,
        conflicts: bool = False,
        is_conditional: bool = False,
    ) -> Callable[[E], E]:
        refuses = (*extras.get("refuses", ()), *((409,) if conflicts else ()))

        def declare(endpoint: E) -> E:
            declared = Declared(
                method=method,
                path=path,
                endpoint=endpoint,
                scope=scope,
                answers=answers,
                tag=self.tag,
                status=status,
                is_conditional=is_conditional,
                if_match=extras.get("if_match", "none"),
                idempotency=extras.get("idempotency", "none"),
                refuses=refuses,
                max_body=extras.get("max_body", LARGEST_BODY),
                media=extras.get("media", ()),
                charsets=extras.get("charsets", ("utf-8",)),
            )
            self.declared.append(declared)
            return endpoint

        return declare
