"""Clients of ticketing that live through random histories and write down what really happened."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import httpx

from aftercare.keys import Keys
from aftercare.tokens import Bearer, issue

from .reckoning import HOUR, Fact

PATIENCE_SECONDS = 90
CHECKLIST = ["customer_rules_read", "procedure_known", "data_and_systems_safe"]
RECORD = {"outcome": "failed", "actions": "restarted the line card; no change"}


def now() -> datetime:
    return datetime.now(UTC)


class Client:
    """Says everything until it is answered: after a fault to another replica, with the same key."""

    def __init__(self, keys: Keys, addresses: list[str], number: int) -> None:
        bearer = Bearer(f"agent-{number}", ["lead"])
        token = issue(bearer, keys.issuer_key(), now=now())
        limits = httpx.Limits(max_keepalive_connections=4)
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"}, timeout=10, limits=limits, trust_env=False
        )
        self._addresses = addresses
        self._next = number
        self.retries = 0

    async def close(self) -> None:
        await self._http.aclose()

    async def say(
        self, method: str, path: str, key: str, body: dict[str, Any] | None, *, may_be_refused: bool = False
    ) -> dict[str, Any]:
        """Change something, exactly once; the problem where it may be refused and was."""
        headers = {"Idempotency-Key": key, **({"If-Match": "*"} if method == "PATCH" else {})}
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            self._next += 1
            address = self._addresses[self._next % len(self._addresses)]
            try:
                answer = await self._http.request(method, address + path, json=body, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < 500 and answer.status_code != 429:
                is_refused = may_be_refused and answer.status_code == 409
                assert is_refused or answer.is_success, f"{method} {path} {body}: {answer.text}"
                told: dict[str, Any] = answer.json()
                return told
            assert asyncio.get_running_loop().time() < deadline, f"{path}: no answer"
            self.retries += 1
            await asyncio.sleep(0.05)


@dataclass
class Life:
    """One ticket's random history."""

    client: Client
    random: Random
    survivor: str
    customer_id: UUID
    facts: list[Fact] = field(default_factory=list)
    ticket: dict[str, Any] = field(default_factory=dict)
    visit: dict[str, Any] = field(default_factory=dict)
    said: int = 0
    last: datetime = field(default_factory=now)
    reference: str = ""

    async def live(self) -> None:
        """From the report to wherever chance leads."""
        await self._open()
        for _ in range(self.random.randint(2, 9)):
            await asyncio.sleep(self.random.random() * self.pause)
            moves = self._moves()
            if not moves:
                return
            await self.random.choice(moves)()

    pause = 1.5

    def _moves(self) -> list[Any]:  # noqa: C901 - a table of what may come next
        state, kinds = self.ticket["state"], {fact.kind for fact in self.facts}
        moves: list[Any] = []
        if state == "new":
            moves += [self._acknowledge] * 4
            if "response_case_set" not in kinds:
                moves.append(self._special)
        if state == "acknowledged":
            moves += [self._start, self._start]
        settles = [] if self.visit.get("state") == "arrived" else [self._resolve]
        if state in ("acknowledged", "in_progress"):
            moves += [self._wait, *settles]
        if state == "waiting":
            moves += [self._resume, self._resume, *settles]
        if state == "resolved":
            return [self._reopen, self._close]
        if state in ("closed", "cancelled"):
            return []
        if "onsite_required" not in kinds:
            moves += [self._require_onsite, self._remote_fails] * 2
        if "changed" not in kinds:
            moves += [self._severity, self._locality]
        if not kinds & {"major", "arrived", "resolved"} and not self.facts[0].told["is_major"]:
            moves.append(self._major)
        if self.visit or "onsite_required" in kinds:
            moves += [self._visit] * 3
        if settles and self.random.random() < 0.15:
            moves += [self._cancel, self._merge]
        return moves

    def _at(self, floor: datetime | None = None) -> datetime:
        """Some moment since ``floor``, mostly in the past: news is often late."""
        present = now() - timedelta(milliseconds=5)
        floor = max(floor or self.last, self.last) + timedelta(microseconds=1)
        share = self.random.choice([0.0, self.random.random() ** 3 * 0.3, self.random.random(), 1.0])
        self.last = max(floor, floor + (present - floor) * share)
        return self.last

    async def _say(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        self.said += 1
        return await self.client.say(method, path, f"{self.reference}-{self.said}", body)

    @property
    def path(self) -> str:
        return f"/v1/tickets/{self.ticket['id']}"

    async def _open(self) -> None:
        kind = self.random.choice(["incident", "incident", "service_request"])
        told = {
            "kind": kind,
            "channel": self.random.choice(["hotline", "hotline", "email", "fax", "portal"]),
            "severity": self.random.randint(1, 4),
            "is_major": self.random.random() < 0.1,
        }
        if self.random.random() < 0.7:
            told["locality"] = self.random.choice(["local", "out_of_town"])
        if self.random.random() < 0.7:
            told["distance_km"] = self.random.choice([12.5, 999.9, 1000.0, 1500.0])
        focus = self.random.choice([0.5, 0.5, 0.5, 1, 1, 2, 4, 6, 8, 12, 24]) * HOUR
        share = self.random.choice([0.5, 0.8, 1.0, 1.0, 1.0, 1.5])
        reported_at = now() - focus * share + timedelta(seconds=self.random.uniform(-20, 50))
        self.last = reported_at
        self.ticket = await self._say(
            "POST",
            "/v1/tickets",
            title=f"fault {self.reference}",
            customer_id=str(self.customer_id),
            reported_at=reported_at.isoformat(),
            external_reference=self.reference,
            **told,
        )
        self.facts.append(Fact("opened", reported_at, told))

    async def _act(self, action: str, fact: str, *, at: datetime | None = None, **body: Any) -> None:
        at = at or self._at()
        self.ticket = await self._say("POST", f"{self.path}:{action}", occurred_at=at.isoformat(), **body)
        self.facts.append(Fact(fact, at, body))

    async def _acknowledge(self) -> None:
        await self._act("acknowledge", "acknowledged")

    async def _special(self) -> None:
        await self._act("setResponseCase", "response_case_set", response_case="special", reason="asked for")

    async def _start(self) -> None:
        at = self._at()
        self.ticket = await self._say("POST", f"{self.path}:start", occurred_at=at.isoformat())

    async def _wait(self) -> None:
        reason = self.random.choice(["customer", "site_access", "parts", "third_party"])
        await self._act("wait", "waiting", reason=reason, note="waits")

    async def _resume(self) -> None:
        await self._act("resume", "resumed")

    async def _resolve(self) -> None:
        await self._act("resolve", "resolved", cause_code="power", fix="replaced", prevention="other feed")
        self.visit = {}

    async def _reopen(self) -> None:
        await self._act("reopen", "reopened", reason="it came back")

    async def _close(self) -> None:
        at = self._at()
        self.ticket = await self._say("POST", f"{self.path}:close", occurred_at=at.isoformat())

    async def _cancel(self) -> None:
        await self._act("cancel", "ended", reason="told twice")

    async def _merge(self) -> None:
        await self._act("merge", "ended", into_id=self.survivor)

    async def _severity(self) -> None:
        opened = self.facts[0].at
        at = opened + (now() - opened) * self.random.uniform(0.01, 0.99)
        severity = self.random.randint(1, 4)
        path = f"{self.path}:changeSeverity"
        self.ticket = await self._say(
            "POST", path, occurred_at=at.isoformat(), severity=severity, reason="worse than told"
        )
        self.facts.append(Fact("changed", at, {"severity": severity}))

    async def _locality(self) -> None:
        told = {"locality": self.random.choice(["local", "out_of_town"]), "distance_km": 1200.0}
        answer = await self._say("PATCH", self.path, **told)
        self.last = datetime.fromisoformat(answer["updated_at"])
        self.ticket = answer
        self.facts.append(Fact("changed", self.last, told))

    async def _major(self) -> None:
        await self._act("flagMajor", "major", reason="the hall is dark")

    async def _require_onsite(self) -> None:
        await self._act("requireOnsite", "onsite_required", reason="remote access is down")

    async def _remote_fails(self) -> None:
        began = self._at()
        await self._say("POST", f"{self.path}:verifyReporter", how="called back")
        consent = await self._say(
            "POST",
            f"{self.path}/consents",
            granted_by="head of operations",
            scope="repair",
            granted_at=began.isoformat(),
            expires_at=(now() + HOUR).isoformat(),
        )
        session = await self._say(
            "POST",
            f"{self.path}/support-sessions",
            kind="remote",
            consent_id=consent["id"],
            started_at=began.isoformat(),
        )
        at = self._at()
        await self._say(
            "POST",
            f"{self.path}/support-sessions/{session['id']}:end",
            occurred_at=at.isoformat(),
            **RECORD,
        )
        self.facts.append(Fact("onsite_required", at))

    async def _visit(self) -> None:
        """One more step of the visit under way."""
        state = self.visit.get("state")
        if state in (None, "unresolved"):
            self.visit = await self._visit_to_come()
            self.last = max(self.last, datetime.fromisoformat(self.visit["state_changed_at"]))
            return
        steps: dict[str, tuple[str, str | None, dict[str, Any]]] = {
            "requested": ("offer", None, {"engineer_id": str(UUID(int=self.random.getrandbits(128)))}),
            "offered": ("accept", None, {}),
            "accepted": ("arrive", "arrived", {}),
            "arrived": ("leaveUnresolved", "left_unresolved", {"reason": "a part is missing"}),
        }
        if state not in steps:
            return
        action, fact, body = steps[state]
        at = self._at()
        path = f"/v1/visits/{self.visit['id']}:{action}"
        self.visit = await self._say("POST", path, occurred_at=at.isoformat(), **body)
        if fact:
            self.facts.append(Fact(fact, at))
        if action != "leaveUnresolved" and self.random.random() < 0.7:
            await self._visit()

    async def _visit_to_come(self) -> dict[str, Any]:
        """The visit that this asks for; where one is open already, that one, which the refusal names."""
        self.said += 1
        key, body = f"{self.reference}-{self.said}", {"ticket_id": self.ticket["id"]}
        told = await self.client.say("POST", "/v1/visits", key, body, may_be_refused=True)
        if "visit_id" not in told:
            return told
        return await self.client.say("GET", f"/v1/visits/{told['visit_id']}", f"{key}-seen", None)


def client_of(keys: Keys, addresses: list[str], number: int) -> Client:
    return Client(keys, addresses, number)
