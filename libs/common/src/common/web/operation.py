"""A declared operation as a route: token, quota, scope and headers are settled before the body is read."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from common.auth import RETRY, InvalidToken, KeysAway
from common.context import Caller
from common.metrics import QUOTA_EXCEEDED
from common.telemetry import name_request
from common.web.declared import Declared
from common.web.passage import KEY, Passage
from common.web.quotas import policy_of
from common.web.refusals import (
    BadRequest,
    OutOfScope,
    PreconditionRequired,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    UnsupportedMedia,
)
from common.web.work import Parts, Work

_REALM = 'Bearer realm="api"'
_MEDIA = ("application/json", "application/merge-patch+json")


class Operation(APIRoute):
    """A route that knows what it was declared to need; it works with the parts of whichever app serves it.

    Args:
        declared: the operation.
    """

    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        summary, _, rest = (declared.endpoint.__doc__ or declared.name).strip().partition("\n")
        super().__init__(
            declared.path,
            declared.endpoint,
            methods=[declared.method],
            name=declared.name,
            operation_id=declared.name,
            tags=[declared.tag],
            summary=summary.rstrip("."),
            description=rest.strip(),
            response_model=declared.answers,
            status_code=declared.status,
            response_description="Done" if declared.status == 204 else "The resource as it stands now",  # noqa: PLR2004
            openapi_extra=declared.extra(),
            strict_content_type=False,
        )
        self.responses = declared.responses(
            has_body=self.body_field is not None or bool(declared.media),
            has_query=bool(self.dependant.query_params),
        )

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler: FastAPI's own, behind our checks."""
        inner: Callable[[Request], Awaitable[Response]] = super().get_route_handler()
        reads_body = self.body_field is not None or bool(self._declared.media)
        declared = self._declared

        async def handle(request: Request) -> Response:
            passage: Passage = request.scope[KEY]
            passage.route = self.path_format
            name_request(request.scope, self.path_format)
            parts: Parts = request.app.parts
            caller = await self._caller(parts, passage, request)
            work = Work(request.scope, request.receive, parts, declared, caller)
            _check_headers(passage, declared)
            if b"%00" in request.scope["query_string"]:
                raise Unprocessable("nul-character")
            if reads_body:
                _check_media(passage, declared)
                await work.body()
            return await inner(work)

        return handle

    async def _caller(self, parts: Parts, passage: Passage, request: Request) -> Caller:
        """Who asks, within quota and scope.

        Raises:
            Unauthenticated: no token, or none that proves anything.
            TooMany: the quota is spent.
            Unavailable: the issuer's keys cannot be had, so that nobody's token can be checked.
            OutOfScope: the token does not allow this operation.
        """
        scheme, _, token = passage.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            _take(parts, passage, "anonymous", request.client.host if request.client else "")
            raise Unauthenticated("invalid-token", headers={"WWW-Authenticate": _REALM})
        try:
            caller = await parts.tokens.caller(token.strip())
        except InvalidToken as error:
            _take(parts, passage, "anonymous", request.client.host if request.client else "")
            challenge = f'{_REALM}, error="invalid_token"'
            raise Unauthenticated("invalid-token", headers={"WWW-Authenticate": challenge}) from error
        except KeysAway as error:
            raise Unavailable(
                "keys-away", headers={"Retry-After": str(int(RETRY.total_seconds()))}
            ) from error
        passage.caller = caller
        _take(parts, passage, policy_of(caller), caller.subject)
        needed = self._declared.scope
        if needed not in caller.scopes:
            challenge = f'{_REALM}, error="insufficient_scope", scope="{needed}"'
            raise OutOfScope("insufficient-scope", headers={"WWW-Authenticate": challenge}, scope=needed)
        return caller


def _take(parts: Parts, passage: Passage, policy: str, who: str) -> None:
    standing = parts.quotas.take(policy, who, parts.clock().timestamp())
    passage.standing = standing
    if standing is None or not standing.is_spent:
        return
    QUOTA_EXCEEDED.labels(policy).inc()
    raise TooMany(
        "quota-exceeded",
        headers={"Retry-After": str(standing.resets_in)},
        retry_after_seconds=standing.resets_in,
        violated_policies=[policy],
    )


def _check_headers(passage: Passage, declared: Declared) -> None:
    if declared.if_match == "required" and "if-match" not in passage.headers:
        raise PreconditionRequired("precondition-required", parameter="If-Match")
    if declared.idempotency == "required" and "idempotency-key" not in passage.headers:
        raise BadRequest("idempotency-key-required", parameter="Idempotency-Key")


def _check_media(passage: Passage, declared: Declared) -> None:
    media, charset = passage.content_type
    taken = declared.media or _MEDIA
    if media is None:
        is_empty = passage.headers.get("content-length", "0") == "0"
        is_fit = is_empty and "transfer-encoding" not in passage.headers
    else:
        is_fit = media in taken and charset in {None, *declared.charsets}
    if not is_fit:
        raise UnsupportedMedia("unsupported-media-type", media=list(taken), charsets=list(declared.charsets))
