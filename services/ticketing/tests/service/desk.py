"""An agent's hands: opens tickets, takes actions, and reads what was stored and published about them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson

from common.bus import Hearing
from common.context import system
from common.contracts import REGISTRY
from common.db import Database
from common.events import Envelope
from common.inbox import fetch
from common.testing import VariableClock, arriving
from ticketing.listeners import LISTENERS

CUSTOMER = UUID("018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a10")
ENGINEER = "018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a11"
CHECKS = ["customer_rules_read", "procedure_known", "data_and_systems_safe"]
HEARING = Hearing("ticketing", LISTENERS)

Json = dict[str, Any]


def report(**changes: object) -> Json:
    """The body that opens a ticket; ``None`` leaves a field out."""
    body = {
        "kind": "incident",
        "title": "Core switch down",
        "channel": "hotline",
        "severity": 2,
        "customer_id": str(CUSTOMER),
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def signed_record(**changes: object) -> Json:
    """What an engineer writes down on site."""
    body = {
        "fault_occurred_at": "2026-03-02T00:30:00Z",
        "place": "Machine room",
        "reported_by": "Mr Li",
        "description": "Power module dead",
        "cause": "Surge",
        "prevention": "UPS",
        "fix": "Replaced",
        "explained_to": "Mr Li",
        "signature": {"name": "Mr Li", "signed_at": "2026-03-02T01:00:00Z", "code": "4711"},
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


@dataclass
class Desk:
    """A client of the API, and what the database says."""

    client: httpx.AsyncClient
    database: Database
    clock: VariableClock

    async def open(self, **changes: object) -> Json:
        answer = await self.client.post("/v1/tickets", json=report(**changes))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def act(
        self, ticket: Json, action: str, by: httpx.AsyncClient | None = None, **body: object
    ) -> Json:
        """Take an action on a ticket that is allowed."""
        return await self._post(f"/v1/tickets/{ticket['id']}:{action}", by, body)

    async def visit_act(
        self, visit: Json, action: str, by: httpx.AsyncClient | None = None, **body: object
    ) -> Json:
        return await self._post(f"/v1/visits/{visit['id']}:{action}", by, body)

    async def _post(self, path: str, by: httpx.AsyncClient | None, body: Json) -> Json:
        client = by or self.client
        answer = await (client.post(path, json=body) if body else client.post(path))
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
        return answer.json()

    async def refused(
        self,
        path: str,
        by: httpx.AsyncClient | None = None,
        headers: dict[str, str] | None = None,
        **body: object,
    ) -> tuple[int, Json]:
        """POST something that must not be done: the status and the problem; nothing was written."""
        before = await self.everything()
        answer = await (by or self.client).post(path, json=body, headers=headers)
        assert answer.status_code >= 400, answer.text
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert await self.everything() == before
        return answer.status_code, answer.json()

    async def in_progress(self, **changes: object) -> Json:
        ticket = await self.open(**changes)
        await self.act(ticket, "acknowledge")
        return await self.act(ticket, "start")

    async def ticket(self, ticket: Json, by: httpx.AsyncClient | None = None) -> Json:
        return (await (by or self.client).get(f"/v1/tickets/{ticket['id']}")).json()

    async def items(self, path: str, by: httpx.AsyncClient | None = None, **params: object) -> list[Json]:
        answer = await (by or self.client).get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def timeline(self, ticket: Json, by: httpx.AsyncClient | None = None) -> list[Json]:
        return await self.items(f"/v1/tickets/{ticket['id']}/timeline", by)

    async def visits(self, ticket: Json) -> list[Json]:
        return await self.items("/v1/visits", ticket_id=ticket["id"], sort="requested_at")

    async def visit(self, ticket: Json) -> Json:
        answer = await self.client.post("/v1/visits", json={"ticket_id": ticket["id"]})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def on_site(self, ticket: Json, *, working: bool = True) -> Json:
        """A visit with an engineer on site."""
        visit = await self.visit(ticket)
        await self.visit_act(visit, "offer", engineer_id=ENGINEER)
        for action in ("accept", "depart", "arrive"):
            visit = await self.visit_act(visit, action)
        return await self.visit_act(visit, "begin", checklist=CHECKS) if working else visit

    async def rows(self, sql: str, *values: object) -> list[Json]:
        async with self.database.read(system("tests")) as session:
            return [dict(row._mapping) for row in await fetch(session, sql, *values)]

    async def row(self, ticket: Json) -> Json:
        [found] = await self.rows("SELECT * FROM ticket WHERE id = $1", UUID(ticket["id"]))
        return found

    async def published(self, ticket: Json) -> list[Json]:
        """Events about the ticket in the outbox: type without prefix and version, attributes and data."""
        rows = await self.rows(
            "SELECT type, headers, payload FROM outbox WHERE aggregateid = $1 ORDER BY seq", ticket["id"]
        )
        return [
            {
                "type": row["type"].split(".", 1)[1].rsplit(".v1", 1)[0],
                "version": int(row["headers"]["ce_aggregateversion"]),
                "occurred_at": row["headers"]["ce_time"],
                "actor": row["headers"]["ce_authid"],
                **orjson.loads(row["payload"]),
            }
            for row in rows
        ]

    async def types(self, ticket: Json) -> list[str]:
        return [event["type"].removeprefix("ticketing.") for event in await self.published(ticket)]

    async def audited(self, thing: Json) -> list[str]:
        rows = await self.rows(
            "SELECT action FROM audit_entry WHERE resource_id = $1 ORDER BY id", thing["id"]
        )
        return [row["action"] for row in rows]

    async def everything(self) -> Json:
        """How many rows there are and how far the tickets and visits have come."""
        tables = (
            *("ticket", "comment", "visit", "consent", "support_session", "escalation", "timeline_entry"),
            *("charge", "finding", "claim", "inspection"),
        )
        counts = ", ".join(f"(SELECT count(*) FROM {t}) AS {t}" for t in (*tables, "outbox", "audit_entry"))
        versions = "(SELECT sum(version) FROM ticket) AS tickets, (SELECT sum(version) FROM visit) AS visits"
        [row] = await self.rows(f"SELECT {counts}, {versions}")
        return row

    def clock_event(self, ticket: Json, name: str, **own: object) -> Envelope:
        """``sla.clock.<name>`` about a ticket's clock."""
        kind = REGISTRY[f"sla.clock.{name}"]
        now = self.clock.now
        told = {
            "clock_id": str(uuid4()),
            "subject_type": "ticket",
            "subject_id": ticket["id"],
            "metric": "response",
            "commitment_id": "response-2",
            "clause": "§1.2.4",
            "plan_id": "reference",
            "plan_revision": 1,
            "state": "running",
            "started_at": now.isoformat(),
            "due_at": now.isoformat(),
            "due_revision": 1,
            **own,
        }
        if name in ("warned", "breached", "escalated"):
            told = {
                "threshold_percent": 100,
                "crossed_at": now.isoformat(),
                "detected_at": now.isoformat(),
                "lateness_seconds": 0.5,
                **told,
            }
        return arriving(kind, told["clock_id"], told, now)

    async def hear(self, *envelopes: Envelope) -> None:
        """Let the listeners act on events, in one transaction."""
        heard = [(REGISTRY[one.type].model_validate(one.data), one) for one in envelopes]

        async def act(session):
            await HEARING.hear(session, heard)

        await self.database.run(system("ticketing"), act)
