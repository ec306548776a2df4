"""Refusals that only the web edge knows: the HTTP side of things that no command decides."""

from collections.abc import Mapping

from common.errors import Conflict, Fact, Forbidden, Invalid, NotFound, Problem

_STATUS: Mapping[type[Problem], int] = {NotFound: 404, Conflict: 409, Forbidden: 403, Invalid: 422}

PRECONDITION_FAILED = "precondition-failed"


class EdgeRefusal(Problem):
    """A refusal with its HTTP status and headers.

    Args:
        code: see ``Problem``.
        parameter: name of the query parameter or header at fault.
        headers: what the response carries besides.
        facts: see ``Problem``.
    """

    kind = "edge"
    status = 400

    def __init__(
        self,
        code: str,
        *,
        parameter: str | None = None,
        headers: Mapping[str, str] | None = None,
        **facts: Fact,
    ) -> None:
        super().__init__(code, pointer=None, **facts)
        self.parameter = parameter
        self.headers = headers or {}


class BadRequest(EdgeRefusal):
    """The request cannot be read."""

    status = 400


class Unauthenticated(EdgeRefusal):
    """Nobody we know is asking."""

    status = 401


class OutOfScope(EdgeRefusal):
    """The token does not allow this operation."""

    status = 403


class MethodNotAllowed(EdgeRefusal):
    """The path exists, but not with this method."""

    status = 405


class TooSlow(EdgeRefusal):
    """The body does not come to its end."""

    status = 408


class TooLarge(EdgeRefusal):
    """The body is longer than this operation takes."""

    status = 413


class UnsupportedMedia(EdgeRefusal):
    """The body is not in a form this operation reads."""

    status = 415


class Unprocessable(EdgeRefusal):
    """A header is readable but cannot be honoured."""

    status = 422


class PreconditionRequired(EdgeRefusal):
    """The operation insists on ``If-Match``."""

    status = 428


class TooMany(EdgeRefusal):
    """The caller's quota is spent."""

    status = 429


class Unavailable(EdgeRefusal):
    """A part we need is away for the moment."""

    status = 503


def status_of(problem: Problem) -> int:
    """The HTTP status that says what ``problem`` says."""
    if isinstance(problem, EdgeRefusal):
        return problem.status
    if problem.code == PRECONDITION_FAILED:
        return 412
    return next(status for kind, status in _STATUS.items() if isinstance(problem, kind))
