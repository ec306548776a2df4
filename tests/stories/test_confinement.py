"""Every operation of every service, asked by organisation B about organisation A's things."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from aftercare.tokens import Bearer, issue
from tests.stories.belongings import MARK, PHONE, Belongings, everything_of
from tests.stories.documents import Operation, operations
from tests.stories.town import Town

ROLES = ("customer", "manager")
SHARED = {
    *("calendars", "plans", "vocabularies", "parked-events", "recomputations"),
    *("products", "parts", "service-bases", "releases", "imports"),
    *("warehouses", "stock", "stock-movements", "stock-transfers", "stock-counts", "stock-levels"),
    "reorder-proposals",
}
"""Collections of what belongs to no customer."""

ELSEWHERE = {("/v1/quotes", "quote-subject")}
"""A quote names its ticket beside an asset, which is asked for on its own."""

NATURAL = {"q": MARK, "code": MARK, "number": MARK, "serial_number": MARK, "phone": PHONE, "email": MARK}
"""What somebody might look for who has heard of them."""


@dataclass(frozen=True)
class Question:
    """A request that a stranger makes.

    Args:
        of: the operation.
        path: with ids in place.
        names: whether it names a thing of theirs where one must be refused.
        body: what it sends.
        params: what stands behind the question mark.
    """

    of: Operation
    path: str
    names: bool
    body: Any = None
    params: dict[str, str] | None = None

    def __str__(self) -> str:
        return f"{self.of.verb} {self.of.path} {self.params or ''}"


def _refers(has: Belongings, service: str) -> dict[str, str]:
    """Fields of bodies and queries that name a thing of theirs, with its id."""
    places = {name: where for one in operations() if one.service == service for name, where in one.parameters}
    places |= {"ticket_id": "tickets", "customer_id": "customers", "parent_id": "components"}
    return {name: has.theirs[where] for name, where in places.items() if where in has.theirs}


def _filled(asked: Operation, has: Belongings) -> str | None:
    """The path with ids of theirs, or of what is shared; ``None`` where nobody has such a thing."""
    known = {name: (has.theirs | has.shared).get(where) for name, where in asked.parameters}
    return None if None in known.values() else asked.path.format(**known)


def _questions(has: Belongings) -> Iterator[Question]:
    for asked in operations():
        path = _filled(asked, has)
        if path is None:
            continue
        names = any(where in has.theirs for _, where in asked.parameters)
        plain = Question(asked, path, names, asked.body())
        refers = _refers(has, asked.service)
        if names:
            yield replace(plain, body=_with_required(plain.body, refers, has))
        elif asked.verb == "get":
            yield plain
        if not names and asked.verb == "get":
            for name in sorted(asked.query & (refers | NATURAL).keys()):
                yield replace(plain, params={name: (refers | NATURAL)[name]})
        elif not names:
            yield from _referring(plain, refers, has)


def _with_required(body: Any, refers: dict[str, str], has: Belongings) -> Any:
    """The body with known ids wherever it must hold one."""
    if not isinstance(body, dict):
        return body
    around = {"product_id": "products", "part_id": "parts", "release_id": "releases"}
    around |= {"warehouse_id": "warehouses", "from_warehouse_id": "warehouses"}
    known = {name: has.shared[where] for name, where in around.items()} | refers
    lists = {f"{name}s": [value] for name, value in refers.items()}
    return {name: (known | lists).get(name, value) for name, value in body.items()}


def _referring(plain: Question, refers: dict[str, str], has: Belongings) -> Iterator[Question]:
    """For each field that can name a thing of theirs, the body that does."""
    for name in sorted(plain.of.fields & refers.keys()):
        body = {**_with_required(plain.body, refers, has), name: refers[name]}
        yield replace(plain, names=True, body=body)


async def _held(town: Town) -> list[Any]:
    """Everything that must stay as it is: every row that has a version, and how much was told."""
    versioned = (
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND column_name IN ('id', 'version') GROUP BY 1 HAVING count(*) = 2 ORDER BY 1"
    )
    found = []
    for service in town.houses:
        for (table,) in await town.rows(service, versioned):
            found.append(await town.rows(service, f'SELECT id::text, version FROM "{table}" ORDER BY 1'))
        found.append(await town.rows(service, "SELECT count(*) FROM outbox"))
    return found


async def _ask(town: Town, question: Question, role: str) -> str | None:
    """What is wrong with the answer, if anything is."""
    stranger = Bearer("li", [role], customer_id=UUID(int=0xB))
    token = issue(stranger, town.keys.issuer_key(), now=town.clock.now)
    headers = {"Authorization": f"Bearer {token}"}
    wanted = {one["name"] for one in question.of.told.get("parameters", ()) if one["in"] == "header"}
    if "If-Match" in wanted:
        headers["If-Match"] = "*"
    if "Idempotency-Key" in wanted:
        headers["Idempotency-Key"] = str(uuid4())
    answer = await town.houses[question.of.service].http.request(
        question.of.verb, question.path, json=question.body, params=question.params, headers=headers
    )
    shown = answer.text.replace(question.path, "")
    if question.names and not _is_refused(question, answer):
        return f"{question}: {answer.status_code} {shown[:400]} {question.body}"
    if answer.status_code >= 500 or MARK in shown or any(one in shown for one in _ids(town, question)):
        return f"{question} shows: {answer.status_code} {shown[:400]}"
    return None


def _is_refused(question: Question, answer: httpx.Response) -> bool:
    """Whether the thing that is named is not there for the asker; what only a body names is unknown."""
    in_body = bool(question.body) and "{" not in question.of.path
    if in_body and answer.status_code == 422:
        code = answer.json()["code"]
        return code.endswith("-unknown") or (question.of.path, code) in ELSEWHERE
    return answer.status_code in (403, 404)


def _ids(town: Town, question: Question) -> list[str]:
    return [] if question.params else [str(town.customer)]


@pytest.mark.parametrize("town", ["plain"], indirect=True)
@pytest.mark.parametrize("role", ROLES)
async def test_nobody_gets_at_another_organisations_things(town: Town, role: str):
    has = await everything_of(town)
    before = await _held(town)
    found = [await _ask(town, question, role) for question in _questions(has)]
    wrong = [one for one in found if one is not None]
    assert not wrong, "\n".join(wrong)
    assert await _held(town) == before


@pytest.mark.parametrize("town", ["plain"], indirect=True)
async def test_the_matrix_reaches_every_kind_of_thing(town: Town):
    """A collection in which they have nothing would leave its operations out."""
    has = await everything_of(town)
    used = {where for asked in operations() for _, where in asked.parameters}
    assert used - SHARED == used & has.theirs.keys()
