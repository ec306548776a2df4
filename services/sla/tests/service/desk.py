"""The made-up other services: tell sla what happens, and read what sla stored and published."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson

from common.context import system
from common.contracts import REGISTRY
from common.db import Database
from common.events import Envelope, Event
from common.ids import new_id
from common.inbox import execute, fetch
from common.sweeps import sweep_now
from common.testing import RunningClock, VariableClock
from sla.commands.crossings import SOURCES
from sla.listeners import on_facts
from sla.sweeps import SWEEPS

BY_NAME = {sweep.name: sweep for sweep in SWEEPS}
_CONFIRM = "INSERT INTO watermark SELECT unnest($1::text[]), $2, 'cluster', '{}'::jsonb, $2"


@dataclass
class Ticket:
    """A ticket as its events tell it."""

    at: datetime
    id: UUID = field(default_factory=uuid4)
    customer_id: UUID = field(default_factory=uuid4)
    version: int = 0
    facts: dict[str, object] = field(default_factory=dict)


@dataclass
class Thing:
    """Something of warranty's, as its events tell it: ``facts`` holds what each of them carries."""

    facts: dict[str, object]
    id: UUID = field(default_factory=uuid4)
    customer_id: UUID = field(default_factory=uuid4)
    version: int = 0


@dataclass
class Desk:
    """The other services and time, as sla sees them."""

    database: Database
    clock: VariableClock | RunningClock

    def ticket(self, **facts: object) -> Ticket:
        found = Ticket(self.clock(), customer_id=facts.pop("customer_id", uuid4()))
        found.facts = {
            "kind": "incident",
            "state": "new",
            "severity": 2,
            "channel": "email",
            "response_case": "special",
            "route": "remote",
            "is_major": False,
            **facts,
        }
        return found

    def event(self, ticket: Ticket, name: str, *, at: datetime | None = None, **own: object) -> Envelope:
        """The event ``ticketing.<name>`` about a ticket; ``own`` fields stay facts where they are facts."""
        kind = REGISTRY[f"ticketing.{name}"]
        ticket.version += 1
        facts = {
            key: value for key, value in own.items() if key in ticket.facts or key in {"locality", "coverage"}
        }
        ticket.facts |= facts
        told = {
            "ticket_id": str(ticket.id),
            "number": "INC-2026-000001",
            "customer_id": str(ticket.customer_id),
            "reported_at": ticket.at.isoformat(),
            **ticket.facts,
            **own,
        }
        return self._envelope(kind, ticket, told, at)

    def thing_event(
        self,
        thing: Thing,
        name: str,
        *,
        at: datetime | None = None,
        version: int | None = None,
        **own: object,
    ) -> Envelope:
        """The event ``warranty.<name>`` about a thing; ``own`` fields that it carries always stay."""
        kind = REGISTRY[f"warranty.{name}"]
        thing.version = version or thing.version + 1
        thing.facts |= {key: value for key, value in own.items() if key in thing.facts}
        key = next(iter(kind.model_fields))
        told = {key: str(thing.id), "customer_id": str(thing.customer_id), **thing.facts, **own}
        return self._envelope(kind, thing, told, at)

    def _envelope(
        self, kind: type[Event], about: Ticket | Thing, told: dict[str, object], at: datetime | None
    ) -> Envelope:
        now = self.clock()
        return Envelope(
            id=new_id(),
            source=f"urn:aftercare:{kind.service()}",
            type=kind.type,
            version=1,
            topic=kind.topic,
            key=str(about.id),
            subject=f"{kind.collection}/{about.id}",
            occurred_at=at or now,
            recorded_at=now,
            aggregate_version=about.version,
            correlation_id=str(new_id()),
            causation_id="",
            traceparent="",
            auth_type="app_user",
            auth_id="agent-1",
            data=orjson.loads(kind.model_validate(told).model_dump_json()),
            received_at=now,
        )

    async def hear(self, *events: Envelope) -> None:
        """Let sla hear a batch."""
        async with self.database.transaction(system("sla")) as session:
            await on_facts(session, events)

    async def tell(self, ticket: Ticket, name: str, *, at: datetime | None = None, **own: object) -> Envelope:
        """Let sla hear one event."""
        told = self.event(ticket, name, at=at, **own)
        await self.hear(told)
        return told

    async def tell_of(self, thing: Thing, name: str, **own: Any) -> Envelope:
        """Let sla hear one event of warranty's; arguments as of ``thing_event``."""
        told = self.thing_event(thing, name, **own)
        await self.hear(told)
        return told

    def defect(self, **facts: object) -> Thing:
        told = {
            "installation_id": str(uuid4()),
            "site_id": str(uuid4()),
            "kind": "quality",
            "state": "open",
            "is_blocking": True,
            "due_at": None,
        }
        return Thing({**told, **facts})

    def inspection(self, **facts: object) -> Thing:
        told = {"site_id": str(uuid4()), "state": "due", "due_on": "2026-03-20", "due_at": None}
        return Thing({**told, **facts})

    def obligation(self, **facts: object) -> Thing:
        told = {"contract_id": str(uuid4()), "state": "open", "contract_year": 1, "period": 1, "due_at": None}
        days = {"from_on": "2026-01-01", "to_on": "2026-06-30"}
        return Thing({**told, **days, **facts})

    def contract(self, **facts: object) -> Thing:
        told = {
            "number": "CTR-1",
            "state": "active",
            "plan_id": "reference",
            "starts_on": "2026-01-01",
            "ends_on": "2027-12-31",
            "time_zone": "Asia/Shanghai",
            "currency": "CNY",
        }
        return Thing({**told, **facts})

    async def opened(self, **facts: object) -> Ticket:
        ticket = self.ticket(**facts)
        await self.tell(ticket, "ticket.opened")
        return ticket

    async def confirm(self, until: datetime | None = None, *, but: str | None = None) -> None:
        """Everything that any source (``but`` one) committed before ``until`` (now) is applied here."""
        moment = until or self.clock.now
        async with self.database.transaction(system("sla")) as session:
            await execute(session, "DELETE FROM watermark")
            await execute(session, _CONFIRM, [source for source in SOURCES if source != but], moment)

    async def be_silent(self, since: datetime) -> None:
        """Nothing was heard of ticketing since then."""
        async with self.database.transaction(system("sla")) as session:
            await execute(session, "INSERT INTO silence VALUES ('ticketing', $1, $2)", since, self.clock.now)

    async def sweep(self, name: str = "crossings_due") -> int:
        return await sweep_now(self.database, "sla", BY_NAME[name], self.clock.now)

    async def pass_time(self, **by: float) -> int:
        """Let time pass, with everything known, and announce what came due."""
        self.clock.advance(timedelta(**by))
        await self.confirm()
        return await self.sweep()

    async def rows(self, sql: str, *values: object) -> list[dict[str, object]]:
        async with self.database.read(system("tests")) as session:
            return [dict(row._mapping) for row in await fetch(session, sql, *values)]

    async def published(self, topic: str = "sla.clock.v1") -> list[tuple[str, dict[str, object]]]:
        """Events in the outbox: last part of the type, and the data."""
        rows = await self.rows(
            "SELECT type, payload, headers FROM outbox WHERE topic = $1 ORDER BY seq", topic
        )
        return [(row["type"].split(".")[3], orjson.loads(row["payload"])) for row in rows]

    async def names(self) -> list[str]:
        return [name for name, _ in await self.published()]

    async def crossings(self) -> list[tuple[int, str, str | None]]:
        rows = await self.rows("SELECT percent, outcome, kind FROM crossing ORDER BY crosses_at, percent")
        return [(row["percent"], row["outcome"], row["kind"]) for row in rows]
