"""Routine inspections: who is sent, once, and what becomes of the request."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from alembic import command
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from common.contracts import REGISTRY
from common.events import Envelope
from common.migrations import config, migrate
from common.testing import arriving
from ticketing.main import SCRIPTS

from .desk import CHECKS, CUSTOMER, ENGINEER, Desk, Json, signed_record
from .town_hall import TownHall

STATES = {"due": "due", "started": "in_progress", "completed": "completed", "cancelled": "cancelled"}


@dataclass
class Round:
    """An inspection as warranty tells it."""

    desk: Desk
    site: UUID
    asset: UUID
    id: str = field(default_factory=lambda: str(uuid4()))

    def event(self, name: str, version: int, **changes: object) -> Envelope:
        told = {
            "inspection_id": self.id,
            "customer_id": str(CUSTOMER),
            "site_id": str(self.site),
            "asset_id": str(self.asset),
            "state": STATES.get(name, "due"),
            "due_on": "2026-03-16",
            "due_at": "2026-03-16T16:00:00Z",
            "time_zone": "Asia/Shanghai",
            "number": "MNT-2026-000001-01",
            **changes,
        }
        if name == "completed":
            told |= {"condition": "normal", "finding_count": 0, "reading_count": 1, "report_checksum": "ab"}
        kind = REGISTRY[f"warranty.inspection.{name}"]
        return arriving(kind, self.id, told, self.desk.clock.now, version=version)

    def moved(self, version: int, day: str = "2026-03-18") -> Envelope:
        new = {"due_on": day, "due_at": f"{day}T16:00:00Z", "previous_due_on": "2026-03-16"}
        return self.event("rescheduled", version, **new)

    async def request(self) -> Json:
        [ticket] = [one for one in await requests(self.desk) if one["routine_inspection_id"] == self.id]
        return ticket


@pytest.fixture
async def due(desk: Desk, hall: TownHall) -> Round:
    await hall.tell()
    return Round(desk, hall.site, hall.asset)


async def requests(desk: Desk) -> list[Json]:
    return await desk.items("/v1/tickets", kind="service_request", sort="created_at")


async def sent(desk: Desk, due: Round, *actions: str) -> Json:
    """The visit of the inspection's request, so far along."""
    [visit] = await desk.visits(await due.request())
    for action in actions:
        told: Json = {"engineer_id": ENGINEER} if action == "offer" else {}
        told = {"checklist": CHECKS} if action == "begin" else told
        visit = await desk.visit_act(visit, action, **told)
    return visit


ON_SITE = ("offer", "accept", "arrive", "begin")


async def test_an_inspection_that_is_due_sends_somebody_on_the_agreed_day(desk: Desk, due: Round, clock):
    event = due.event("due", 1)
    clock.advance(timedelta(minutes=5))
    await desk.hear(event)
    ticket = await due.request()
    expected = {
        "kind": "service_request",
        "number": "REQ-2026-000001",
        "channel": "inspection",
        "severity": 4,
        "state": "new",
        "route": "onsite",
        "site_id": str(due.site),
        "asset_id": str(due.asset),
        "is_directory_unverified": False,
        "is_reporter_unverified": False,
        "onsite_required_at": None,
        "title": "定期巡检 / Routine inspection: MNT-2026-000001-01",
        "tags": ["routine_inspection"],
        "reported_at": "2026-03-02T01:00:00.000000Z",
    }
    assert {name: ticket[name] for name in expected} == expected
    [visit] = await desk.visits(ticket)
    assert (visit["state"], visit["engineer_id"]) == ("requested", None)
    day = ("2026-03-15T16:00:00.000000Z", "2026-03-16T16:00:00.000000Z")
    assert (visit["planned_at"], visit["due_at"]) == day
    assert await desk.types(ticket) == ["ticket.opened", "visit.requested"]
    assert {one["routine_inspection_id"] for one in await desk.published(ticket)} == {due.id}
    assert await desk.audited(ticket) == ["ticket.open"]
    assert [one["type"] for one in await desk.timeline(ticket)] == [
        "ticketing.ticket.opened",
        "ticketing.visit.requested",
        "warranty.inspection.due",
    ]


async def test_an_inspection_of_before_tells_no_zone(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1, time_zone=None))
    [visit] = await desk.visits(await due.request())
    assert visit["planned_at"] == "2026-03-15T16:00:00.000000Z"


async def test_an_inspection_counts_once(desk: Desk, due: Round):
    event = due.event("due", 1)
    await desk.hear(event, event)
    await asyncio.gather(*(desk.hear(event) for _ in range(4)))
    before = await desk.everything()
    await desk.hear(event)
    assert await desk.everything() == before
    assert len(await requests(desk)) == 1
    assert len(await desk.visits(await due.request())) == 1


async def test_in_whatever_order_it_is_told_it_comes_to_the_same(desk: Desk, hall: TownHall):
    await hall.tell()
    for order in permutations(range(3)):
        told = Round(desk, hall.site, hall.asset)
        events = [told.event("due", 1), told.moved(2), told.event("started", 3, due_on="2026-03-18")]
        for at in order:
            await desk.hear(events[at])
        ticket = await told.request()
        [visit] = await desk.visits(ticket)
        assert (ticket["state"], visit["state"]) == ("in_progress", "requested")
    assert len(await requests(desk)) == 6


@pytest.mark.parametrize("end", ["completed", "cancelled"])
async def test_an_inspection_that_is_over_sends_nobody(desk: Desk, due: Round, end: str):
    await desk.hear(due.event(end, 2))
    await desk.hear(due.event("due", 1))
    assert await requests(desk) == []
    [row] = await desk.rows("SELECT state, told_version FROM inspection WHERE id = $1", UUID(due.id))
    assert row == {"state": end, "told_version": 2}


async def test_completed_its_request_is_resolved_and_nobody_else_comes(desk: Desk, due: Round, clock):
    await desk.hear(due.event("due", 1))
    clock.advance(timedelta(days=14))
    await desk.hear(due.event("completed", 2))
    ticket = await due.request()
    assert (ticket["state"], ticket["cause_code"]) == ("resolved", "maintenance")
    assert ticket["resolved_at"] == "2026-03-16T01:00:00.000000Z"
    [visit] = await desk.visits(ticket)
    assert visit["state"] == "cancelled"
    assert (await desk.types(ticket))[2:] == ["ticket.acknowledged", "visit.cancelled", "ticket.resolved"]


async def test_the_request_waits_for_the_record_of_whoever_is_on_site(desk: Desk, due: Round):
    """§1.2.1.6"""
    await desk.hear(due.event("due", 1))
    visit = await sent(desk, due, *ON_SITE)
    await desk.hear(due.event("started", 2))
    await desk.hear(due.event("completed", 3))
    assert (await due.request())["state"] == "in_progress"
    await desk.visit_act(visit, "complete", record=signed_record())
    assert (await due.request())["state"] == "resolved"
    [visit] = await desk.visits(await due.request())
    assert visit["state"] == "completed"


async def test_whoever_leaves_a_completed_inspection_unresolved_is_not_sent_again(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    visit = await sent(desk, due, *ON_SITE)
    await desk.hear(due.event("completed", 2))
    await desk.visit_act(visit, "leaveUnresolved", reason="the customer did not sign")
    assert (await due.request())["state"] == "resolved"
    assert [one["state"] for one in await desk.visits(await due.request())] == ["unresolved", "cancelled"]


async def test_a_running_session_is_waited_for_as_well(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    path = f"/v1/tickets/{(await due.request())['id']}/support-sessions"
    running = (await desk.client.post(path, json={"kind": "hotline"})).json()
    await desk.hear(due.event("cancelled", 2))
    assert (await due.request())["state"] == "new"
    told = {"outcome": "solved", "actions": "told them"}
    assert (await desk.client.post(f"{path}/{running['id']}:end", json=told)).status_code == 200
    assert (await due.request())["state"] == "cancelled"


async def test_a_visit_alone_does_not_settle_what_the_inspection_still_owes(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    visit = await sent(desk, due, *ON_SITE)
    await desk.visit_act(visit, "complete", record=signed_record())
    assert (await due.request())["state"] == "new"
    await desk.hear(due.event("completed", 2))
    assert (await due.request())["state"] == "resolved"


async def test_called_off_its_request_and_visit_are(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    await sent(desk, due, "offer", "accept")
    await desk.hear(due.event("cancelled", 2))
    ticket = await due.request()
    assert ticket["state"] == "cancelled"
    [visit] = await desk.visits(ticket)
    assert visit["state"] == "cancelled"
    assert (await desk.types(ticket))[-2:] == ["visit.cancelled", "ticket.cancelled"]


@pytest.mark.parametrize("actions", [(), ("offer",), ("offer", "accept"), ("offer", "accept", "depart")])
async def test_put_off_whoever_was_to_come_is_asked_anew(desk: Desk, due: Round, actions: tuple[str, ...]):
    await desk.hear(due.event("due", 1))
    await sent(desk, due, *actions)
    await desk.hear(due.moved(2))
    ticket = await due.request()
    [visit] = await desk.visits(ticket)
    assert (visit["state"], visit["engineer_id"], visit["departed_at"]) == ("requested", None, None)
    day = ("2026-03-17T16:00:00.000000Z", "2026-03-18T16:00:00.000000Z")
    assert (visit["planned_at"], visit["due_at"]) == day
    last = (await desk.published(ticket))[-1]
    assert (last["type"], last["visit_state"]) == ("ticketing.visit.replanned", "requested")
    assert "replan" not in visit["allowed_actions"]


async def test_put_off_after_the_visit_was_called_off_another_is_asked_for(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    visit = await sent(desk, due)
    await desk.visit_act(visit, "cancel", reason="nobody is free")
    await desk.hear(due.moved(2))
    _, second = await desk.visits(await due.request())
    assert (second["state"], second["due_at"]) == ("requested", "2026-03-18T16:00:00.000000Z")


async def test_whoever_is_on_site_stays_there_when_it_is_put_off(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    await sent(desk, due, *ON_SITE)
    await desk.hear(due.moved(2))
    [visit] = await desk.visits(await due.request())
    assert (visit["state"], visit["due_at"]) == ("working", "2026-03-16T16:00:00.000000Z")


async def test_what_people_settled_stays_and_is_told_what_happened(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    ticket = await due.request()
    await desk.act(ticket, "cancel", reason="twice")
    for event in (due.moved(2), due.event("started", 3), due.event("completed", 4)):
        await desk.hear(event)
    assert (await due.request())["state"] == "cancelled"
    assert [one["type"] for one in await desk.timeline(ticket)][-3:] == [
        "warranty.inspection.rescheduled",
        "warranty.inspection.started",
        "warranty.inspection.completed",
    ]


async def test_a_merged_request_is_told_in_the_other(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    survivor = await desk.open()
    await desk.act(await due.request(), "merge", into_id=survivor["id"])
    await desk.hear(due.event("completed", 2))
    assert (await desk.ticket(survivor))["state"] == "new"
    assert (await desk.timeline(survivor))[-1]["type"] == "warranty.inspection.completed"


async def test_a_reopened_request_is_not_settled_again_by_itself(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    await desk.hear(due.event("completed", 2))
    await desk.act(await due.request(), "reopen", reason="the rack door was left open")
    visits = await desk.visits(await due.request())
    assert [one["state"] for one in visits] == ["cancelled", "requested"]
    await desk.visit_act(visits[1], "cancel", reason="they closed it")
    assert (await due.request())["state"] == "in_progress"


async def test_another_customer_sees_nothing_of_it(desk: Desk, due: Round, customer, stranger):
    await desk.hear(due.event("due", 1))
    ticket = await due.request()
    assert (await desk.ticket(ticket, customer))["routine_inspection_id"] == due.id
    assert (await stranger.get(f"/v1/tickets/{ticket['id']}")).status_code == 404


def _downgraded(connection: Connection) -> None:
    settings = config(SCRIPTS)
    settings.attributes["connection"] = connection
    command.downgrade(settings, "0003")


async def test_requests_go_back_to_what_was_known_before_and_are_kept(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1), due.event("completed", 2))
    ticket = await due.request()
    engine = create_async_engine(desk.database.dsn.replace("postgresql:", "postgresql+asyncpg:"))
    async with engine.begin() as connection:
        await connection.run_sync(_downgraded)
    await engine.dispose()
    await migrate(desk.database.dsn, SCRIPTS)
    kept = await desk.ticket(ticket)
    assert (kept["state"], kept["cause_code"], kept["routine_inspection_id"]) == (
        "resolved",
        "no_fault_found",
        None,
    )
