"""Charge lines: who pays them, until when that may change, and who may read them."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from ticketing.domain.charges import LIFECYCLE

from .desk import ENGINEER, Desk, Json
from .town_hall import TownHall

PRICE = {"amount": "350.50", "currency": "CNY"}


@pytest.fixture
async def ticket(desk: Desk, hall: TownHall) -> Json:
    await hall.tell()
    return await desk.in_progress(asset_id=str(hall.asset))


async def enter(desk: Desk, ticket: Json, kind: str = "travel", **body: object) -> Json:
    told = {"kind": kind, "description": "there and back", "unit_price": PRICE, **body}
    answer = await desk.client.post(f"/v1/tickets/{ticket['id']}/charges", json=told)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/tickets/{ticket['id']}/charges/{answer.json()['id']}"
    return answer.json()


def path(line: Json, action: str = "") -> str:
    return f"/v1/tickets/{line['ticket_id']}/charges/{line['id']}{action}"


async def read(desk: Desk, line: Json) -> Json:
    return (await desk.client.get(path(line))).json()


async def act(line: Json, action: str, by: httpx.AsyncClient, **body: object) -> Json:
    answer = await by.post(path(line, f":{action}"), json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def decide(desk: Desk, hall: TownHall, ticket: Json, coverage: str, **scopes: str) -> None:
    desk.clock.advance(timedelta(minutes=1))
    await desk.hear(hall.decision_event(ticket, coverage=coverage, **scopes))


async def test_a_line_waits_for_the_decision_and_follows_it(desk: Desk, hall: TownHall, ticket: Json):
    line = await enter(desk, ticket, "labour", quantity="2.5", description="mend, password=Topsecret99")
    assert (line["payer"], line["payer_reason"]) == ("undetermined", "decision_open")
    assert line["amount"] == {"amount": "876.25", "currency": "CNY"}
    assert line["quantity"] == "2.500"
    assert "Topsecret99" not in line["description"]
    [row] = await desk.rows("SELECT amount::text, payer FROM charge")
    assert row == {"amount": "876.25", "payer": "undetermined"}
    told = (await desk.published(ticket))[-1]
    assert (told["type"], told["amount"], told["currency"]) == ("ticketing.charge.entered", "876.25", "CNY")
    assert "description" not in told
    await decide(desk, hall, ticket, "free")
    now = await read(desk, line)
    assert (now["payer"], now["payer_reason"], now["version"]) == ("vendor", "covered", 2)
    told = (await desk.published(ticket))[-1]
    assert (told["type"], told["payer"]) == ("ticketing.charge.payer_changed", "vendor")
    assert told["previous"] == {"payer": "undetermined"}
    await decide(desk, hall, ticket, "chargeable", labour="goodwill")
    assert (await read(desk, line))["payer_reason"] == "goodwill"
    await decide(desk, hall, ticket, "chargeable")
    now = await read(desk, line)
    assert (now["payer"], now["payer_reason"]) == ("customer", "not_covered")
    assert await desk.audited(line) == ["charge.enter", *["charge.follow"] * 3]


async def test_a_correction_that_changes_nothing_is_not_told(desk: Desk, ticket: Json):
    line = await enter(desk, ticket)
    before = await desk.everything()
    for told in ({}, {"description": line["description"], "unit_price": PRICE}):
        answer = await desk.client.patch(path(line), json=told, headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert await desk.everything() == before


async def test_a_settled_line_stays_as_it_was(desk: Desk, hall: TownHall, ticket: Json, lead):
    await decide(desk, hall, ticket, "chargeable")
    line = await enter(desk, ticket)
    settled = await act(line, "settle", lead)
    assert (settled["state"], settled["payer"], settled["allowed_actions"]) == ("settled", "customer", [])
    assert (await desk.published(ticket))[-1]["type"] == "ticketing.charge.settled"
    await decide(desk, hall, ticket, "free")
    assert await read(desk, line) == {**settled, "allowed_actions": []}
    headers = {"If-Match": "*"}
    answer = await desk.client.patch(path(line), json={"quantity": "3"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "charge-settled")


async def test_a_second_dispatch_is_the_customers_at_actual_cost_unless_warranty_makes_it_free(
    desk: Desk, hall: TownHall, ticket: Json, lead
):
    """§1.2.4; parts are not part of that."""
    first = await desk.on_site(ticket)
    await desk.visit_act(first, "leaveUnresolved", reason="a part is missing")
    again = (await desk.visits(ticket))[-1]
    assert again["is_redispatch"]
    lines = [await enter(desk, ticket, kind, visit_id=again["id"]) for kind in ("travel", "labour", "parts")]
    assert {line["is_redispatch"] for line in lines} == {True}
    await decide(desk, hall, ticket, "free")
    assert {(await read(desk, line))["payer_reason"] for line in lines} == {"covered"}
    await decide(desk, hall, ticket, "chargeable")
    reasons = [(await read(desk, line))["payer_reason"] for line in lines]
    assert reasons == ["redispatch_at_actual_cost"] * 2 + ["not_covered"]
    status, problem = await desk.refused(path(lines[0], ":settle"), lead)
    assert (status, problem["code"]) == (409, "receipt-missing")
    headers = {"If-Match": "*"}
    body = {"receipt_reference": "R-4711", "unit_price": {"amount": "99.99", "currency": "CNY"}}
    corrected = await desk.client.patch(path(lines[0]), json=body, headers=headers)
    assert corrected.json()["amount"]["amount"] == "99.99"
    assert (await desk.published(ticket))[-1]["type"] == "ticketing.charge.corrected"
    assert (await act(lines[0], "settle", lead))["state"] == "settled"


async def test_a_second_dispatch_for_no_asset_is_the_customers(desk: Desk):
    ticket = await desk.in_progress()
    visit = await desk.on_site(ticket)
    await desk.visit_act(visit, "leaveUnresolved", reason="a part is missing")
    again = (await desk.visits(ticket))[-1]
    line = await enter(desk, ticket, visit_id=again["id"])
    assert (line["payer"], line["payer_reason"]) == ("customer", "redispatch_at_actual_cost")
    assert (await enter(desk, ticket, visit_id=visit["id"]))["payer"] == "undetermined"


async def test_what_a_replaced_engineer_cost_is_the_vendors(desk: Desk, hall: TownHall, ticket: Json):
    """§1.2.2, whatever coverage says, before and after the replacement."""
    visit = await desk.on_site(ticket, working=False)
    await decide(desk, hall, ticket, "chargeable")
    line = await enter(desk, ticket, visit_id=visit["id"])
    assert (line["engineer_id"], line["payer"]) == (ENGINEER, "customer")
    await desk.visit_act(visit, "replaceEngineer", reason="unfit")
    assert ((await read(desk, line))["payer_reason"]) == "engineer_replaced"
    later = await enter(desk, ticket, visit_id=visit["id"], engineer_id=ENGINEER)
    assert (later["payer"], later["payer_reason"]) == ("vendor", "engineer_replaced")
    other = await enter(desk, ticket, visit_id=visit["id"], engineer_id=str(uuid4()))
    assert other["payer"] == "customer"


async def test_a_lead_states_who_pays_and_no_decision_changes_that(
    desk: Desk, hall: TownHall, ticket: Json, lead
):
    line = await enter(desk, ticket)
    told = {"payer": "vendor", "reason": "agreed with the customer"}
    status, problem = await desk.refused(path(line, ":statePayer"), **told)
    assert (status, problem["code"]) == (403, "action-needs-role")
    stated = await act(line, "statePayer", lead, **told)
    assert (stated["payer"], stated["payer_reason"], stated["payer_note"]) == (
        "vendor",
        "stated",
        "agreed with the customer",
    )
    await decide(desk, hall, ticket, "chargeable")
    assert (await read(desk, line))["payer"] == "vendor"


async def test_a_line_by_mistake_is_withdrawn(desk: Desk, hall: TownHall, ticket: Json):
    line = await enter(desk, ticket)
    gone = await act(line, "withdraw", desk.client, reason="entered twice")
    assert (gone["state"], gone["withdrawn_reason"]) == ("withdrawn", "entered twice")
    await decide(desk, hall, ticket, "chargeable")
    assert (await read(desk, line))["payer"] == "undetermined"


async def test_the_audit_gives_each_step_its_own_reason(desk: Desk, ticket: Json, lead):
    line, other = await enter(desk, ticket), await enter(desk, ticket)
    for one in (line, other):
        await act(one, "statePayer", lead, payer="vendor", reason="agreed")
    await act(line, "withdraw", lead, reason="entered twice")
    await act(other, "settle", lead)
    rows = await desk.rows(
        "SELECT action, reason FROM audit_entry WHERE resource_type = 'charge' ORDER BY id"
    )
    assert [(row["action"], row["reason"]) for row in rows if row["action"] != "charge.enter"] == [
        ("charge.statePayer", "agreed"),
        ("charge.statePayer", "agreed"),
        ("charge.withdraw", "entered twice"),
        ("charge.settle", None),
    ]


@pytest.mark.parametrize("action", LIFECYCLE.transitions)
@pytest.mark.parametrize("state", LIFECYCLE.states)
async def test_every_action_in_every_state(
    desk: Desk, hall: TownHall, ticket: Json, lead, action: str, state: str
):
    bodies: dict[str, Json] = {
        "statePayer": {"payer": "customer", "reason": "agreed"},
        "withdraw": {"reason": "twice"},
        "settle": {},
    }
    await decide(desk, hall, ticket, "chargeable")
    line = await enter(desk, ticket)
    steps = {"settled": "settle", "withdrawn": "withdraw"}
    if state in steps:
        await act(line, steps[state], lead, **bodies[steps[state]])
    if state in LIFECYCLE.transitions[action].sources:
        assert action in (await lead.get(path(line))).json()["allowed_actions"]
        await act(line, action, lead, **bodies[action])
    else:
        status, problem = await desk.refused(path(line, f":{action}"), lead, **bodies[action])
        assert (status, problem["code"]) == (409, "invalid-state-transition")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit_price": {"amount": "1", "currency": "USD"}}, "charge-currency"),
        ({"part_id": str(uuid4())}, "charge-part"),
        ({"visit_id": str(uuid4())}, "visit-not-found"),
        ({"quantity": "0"}, None),
        ({"quantity": "0.0001"}, None),
        ({"unit_price": {"amount": "-1", "currency": "CNY"}}, None),
    ],
)
async def test_what_cannot_be_entered(desk: Desk, ticket: Json, changes: Json, code: str | None):
    body = {"kind": "travel", "description": "train", "unit_price": PRICE, **changes}
    status, problem = await desk.refused(f"/v1/tickets/{ticket['id']}/charges", **body)
    assert status == 422
    assert code in (None, problem["errors"][0]["code"])


async def test_customers_read_their_own_and_change_nothing(desk: Desk, ticket: Json, customer, stranger):
    line = await enter(desk, ticket)
    await enter(desk, ticket, "parts", part_id=str(uuid4()))
    lines = f"/v1/tickets/{ticket['id']}/charges"
    assert (await desk.items(lines, customer))[0]["id"] == line["id"]
    assert (await customer.get(path(line))).json()["allowed_actions"] == []
    for payer, count in (("undetermined", 2), ("customer", 0)):
        assert len(await desk.items(lines, customer, payer=payer)) == count
    assert (await stranger.get(path(line))).status_code == 404
    assert (await stranger.get(lines)).status_code == 404
    body = {"kind": "travel", "description": "x", "unit_price": PRICE}
    status, _ = await desk.refused(lines, customer, **body)
    assert status == 403
    for action in LIFECYCLE.transitions:
        status, _ = await desk.refused(path(line, f":{action}"), customer, payer="vendor", reason="x")
        assert status in (403, 422)


async def test_a_customers_own_client_with_the_scope_changes_nothing_either(
    desk: Desk, ticket: Json, connect
):
    """The role lacks the scope; a token that has it meets the rule itself."""
    line = await enter(desk, ticket)
    portal = await connect(sub="p", roles=[], scope="charges.write", customer_id=ticket["customer_id"])
    body = {"kind": "travel", "description": "x", "unit_price": PRICE}
    status, problem = await desk.refused(f"/v1/tickets/{ticket['id']}/charges", portal, **body)
    assert (status, problem["code"]) == (403, "action-needs-role")
    answer = await portal.patch(path(line), json={"quantity": "9"}, headers={"If-Match": "*"})
    assert answer.status_code == 403
    status, problem = await desk.refused(path(line, ":withdraw"), portal, reason="x")
    assert (status, problem["code"]) == (403, "action-needs-role")


async def test_a_line_may_be_as_large_as_its_figures_can_say(desk: Desk, ticket: Json):
    line = await enter(desk, ticket, unit_price={"amount": "999999999999.99", "currency": "CNY"})
    body = {"quantity": "999999999.999"}
    answer = await desk.client.patch(path(line), json=body, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["amount"]["amount"] == "999999999998990000000.00"
