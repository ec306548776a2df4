"""Routine inspections: who is sent, once, and what becomes of the request."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest

from common.contracts import REGISTRY
from common.events import Envelope
from common.testing import arriving
from common.testing.migrating import there_and_back
from ticketing.domain.visits import LIFECYCLE
from ticketing.domain.visits import ON_SITE as AT_WORK
from ticketing.main import SCRIPTS

from .desk import CHECKS, CUSTOMER, ENGINEER, Desk, Json, signed_record
from .town_hall import TownHall

MOVED = "2026-03-18T16:00:00.000000Z"
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

    def moved(self, version: int, *, name: str = "rescheduled") -> Envelope:
        """As agreed anew, or as heard later."""
        new = {"due_on": "2026-03-18", "due_at": MOVED}
        if name == "rescheduled":
            new["previous_due_on"] = "2026-03-16"
        return self.event(name, version, **new)

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
        "state": "acknowledged",
        "acknowledged_at": "2026-03-02T01:00:00.000000Z",
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
    assert await desk.types(ticket) == ["ticket.opened", "ticket.acknowledged", "visit.requested"]
    assert {one["routine_inspection_id"] for one in await desk.published(ticket)} == {due.id}
    assert await desk.audited(ticket) == ["ticket.open", "ticket.acknowledge"]
    assert [one["type"] for one in await desk.timeline(ticket)] == [
        "ticketing.ticket.opened",
        "ticketing.ticket.acknowledged",
        "ticketing.visit.requested",
        "warranty.inspection.due",
    ]


async def test_an_inspection_of_before_tells_no_zone(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1, time_zone=None))
    [visit] = await desk.visits(await due.request())
    assert visit["planned_at"] == "2026-03-15T16:00:00.000000Z"


async def test_an_inspection_of_before_anybody_was_sent_sends_somebody_when_told_again(
    desk: Desk, due: Round
):
    await desk.hear(due.event("dispatch_asked", 4))
    [visit] = await desk.visits(await due.request())
    assert (visit["state"], visit["due_at"]) == ("requested", "2026-03-16T16:00:00.000000Z")


async def test_an_inspection_counts_once(desk: Desk, due: Round):
    events = (due.event("due", 1), due.moved(2))
    await asyncio.gather(*(desk.hear(event) for event in (*events, *events)))
    before = await desk.everything()
    await desk.hear(*events)
    await desk.hear(*events)
    assert await desk.everything() == before
    assert len(await requests(desk)) == 1
    [visit] = await desk.visits(await due.request())
    assert visit["due_at"] == MOVED


async def test_in_whatever_order_it_is_told_it_comes_to_the_same(desk: Desk, hall: TownHall):
    """But that nobody is sent where the first word is that somebody is at work there already."""
    await hall.tell()
    for order in permutations(range(3)):
        told = Round(desk, hall.site, hall.asset)
        events = [told.event("due", 1), told.moved(2), told.moved(3, name="started")]
        for at in order:
            await desk.hear(events[at])
        ticket = await told.request()
        assert ticket["state"] == "in_progress"
        visits = [(visit["state"], visit["due_at"]) for visit in await desk.visits(ticket)]
        assert visits == ([] if order[0] == 2 else [("requested", MOVED)])
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
    assert (await desk.types(ticket))[3:] == ["visit.cancelled", "ticket.resolved"]


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


async def again(desk: Desk, due: Round, how: str) -> Json:
    """A second dispatch that is owed: left unresolved, or found wanting by the customer."""
    visit = await sent(desk, due, *ON_SITE)
    if how == "unresolved":
        await desk.visit_act(visit, "leaveUnresolved", reason="the customer did not sign")
    else:
        visit = await desk.visit_act(visit, "complete", record=signed_record())
        await desk.visit_act(visit, "recordSatisfaction", is_satisfied=False)
    _, second = await desk.visits(await due.request())
    assert (second["state"], second["is_redispatch"]) == ("requested", True)
    return second


@pytest.mark.parametrize("how", ["unresolved", "dissatisfied"])
async def test_a_second_dispatch_outlives_the_inspection(desk: Desk, due: Round, how: str):
    """§1.2.4"""
    await desk.hear(due.event("due", 1))
    second = await again(desk, due, how)
    await desk.hear(due.event("completed", 2))
    assert (await due.request())["state"] == "acknowledged"
    await desk.visit_act(second, "offer", engineer_id=ENGINEER)
    for action in ("accept", "arrive"):
        await desk.visit_act(second, action)
    await desk.visit_act(second, "begin", checklist=CHECKS)
    await desk.visit_act(second, "complete", record=signed_record())
    ticket = await due.request()
    assert (ticket["state"], ticket["cause_code"]) == ("resolved", "maintenance")


async def test_a_second_dispatch_that_is_called_off_settles_the_request(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    second = await again(desk, due, "unresolved")
    await desk.hear(due.event("completed", 2))
    await desk.visit_act(second, "cancel", reason="the customer signed after all")
    assert (await due.request())["state"] == "resolved"


async def test_an_inspection_that_is_called_off_owes_no_second_dispatch(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    await again(desk, due, "unresolved")
    await desk.hear(due.event("cancelled", 2))
    assert (await due.request())["state"] == "cancelled"


async def test_a_running_session_is_waited_for_as_well(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    path = f"/v1/tickets/{(await due.request())['id']}/support-sessions"
    running = (await desk.client.post(path, json={"kind": "hotline"})).json()
    await desk.hear(due.event("cancelled", 2))
    assert (await due.request())["state"] == "acknowledged"
    told = {"outcome": "solved", "actions": "told them"}
    assert (await desk.client.post(f"{path}/{running['id']}:end", json=told)).status_code == 200
    assert (await due.request())["state"] == "cancelled"


async def test_a_visit_alone_does_not_settle_what_the_inspection_still_owes(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    visit = await sent(desk, due, *ON_SITE)
    await desk.visit_act(visit, "complete", record=signed_record())
    assert (await due.request())["state"] == "acknowledged"
    assert len(await desk.visits(await due.request())) == 1
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
    assert last["previous_engineer_id"] == (ENGINEER if actions else None)
    told = tuple(datetime.fromisoformat(last[name]) for name in ("planned_at", "due_at"))
    assert told == tuple(datetime.fromisoformat(one) for one in day)
    assert "replan" not in visit["allowed_actions"]


async def test_put_off_after_the_visit_was_called_off_another_is_asked_for(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    visit = await sent(desk, due)
    await desk.visit_act(visit, "cancel", reason="nobody is free")
    await desk.hear(due.moved(2))
    _, second = await desk.visits(await due.request())
    assert (second["state"], second["due_at"]) == ("requested", "2026-03-18T16:00:00.000000Z")


LEAVING: dict[str, Json] = {
    "complete": {"record": signed_record()},
    "leaveUnresolved": {"reason": "no access"},
    "replaceEngineer": {"reason": "unfit"},
    "cancel": {"reason": "fell ill"},
}
"""Whatever takes an engineer from the site, with what it is told."""


def test_whatever_takes_an_engineer_from_the_site_is_known_here():
    leaving = {
        name
        for name, one in LIFECYCLE.transitions.items()
        if one.target is not None and AT_WORK & set(one.sources) and one.target not in AT_WORK
    }
    assert leaving == set(LEAVING)


@pytest.mark.parametrize("action", LEAVING)
async def test_put_off_while_somebody_is_on_site_somebody_comes_on_the_new_day(
    desk: Desk, due: Round, action: str
):
    await desk.hear(due.event("due", 1))
    visit = await sent(desk, due, *ON_SITE)
    await desk.hear(due.moved(2))
    [visit] = await desk.visits(await due.request())
    assert (visit["state"], visit["due_at"]) == ("working", "2026-03-16T16:00:00.000000Z")
    await desk.visit_act(visit, action, **LEAVING[action])
    coming = [one for one in await desk.visits(await due.request()) if one["state"] == "requested"]
    assert [(one["due_at"], one["engineer_id"]) for one in coming] == [(MOVED, None)]


async def test_put_off_and_begun_nobody_else_comes(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    visit = await sent(desk, due, *ON_SITE)
    await desk.hear(due.moved(2), due.moved(3, name="started"))
    await desk.visit_act(visit, "complete", record=signed_record())
    assert [one["state"] for one in await desk.visits(await due.request())] == ["completed"]


async def test_the_second_dispatch_is_on_the_agreed_day(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    second = await again(desk, due, "unresolved")
    assert second["due_at"] == "2026-03-16T16:00:00.000000Z"


@pytest.mark.parametrize("action", LEAVING)
@pytest.mark.parametrize("end", ["completed", "cancelled"])
async def test_whoever_leaves_the_site_the_request_is_settled(desk: Desk, due: Round, action: str, end: str):
    await desk.hear(due.event("due", 1))
    visit = await sent(desk, due, *ON_SITE)
    await desk.hear(due.event(end, 2))
    await desk.visit_act(visit, action, **LEAVING[action])
    is_owed_again = (action, end) == ("leaveUnresolved", "completed")
    settled = {"completed": "resolved", "cancelled": "cancelled"}[end]
    assert (await due.request())["state"] == ("acknowledged" if is_owed_again else settled)


async def test_a_customer_who_has_the_engineer_replaced_settles_nothing_himself(
    desk: Desk, due: Round, customer
):
    """§1.2.2: the request follows its inspection, on the service's own account."""
    await desk.hear(due.event("due", 1))
    visit = await sent(desk, due, *ON_SITE)
    await desk.hear(due.event("completed", 2))
    await desk.visit_act(visit, "replaceEngineer", customer, reason="unfit")
    events = await desk.published(await due.request())
    assert [(one["type"].removeprefix("ticketing."), one["actor"]) for one in events[-2:]] == [
        ("visit.cancelled", "ticketing"),
        ("ticket.resolved", "ticketing"),
    ]
    assert events[-3]["type"] == "ticketing.visit.engineer_replaced"
    assert events[-3]["actor"] != "ticketing"


async def test_settled_as_of_when_the_engineer_left(desk: Desk, due: Round, clock):
    await desk.hear(due.event("due", 1))
    visit = await sent(desk, due, *ON_SITE)
    await desk.hear(due.event("cancelled", 2))
    clock.advance(timedelta(hours=2))
    left = "2026-03-02T02:00:00.000000Z"
    await desk.visit_act(visit, "leaveUnresolved", reason="called off", occurred_at=left)
    assert (await due.request())["cancelled_at"] == left


SETTLING: dict[str, Json] = {
    "cancel": {"reason": "twice"},
    "resolve": {"cause_code": "maintenance", "fix": "looked at"},
    "merge": {},
}


@pytest.mark.parametrize("action", SETTLING)
async def test_only_its_inspection_settles_the_request(desk: Desk, due: Round, action: str):
    """Else nobody would come on the day agreed with the customer."""
    await desk.hear(due.event("due", 1))
    told = SETTLING[action] or {"into_id": (await desk.open())["id"]}
    ticket = await due.request()
    status, problem = await desk.refused(f"/v1/tickets/{ticket['id']}:{action}", **told)
    code = "merge-of-inspection" if action == "merge" else "inspection-settles-it"
    assert (status, problem["code"]) == (409, code)
    assert action not in ticket["allowed_actions"]


async def test_nothing_is_merged_into_the_request(desk: Desk, due: Round):
    """An incident in it would be settled with the inspection."""
    await desk.hear(due.event("due", 1))
    incident, ticket = await desk.open(severity=1), await due.request()
    status, problem = await desk.refused(f"/v1/tickets/{incident['id']}:merge", into_id=ticket["id"])
    assert (status, problem["code"]) == (409, "merge-of-inspection")
    await desk.hear(due.event("completed", 2))
    assert (await desk.ticket(incident))["state"] == "new"


async def test_a_customer_does_not_call_off_what_was_agreed(desk: Desk, due: Round, customer):
    """Not even where the request was taken up again after its inspection."""
    await desk.hear(due.event("due", 1))
    ticket = await due.request()
    for _ in range(2):
        assert "cancel" not in (await desk.ticket(ticket, customer))["allowed_actions"]
        path = f"/v1/tickets/{ticket['id']}:cancel"
        status, problem = await desk.refused(path, customer, reason="no")
        assert (status, problem["code"]) == (403, "inspection-is-agreed")
        await desk.hear(due.event("completed", 2))
        if (await due.request())["state"] == "resolved":
            await desk.act(ticket, "reopen", customer, reason="the rack door was left open")


async def test_first_heard_of_at_work_nobody_else_is_sent(desk: Desk, due: Round):
    await desk.hear(due.event("started", 3))
    ticket = await due.request()
    assert (ticket["state"], await desk.visits(ticket)) == ("in_progress", [])
    await desk.hear(due.event("completed", 4))
    assert (await due.request())["state"] == "resolved"


async def test_work_that_begins_ends_the_waiting(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    await desk.act(await due.request(), "wait", reason="site_access", note="no key")
    await desk.hear(due.event("started", 2))
    ticket = await due.request()
    assert (ticket["state"], ticket["waiting_reason"]) == ("in_progress", None)


@pytest.mark.parametrize(("days", "due_at"), [(1, "2026-03-16T16:00:00.000000Z"), (16, None)])
async def test_asked_for_again_a_visit_keeps_the_agreed_day_until_it_is_past(
    desk: Desk, due: Round, clock, days: int, due_at: str | None
):
    await desk.hear(due.event("due", 1))
    clock.advance(timedelta(days=days))
    await desk.hear(due.event("completed", 2))
    await desk.act(await due.request(), "reopen", reason="the rack door was left open")
    _, visit = await desk.visits(await due.request())
    assert (visit["state"], visit["due_at"]) == ("requested", due_at)


async def test_a_reopened_request_is_not_settled_again_by_itself(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1))
    await desk.hear(due.event("completed", 2))
    await desk.act(await due.request(), "reopen", reason="the rack door was left open")
    visits = await desk.visits(await due.request())
    assert [one["state"] for one in visits] == ["cancelled", "requested"]
    await desk.visit_act(visits[1], "cancel", reason="they closed it")
    ticket = await due.request()
    assert ticket["state"] == "in_progress"
    assert {"resolve", "cancel"} <= set(ticket["allowed_actions"])
    await desk.act(ticket, "resolve", cause_code="maintenance", fix="closed")


async def test_another_customer_sees_nothing_of_it(desk: Desk, due: Round, customer, stranger):
    await desk.hear(due.event("due", 1))
    ticket = await due.request()
    assert (await desk.ticket(ticket, customer))["routine_inspection_id"] == due.id
    assert (await stranger.get(f"/v1/tickets/{ticket['id']}")).status_code == 404


async def test_requests_go_back_to_what_was_known_before_and_are_kept(desk: Desk, due: Round):
    await desk.hear(due.event("due", 1), due.event("completed", 2))
    ticket = await due.request()
    await there_and_back(desk.database.dsn, SCRIPTS, "0003")
    kept = await desk.ticket(ticket)
    assert (kept["state"], kept["cause_code"], kept["routine_inspection_id"]) == (
        "resolved",
        "no_fault_found",
        None,
    )


async def test_requests_of_an_earlier_release_follow_their_inspections(desk: Desk, due: Round):
    over, reopened = Round(desk, due.site, due.asset), Round(desk, due.site, due.asset)
    await desk.hear(*(one.event("due", 1) for one in (due, over, reopened)))
    put_off, ended = await sent(desk, due, *ON_SITE), await sent(desk, over, *ON_SITE)
    await desk.hear(due.moved(2), over.event("completed", 2), reopened.event("completed", 2))
    await desk.act(await reopened.request(), "reopen", reason="the rack door was left open")
    await there_and_back(desk.database.dsn, SCRIPTS, "0005")
    await desk.visit_act(put_off, "complete", record=signed_record())
    await desk.visit_act(ended, "complete", record=signed_record())
    _, coming = await desk.visits(await due.request())
    assert (coming["state"], coming["planned_at"], coming["due_at"]) == (
        "requested",
        "2026-03-17T16:00:00.000000Z",
        MOVED,
    )
    assert "resolve" not in (await due.request())["allowed_actions"]
    assert (await over.request())["state"] == "resolved"
    assert "resolve" in (await reopened.request())["allowed_actions"]


async def test_an_inspection_nobody_was_sent_to_has_its_day_in_utc(desk: Desk, due: Round):
    await desk.hear(due.event("cancelled", 2))
    await there_and_back(desk.database.dsn, SCRIPTS, "0005")
    [row] = await desk.rows("SELECT planned_at, due_at FROM inspection")
    assert [f"{one:%Y-%m-%d %H:%M}" for one in row.values()] == ["2026-03-16 00:00", "2026-03-17 00:00"]
