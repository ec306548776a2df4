"""Both services in one process on a real database and bus, with a clock that can be moved."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from aftercare.keys import Keys
from aftercare.tokens import Bearer, issue
from common.bus import Bus
from common.context import system
from common.db import Database
from common.processes import Service
from common.testing import RunningClock, eventually
from common.web.app import create_app
from common.worker import Worker

HEARD_BACK = "%.sla.clock.warned.v1 %.sla.clock.breached.v1 %.sla.clock.escalated.v1 %.sla.clock.corrected.v1"
PATIENCE_SECONDS = 30.0


@dataclass
class Wing:
    """One service: its database, its API and its worker while that runs."""

    service: Service[Any]
    database: Database
    client: httpx.AsyncClient
    running: tuple[Worker, asyncio.Event, asyncio.Task[None]] | None = None


@dataclass
class House:
    """The suite, and the way this telling delivers: ``plain``, ``doubled`` or in a ``lump`` at the end."""

    clock: RunningClock
    bus: Bus
    way: str
    wings: dict[str, Wing] = field(default_factory=dict)

    def begin(self, name: str) -> None:
        """Start the worker of a service."""
        wing = self.wings[name]
        worker = Worker(
            service=name,
            database=wing.database,
            bus=self.bus,
            clock=self.clock,
            reactions=wing.service.reactions(wing.database),
        )
        stop = asyncio.Event()
        wing.running = (worker, stop, asyncio.create_task(worker.run(stop)))

    async def end(self, name: str) -> None:
        """Stop it."""
        if (running := self.wings[name].running) is not None:
            running[1].set()
            await running[2]
            self.wings[name].running = None

    async def post(self, path: str, **body: object) -> dict[str, Any]:
        """Change something in ticketing; instants may be given as such."""
        told = {name: v.isoformat() if isinstance(v, datetime) else v for name, v in body.items()}
        answer = await self.wings["ticketing"].client.post(path, json=told)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def get(self, name: str, path: str, **query: str) -> dict[str, Any]:
        """Read something."""
        answer = await self.wings[name].client.get(path, params=query)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def incident(self, **facts: object) -> dict[str, Any]:
        """A level-1 incident by hotline at a customer of its own, unless told otherwise."""
        report = {"kind": "incident", "channel": "hotline", "severity": 1, "title": "down"}
        return await self.post("/v1/tickets", **{**report, "customer_id": str(uuid4()), **facts})

    async def settle(self) -> None:
        """In the middle of a story: what was told so far has its effects, unless all comes in a lump."""
        if self.way != "lump":
            await self._delivered()

    async def finish(self) -> None:
        """At the end of a story: everything has its effects, in whichever way it was delivered."""
        if self.way == "lump":
            self.begin("sla")
        await self._delivered()
        if self.way == "doubled":
            await self._again()
            await self._delivered()

    async def advance(self, **time: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**time))
        for wing in self.wings.values():
            if wing.running is not None:
                wing.running[0].wake()

    async def _again(self) -> None:
        for wing in self.wings.values():
            async with wing.database.transaction(system(wing.service.name)) as session:
                connection = await session.connection()
                await connection.exec_driver_sql("UPDATE outbox SET cluster_id = NULL")
                session.wake("outbox")

    async def _delivered(self) -> None:
        await eventually(self._is_quiet, within=PATIENCE_SECONDS)

    async def _is_quiet(self) -> bool:
        """Every event is published and heard by whom it concerns, and nothing due waits to be told."""
        told = await self._column("ticketing", "SELECT id FROM outbox")
        crossed = " OR ".join(f"type LIKE '{name}'" for name in HEARD_BACK.split())
        told_back = await self._column("sla", f"SELECT id FROM outbox WHERE {crossed}")  # noqa: S608 - our own words
        heard = await self._column("sla", "SELECT event_id FROM inbox")
        heard_back = await self._column("ticketing", "SELECT event_id FROM inbox")
        due = f"SELECT 1 FROM watch WHERE next_at <= '{self.clock():%F %T}+00'"  # noqa: S608 - our own clock
        waiting = await self._column("sla", due)
        unsent = [
            row
            for name in self.wings
            for row in await self._column(name, "SELECT 1 FROM outbox WHERE cluster_id IS NULL")
        ]
        return told <= heard and told_back <= heard_back and not waiting and not unsent

    async def _column(self, name: str, sql: str) -> set[object]:
        async with self.wings[name].database.read(system(name)) as session:
            found = await (await session.connection()).exec_driver_sql(sql)
            return {row[0] for row in found}

    async def clocks(self, ticket: dict[str, Any]) -> dict[str, tuple[str, str, float | None]]:
        """Per metric of the ticket: commitment, state, and minutes from the start to the due time."""
        items = (await self.get("sla", "/v1/clocks", subject_id=ticket["id"]))["items"]
        return {one["metric"]: (one["commitment_id"], one["state"], _minutes(one)) for one in items}

    async def steps(self, ticket: dict[str, Any]) -> list[tuple[str, str]]:
        """Steps of the ladder on the ticket with their causes."""
        items = (await self.get("ticketing", f"/v1/tickets/{ticket['id']}/escalations"))["items"]
        return [(one["step"], one["cause"]) for one in items]


def _minutes(clock: dict[str, Any]) -> float | None:
    if clock["due_at"] is None:
        return None
    started, due = (datetime.fromisoformat(clock[name]) for name in ("started_at", "due_at"))
    return round((due - started).total_seconds() / 60, 3)


@asynccontextmanager
async def wing(service: Service[Any], settings: Any, keys: Keys, clock: RunningClock) -> AsyncIterator[Wing]:
    """A service with an API whose tokens follow the clock."""
    database = Database(settings.database_url, service.name, service.conflicts)
    app = create_app(service.describe(database), database=database, settings=settings, clock=clock)

    async def sign(request: httpx.Request) -> None:
        bearer = Bearer("desk", ["agent", "engineer", "lead", "manager"])
        request.headers["Authorization"] = f"Bearer {issue(bearer, keys.issuer_key(), now=clock())}"

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://house", event_hooks={"request": [sign]}
    ) as client:
        yield Wing(service, database, client)
    await database.close()
