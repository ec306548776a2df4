"""What may be done with a ticket: every action, what it tells, and when it is refused."""

from datetime import timedelta

import pytest

from .desk import ENGINEER, Desk

RESOLVED = {"cause_code": "hardware", "fix": "Replaced module", "prevention": "Second feed"}
WAITING = {"reason": "parts", "note": "Module ordered"}
TO_PROGRESS = (("acknowledge", {}), ("start", {}))
TO_RESOLVED = (*TO_PROGRESS, ("resolve", RESOLVED))
REASON = {"reason": "asked by phone"}

ACTIONS = [
    # steps before, action, body, event, what the ticket then shows
    ((), "acknowledge", {}, "acknowledged", {"state": "acknowledged"}),
    ((("acknowledge", {}),), "start", {}, "started", {"state": "in_progress"}),
    (TO_PROGRESS, "wait", WAITING, "waiting", {"state": "waiting", "waiting_reason": "parts"}),
    (
        (*TO_PROGRESS, ("wait", WAITING)),
        "resume",
        {},
        "resumed",
        {"state": "in_progress", "waiting_reason": None},
    ),
    ((), "changeSeverity", {"severity": 1, **REASON}, "severity_changed", {"severity": 1, "state": "new"}),
    ((), "changeRoute", {"route": "onsite", **REASON}, "route_changed", {"route": "onsite"}),
    ((), "assign", {"engineer_id": ENGINEER}, "assigned", {"engineer_id": ENGINEER}),
    (TO_PROGRESS, "restore", {}, "restored", {"state": "in_progress"}),
    ((), "verifyReporter", {"how": "Called back"}, "reporter_verified", {"is_reporter_unverified": False}),
    ((), "flagMajor", REASON, "major_flagged", {"is_major": True}),
    (TO_PROGRESS, "resolve", RESOLVED, "resolved", {"state": "resolved", **RESOLVED}),
    (TO_RESOLVED, "close", {}, "closed", {"state": "closed"}),
    (
        TO_RESOLVED,
        "reopen",
        REASON,
        "reopened",
        {"state": "in_progress", "reopened_count": 1, "resolved_at": None},
    ),
    ((), "cancel", REASON, "cancelled", {"state": "cancelled"}),
    ((), "escalate", {"to": "team_lead", **REASON}, "escalated", {"state": "new"}),
]


@pytest.mark.parametrize(("before", "action", "body", "event", "shown"), ACTIONS, ids=[a[1] for a in ACTIONS])
async def test_every_action(desk: Desk, clock, before, action, body, event, shown):
    ticket = await desk.open()
    for name, words in before:
        ticket = await desk.act(ticket, name, **words)
    clock.advance(timedelta(minutes=5))
    done = await desk.act(ticket, action, **body)
    assert done["version"] == ticket["version"] + 1
    assert {name: done[name] for name in shown} == shown
    assert await desk.ticket(ticket) == done
    told = (await desk.published(ticket))[-1]
    assert (told["type"], told["version"]) == (f"ticketing.ticket.{event}", done["version"])
    assert told["occurred_at"] == "2026-03-02T01:05:00.000000Z"
    assert told["state"] == done["state"]
    entry = (await desk.timeline(ticket))[-1]
    assert (entry["type"], entry["ticket_version"]) == (told["type"], done["version"])
    assert (await desk.audited(ticket))[-1] == f"ticket.{action}"
    if "previous" in told:
        assert told["previous"] != {name: told[name] for name in told["previous"]}


@pytest.mark.parametrize(
    ("before", "action", "field"),
    [
        ((), "acknowledge", "acknowledged_at"),
        ((("acknowledge", {}),), "start", "started_at"),
        (TO_PROGRESS, "restore", "restored_at"),
        (TO_RESOLVED, "close", "closed_at"),
    ],
)
async def test_told_later_it_counts_from_when_it_happened(desk: Desk, clock, before, action, field):
    ticket = await desk.open()
    for name, words in before:
        await desk.act(ticket, name, **words)
    clock.advance(timedelta(hours=2))
    done = await desk.act(ticket, action, occurred_at="2026-03-02T09:30:00.5+08:00")
    assert done[field] == "2026-03-02T01:30:00.500000Z"
    assert done["updated_at"] == "2026-03-02T03:00:00.000000Z"
    assert (await desk.published(ticket))[-1]["occurred_at"] == "2026-03-02T01:30:00.500000Z"
    entry = (await desk.timeline(ticket))[-1]
    assert (entry["occurred_at"], entry["recorded_at"]) == (done[field], done["updated_at"])


async def test_times_that_cannot_be(desk: Desk, clock):
    ticket = await desk.open()
    path = f"/v1/tickets/{ticket['id']}:acknowledge"
    status, problem = await desk.refused(path, occurred_at="2026-03-02T01:00:01Z")
    assert (status, problem["errors"][0]["code"]) == (422, "occurred-in-future")
    assert problem["errors"][0]["pointer"] == "#/occurred_at"
    status, problem = await desk.refused(path, occurred_at="2026-03-02T00:59:59Z")
    assert (status, problem["errors"][0]["code"]) == (422, "occurred-too-early")
    clock.advance(timedelta(minutes=10))
    await desk.act(ticket, "acknowledge", occurred_at="2026-03-02T01:05:00Z")
    status, problem = await desk.refused(
        f"/v1/tickets/{ticket['id']}:start", occurred_at="2026-03-02T01:04:59Z"
    )
    assert (status, problem["errors"][0]["code"]) == (422, "occurred-too-early")


@pytest.mark.parametrize(
    ("before", "action", "body", "state"),
    [
        ((), "start", {}, "new"),
        ((), "resume", {}, "new"),
        ((), "resolve", RESOLVED, "new"),
        ((("acknowledge", {}),), "acknowledge", {}, "acknowledged"),
        ((("cancel", REASON),), "acknowledge", {}, "cancelled"),
        (TO_RESOLVED, "requireOnsite", REASON, "resolved"),
        ((*TO_RESOLVED, ("close", {})), "close", {}, "closed"),
    ],
)
async def test_what_the_state_forbids(desk: Desk, before, action, body, state):
    ticket = await desk.open()
    for name, words in before:
        ticket = await desk.act(ticket, name, **words)
    status, problem = await desk.refused(f"/v1/tickets/{ticket['id']}:{action}", **body)
    assert (status, problem["code"]) == (409, "invalid-state-transition")
    assert problem["current_state"] == state
    assert action not in problem["allowed_actions"]
    assert set(ticket["allowed_actions"]) <= set(problem["allowed_actions"])


async def test_a_refusal_names_what_is_open_to_whoever_asks(desk: Desk, customer):
    """A customer's user is not told of the desk's actions, nor an agent of a lead's."""
    ticket = await desk.open()
    theirs = (await customer.get(f"/v1/tickets/{ticket['id']}")).json()["allowed_actions"]
    status, problem = await desk.refused(f"/v1/tickets/{ticket['id']}:close", customer)
    assert (status, problem["allowed_actions"]) == (409, theirs)
    status, problem = await desk.refused(f"/v1/tickets/{ticket['id']}:close")
    assert (status, problem["allowed_actions"]) == (409, ticket["allowed_actions"])
    assert "setResponseCase" not in problem["allowed_actions"]


async def test_response_case_is_a_leads_decision(desk: Desk, lead):
    ticket = await desk.open()
    body = {"response_case": "special", "reason": "holiday"}
    status, problem = await desk.refused(f"/v1/tickets/{ticket['id']}:setResponseCase", **body)
    assert (status, problem["code"]) == (403, "action-needs-role")
    assert "setResponseCase" in (await desk.ticket(ticket, lead))["allowed_actions"]
    done = await desk.act(ticket, "setResponseCase", lead, **body)
    assert done["response_case"] == "special"
    told = (await desk.published(ticket))[-1]
    assert (told["type"], told["previous"]) == (
        "ticketing.ticket.response_case_set",
        {"response_case": "normal"},
    )


async def test_grave_faults_are_resolved_with_prevention(desk: Desk):
    ticket = await desk.in_progress(severity=1)
    path = f"/v1/tickets/{ticket['id']}:resolve"
    status, problem = await desk.refused(path, cause_code="power", fix="done")
    assert (status, problem["errors"][0]["code"]) == (422, "prevention-required")
    light = await desk.in_progress(severity=3)
    assert (await desk.act(light, "resolve", cause_code="power", fix="done"))["prevention"] is None


async def test_reopening_has_a_limit(desk: Desk, clock, customer):
    ticket = await desk.in_progress()
    await desk.act(ticket, "resolve", **RESOLVED)
    await desk.act(ticket, "close", customer)
    clock.advance(timedelta(days=30, seconds=1))
    status, problem = await desk.refused(f"/v1/tickets/{ticket['id']}:reopen", reason="again")
    assert (status, problem["code"], problem["within_days"]) == (409, "reopen-too-late", 30)
    clock.advance(timedelta(seconds=-1))
    again = await desk.act(ticket, "reopen", customer, reason="again")
    assert (again["closed_at"], again["reopened_at"]) == (None, "2026-04-01T01:00:00.000000Z")


async def test_a_required_visit_is_asked_for_once(desk: Desk):
    ticket = await desk.open()
    done = await desk.act(ticket, "requireOnsite", reason="dead module")
    assert (done["route"], done["onsite_required_at"]) == ("onsite", "2026-03-02T01:00:00.000000Z")
    assert await desk.types(ticket) == ["ticket.opened", "ticket.onsite_required", "visit.requested"]
    assert [event["version"] for event in await desk.published(ticket)] == [1, 2, 3]
    await desk.act(ticket, "requireOnsite", reason="still")
    assert [visit["state"] for visit in await desk.visits(ticket)] == ["requested"]


async def test_steps_of_the_ladder(desk: Desk, lead, customer, clock):
    ticket = await desk.open()
    status, problem = await desk.refused(f"/v1/tickets/{ticket['id']}:escalate", to="pope", reason="x")
    assert (status, problem["errors"][0]["code"]) == (422, "unknown-escalation-step")
    await desk.act(ticket, "escalate", customer, to="service_manager", reason="nobody calls")
    path = f"/v1/tickets/{ticket['id']}/escalations"
    [escalation] = await desk.items(path)
    assert (escalation["step"], escalation["cause"], escalation["created_by"]) == (
        "service_manager",
        "manual",
        "user-1",
    )
    told = (await desk.published(ticket))[-1]
    assert (told["to"], told["cause"], told["escalation_id"]) == (
        "service_manager",
        "manual",
        escalation["id"],
    )
    clock.advance(timedelta(minutes=3))
    other = await desk.open()
    status, _ = await desk.refused(f"/v1/tickets/{other['id']}/escalations/{escalation['id']}:acknowledge")
    assert status == 404
    taken = await lead.post(f"{path}/{escalation['id']}:acknowledge")
    assert taken.status_code == 200, taken.text
    assert (taken.json()["acknowledged_by"], taken.json()["version"]) == ("lead-1", 2)
    assert (await desk.published(ticket))[-1]["type"] == "ticketing.escalation.acknowledged"
    assert await desk.audited(escalation) == ["escalation.acknowledge"]
    status, problem = await desk.refused(f"{path}/{escalation['id']}:acknowledge")
    assert (status, problem["code"]) == (409, "escalation-taken")


async def test_a_customer_neither_takes_steps_on_nor_reads_the_vendors(desk: Desk, customer, lead):
    ticket = await desk.open()
    await desk.act(ticket, "escalate", to="team_lead", reason="our engineer gave up")
    await desk.act(ticket, "escalate", customer, to="service_manager", reason="nobody calls")
    path = f"/v1/tickets/{ticket['id']}/escalations"
    vendors, own = await desk.items(path, sort="escalated_at")
    assert [vendors["visibility"], own["visibility"]] == ["internal", "public"]
    assert await desk.items(path, customer) == [own]
    public = str(await desk.timeline(ticket, customer))
    assert "nobody calls" in public
    assert "gave up" not in public
    for step in (vendors, own):
        status, problem = await desk.refused(f"{path}/{step['id']}:acknowledge", customer)
        assert (status, problem["code"]) == (403, "action-needs-role")
        assert problem["roles"] == ["agent", "engineer", "lead", "manager"]
    assert (await lead.post(f"{path}/{own['id']}:acknowledge")).status_code == 200
    assert [one["acknowledged_by"] for one in await desk.items(path, customer)] == ["lead-1"]
    rows = await desk.rows("SELECT step, visibility FROM escalation ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [("team_lead", "internal"), ("service_manager", "public")]


async def test_an_unresolved_visits_step_stays_in_the_house(desk: Desk, customer):
    ticket = await desk.in_progress()
    visit = await desk.on_site(ticket)
    await desk.visit_act(visit, "leaveUnresolved", reason="our stock was empty", customer_notice="Tomorrow")
    path = f"/v1/tickets/{ticket['id']}/escalations"
    assert await desk.items(path, customer) == []
    assert [one["reason"] for one in await desk.items(path)] == ["our stock was empty"]


async def test_the_timeline_is_in_order_and_keeps_the_house_private(desk: Desk, clock, customer, lead):
    ticket = await desk.open(reported_at="2026-03-02T00:00:00Z")
    clock.advance(timedelta(hours=1))
    await desk.act(ticket, "setResponseCase", lead, response_case="special", reason="night")
    await desk.act(ticket, "acknowledge", occurred_at="2026-03-02T00:10:00Z")
    await desk.act(ticket, "escalate", to="team_lead", reason="hard")
    await desk.act(ticket, "start")
    entries = await desk.timeline(ticket)
    assert [entry["type"].removeprefix("ticketing.ticket.") for entry in entries] == [
        "opened",
        "acknowledged",
        "response_case_set",
        "escalated",
        "started",
    ]
    public = [
        entry["type"].removeprefix("ticketing.ticket.") for entry in await desk.timeline(ticket, customer)
    ]
    assert public == ["opened", "acknowledged", "started"]


async def test_a_body_without_content_may_be_left_out(desk: Desk):
    for content in (None, b"{}", b""):
        ticket = await desk.open()
        headers = {} if content is None else {"Content-Type": "application/json"}
        path = f"/v1/tickets/{ticket['id']}:acknowledge"
        answer = await desk.client.post(path, content=content, headers=headers)
        assert answer.status_code == 200, answer.text


async def test_an_action_may_insist_on_the_version_seen(desk: Desk):
    ticket = await desk.open()
    path = f"/v1/tickets/{ticket['id']}:acknowledge"
    status, problem = await desk.refused(path, headers={"If-Match": '"7"'})
    assert (status, problem["code"]) == (412, "precondition-failed")
    assert (await desk.client.post(path, headers={"If-Match": '"1"'})).status_code == 200


BAD = [
    ("wait", {"reason": "weather", "note": "x"}, "/reason"),
    ("wait", {"reason": "parts"}, "/note"),
    ("changeSeverity", {"severity": 5, "reason": "x"}, "/severity"),
    ("changeSeverity", {"severity": 1}, "/reason"),
    ("assign", {"engineer_id": "bob"}, "/engineer_id"),
    ("resolve", {"cause_code": "gremlins", "fix": "x"}, "/cause_code"),
    ("cancel", {"reason": ""}, "/reason"),
    ("acknowledge", {"occurred_at": None}, "/occurred_at"),
    ("acknowledge", {"when": 1}, "/when"),
]


async def test_bad_bodies_of_actions(desk: Desk):
    ticket = await desk.open()
    for action, body, place in BAD:
        path = f"/v1/tickets/{ticket['id']}:{action}"
        status, problem = await desk.refused(path, **body)
        assert (status, problem["errors"][0]["pointer"]) == (422, f"#{place}")
        _, chinese = await desk.refused(path, headers={"Accept-Language": "zh-CN"}, **body)
        assert not chinese["errors"][0]["detail"].isascii()


async def test_a_ticket_that_is_not_there(desk: Desk):
    status, problem = await desk.refused(f"/v1/tickets/{ENGINEER}:acknowledge")
    assert (status, problem["code"]) == (404, "not-found")
