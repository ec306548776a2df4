"""The services in one process: their APIs, their listeners and sweeps, and a clock that a story moves."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson

from aftercare.keys import Keys
from aftercare.tokens import Bearer, issue
from common.bus.intake import Intake
from common.bus.listening import Hearing
from common.bus.records import Record
from common.bus.sorting import Polled
from common.context import system
from common.db import Database
from common.inbox import execute, fetch
from common.processes import Service
from common.sweeps import sweep_now
from common.testing import VariableClock
from sla.commands.crossings import SOURCES

Body = dict[str, Any]
MODES = ("plain", "doubled", "shuffled")
CHECKLIST = ["customer_rules_read", "procedure_known", "data_and_systems_safe"]


@dataclass
class House:
    """One service of the town."""

    service: Service[Any]
    database: Database
    http: httpx.AsyncClient
    transport: httpx.ASGITransport
    intake: Intake
    delivered: int = 0

    async def outgoing(self) -> list[Record]:
        """What it has published since it was asked last, as it lies on the bus."""
        async with self.database.read(system("stories")) as session:
            rows = await fetch(
                session,
                "SELECT seq, topic, aggregateid, headers::text, payload FROM outbox "
                "WHERE seq > $1 ORDER BY seq",
                self.delivered,
            )
        self.delivered = rows[-1][0] if rows else self.delivered
        return [
            Record(topic, 0, seq, key, _bytes(headers), payload) for seq, topic, key, headers, payload in rows
        ]


def _bytes(headers: str) -> list[tuple[str, bytes]]:
    return [(name, value.encode()) for name, value in orjson.loads(headers).items()]


def hearing_of(service: Service[Any], database: Database) -> Hearing:
    """What the service's worker listens to."""
    return Hearing(service.name, service.reactions(database).listeners)


@dataclass
class Town:
    """What a story plays in."""

    mode: str
    keys: Keys
    clock: VariableClock
    houses: dict[str, House]
    random: Random = field(default_factory=lambda: Random(11))
    customer: UUID = field(default_factory=uuid4)

    async def say(
        self, service: str, method: str, path: str, body: Body | None = None, **headers: str
    ) -> httpx.Response:
        """Ask one of the services, as a manager who leads as well."""
        told = self.bearer() | headers
        return await self.houses[service].http.request(method, path, json=body, headers=told)

    def bearer(self) -> dict[str, str]:
        """The headers of a manager who leads as well."""
        bearer = Bearer("wang", ["lead", "manager"])
        token = issue(bearer, self.keys.issuer_key(), now=self.clock.now)
        return {"Authorization": f"Bearer {token}", "Accept-Language": "en"}

    async def do(
        self, service: str, method: str, path: str, body: Body | None = None, **headers: str
    ) -> Body:
        """The same, and it must be done; everything that follows from it is heard."""
        answer = await self.say(service, method, path, body, **headers)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        await self.settle()
        found: Body = answer.json()
        return found

    async def open(self, **told: Any) -> "Case":
        """A ticket, by default an incident of level 1 by hotline, reported now."""
        body = {"kind": "incident", "title": "branch dark", "channel": "hotline", "severity": 1}
        body |= {"customer_id": str(self.customer)} | told
        return Case(self, await self.do("ticketing", "POST", "/v1/tickets", body))

    async def settle(self) -> None:
        """Deliver until nobody has anything new to say."""
        while any([await self._deliver(source) for source in self.houses]):
            pass

    async def _deliver(self, source: str) -> int:
        """What a house has to say, to all the others."""
        records = await self.houses[source].outgoing()
        for name, house in self.houses.items():
            if name != source and records:
                for batch in self._batches(records):
                    assert await house.intake.apply_batch(Polled("town", batch, [], {}))
        return len(records)

    def _batches(self, records: list[Record]) -> list[list[Record]]:
        if self.mode == "plain":
            return [records]
        if self.mode == "doubled":
            return [[record for record in records for _ in range(2)], records]
        return [[record] for record in self._shuffled(records)]

    def _shuffled(self, records: list[Record]) -> list[Record]:
        """Keys in any order, the records of one key in theirs."""
        by_key: defaultdict[str, list[Record]] = defaultdict(list)
        for record in records:
            by_key[record.key].append(record)
        turns = [record.key for record in records]
        self.random.shuffle(turns)
        return [by_key[key].pop(0) for key in turns]

    async def until(self, moment: datetime) -> None:
        """Let time pass until ``moment``, announcing on the way whatever comes due."""
        sweeps = {sweep.name: sweep for sweep in self.houses["sla"].service.reactions(self._sla).sweeps}
        while True:
            await self.settle()
            due = await self._next_due()
            self.clock.set(moment if due is None else min(moment, max(due, self.clock.now)))
            await self._confirm()
            for name in ("clocks_recomputed", "crossings_due"):
                await sweep_now(self._sla, "sla", sweeps[name], self.clock.now)
            await self.settle()
            if self.clock.now >= moment:
                return

    async def later(self, **by: float) -> None:
        """Let some time pass."""
        await self.until(self.clock.now + timedelta(**by))

    @property
    def _sla(self) -> Database:
        return self.houses["sla"].database

    async def _next_due(self) -> datetime | None:
        [(first,)] = await self.rows("sla", "SELECT min(next_at) FROM watch")
        found: datetime | None = first
        return found

    async def _confirm(self) -> None:
        """Everything that anybody committed until now has arrived."""
        async with self._sla.transaction(system("stories")) as session:
            await execute(session, "DELETE FROM watermark")
            mark = "INSERT INTO watermark SELECT unnest($1::text[]), $2, 'town', '{}'::jsonb, $2"
            await execute(session, mark, list(SOURCES), self.clock.now)

    async def rows(self, service: str, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a service's database."""
        async with self.houses[service].database.read(system("stories")) as session:
            return [tuple(row) for row in await fetch(session, sql, *values)]

    async def summary(self) -> list[tuple[Any, ...]]:
        """Clocks, crossings and steps in the end, without ids."""
        clocks = (
            "SELECT metric, commitment_id, started_at, due_at, state, stopped_at FROM clock ORDER BY 3, 1, 2"
        )
        crossed = (
            "SELECT c.metric, x.percent, x.due_revision, x.outcome, x.kind, x.is_withdrawn, x.escalate_to "
            "FROM crossing x JOIN clock c ON c.id = x.clock_id ORDER BY 1, 3, 2"
        )
        steps = "SELECT step, cause, escalated_at FROM escalation ORDER BY 3, 1"
        events = "SELECT type, count(*) FROM outbox WHERE topic = 'sla.clock.v1' GROUP BY 1 ORDER BY 1"
        found = [await self.rows("sla", sql) for sql in (clocks, crossed, events)]
        return [row for part in (*found, await self.rows("ticketing", steps)) for row in part]


@dataclass
class Case:
    """One ticket of a story."""

    town: Town
    ticket: Body

    @property
    def path(self) -> str:
        return f"/v1/tickets/{self.ticket['id']}"

    async def act(self, action: str, *, at: datetime | None = None, **body: Any) -> Body:
        """An action on the ticket, now or told later."""
        self.ticket = await self.town.do("ticketing", "POST", f"{self.path}:{action}", _told(at, body))
        return self.ticket

    async def correct(self, **told: Any) -> Body:
        """Details learnt late."""
        headers = {"If-Match": "*"}
        self.ticket = await self.town.do("ticketing", "PATCH", self.path, told, **headers)
        return self.ticket

    async def remote_session(self, outcome: str, *, minutes: float) -> None:
        """A remote session under consent, which takes a while."""
        await self.act("verifyReporter", how="called back")
        town, now = self.town, self.town.clock.now
        body = {"granted_by": "head", "scope": "repair", "expires_at": _iso(now + timedelta(days=1))}
        consent = await town.do("ticketing", "POST", f"{self.path}/consents", body)
        told = {"kind": "remote", "consent_id": consent["id"]}
        session = await town.do("ticketing", "POST", f"{self.path}/support-sessions", told)
        await town.later(minutes=minutes)
        path = f"{self.path}/support-sessions/{session['id']}:end"
        await town.do("ticketing", "POST", path, {"outcome": outcome, "actions": "restarted the card"})

    async def visit(self, *actions: str, at: datetime | None = None) -> Body:
        """Steps of the ticket's latest visit."""
        listed = await self.town.do("ticketing", "GET", f"/v1/visits?ticket_id={self.ticket['id']}")
        visit: Body = listed["items"][0]
        bodies: dict[str, Body] = {
            "offer": {"engineer_id": str(UUID(int=5))},
            "leaveUnresolved": {"reason": "a part is missing"},
            "begin": {"checklist": CHECKLIST},
            "complete": {"record": _record(self.town.clock.now)},
            "recordSatisfaction": {"is_satisfied": False, "note": "it came back"},
        }
        for action in actions:
            path = f"/v1/visits/{visit['id']}:{action}"
            visit = await self.town.do("ticketing", "POST", path, _told(at, bodies.get(action, {})))
        return visit

    async def clock(self, metric: str) -> Body:
        """The ticket's latest clock of a metric, as sla's API shows it."""
        page = await self.town.do("sla", "GET", f"/v1/clocks?subject_id={self.ticket['id']}&metric={metric}")
        clocks: list[Body] = sorted(page["items"], key=lambda clock: str(clock["started_at"]))
        return clocks[-1]

    async def steps(self) -> list[str]:
        """Steps of the ladder that were climbed, in order."""
        page = await self.town.do("ticketing", "GET", f"{self.path}/escalations?sort=escalated_at")
        return [item["step"] for item in page["items"]]

    async def told(self) -> list[str]:
        """What the clocks told on the ticket's timeline."""
        page = await self.town.do("ticketing", "GET", f"{self.path}/timeline?limit=200")
        return [item["type"] for item in page["items"] if item["type"].startswith("sla.")]


def _told(at: datetime | None, body: Body) -> Body:
    return body if at is None else {**body, "occurred_at": _iso(at)}


def _record(now: datetime) -> Body:
    """The on-site record, signed now."""
    words = ("place", "reported_by", "description", "cause", "prevention", "fix", "explained_to")
    told = {name: f"the {name}" for name in words}
    signature = {"name": "Ms Wang", "signed_at": _iso(now), "code": "4711"}
    return {**told, "fault_occurred_at": _iso(now - timedelta(hours=1)), "signature": signature}


def _iso(moment: datetime) -> str:
    return moment.isoformat()
