"""One request as an operation sees it: who asks, at what instant, and how an answer is made of a command."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
from sqlalchemy import Select
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope

from common.auth import Tokens
from common.clock import Clock
from common.context import Caller, Context
from common.database_errors import constraint_of
from common.db import Database, Session
from common.errors import Conflict, NotFound
from common.idempotency import (
    PRIMARY_KEY,
    Answered,
    Attempt,
    fingerprint,
    read_key,
    recall,
    remember,
)
from common.lifecycle import Asker
from common.moves import Moment
from common.paging import Cursors, Found, Sorts, filters_digest, paginate
from common.web.bodies import holds_nul, read_whole
from common.web.declared import Declared
from common.web.etag import etag, expected_version, is_unchanged
from common.web.passage import KEY, Passage
from common.web.quotas import Quotas
from common.web.refusals import TooLarge, Unprocessable
from common.web.shapes import ListQuery, OutShape

T = TypeVar("T")

JSON = "application/json"
_NOT_FILTERS = frozenset({"limit", "cursor", "include_total"})


@dataclass(frozen=True, slots=True)
class Parts:
    """What every operation of a service works with.

    Args:
        database: the service's database.
        tokens: checks bearer tokens.
        quotas: counts requests.
        cursors: seals and opens cursors.
        clock: present instant.
        services: what main gave besides, by name (gateways).
    """

    database: Database
    tokens: Tokens
    quotas: Quotas
    cursors: Cursors
    clock: Clock
    services: Mapping[str, Any] = field(default_factory=dict)


class Work(Request):
    """A request with its caller, its instant and its unit of work.

    Args:
        scope: ASGI scope; the edge has left its passage in it.
        receive: ASGI receive.
        parts: what the service works with.
        declared: the operation.
        caller: who asks.
    """

    def __init__(
        self, scope: Scope, receive: Receive, parts: Parts, declared: Declared, caller: Caller
    ) -> None:
        super().__init__(scope, receive)
        self._parts = parts
        self._declared = declared
        self._passage: Passage = scope[KEY]
        self.caller = caller
        self.now = parts.clock()

    @property
    def services(self) -> Mapping[str, Any]:
        """What main gave the application besides, by name."""
        return self._parts.services

    @property
    def context(self) -> Context:
        """What the unit of work is part of."""
        return Context(
            caller=self.caller,
            request_id=self._passage.request_id,
            correlation_id="",
            traceparent=self._passage.trace.traceparent,
        )

    @property
    def if_match(self) -> int | None:
        """The version that the caller's change builds on; ``None`` where any will do.

        Raises:
            BadRequest: the header is malformed.
        """
        return expected_version(self._passage.headers.get("if-match"))

    @property
    def charset(self) -> str | None:
        """What the body is said to be written in: one of the operation's ``charsets``, or ``None``."""
        return self._passage.content_type[1]

    def at(self, occurred_at: datetime | None = None) -> Moment:
        """When and on what the verb of this request is said: now, of ``occurred_at``, on ``If-Match``."""
        asker = Asker(self.caller.roles, is_customer=self.caller.customer_id is not None)
        return Moment(self.now, occurred_at, self.if_match, asker=asker)

    async def body(self) -> bytes:
        """The body, read once; an absent one counts as an empty object, where the operation takes JSON.

        Raises:
            TooLarge: it is longer than the operation takes.
            TooSlow: it does not come to its end.
            Unprocessable: a text in it holds the character U+0000.
        """
        if not hasattr(self, "_body"):
            read = await self._read_body(self._declared.max_body)
            if b"\\u0000" in read and holds_nul(read):
                raise Unprocessable("nul-character")
            takes_json = not self._declared.media or "application/json" in self._declared.media
            self._body = read or (b"{}" if takes_json else b"")
        return self._body

    async def _read_body(self, longest: int) -> bytes:
        told = self._passage.headers.get("content-length", "0")
        if told.isdigit() and int(told) > longest:
            raise TooLarge("body-too-large", limit_bytes=longest)
        return await read_whole(self.stream(), longest)

    async def json(self) -> Any:  # noqa: ANN401 - JSON is anything
        """The body as JSON; NaN, infinities and text that is not UTF-8 are no JSON."""
        return orjson.loads(await self.body())

    async def write(
        self,
        command: Callable[[Session], Awaitable[T]],
        shape: Callable[[T], OutShape] | None,
        *,
        status: int = 200,
        location: str | None = None,
    ) -> Response:
        """Run ``command`` in one transaction and answer with what it left.

        Args:
            command: what is to be done, on the session it is given.
            shape: makes the answer's body of the command's result; ``None`` for an answer without one.
            status: status of success.
            location: path of a new resource; for a 201 without it, the request's path and ``id``.

        Raises:
            Problem: whatever the command refuses, unless the request's idempotency key has an answer stored.
        """
        attempt = await self._attempt()

        async def act(session: Session) -> Answered:
            thing = await command(session)
            out = None if shape is None else shape(thing)
            answer = self._made(out, status, location)
            if attempt is not None:
                remember(session, attempt, answer, self.now, None if out is None else out.about())
            return answer

        database = self._parts.database
        try:
            return _sent(await database.run(self.context, act))
        except Exception as refusal:
            if attempt is None:
                raise
            stored = await recall(database, self.context, attempt, self.now)
            if stored is None and constraint_of(refusal) != PRIMARY_KEY:
                raise
        if stored is None:  # the key had expired; its row is gone now
            return _sent(await database.run(self.context, act))
        if stored.is_erased:
            raise Conflict("answer-erased", parameter="Idempotency-Key")
        if stored.fingerprint != attempt.fingerprint:
            raise Unprocessable("idempotency-key-reused", parameter="Idempotency-Key")
        replay = {**stored.headers, "Idempotency-Replayed": "true"}
        return _sent(Answered(stored.status, replay, stored.body))

    async def _attempt(self) -> Attempt | None:
        if self._declared.idempotency == "none":
            return None
        header = self._passage.headers.get("idempotency-key")
        if header is None:
            return None
        path, query = self.scope["path"], self.scope["query_string"].decode("latin-1")
        digest = fingerprint(self.method, path, query, await self.body())
        return Attempt(self.caller.subject, read_key(header), digest)

    def _made(self, out: OutShape | None, status: int, location: str | None) -> Answered:
        if out is None:
            return Answered(status, {}, b"")
        body = out.as_json()
        headers = _tagged(out, body)
        if status == 201:  # noqa: PLR2004
            headers["location"] = location or f"{self.scope['path']}/{getattr(out, 'id', '')}"
        return Answered(status, headers, body)

    async def fetch(self, sql: str, *values: object) -> Sequence[Any]:
        """Rows of one statement, past the units of work; whoever asks minds whose they are."""
        return await self._parts.database.fetch(sql, *values)

    async def ask(self, query: Callable[[Session], Awaitable[T]]) -> T:
        """What ``query`` finds, for the operation to go on with."""
        return await self._parts.database.ask(self.context, query)

    async def read(
        self,
        query: Callable[[Session], Awaitable[T | None]],
        shape: Callable[[T], OutShape],
        *,
        max_age: int | None = None,
    ) -> Response:
        """Ask ``query`` and answer with what it found.

        Args:
            query: the question; ``None`` means there is no such thing.
            shape: makes the body.
            max_age: seconds for which the client may keep the answer; not at all where ``None``.

        Raises:
            NotFound: the query found nothing.
        """

        async def shaped(session: Session) -> OutShape:
            found = await query(session)
            if found is None:
                raise NotFound("not-found")
            return shape(found)

        return self.answer(await self.ask(shaped), max_age=max_age)

    def answer(self, out: OutShape, *, status: int = 200, max_age: int | None = None) -> Response:
        """Answer with a shape at hand; 304 where the client has it already."""
        body = out.as_json()
        headers = _tagged(out, body)
        if max_age is not None:
            headers["cache-control"] = f"private, max-age={max_age}"
        tag = headers.get("etag")
        if (
            tag
            and self._declared.is_conditional
            and is_unchanged(self._passage.headers.get("if-none-match"), tag)
        ):
            return Response(status_code=304, headers=headers)
        return Response(body, status, headers, JSON)

    async def page(
        self,
        query: Select[T],
        sorts: Sorts,
        asked: ListQuery,
        shape: Callable[[T], OutShape],
        *,
        given: Callable[[Session], Awaitable[None]] | None = None,
    ) -> Response:
        """Answer with one page of ``query``.

        Args:
            query: selects mapped rows, with filters but neither order nor limit.
            sorts: what the list may be sorted by.
            asked: the query parameters.
            shape: makes an item of a row.
            given: raises where the list has no ground to stand on (its parent does not exist).

        Raises:
            BadRequest: the cursor does not fit.
        """
        filters = {name: value for name, value in asked if name not in _NOT_FILTERS and value is not None}

        async def paged(session: Session) -> Response:
            if given is not None:
                await given(session)
            found: Found[T] = await paginate(
                session,
                query,
                sorts.parse(asked.sort),
                self._parts.cursors,
                limit=asked.limit,
                cursor=asked.cursor,
                filters=filters_digest(self.scope["path"], filters),
                now=self.now,
                counts=asked.include_total,
            )
            items = [shape(row).as_json() for row in found.rows]
            return Response(_page_body(items, found), 200, self._links(found.next_cursor), JSON)

        return await self.ask(paged)

    def _links(self, cursor: str | None) -> dict[str, str]:
        if cursor is None:
            return {}
        query = [(name, value) for name, value in self.query_params.multi_items() if name != "cursor"]
        return {"link": f'<{self.scope["path"]}?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'}


def _page_body(items: list[bytes], found: Found[Any]) -> bytes:
    total = b""
    if found.total is not None:
        total = b',"total":%d,"total_is_capped":%s' % (found.total, orjson.dumps(found.total_is_capped))
    return b'{"items":[%s],"next_cursor":%s%s}' % (b",".join(items), orjson.dumps(found.next_cursor), total)


def _tagged(out: OutShape, body: bytes) -> dict[str, str]:
    version = getattr(out, "version", None)
    if not isinstance(version, int):
        return {}
    return {"etag": etag(version, body if out.shows_others else None)}


def _sent(answer: Answered) -> Response:
    return Response(answer.body, answer.status, answer.headers, JSON if answer.body else None)
