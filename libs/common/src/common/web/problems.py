"""Problem documents (RFC 9457): whatever went wrong, told in the caller's language."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import asyncpg
import orjson
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from common.database_errors import cause_of, is_broken_off, is_retriable
from common.errors import Conflict, Fact, Invalid, NotFound, Problem
from common.messages import Catalogue, Message
from common.web.etag import etag
from common.web.languages import EN, language
from common.web.refusals import (
    PRECONDITION_FAILED,
    BadRequest,
    EdgeRefusal,
    Unavailable,
    status_of,
)
from common.web.validation import Entry, entries

MEDIA_TYPE = "application/problem+json"
_AWAY = (OSError, TimeoutError, PoolTimeout, asyncpg.InterfaceError, asyncpg.PostgresConnectionError)
_BUSY = (
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
)


class Issue(Protocol):
    """One thing wrong with a document; a refusal that lists several has them as ``issues``."""

    @property
    def code(self) -> str:
        """What is wrong; its text stands in the catalogue."""

    @property
    def pointer(self) -> str:
        """Where: a JSON Pointer, as a fragment or not."""

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What the text mentions."""


class InternalError(EdgeRefusal):
    """A fault of ours; what it was is in the log, not in the answer."""

    status = 500


class _Facts(dict[str, str]):
    """Facts as text; what a template names and nobody gave stays visible as its slot."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def problem_of(error: Exception) -> Problem:
    """The refusal that ``error`` amounts to at the edge; anything unforeseen is an ``InternalError``."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        return NotFound("not-found") if error.status_code == 404 else BadRequest("malformed-json")  # noqa: PLR2004
    return _database_problem(error) or InternalError("internal-error")


def _database_problem(error: Exception) -> Problem | None:
    cause = cause_of(error)
    if isinstance(cause, asyncpg.IntegrityConstraintViolationError):
        return Conflict("rule-violated", constraint=cause.constraint_name)
    if isinstance(cause, asyncpg.DataError) or isinstance(getattr(error, "orig", error), asyncpg.DataError):
        return Invalid("value-out-of-range")
    away = isinstance(error, _AWAY) or isinstance(cause, (*_AWAY, *_BUSY)) or is_retriable(error)
    return Unavailable("unavailable", headers={"Retry-After": "1"}) if away or is_broken_off(error) else None


class Problems:
    """Writes problem documents with one catalogue of texts.

    Args:
        messages: code to texts, of the service and of what it shares.
    """

    def __init__(self, messages: Catalogue) -> None:
        self._messages = messages

    def answer(self, error: Exception, *, path: str, accept_language: str | None, trace_id: str) -> Response:
        """The response to ``error``."""
        spoken = language(accept_language)
        if isinstance(error, RequestValidationError):
            problem, found = _unreadable(error, spoken)
        else:
            problem = problem_of(error)
            found = self._entries(problem, spoken)
        document = self.document(problem, spoken, found) | {"instance": path, "trace_id": trace_id}
        headers = {"Content-Language": spoken, "Vary": "Accept-Language", **_headers(problem)}
        return Response(orjson.dumps(document), status_of(problem), headers, MEDIA_TYPE)

    def document(self, problem: Problem, spoken: str, found: list[Entry]) -> dict[str, Any]:
        """The document's members that depend on the problem alone."""
        title, detail = self._texts(problem, spoken)
        told: dict[str, Any] = {
            "type": f"/problems/{problem.code}",
            "title": title,
            "status": status_of(problem),
            "detail": detail,
            "code": problem.code,
            **problem.facts,
        }
        return told | {"errors": found} if found else told

    def _texts(self, problem: Problem, spoken: str) -> tuple[str, str]:
        message = self._messages.get(problem.code, _untold(problem.code))
        title, detail = (
            (message.title_en, message.detail_en) if spoken == EN else (message.title_zh, message.detail_zh)
        )
        said = _as_said(problem.facts, spoken)
        if isinstance(problem, EdgeRefusal) and problem.parameter:
            said["parameter"] = problem.parameter
        return title, detail.format_map(_Facts(said))

    def _entries(self, problem: Problem, spoken: str) -> list[Entry]:
        issues: Iterable[Issue] = getattr(problem, "issues", ())
        return [self._entry(issue, spoken) for issue in issues] or self._own_entry(problem, spoken)

    def _entry(self, issue: Issue, spoken: str) -> Entry:
        """One of several things that a document was refused for, with the line where it has any."""
        message = self._messages.get(issue.code, _untold(issue.code))
        template = message.detail_en if spoken == EN else message.detail_zh
        detail = template.format_map(_Facts(_as_said(issue.facts, spoken)))
        pointer = issue.pointer if issue.pointer.startswith("#") else f"#{issue.pointer}"
        line = getattr(issue, "line", None)
        return {"detail": detail, "pointer": pointer, "code": issue.code, **({"line": line} if line else {})}

    def _own_entry(self, problem: Problem, spoken: str) -> list[Entry]:
        where = {"pointer": problem.pointer} if problem.pointer else {}
        if isinstance(problem, EdgeRefusal) and problem.parameter:
            where = {"parameter": problem.parameter}
        return [{"detail": self._texts(problem, spoken)[1], **where, "code": problem.code}] if where else []


def _unreadable(error: RequestValidationError, spoken: str) -> tuple[Problem, list[Entry]]:
    if any(fault["type"] == "json_invalid" for fault in error.errors()):
        return BadRequest("malformed-json"), []
    found = entries(error.errors(), spoken, error.body)
    return Invalid("validation-failed", count=len(found)), found


def _headers(problem: Problem) -> Mapping[str, str]:
    if isinstance(problem, EdgeRefusal):
        return problem.headers
    version = problem.facts.get("current_version")
    if problem.code == PRECONDITION_FAILED and isinstance(version, int):
        return {"ETag": etag(version)}
    return {}


def _as_said(facts: Mapping[str, Fact], spoken: str) -> dict[str, str]:
    return {name: _said(fact, spoken) for name, fact in facts.items()}


def _said(fact: Fact, spoken: str) -> str:
    """A fact as people read it; what is unknown is a dash, an empty list holds nothing."""
    if fact is None:
        return "–"
    if not isinstance(fact, list):
        return str(fact)
    nothing, between = ("nothing", ", ") if spoken == EN else ("无", "、")
    return between.join(map(str, fact)) or nothing


def _untold(code: str) -> Message:
    return Message(code, code, code, code)
