"""What no document can tell schemathesis: which objects there are, and whose rule it was that refused.

It loads this module beside ``schemathesis.toml``. A request that keeps to the document gets an idempotency key of
its own and, three times out of four, names objects that exist and can take the action; without that nearly all
end at a missing object, and the rules behind it are never asked.
"""

import json
import re
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4
from zlib import crc32

import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.generation.meta import TestPhase
from schemathesis.hooks import HookContext
from schemathesis.openapi.checks import RejectedPositiveData

from common.web.edge_messages import EDGE_MESSAGES

from . import formats  # noqa: F401 - importing it is what registers them
from .objects import Filling, Objects

ASIDE = 4
"""One request in so many stays as it was generated."""

WALKED, REACHED = Path("objects.json"), Path("reached.json")
"""What a walk through the service left behind, and what the fuzz tells of itself."""

OF_THINGS = {
    "invalid-cursor",
    "idempotency-key-reused",
    "insufficient-scope",
    "not-found",
    "precondition-failed",
}
"""Refusals of the edge that no schema can tell: they ask what there is. All others are of the shape, or were
noticed only by the database."""

OBJECTS = Objects()
if WALKED.exists():
    OBJECTS.read(WALKED)

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:  # noqa: ARG001
    """Make a generated request one that can reach the rules."""
    if case.meta is None or case.method.upper() != case.operation.method.upper():
        return
    random = Random(
        crc32(repr((case.path, case.query, case.headers, case.body)).encode())
    )  # what failed fails again
    is_aside = random.randrange(ASIDE) == 0
    _send_headers(case, is_aside=is_aside)
    if is_aside or case.meta.phase.name is TestPhase.STATEFUL:
        return
    if _keeps_to(case, ParameterLocation.PATH):
        case.path_parameters = {**case.path_parameters, **OBJECTS.place(case.path, random)}
    if _keeps_to(case, ParameterLocation.BODY) and isinstance(case.body, dict):
        case.body = Filling(OBJECTS, case.path, case.path_parameters, random).fill(case.body)
    if "cursor" in case.query and _keeps_to(case, ParameterLocation.QUERY):  # only the service can make one
        case.query = {name: value for name, value in case.query.items() if name != "cursor"}


@schemathesis.hook
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:  # noqa: ARG001
    """Remember the objects that the answer shows."""
    if response.status_code < 300 and case.method.upper() == case.operation.method.upper():
        OBJECTS.seen(case.method.upper(), case.path, case.path_parameters, _json(response))


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:  # noqa: ARG001
    """Whether a failure counts: what keeps to the document may be refused by a rule about things, and only so."""
    if not isinstance(failure, RejectedPositiveData):
        return True
    code = _json(response)["code"]
    return code in EDGE_MESSAGES and code not in OF_THINGS


@schemathesis.check
class EveryOperationIsReached:
    """Tells what every operation answered, for the test to judge."""

    def __init__(self) -> None:
        self.answers: dict[str, set[int]] = defaultdict(set)

    def after_response(self, ctx: CheckContext, response: Response, case: Case[Any]) -> None:  # noqa: ARG002
        """Take note of one answer."""
        if case.method.upper() == case.operation.method.upper():
            self.answers[case.operation.label].add(response.status_code)

    def after_run(self, ctx: CheckContext) -> None:  # noqa: ARG002
        """Write all of them down."""
        REACHED.write_text(json.dumps({name: sorted(found) for name, found in self.answers.items()}))


def _keeps_to(case: Case[Any], location: ParameterLocation) -> bool:
    return case.meta is not None and not case.meta.is_negative_at(location)


def _send_headers(case: Case[Any], *, is_aside: bool) -> None:
    """A key that nothing else was sent with, unless the key itself is wrong; mostly, whatever version there is."""
    case.headers = case.headers.copy()
    if UUID_TEXT.fullmatch(case.headers.get("Idempotency-Key", "")):
        case.headers["Idempotency-Key"] = str(uuid4())
    if not is_aside and "If-Match" in case.headers and _keeps_to(case, ParameterLocation.HEADER):
        case.headers["If-Match"] = "*"


def _json(response: Response) -> Any:
    is_json = "json" in "".join(response.headers.get("content-type", []))
    return json.loads(response.content) if is_json and response.content else None
