"""Visits from the request to the signed record, and what calls them off."""

import asyncio
from datetime import timedelta

import pytest

from ticketing.domain.visits import CALLED_OFF

from .desk import CHECKS, CUSTOMER, ENGINEER, Desk, signed_record

RESOLVED = {"cause_code": "hardware", "fix": "Replaced", "prevention": "UPS"}
SIGNED_LATER = {"name": "Mr Li", "signed_at": "2026-03-02T01:55:00Z", "code": "4711"}
SHANGHAI = {"latitude": 31.2304, "longitude": 121.4737}
SUZHOU = {"latitude": 31.2990, "longitude": 120.5853}


async def test_from_request_to_signed_record(desk: Desk, clock, customer):
    ticket = await desk.in_progress()
    answer = await desk.client.post(
        "/v1/visits", json={"ticket_id": ticket["id"], "reason": "dead module", "site_position": SHANGHAI}
    )
    assert answer.status_code == 201, answer.text
    visit = answer.json()
    assert answer.headers["location"] == f"/v1/visits/{visit['id']}"
    assert (visit["state"], visit["version"], visit["customer_id"]) == ("requested", 1, str(CUSTOMER))
    steps = [
        ("offer", {"engineer_id": ENGINEER, "planned_at": "2026-03-02T04:00:00Z"}, "offered", "offered"),
        ("accept", {}, "accepted", "accepted"),
        ("depart", {}, "en_route", "departed"),
        ("arrive", {"position": SHANGHAI}, "arrived", "arrived"),
        ("begin", {"checklist": CHECKS}, "working", "work_began"),
        ("complete", {"record": signed_record(signature=SIGNED_LATER)}, "completed", "completed"),
        ("recordSatisfaction", {"is_satisfied": True}, "completed", "satisfaction_recorded"),
    ]
    for number, (action, body, state, event) in enumerate(steps, start=2):
        clock.advance(timedelta(minutes=10))
        assert action in visit["allowed_actions"]
        visit = await desk.visit_act(visit, action, **body)
        assert (visit["state"], visit["version"]) == (state, number)
        told = (await desk.published(ticket))[-1]
        assert (told["type"], told["visit_version"]) == (f"ticketing.visit.{event}", number)
        assert (told["visit_id"], told["visit_state"]) == (visit["id"], state)
        assert (await desk.timeline(ticket))[-1]["type"] == told["type"]
        assert (await desk.audited(visit))[-1] == f"visit.{action}"
    assert (visit["arrived_at"], visit["is_position_distant"]) == ("2026-03-02T01:40:00.000000Z", False)
    assert visit["planned_at"] == "2026-03-02T04:00:00.000000Z"
    assert visit["record"]["signature"]["code"] == "4711"
    assert visit["is_satisfied"] is True
    assert (await customer.get(f"/v1/visits/{visit['id']}")).json()["record"] == visit["record"]
    events = await desk.published(ticket)
    assert [event["version"] for event in events] == list(range(1, len(events) + 1))
    assert await desk.items("/v1/visits", engineer_id=ENGINEER, state="completed")
    assert not await desk.items("/v1/visits", engineer_id=ENGINEER, state="requested")


async def test_work_begins_with_the_whole_checklist(desk: Desk):
    visit = await desk.on_site(await desk.in_progress(), working=False)
    path = f"/v1/visits/{visit['id']}:begin"
    status, problem = await desk.refused(path, checklist=CHECKS[:2])
    assert (status, problem["errors"][0]["code"]) == (422, "checklist-incomplete")
    status, _ = await desk.refused(path)
    assert status == 422


async def test_a_record_without_signature_or_explanation(desk: Desk):
    visit = await desk.on_site(await desk.in_progress())
    path = f"/v1/visits/{visit['id']}:complete"
    for changes, place in [
        ({"signature": None}, "#/record/signature"),
        ({"explained_to": None}, "#/record/explained_to"),
        ({"fault_occurred_at": "2026-03-02T01:00:01Z"}, "#/record/fault_occurred_at"),
        (
            {"signature": {"name": "Mr Li", "signed_at": "2026-04-02T01:00:00Z"}},
            "#/record/signature/signed_at",
        ),
        ({"cause": ""}, "#/record/cause"),
        (
            {"signature": {"name": "Mr Li", "signed_at": "1999-01-01T00:00:00Z", "code": "4711"}},
            "#/record/signature/signed_at",
        ),
        (
            {"signature": {"name": "Mr Li", "signed_at": "2026-03-02T01:00:00Z"}},
            "#/record/signature/code",
        ),
    ]:
        status, problem = await desk.refused(path, record=signed_record(**changes))
        assert (status, problem["errors"][0]["pointer"]) == (422, place)
    plain = signed_record(explained_to=None, is_explanation_needed=False, fix="Set password=Topsecret99")
    done = await desk.visit_act(visit, "complete", record=plain)
    assert "Topsecret99" not in str(done["record"])


async def test_a_distant_arrival_is_flagged_not_refused(desk: Desk):
    ticket = await desk.in_progress()
    answer = await desk.client.post("/v1/visits", json={"ticket_id": ticket["id"], "site_position": SHANGHAI})
    visit = answer.json()
    await desk.visit_act(visit, "offer", engineer_id=ENGINEER)
    await desk.visit_act(visit, "accept")
    arrived = await desk.visit_act(visit, "arrive", position=SUZHOU)
    assert arrived["is_position_distant"] is True
    assert (await desk.published(ticket))[-1]["is_position_distant"] is True
    again = await desk.visit_act(visit, "replaceEngineer", reason="unfit")
    assert (again["is_position_distant"], again["position"]) == (False, None)


async def test_left_unresolved_it_climbs_and_somebody_else_comes(desk: Desk, customer, clock):
    ticket = await desk.in_progress()
    visit = await desk.on_site(ticket)
    clock.advance(timedelta(hours=2))
    left_at = "2026-03-02T02:30:00.000000Z"
    left = await desk.visit_act(visit, "leaveUnresolved", reason="Backplane needed", occurred_at=left_at)
    assert (left["state"], left["ended_at"], left["customer_notice"]) == (
        "unresolved",
        left_at,
        "Backplane needed",
    )
    events = (await desk.published(ticket))[-3:]
    assert [event["type"].removeprefix("ticketing.") for event in events] == [
        "visit.left_unresolved",
        "ticket.escalated",
        "visit.requested",
    ]
    assert {event["occurred_at"] for event in events} == {left_at}
    assert (events[1]["to"], events[1]["cause"]) == ("team_lead", "visit_unresolved")
    _, second = await desk.visits(ticket)
    assert (second["state"], second["is_redispatch"]) == ("requested", True)
    assert events[2]["is_redispatch"] is True
    notice = [entry for entry in await desk.timeline(ticket, customer) if "left_unresolved" in entry["type"]]
    assert notice[0]["facts"]["note"] == "Backplane needed"


async def test_what_the_customer_was_told_is_public_and_the_reason_stays_inside(desk: Desk, customer):
    ticket = await desk.in_progress()
    visit = await desk.on_site(ticket)
    told = {"reason": "Our technician lacked the part", "customer_notice": "A colleague comes tomorrow"}
    await desk.visit_act(visit, "leaveUnresolved", **told)
    public = str(await desk.timeline(ticket, customer))
    assert "A colleague comes tomorrow" in public
    assert "lacked the part" not in public
    assert "lacked the part" in str(await desk.timeline(ticket))


async def test_a_dissatisfied_customer_gets_another_visit(desk: Desk, connect):
    portal = await connect(sub="portal", roles=[], scope="visits.write", customer_id=str(CUSTOMER))
    ticket = await desk.in_progress()
    visit = await desk.on_site(ticket)
    await desk.visit_act(visit, "complete", record=signed_record())
    await desk.visit_act(visit, "recordSatisfaction", portal, is_satisfied=False, note="still slow")
    assert (await desk.types(ticket))[-2:] == ["visit.dissatisfaction_recorded", "visit.requested"]
    first, second = await desk.visits(ticket)
    assert (first["is_satisfied"], first["satisfaction_note"]) == (False, "still slow")
    assert (second["is_redispatch"], second["state"]) == (True, "requested")
    await desk.visit_act(visit, "recordSatisfaction", is_satisfied=False)
    assert len(await desk.visits(ticket)) == 2


async def test_an_engineer_is_replaced_at_the_vendors_cost(desk: Desk):
    ticket = await desk.in_progress()
    visit = await desk.on_site(ticket)
    again = await desk.visit_act(visit, "replaceEngineer", reason="unfit")
    assert (again["state"], again["engineer_id"], again["arrived_at"], again["checklist"]) == (
        "requested",
        None,
        None,
        [],
    )
    [entry] = again["replacements"]
    assert (entry["engineer_id"], entry["reason"], entry["cost_party"]) == (ENGINEER, "unfit", "vendor")
    assert (await desk.types(ticket))[-1] == "visit.engineer_replaced"
    status, problem = await desk.refused(f"/v1/visits/{visit['id']}:replaceEngineer", reason="again")
    assert (status, problem["code"]) == (409, "invalid-state-transition")


async def test_declined_and_cancelled(desk: Desk):
    ticket = await desk.in_progress()
    visit = await desk.visit(ticket)
    await desk.visit_act(visit, "offer", engineer_id=ENGINEER)
    declined = await desk.visit_act(visit, "decline", reason="ill")
    assert (declined["state"], declined["engineer_id"]) == ("requested", None)
    gone = await desk.visit_act(visit, "cancel", reason="solved by phone")
    assert (gone["state"], gone["allowed_actions"]) == ("cancelled", [])
    assert gone["cancel_reason"] == "solved by phone"
    assert (await desk.types(ticket))[-2:] == ["visit.declined", "visit.cancelled"]
    status, problem = await desk.refused(f"/v1/visits/{visit['id']}:accept")
    assert (status, problem["current_state"], problem["allowed_actions"]) == (409, "cancelled", [])


async def test_visits_of_others_and_of_settled_tickets(desk: Desk, stranger, customer):
    ticket = await desk.in_progress()
    visit = await desk.visit(ticket)
    assert (await stranger.get(f"/v1/visits/{visit['id']}")).status_code == 404
    assert await desk.items("/v1/visits", stranger) == []
    status, _ = await desk.refused(f"/v1/visits/{visit['id']}:cancel", customer, reason="x")
    assert status == 403
    await desk.act(ticket, "cancel", reason="double")
    status, problem = await desk.refused("/v1/visits", ticket_id=ticket["id"])
    assert (status, problem["code"]) == (409, "invalid-state-transition")
    assert (problem["action"], problem["current_state"]) == ("requestVisit", "cancelled")
    status, problem = await desk.refused(f"/v1/tickets/{ticket['id']}/support-sessions", kind="hotline")
    assert (status, problem["action"]) == (409, "startSupportSession")
    status, problem = await desk.refused("/v1/visits", ticket_id=ENGINEER)
    assert (status, problem["code"]) == (404, "ticket-not-found")


def settling(other: dict) -> dict:
    """Every action that settles a ticket, with what it needs."""
    return {"resolve": RESOLVED, "cancel": {"reason": "double"}, "merge": {"into_id": other["id"]}}


SETTLED = {"resolve": "resolved", "cancel": "cancelled", "merge": "merged"}


@pytest.mark.parametrize("action", SETTLED)
async def test_settling_the_ticket_calls_off_the_visits_to_come(desk: Desk, action: str, clock):
    ticket, other = await desk.in_progress(), await desk.open()
    visit = await desk.visit(ticket)
    await desk.visit_act(visit, "offer", engineer_id=ENGINEER)
    for step in ("accept", "depart"):
        await desk.visit_act(visit, step)
    clock.advance(timedelta(minutes=5))
    settled = await desk.act(ticket, action, **settling(other)[action])
    visits = await desk.visits(ticket)
    assert [one["state"] for one in visits] == ["cancelled"]
    assert {one["cancel_reason"] for one in visits} == {CALLED_OFF[action]}
    assert (await desk.types(ticket))[-2:] == ["visit.cancelled", f"ticket.{SETTLED[action]}"]
    assert (await desk.timeline(ticket))[-2]["facts"]["note"] == CALLED_OFF[action]
    events = await desk.published(ticket)
    assert [event["version"] for event in events] == list(range(1, settled["version"] + 1))
    assert (await desk.audited(visit))[-1] == "visit.cancel"


LEAVING = {
    "complete": {"record": signed_record()},
    "leaveUnresolved": {"reason": "a part is missing"},
    "replaceEngineer": {"reason": "unfit"},
    "cancel": {"reason": "came to the wrong branch"},
}


@pytest.mark.parametrize("action", SETTLED)
@pytest.mark.parametrize(("leaving", "working"), [(one, True) for one in LEAVING] + [("cancel", False)])
async def test_a_ticket_is_not_settled_while_an_engineer_is_on_site(desk: Desk, action, leaving, working):
    """The record can still be written; afterwards, whichever way the engineer leaves, it is settled."""
    ticket, other = await desk.in_progress(), await desk.open()
    visit = await desk.on_site(ticket, working=working)
    body = settling(other)[action]
    assert not SETTLED.keys() & set((await desk.ticket(ticket))["allowed_actions"])
    status, problem = await desk.refused(f"/v1/tickets/{ticket['id']}:{action}", **body)
    assert (status, problem["code"], problem["visit_id"]) == (409, "engineer-on-site", visit["id"])
    await desk.visit_act(visit, leaving, **LEAVING[leaving])
    assert SETTLED.keys() <= set((await desk.ticket(ticket))["allowed_actions"])
    await desk.act(ticket, action, **body)


async def test_a_customer_is_not_offered_to_withdraw_while_an_engineer_is_there(desk: Desk, customer):
    ticket = await desk.in_progress()
    visit = await desk.on_site(ticket)
    assert "cancel" not in (await desk.ticket(ticket, customer))["allowed_actions"]
    path = f"/v1/tickets/{ticket['id']}:cancel"
    status, problem = await desk.refused(path, customer, reason="works again")
    assert (status, problem["code"]) == (409, "work-under-way")
    assert "service desk" in problem["detail"]
    _, problem = await desk.refused(path, customer, {"Accept-Language": "zh-CN"}, reason="works again")
    assert "服务台" in problem["detail"]
    await desk.visit_act(visit, "complete", record=signed_record())
    session = await desk.client.post(f"/v1/tickets/{ticket['id']}/support-sessions", json={"kind": "hotline"})
    status, problem = await desk.refused(path, customer, reason="works again")
    assert (status, problem["code"]) == (409, "work-under-way")
    ended = {"outcome": "solved", "actions": "explained"}
    await desk.client.post(f"{session.headers['location']}:end", json=ended)
    await desk.act(ticket, "cancel", customer, reason="works again")


async def test_merging(desk: Desk):
    ticket, into = await desk.open(), await desk.open()
    path = f"/v1/tickets/{ticket['id']}:merge"
    status, problem = await desk.refused(path, into_id=ticket["id"])
    assert (status, problem["errors"][0]["code"]) == (422, "merge-into-itself")
    foreign = await desk.open(customer_id=ENGINEER)
    status, problem = await desk.refused(path, into_id=foreign["id"])
    assert (status, problem["errors"][0]["code"]) == (422, "merge-across-customers")
    status, problem = await desk.refused(path, into_id=ENGINEER)
    assert (status, problem["code"]) == (404, "merge-target-not-found")
    assert problem["errors"][0]["pointer"] == "#/into_id"
    status, problem = await desk.refused(f"/v1/tickets/{ENGINEER}:merge", into_id=into["id"])
    assert (status, problem["code"]) == (404, "not-found")
    merged = await desk.act(ticket, "merge", into_id=into["id"])
    assert (merged["state"], merged["merged_into_id"]) == ("cancelled", into["id"])
    assert (await desk.published(ticket))[-1]["into_id"] == into["id"]
    third = await desk.open()
    status, problem = await desk.refused(f"/v1/tickets/{third['id']}:merge", into_id=ticket["id"])
    assert (status, problem["code"]) == (409, "merge-target-settled")


async def test_a_customer_says_whether_it_is_satisfied_and_has_an_engineer_replaced(desk: Desk, customer):
    """§1.2.2, §1.2.4: by its own role, and nothing beyond that."""
    ticket = await desk.in_progress()
    visit = await desk.on_site(ticket, working=False)
    shown = (await customer.get(f"/v1/visits/{visit['id']}")).json()
    assert shown["allowed_actions"] == ["replaceEngineer"]
    replaced = await desk.visit_act(visit, "replaceEngineer", customer, reason="does not know the device")
    assert (replaced["state"], replaced["engineer_id"]) == ("requested", None)
    assert replaced["replacements"][0]["cost_party"] == "vendor"
    for action, body in {
        "offer": {"engineer_id": ENGINEER},
        "accept": {},
        "decline": {"reason": "x"},
        "depart": {},
        "arrive": {},
        "begin": {"checklist": CHECKS},
        "complete": {"record": signed_record()},
        "leaveUnresolved": {"reason": "x"},
        "cancel": {"reason": "x"},
    }.items():
        status, problem = await desk.refused(f"/v1/visits/{visit['id']}:{action}", customer, **body)
        assert (action, status, problem["code"]) == (action, 403, "action-needs-role")
    status, problem = await desk.refused("/v1/visits", customer, ticket_id=ticket["id"])
    assert (status, problem["code"]) == (403, "action-needs-role")
    await desk.visit_act(visit, "offer", engineer_id=ENGINEER)
    for action in ("accept", "arrive"):
        await desk.visit_act(visit, action)
    await desk.visit_act(visit, "leaveUnresolved", reason="a part is missing")
    told = await desk.visit_act(visit, "recordSatisfaction", customer, is_satisfied=False, note="not mended")
    assert told["is_satisfied"] is False
    assert (await desk.published(ticket))[-1]["actor"] == "user-1"


async def resolved_after_a_visit(desk: Desk, **changes: object) -> tuple[dict, dict]:
    """A resolved ticket with the visit that was completed on it."""
    ticket = await desk.in_progress(**changes)
    visit = await desk.on_site(ticket)
    await desk.visit_act(visit, "complete", record=signed_record())
    return await desk.act(ticket, "resolve", **RESOLVED), visit


@pytest.mark.parametrize("is_closed", [False, True])
async def test_dissatisfied_after_the_resolution_somebody_comes_again(desk: Desk, customer, clock, is_closed):
    """§1.2.4: the matter is open again and another visit asked for, in one transaction."""
    ticket, visit = await resolved_after_a_visit(desk)
    if is_closed:
        await desk.act(ticket, "close")
    clock.advance(timedelta(days=2))
    await desk.visit_act(visit, "recordSatisfaction", customer, is_satisfied=False, note="dark again")
    shown = await desk.ticket(ticket)
    assert (shown["state"], shown["resolved_at"], shown["reopened_count"]) == ("in_progress", None, 1)
    events = (await desk.published(ticket))[-3:]
    assert [event["type"].removeprefix("ticketing.") for event in events] == [
        "visit.dissatisfaction_recorded",
        "ticket.reopened",
        "visit.requested",
    ]
    told_at = "2026-03-04T01:00:00.000000Z"
    assert {event["occurred_at"] for event in events} == {told_at}
    first, second = await desk.visits(ticket)
    assert (first["is_satisfied"], first["satisfaction_note"]) == (False, "dark again")
    assert (second["state"], second["is_redispatch"], second["requested_at"]) == ("requested", True, told_at)
    assert "ticket.reopen" in await desk.audited(ticket)
    await desk.visit_act(visit, "recordSatisfaction", customer, is_satisfied=False)
    assert len(await desk.visits(ticket)) == 2


async def test_a_dissatisfaction_told_late_reopens_no_earlier_than_the_resolution(desk: Desk, clock):
    ticket = await desk.in_progress()
    visit = await desk.on_site(ticket)
    await desk.visit_act(visit, "complete", record=signed_record())
    clock.advance(timedelta(hours=2))
    resolved = await desk.act(ticket, "resolve", **RESOLVED)
    clock.advance(timedelta(hours=1))
    said_at = "2026-03-02T02:00:00.000000Z"
    await desk.visit_act(visit, "recordSatisfaction", is_satisfied=False, occurred_at=said_at)
    events = (await desk.published(ticket))[-3:]
    assert [event["occurred_at"] for event in events] == [said_at, *[resolved["resolved_at"]] * 2]
    assert (await desk.ticket(ticket))["reopened_at"] == resolved["resolved_at"]


@pytest.mark.parametrize("settled", ["too long ago", "cancelled"])
async def test_where_nobody_can_be_sent_any_more_that_is_said(desk: Desk, customer, clock, settled: str):
    ticket = await desk.in_progress()
    visit = await desk.on_site(ticket)
    await desk.visit_act(visit, "complete", record=signed_record())
    if settled == "cancelled":
        await desk.act(ticket, "cancel", reason="double")
    else:
        await desk.act(ticket, "resolve", **RESOLVED)
        clock.advance(timedelta(days=30, seconds=1))
    path = f"/v1/visits/{visit['id']}:recordSatisfaction"
    status, problem = await desk.refused(path, customer, is_satisfied=False, note="dark again")
    assert (status, problem["code"]) == (409, "dissatisfaction-too-late")
    assert "Open a new ticket" in problem["detail"]
    chinese = {"Accept-Language": "zh-CN"}
    _, problem = await desk.refused(path, customer, chinese, is_satisfied=False)
    assert "新建工单" in problem["detail"]
    await desk.visit_act(visit, "recordSatisfaction", customer, is_satisfied=True)


async def test_a_visit_called_off_by_the_resolution_is_asked_for_again_when_it_was_none(desk: Desk, clock):
    ticket = await desk.in_progress()
    await desk.act(ticket, "requireOnsite", reason="dark")
    await desk.act(ticket, "resolve", **RESOLVED)
    clock.advance(timedelta(hours=1))
    reopened = await desk.act(ticket, "reopen", reason="dark again")
    called_off, again = await desk.visits(ticket)
    assert [called_off["state"], again["state"]] == ["cancelled", "requested"]
    assert again["requested_at"] == reopened["reopened_at"]
    assert (await desk.types(ticket))[-2:] == ["ticket.reopened", "visit.requested"]
    await desk.visit_act(again, "cancel", reason="the customer mends it")
    await desk.act(ticket, "resolve", **RESOLVED)
    await desk.act(ticket, "reopen", reason="dark again")
    assert len(await desk.visits(ticket)) == 2


async def test_what_a_merged_ticket_owed_on_site_the_other_owes(desk: Desk, clock):
    ticket, into = await desk.in_progress(), await desk.in_progress()
    required = await desk.act(ticket, "requireOnsite", reason="dark")
    clock.advance(timedelta(minutes=30))
    await desk.act(ticket, "merge", into_id=into["id"])
    shown = await desk.ticket(into)
    assert (shown["route"], shown["onsite_required_at"]) == ("onsite", required["onsite_required_at"])
    assert (await desk.types(into))[-2:] == ["ticket.onsite_required", "visit.requested"]
    events = (await desk.published(into))[-2:]
    assert {event["occurred_at"] for event in events} == {required["onsite_required_at"]}
    [visit] = await desk.visits(into)
    assert visit["state"] == "requested"
    [note] = [entry for entry in await desk.timeline(into) if "onsite_required" in entry["type"]]
    assert ticket["number"] in note["facts"]["note"]


async def test_a_younger_survivor_owes_it_since_its_own_report(desk: Desk, clock):
    ticket = await desk.in_progress()
    await desk.visit(ticket)
    clock.advance(timedelta(minutes=30))
    into = await desk.open()
    await desk.act(ticket, "merge", into_id=into["id"])
    assert (await desk.ticket(into))["onsite_required_at"] == into["reported_at"]


async def test_a_survivor_to_which_somebody_goes_anyway_owes_nothing_more(desk: Desk):
    ticket, into, plain = await desk.in_progress(), await desk.in_progress(), await desk.in_progress()
    await desk.act(ticket, "requireOnsite", reason="dark")
    visit = await desk.visit(into)
    await desk.act(ticket, "merge", into_id=into["id"])
    assert [one["id"] for one in await desk.visits(into)] == [visit["id"]]
    assert "ticket.onsite_required" not in await desk.types(into)
    other = await desk.in_progress()
    await desk.act(plain, "merge", into_id=other["id"])
    assert await desk.visits(other) == []


async def test_one_visit_of_a_ticket_is_under_way_at_a_time(desk: Desk):
    ticket = await desk.in_progress()
    visit = await desk.visit(ticket)
    status, problem = await desk.refused("/v1/visits", ticket_id=ticket["id"])
    assert (status, problem["code"], problem["visit_id"]) == (409, "visit-open", visit["id"])
    await desk.visit_act(visit, "cancel", reason="the customer is away")
    await desk.visit(ticket)


async def test_two_clicks_ask_for_one_visit(desk: Desk):
    ticket = await desk.in_progress()
    body = {"ticket_id": ticket["id"]}
    answers = await asyncio.gather(*(desk.client.post("/v1/visits", json=body) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(await desk.visits(ticket)) == 1


async def test_left_unresolved_the_visit_to_come_is_the_second_dispatch(desk: Desk):
    """No further one is asked for: somebody comes already."""
    ticket = await desk.in_progress()
    first = await desk.on_site(ticket)
    await desk.visit_act(first, "complete", record=signed_record())
    second = await desk.on_site(ticket)
    await desk.visit_act(first, "recordSatisfaction", is_satisfied=False)
    [third] = [one for one in await desk.visits(ticket) if one["state"] == "requested"]
    assert third["is_redispatch"] is True
    await desk.visit_act(second, "leaveUnresolved", reason="a part is missing")
    assert len(await desk.visits(ticket)) == 3
    assert (await desk.types(ticket))[-2:] == ["visit.left_unresolved", "ticket.escalated"]


async def test_dissatisfied_with_one_visit_the_next_is_the_second_dispatch(desk: Desk):
    """It is the customer's at actual cost then, with what was spent on it already."""
    ticket = await desk.in_progress()
    first = await desk.on_site(ticket)
    await desk.visit_act(first, "complete", record=signed_record())
    planned = await desk.visit(ticket)
    price = {"amount": "10.00", "currency": "CNY"}
    charge = {"kind": "travel", "description": "train", "unit_price": price, "visit_id": planned["id"]}
    line = (await desk.client.post(f"/v1/tickets/{ticket['id']}/charges", json=charge)).json()
    await desk.visit_act(first, "recordSatisfaction", is_satisfied=False)
    _, now = await desk.visits(ticket)
    assert (now["id"], now["is_redispatch"], now["version"]) == (planned["id"], True, 2)
    assert (await desk.types(ticket))[-3:] == [
        "visit.dissatisfaction_recorded",
        "visit.redispatched",
        "charge.payer_changed",
    ]
    told = (await desk.published(ticket))[-2]
    assert (told["visit_id"], told["is_redispatch"], told["visit_version"]) == (planned["id"], True, 2)
    assert (await desk.audited(planned))[-1] == "visit.redispatch"
    line = (await desk.client.get(f"/v1/tickets/{ticket['id']}/charges/{line['id']}")).json()
    assert (line["is_redispatch"], line["payer_reason"]) == (True, "redispatch_at_actual_cost")


async def test_yesterdays_visit_is_recorded_today(desk: Desk, clock):
    ticket = await desk.in_progress()
    clock.advance(timedelta(days=1))
    asked_at, arrived_at = "2026-03-02T02:00:00.000000Z", "2026-03-02T03:00:00.000000Z"
    told = {"ticket_id": ticket["id"], "occurred_at": asked_at}
    answer = await desk.client.post("/v1/visits", json=told)
    assert answer.status_code == 201, answer.text
    visit = answer.json()
    assert (visit["requested_at"], visit["state_changed_at"]) == (asked_at, asked_at)
    assert visit["created_at"] == "2026-03-03T01:00:00.000000Z"
    event = (await desk.published(ticket))[-1]
    assert (event["type"], event["occurred_at"]) == ("ticketing.visit.requested", asked_at)
    await desk.visit_act(visit, "offer", engineer_id=ENGINEER, occurred_at=asked_at)
    await desk.visit_act(visit, "accept", occurred_at=asked_at)
    arrived = await desk.visit_act(visit, "arrive", occurred_at=arrived_at)
    assert arrived["arrived_at"] == arrived_at


@pytest.mark.parametrize(
    ("occurred_at", "code"),
    [("2026-03-02T01:00:01Z", "occurred-in-future"), ("2026-03-02T00:59:59Z", "occurred-too-early")],
)
async def test_no_visit_is_asked_for_ahead_or_before_the_report(desk: Desk, occurred_at: str, code: str):
    ticket = await desk.in_progress()
    status, problem = await desk.refused("/v1/visits", ticket_id=ticket["id"], occurred_at=occurred_at)
    assert (status, problem["errors"][0]["code"], problem["errors"][0]["pointer"]) == (
        422,
        code,
        "#/occurred_at",
    )
