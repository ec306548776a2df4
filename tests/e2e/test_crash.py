"""Everything is killed at random while it works; then every ticket has exactly what its facts owe it."""

import asyncio
import json
import os
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import structlog

import sla.main
from common.audit.chain import verify
from common.bus import Hearing
from common.db import Database
from common.testing import eventually

from .fleet import Fleet, fleet_on_embedded, fleet_on_kafka
from .owning import Device, Ground, judge_owning, want_the_last
from .reckoning import STEPS, THRESHOLDS, Owed, Reckoner
from .serving import SERVICES, settings_of
from .traffic import Life, client_of

TICKETS = int(os.environ.get("AFTERCARE_CRASH_TICKETS", "500"))
SEED = int(os.environ.get("AFTERCARE_CRASH_SEED", "20261123"))
SECONDS = float(os.environ.get("AFTERCARE_CRASH_SECONDS", "60"))
DEVICES = int(os.environ.get("AFTERCARE_CRASH_DEVICES", "60"))
CLIENTS = 12
QUIET_SECONDS = 120
CROSSED = ("warned", "breached", "escalated")
log = structlog.get_logger()


@pytest.mark.slow
async def test_nothing_is_lost_or_doubled_whatever_dies(tmp_path: Path):
    async with fleet_on_embedded(tmp_path) as fleet:
        await crash(fleet, rounds=2)


@pytest.mark.kafka
@pytest.mark.slow
async def test_nothing_is_lost_or_doubled_when_a_node_of_kafka_dies(tmp_path: Path):
    async with fleet_on_kafka(tmp_path) as fleet:
        await crash(fleet, rounds=1)


async def crash(fleet: Fleet, rounds: int) -> None:
    """Traffic beside kills; then quiet; then the reckoning."""
    random = Random(SEED)
    began = time.monotonic()
    chaos = asyncio.create_task(kill_at_random(fleet, Random(SEED), rounds))
    try:
        lives, (ground, devices, granted) = await asyncio.gather(
            traffic(fleet, random), keeping(fleet, Random(SEED))
        )
        kills = await chaos
    finally:
        chaos.cancel()
    await fleet.ready()
    busy = time.monotonic() - began
    said = sum(life.said for life in lives)
    retries = sum(client.retries for client in {id(life.client): life.client for life in lives}.values())
    log.info(
        "traffic is over", tickets=len(lives), calls=said, retries=retries, kills=Counter(kills), seconds=busy
    )
    quiet = await until_quiet(fleet)
    for name in SERVICES:
        fleet.stop_workers(name)
    state = await State.read(fleet)
    log.info("quiet", seconds=time.monotonic() - began, events=state.told)
    wrong = judge(lives, state, quiet)
    wrong += await judge_owning(fleet.database("warranty"), ground, devices, granted)
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong[:40])
    await check_records(fleet, len(lives))


async def kill_at_random(fleet: Fleet, random: Random, rounds: int) -> list[str]:
    """Every victim at least once in each round, at random moments; each comes back after a while."""
    order = [name for _ in range(rounds) for name in random.sample(sorted(fleet.victims), len(fleet.victims))]
    for name in order:
        await asyncio.sleep(random.uniform(0.3, 2 * SECONDS / len(order) - 0.3))
        fleet.victims[name].kill()
        await asyncio.sleep(random.uniform(0, 1.5))
        fleet.victims[name].revive()
    return order


async def traffic(fleet: Fleet, random: Random) -> list[Life]:
    """So many tickets, each lived through by one of a few clients, spread over the time of the test."""
    clients = [client_of(fleet.keys, fleet.addresses("ticketing"), n) for n in range(CLIENTS)]
    customer = await make_known(fleet)
    survivor = await open_survivor(clients[0], customer)
    lives = [
        Life(clients[n % CLIENTS], Random(random.random()), survivor, customer, reference=f"crash-{n}")
        for n in range(TICKETS)
    ]

    async def begin(number: int, life: Life) -> None:
        await asyncio.sleep(SECONDS * number / len(lives))
        await life.live()

    try:
        async with asyncio.TaskGroup() as group:
            for number, life in enumerate(lives):
                group.create_task(begin(number, life))
    finally:
        for client in clients:
            await client.close()
    return lives


async def keeping(fleet: Fleet, random: Random) -> tuple[Ground, list[Device], int]:
    """Devices installed and claimed for beside the tickets, and shelves that run empty."""
    clients = [client_of(fleet.keys, fleet.addresses("warranty"), n) for n in range(CLIENTS)]
    ground = Ground(clients[0])
    await ground.prepare()
    devices = [
        Device(clients[n % CLIENTS], ground, Random(random.random()), f"DEVICE-{n}") for n in range(DEVICES)
    ]

    async def begin(number: int, device: Device) -> None:
        await asyncio.sleep(SECONDS * number / len(devices))
        await device.live()

    try:
        async with asyncio.TaskGroup() as group:
            last = group.create_task(want_the_last(ground, clients, SECONDS))
            for number, device in enumerate(devices):
                group.create_task(begin(number, device))
    finally:
        for client in clients:
            await client.close()
    return ground, devices, last.result()


async def make_known(fleet: Fleet) -> UUID:
    """The customer of every ticket, as the directory has it."""
    client = client_of(fleet.keys, fleet.addresses("warranty"), CLIENTS)
    body = {"code": "TRAFFIC", "industry": "banking", "name_zh": "银行", "name_en": "Bank"}
    told = await client.say("POST", "/v1/customers", "traffic", body)
    await client.close()
    return UUID(told["id"])


async def open_survivor(client: Any, customer: UUID) -> str:
    """A ticket that others are merged into."""
    body = {"kind": "service_request", "title": "survivor", "channel": "visit", "severity": 4}
    told = await client.say("POST", "/v1/tickets", "survivor", {**body, "customer_id": str(customer)})
    return str(told["id"])


async def _ask(url: str, sql: str, *values: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        found: list[asyncpg.Record] = await connection.fetch(sql, *values)
        return found
    finally:
        await connection.close()


def heard(name: str) -> list[str]:
    """Types, as they stand on the bus, that a service listens to."""
    service = SERVICES[name]
    hearing = Hearing(name, service.reactions(Database("", name)).listeners)
    return [event.bus_type() for event in hearing.events]


async def until_quiet(fleet: Fleet) -> datetime:
    """Wait until everything was sent, heard and announced; the moment at which that was so."""

    async def counts() -> dict[str, int]:
        found: dict[str, int] = {}
        for name in SERVICES:
            url = fleet.database(name)
            [row] = await _ask(
                url,
                "SELECT (SELECT count(*) FROM outbox WHERE cluster_id IS NULL) unsent, "
                "(SELECT count(*) FROM parked_event) parked, (SELECT count(*) FROM inbox) heard",
            )
            sent = 0
            for other in SERVICES.keys() - {name}:
                sql = "SELECT count(*) n FROM outbox WHERE type = ANY($1)"
                sent += (await _ask(fleet.database(other), sql, heard(name)))[0]["n"]
            found |= {f"{name} unsent": row["unsent"], f"{name} parked": row["parked"]}
            found[f"{name} has not heard"] = sent - row["heard"]
        [late] = await _ask(fleet.database("sla"), "SELECT count(*) n FROM watch WHERE next_at <= now()")
        return {**found, "not announced": late["n"]}

    found: dict[str, int] = {}

    async def is_quiet() -> datetime | None:
        nonlocal found
        asked_at = datetime.now(UTC)
        found = await counts()
        return None if any(found.values()) else asked_at

    try:
        return await eventually(is_quiet, within=QUIET_SECONDS)
    except AssertionError:
        raise AssertionError(f"not quiet after {QUIET_SECONDS} s: {found}") from None


@dataclass
class State:
    """What both databases hold in the end."""

    tickets: dict[str, str]
    clocks: dict[str, list[asyncpg.Record]]
    crossings: dict[UUID, list[asyncpg.Record]]
    events: dict[UUID, list[dict[str, Any]]]
    steps: dict[str, list[asyncpg.Record]]
    timeline: dict[str, Counter[str]]
    told: Counter[str]

    @classmethod
    async def read(cls, fleet: Fleet) -> "State":
        """Everything at once."""
        desk, clock = fleet.database("ticketing"), fleet.database("sla")
        tickets = await _ask(desk, "SELECT id, external_reference AS r FROM ticket")
        clocks = by(await _ask(clock, "SELECT * FROM clock"), "subject_id")
        crossings = by(await _ask(clock, "SELECT * FROM crossing"), "clock_id")
        events: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
        told: Counter[str] = Counter()
        for row in await _ask(clock, "SELECT * FROM outbox WHERE topic = 'sla.clock.v1' ORDER BY seq"):
            name = row["type"].split(".")[3]
            told[name] += 1
            events[UUID(row["aggregateid"])].append(
                json.loads(row["payload"]) | {"name": name, "created_at": row["created_at"]}
            )
        steps = by(await _ask(desk, "SELECT * FROM escalation WHERE clock_id IS NOT NULL"), "ticket_id")
        timeline: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row in await _ask(
            desk, "SELECT ticket_id, type, facts FROM timeline_entry WHERE type LIKE 'sla.clock.%'"
        ):
            facts = json.loads(row["facts"])
            key = f"{row['type']}:{facts['clock_id']}:{facts['due_at']}:{facts.get('threshold_percent')}"
            timeline[str(row["ticket_id"])][key] += 1
        by_reference = {
            row["r"]: str(row["id"]) for row in tickets if row["r"] and row["r"].startswith("crash-")
        }
        return cls(by_reference, clocks, crossings, dict(events), steps, dict(timeline), told)


def by(rows: list[asyncpg.Record], column: str) -> dict[Any, list[asyncpg.Record]]:
    """Rows by one of their columns."""
    found: defaultdict[Any, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        found[str(row[column]) if column != "clock_id" else row[column]].append(row)
    return found


def judge(lives: list[Life], state: State, quiet: datetime) -> list[str]:
    """Everything that is other than the facts owe; nothing where all is well."""
    wrong: list[str] = []
    if len(state.tickets) != len(lives):
        wrong.append(f"{len(state.tickets)} tickets for {len(lives)} reports")
    for life in lives:
        ticket_id = state.tickets[life.reference]
        found = [judge_clocks(life, state.clocks.get(ticket_id, []), state, quiet)]
        found.append(judge_steps(ticket_id, state, quiet))
        problems = [problem for problems in found for problem in problems]
        if problems:
            facts = ", ".join(f"{fact.kind}@{fact.at:%d.%H:%M:%S.%f} {fact.told}" for fact in life.facts)
            wrong += [f"{life.reference}: {problem}" for problem in problems] + [f"   facts: {facts}"]
    return wrong


def judge_clocks(life: Life, rows: list[asyncpg.Record], state: State, quiet: datetime) -> list[str]:
    """The clocks of one ticket beside those it is owed."""
    owed = sorted(Reckoner(life.facts).run(), key=lambda clock: (clock.metric, clock.started_at))
    rows = sorted(rows, key=lambda row: (row["metric"], row["started_at"]))
    is_same = [(c.metric, c.started_at) for c in owed] == [(r["metric"], r["started_at"]) for r in rows]
    if not is_same:
        has = [(row["metric"], row["started_at"]) for row in rows]
        return [f"owed {[(clock.metric, clock.started_at) for clock in owed]}, has {has}"]
    wrong: list[str] = []
    for clock, row in zip(owed, rows, strict=True):
        wrong += judge_clock(clock, row)
        wrong += judge_crossings(clock, row, state, quiet)
    return wrong


def judge_clock(clock: Owed, row: asyncpg.Record) -> list[str]:
    """State, due time and end of one clock."""
    expected_state = "paused" if clock.state == "running" and clock.is_waiting else clock.state
    wrong = []
    if row["state"] != expected_state:
        wrong.append(f"{clock.metric} is {row['state']}, owed {expected_state}")
    if row["stopped_at"] != clock.stopped_at:
        wrong.append(f"{clock.metric} stopped {row['stopped_at']}, owed {clock.stopped_at}")
    if row["due_at"] is not None and clock.state in ("running", "met_late") and row["due_at"] != clock.due():
        wrong.append(f"{clock.metric} due {row['due_at']}, owed {clock.due()}")
    if row["due_at"] is None and clock.state == "running" and not clock.is_waiting:
        wrong.append(f"{clock.metric} has no due time")
    return wrong


def judge_crossings(clock: Owed, row: asyncpg.Record, state: State, quiet: datetime) -> list[str]:
    """Every threshold crossed is decided, the highest announced, none twice, none that was not crossed."""
    wrong: list[str] = []
    name, events = f"{clock.metric} {row['id']}", state.events.get(row["id"], [])
    told = Counter((e["threshold_percent"], e["due_revision"]) for e in events if e["name"] in CROSSED)
    wrong += [f"{name} announced {count} times {key}" for key, count in told.items() if count > 1]
    decided = {(c["percent"], c["due_revision"]): c for c in state.crossings.get(row["id"], [])}
    announced = {key for key, c in decided.items() if c["outcome"] == "announced"}
    wrong += [f"{name} {key} announced without a row" for key in told.keys() - decided.keys()]
    wrong += [f"{name} {key} said to be announced, was not" for key in announced - told.keys()]
    for event in events:
        if event["name"] in CROSSED:
            step = STEPS[event["threshold_percent"]]
            if event["escalate_to"] != step:
                wrong.append(
                    f"{name} calls {event['escalate_to']} at {event['threshold_percent']}, owed {step}"
                )
            if event["is_unconfirmed"] and event["unconfirmed_reason"] is None:
                wrong.append(f"{name} unconfirmed without a reason")
    reached = [p for p in THRESHOLDS if clock.crossed(p, quiet)]
    # Waiting moves the due time; what was crossed before it stays decided under the former one.
    present = [key for key in decided if clock.waits or key[1] == row["due_revision"]]
    missing = [p for p in reached if p not in {percent for percent, _ in present}]
    if missing:
        wrong.append(f"{name} crossed {missing}, not decided")
    standing = sorted(key[0] for key in present if key in announced and not decided[key]["is_withdrawn"])
    if clock.state == "running" and reached and (not standing or standing[-1] < reached[-1]):
        wrong.append(f"{name} crossed {reached}, announced {standing}")
    if clock.state in ("running", "met", "met_late"):  # a warning stands although the end is told late
        late = [p for p in standing if p >= 100 and not clock.crossed(p, datetime.now(UTC))]
        if late:
            wrong.append(
                f"{name} announced {late}, which it never crossed ({clock.state}, reached {reached})"
            )
    return wrong


def judge_steps(ticket_id: str, state: State, quiet: datetime) -> list[str]:
    """The steps and the timeline of a ticket beside what its clocks announced."""
    owed: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    sure: set[str] = set()
    for row in state.clocks.get(ticket_id, []):
        for event in state.events.get(row["id"], []):
            if event["name"] in CROSSED and event["escalate_to"]:
                key = f"clock:{row['id']}:{event['due_revision']}:{event['threshold_percent']}"
                owed[key] += 1
            if event["name"] in (*CROSSED, "corrected"):
                due = event["due_at"] and datetime.fromisoformat(event["due_at"]).isoformat()
                line = f"sla.clock.{event['name']}:{row['id']}:{due}:{event.get('threshold_percent')}"
                lines[line] += 1
                if event["created_at"] <= quiet:
                    sure.add(line)
    has = Counter(row["source_key"] for row in state.steps.get(ticket_id, []))
    wrong = [f"step {key} {count} times" for key, count in has.items() if count != 1]
    wrong += [f"step {key} that nobody called" for key in has.keys() - owed.keys()]
    told = state.timeline.get(ticket_id, Counter())
    wrong += [f"timeline {key}: {told[key]} for {lines[key]}" for key in sure if told[key] != lines[key]]
    wrong += [f"timeline {key} that nobody told" for key in told.keys() - lines.keys()]
    missing = owed.keys() - has.keys()
    if missing and all(line in sure for line in lines):
        wrong += [f"step {key} is missing" for key in missing]
    return wrong


async def check_records(fleet: Fleet, tickets: int) -> None:
    """Numbers are unique, the audit is intact, nothing is parked, and replaying finds no difference."""
    [row] = await _ask(
        fleet.database("ticketing"),
        "SELECT count(*) n, count(DISTINCT number) numbers FROM ticket WHERE external_reference LIKE 'crash-%'",
    )
    assert (row["n"], row["numbers"]) == (tickets, tickets)
    for name in SERVICES:
        connection = await asyncpg.connect(fleet.database(name))
        try:
            verdict = await verify(connection)
            assert verdict.is_intact, verdict
            assert await connection.fetchval("SELECT count(*) FROM parked_event") == 0
        finally:
            await connection.close()
    settings = settings_of(sla.main.SERVICE, fleet.keys, fleet.database("sla"), fleet.home.folder)
    differences = [str(one) async for one in sla.main.replay(settings)]
    assert not differences, "\n".join([str(len(differences)), *differences[:40]])
