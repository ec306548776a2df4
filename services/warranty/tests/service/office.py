"""An administrator's hands: makes things known, takes actions, and reads what was stored and published."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import orjson

from common.bus import Hearing
from common.context import system
from common.contracts import REGISTRY
from common.db import Database
from common.events import Envelope
from common.inbox import fetch
from common.testing import VariableClock, arriving
from warranty.listeners import LISTENERS

Json = dict[str, Any]
HEARING = Hearing("warranty", LISTENERS)
_numbers = count(1)


def code(prefix: str) -> str:
    """A code that no other thing of this run has."""
    return f"{prefix}-{next(_numbers)}"


@dataclass
class Office:
    """A client of the API, and what the database says."""

    client: httpx.AsyncClient
    database: Database
    clock: VariableClock

    async def create(self, path: str, by: httpx.AsyncClient | None = None, **body: object) -> Json:
        answer = await (by or self.client).post(path, json=told(body))
        assert answer.status_code == 201, answer.text
        assert answer.headers["location"] == f"{path}/{answer.json()['id']}"
        return answer.json()

    async def act(
        self, path: str, thing: Json, action: str, by: httpx.AsyncClient | None = None, **body: object
    ) -> Json:
        """Take an action that is allowed: ``act("/v1/claims", claim, "approve", …)``."""
        answer = await (by or self.client).post(f"{path}/{thing['id']}:{action}", json=told(body))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def patch(
        self, path: str, thing: Json, by: httpx.AsyncClient | None = None, **body: object
    ) -> Json:
        headers = {"If-Match": f'"{thing["version"]}"'}
        answer = await (by or self.client).patch(f"{path}/{thing['id']}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def get(self, path: str, by: httpx.AsyncClient | None = None, **params: object) -> Json:
        answer = await (by or self.client).get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def items(self, path: str, by: httpx.AsyncClient | None = None, **params: object) -> list[Json]:
        return (await self.get(path, by, **params))["items"]

    async def refused(
        self, path: str, by: httpx.AsyncClient | None = None, **body: object
    ) -> tuple[int, Json]:
        """POST something that must not be done: the status and the problem; nothing was written."""
        before = await self.everything()
        answer = await (by or self.client).post(path, json=told(body))
        assert answer.status_code >= 400, answer.text
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert await self.everything() == before
        return answer.status_code, answer.json()

    async def customer(self, **changes: object) -> Json:
        body = {
            "code": code("CUST"),
            "name_zh": "兴业银行",
            "name_en": "Industrial bank",
            "industry": "banking",
            **changes,
        }
        return await self.create("/v1/customers", **body)

    async def site(self, customer: Json, **changes: object) -> Json:
        body = {
            "customer_id": customer["id"],
            "code": code("SITE"),
            "name": "Shanghai branch",
            "address": "18 Century Avenue",
            "city": "Shanghai",
            **changes,
        }
        return await self.create("/v1/sites", **body)

    async def contact(self, customer: Json, **changes: object) -> Json:
        body = {
            "customer_id": customer["id"],
            "name": "李伟",
            "roles": ["operations"],
            "phones": [{"number": "138 0013 8000"}],
            "email": "Li.Wei@bank.example",
            **changes,
        }
        return await self.create("/v1/contacts", **body)

    async def contract(self, customer: Json, *, is_active: bool = True, **changes: object) -> Json:
        """A contract in force, unless it is to stay a draft."""
        body = {"customer_id": customer["id"], "number": code("CTR"), "starts_on": "2026-01-01", **changes}
        contract = await self.create("/v1/contracts", **body)
        return await self.act("/v1/contracts", contract, "activate") if is_active else contract

    async def product(self, **changes: object) -> Json:
        body = {
            "code": code("PROD"),
            "name_zh": "不间断电源",
            "name_en": "UPS",
            "maker": "Northern Power",
            "technology": "ups",
            **changes,
        }
        return await self.create("/v1/products", **body)

    async def part(self, **changes: object) -> Json:
        body = {"number": code("PART"), "name_zh": "功率模块", "name_en": "Power module", **changes}
        return await self.create("/v1/parts", **body)

    async def asset(self, site: Json | None = None, **changes: object) -> Json:
        """An asset at a site, of a product of its own unless one is named."""
        place = site or await self.site(await self.customer())
        body = {"serial_number": code("SN"), "site_id": place["id"], **changes}
        body.setdefault("product_id", (await self.product())["id"])
        return await self.create("/v1/assets", **body)

    async def component(self, asset: Json, part: Json, position: str = "slot 1", **changes: object) -> Json:
        body = {"part_id": part["id"], "position": position, **changes}
        return await self.act("/v1/assets", asset, "installComponent", **body)

    async def replace(self, asset: Json, component: Json, part: Json, **told: object) -> Json:
        """Another piece of a part takes a component's place."""
        body = {"component_id": component["id"], "part_id": part["id"], "reason": "burnt", **told}
        return await self.act("/v1/assets", asset, "replaceComponent", **body)

    async def rows(self, sql: str, *values: object) -> list[Json]:
        async with self.database.read(system("tests")) as session:
            return [dict(row._mapping) for row in await fetch(session, sql, *values)]

    async def published(self, thing: Json | str) -> list[Json]:
        """Events about the thing in the outbox: type without prefixes and version, attributes and data."""
        key = thing if isinstance(thing, str) else thing["id"]
        rows = await self.rows(
            "SELECT type, headers, payload FROM outbox WHERE aggregateid = $1 ORDER BY seq", str(UUID(key))
        )
        return [
            {
                "type": row["type"].removeprefix("aftercare.warranty.").rsplit(".v1", 1)[0],
                "version": int(row["headers"]["ce_aggregateversion"]),
                "occurred_at": row["headers"]["ce_time"],
                **orjson.loads(row["payload"]),
            }
            for row in rows
        ]

    async def types(self, thing: Json | str) -> list[str]:
        return [event["type"] for event in await self.published(thing)]

    async def audited(self, thing: Json) -> list[str]:
        rows = await self.rows(
            "SELECT action FROM audit_entry WHERE resource_id = $1 ORDER BY id", thing["id"]
        )
        return [row["action"] for row in rows]

    def ticket_event(self, ticket: Json, name: str, version: int, **own: object) -> Envelope:
        """``ticketing.ticket.<name>`` of a ticket with the facts given, in one of its versions."""
        kind = REGISTRY[f"ticketing.ticket.{name}"]
        return arriving(kind, ticket["ticket_id"], {**ticket, **own}, self.clock.now, version)

    async def hear(self, *envelopes: Envelope) -> None:
        """Let the listeners act on events, in one transaction."""
        heard = [(REGISTRY[one.type].model_validate(one.data), one) for one in envelopes]

        async def act(session):
            await HEARING.hear(session, heard)

        await self.database.run(system("warranty"), act)

    async def everything(self) -> Json:
        """How many events and audit entries there are."""
        [row] = await self.rows(
            "SELECT (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM audit_entry) AS audit"
        )
        return row


def told(body: Json) -> Json:
    """A body without what is left out."""
    return {name: value for name, value in body.items() if value is not None}
