"""Visits from the request to the signed record, and what calls them off."""

from datetime import timedelta

import pytest

from ticketing.domain.visits import CALLED_OFF

from .desk import CHECKS, CUSTOMER, ENGINEER, Desk, signed_record

RESOLVED = {"cause_code": "hardware", "fix": "Replaced", "prevention": "UPS"}
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
        ("complete", {"record": signed_record()}, "completed", "completed"),
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
    await desk.visit(ticket)
    clock.advance(timedelta(minutes=5))
    settled = await desk.act(ticket, action, **settling(other)[action])
    visits = await desk.visits(ticket)
    assert [one["state"] for one in visits] == ["cancelled", "cancelled"]
    assert {one["cancel_reason"] for one in visits} == {CALLED_OFF[action]}
    assert (await desk.types(ticket))[-3:] == [
        "visit.cancelled",
        "visit.cancelled",
        f"ticket.{SETTLED[action]}",
    ]
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
    assert (status, problem["code"]) == (409, "engineer-on-site")
    await desk.visit_act(visit, "complete", record=signed_record())
    await desk.act(ticket, "cancel", customer, reason="works again")


async def test_merging(desk: Desk):
    ticket, into = await desk.open(), await desk.open()
    path = f"/v1/tickets/{ticket['id']}:merge"
    status, problem = await desk.refused(path, into_id=ticket["id"])
    assert (status, problem["errors"][0]["code"]) == (422, "merge-into-itself")
    foreign = await desk.open(customer_id=ENGINEER)
    status, problem = await desk.refused(path, into_id=foreign["id"])
    assert (status, problem["errors"][0]["code"]) == (422, "merge-across-customers")
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
