"""A walk through a service by its document: what it allows is done, with the document's own examples."""

from collections import Counter
from random import Random
from typing import Any
from uuid import uuid4

import httpx

from .objects import NAMES, Filling, Objects
from .samples import Samples

FEWEST, MOST = 24, 120
"""Rounds: so many in any case, so many at most while something has not gone well yet."""

SELDOM, ENOUGH, MANY = 6, 3, 24
"""Rounds between looks at a list; successes after which an action, and the making of a thing, is not asked again."""


class Walk:
    """Makes things, and does with them whatever they allow, until every operation has gone well a few times.

    Args:
        clients: authorized clients of the service, of different people: some may not approve their own work.
        document: its OpenAPI document.
        random: chooses.
    """

    def __init__(self, clients: list[httpx.AsyncClient], document: dict[str, Any], random: Random) -> None:
        self.objects = Objects()
        self.went_well: Counter[tuple[str, str]] = Counter()
        self._clients = clients
        self._document = document
        self._random = random
        self._samples = Samples(document, random)
        self._ends: set[tuple[str, str]] = set()

    async def go(self) -> Objects:
        """What there is at the end."""
        asked = [
            (method, path, operation)
            for path, operations in self._document["paths"].items()
            for method, operation in operations.items()
        ]
        for number in range(MOST):
            if number >= FEWEST and all(self.went_well[method, path] for method, path, _ in asked):
                break
            self._random.shuffle(asked)
            for method, path, operation in asked:
                if self.went_well[method, path] < self._wanted(method, path, number):
                    await self._ask(method, path, operation)
        return self.objects

    def _wanted(self, method: str, path: str, number: int) -> int:
        """Successes to go for by this round: what ends a thing's life comes last."""
        if method == "get":
            return 1 + number // SELDOM
        if (method, path) in self._ends:
            return 1 if number < FEWEST else ENOUGH
        is_making = method == "post" and ":" not in path
        return MANY if is_making or self._is_way(path) else ENOUGH

    def _is_way(self, path: str) -> bool:
        """Whether an action of the same things never went well yet, to which this one may lead."""
        start = path.partition(":")[0]
        return any(
            not self.went_well["post", other]
            for other, operations in self._document["paths"].items()
            if other.startswith(f"{start}:") and "post" in operations
        )

    async def _ask(self, method: str, path: str, operation: dict[str, Any]) -> None:
        values = self.objects.place(path, self._random)
        if len(values) < len(NAMES.findall(path)):
            return
        query = self._query(operation)
        client = self._random.choice(self._clients)
        client.headers["Idempotency-Key"] = str(uuid4())
        answer = await client.request(
            method,
            path.format(**values),
            params=query,
            **await self._content(path, values, operation, query),
        )
        if answer.is_success:
            self.went_well[method, path] += 1
            told = answer.json() if "json" in answer.headers.get("content-type", "") else None
            self.objects.seen(method.upper(), path, values, told)
            if isinstance(told, dict) and told.get("allowed_actions") == []:
                self._ends.add((method, path))

    def _query(self, operation: dict[str, Any]) -> dict[str, Any]:
        return {
            one["name"]: self._samples.of(one["schema"])
            for one in operation.get("parameters", ())
            if one["in"] == "query" and one["required"]
        }

    async def _content(
        self, path: str, values: dict[str, str], operation: dict[str, Any], query: dict[str, Any]
    ) -> dict[str, Any]:
        """The body, as arguments of the client: JSON, or a file as the service's own template has it."""
        offered = operation.get("requestBody", {}).get("content", {})
        if "application/json" in offered:
            body = self._samples.of(offered["application/json"]["schema"])
            return {"json": Filling(self.objects, path, values, self._random).fill(body)}
        if not offered or f"{path}:template" not in self._document["paths"]:
            return {}
        template = await self._clients[0].get(f"{path}:template", params={"kind": query["kind"]})
        return {"content": template.json()["text"], "headers": {"Content-Type": "text/csv"}}
