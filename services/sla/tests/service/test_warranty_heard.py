"""What warranty tells: deadlines of customers and agreed days become clocks, contracts become agreements."""

from datetime import timedelta
from itertools import permutations
from uuid import UUID, uuid4

import httpx
import pytest

from .desk import Desk, Thing
from .test_plans import YAML, published, stricter


def due(desk: Desk, **later: float) -> str:
    return (desk.clock() + timedelta(**later)).isoformat()


async def clocks(client: httpx.AsyncClient, **filters: object) -> list[dict]:
    answer = await client.get("/v1/clocks", params=filters)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_customers_deadline_is_a_clock(desk: Desk, client):
    defect = desk.defect(due_at=due(desk, hours=10))
    await desk.tell_of(defect, "defect.recorded")
    [clock] = await clocks(client, subject_type="defect")
    assert clock["subject_id"] == str(defect.id)
    assert (clock["metric"], clock["clause"], clock["target"]) == ("resolution", "§1.2.2", {"at": "due_at"})
    assert (clock["state"], clock["remaining_seconds"]) == ("running", 36_000)
    assert [one["id"] for one in (await client.get("/v1/board")).json()["items"]] == [clock["id"]]
    await desk.tell_of(defect, "defect.deadline_changed", due_at=due(desk, hours=5))
    [clock] = await clocks(client, subject_id=defect.id)
    assert clock["remaining_seconds"] == 18_000
    await desk.pass_time(hours=6)
    [clock] = await clocks(client, subject_type="defect", state="breached")
    assert await desk.names() == ["started", "due_changed", "breached"]
    _, breached = (await desk.published())[-1]
    assert (breached["subject_type"], breached["is_unconfirmed"]) == ("defect", False)
    await desk.tell_of(defect, "defect.deadline_changed", due_at=due(desk, hours=5))
    [clock] = await clocks(client, subject_id=defect.id)
    assert clock["state"] == "running"
    await desk.tell_of(defect, "defect.resolved", state="resolved")
    [clock] = await clocks(client, subject_id=defect.id)
    assert clock["state"] == "met"


async def test_a_deadline_is_explained_in_both_languages(desk: Desk, client):
    defect = desk.defect()
    await desk.tell_of(defect, "defect.recorded")
    assert await clocks(client) == []
    await desk.tell_of(defect, "defect.deadline_changed", due_at=due(desk, hours=10))
    [clock] = await clocks(client)
    answer = await client.get(f"/v1/clocks/{clock['id']}/explanation")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert sum(one["counted_seconds"] for one in told["explanation"]["windows"]) == 36_000
    assert any("Defect of a delivery" in one for one in told["sentences"]["en"])
    assert any("客户规定期限" in one for one in told["sentences"]["zh-CN"])


async def test_an_inspection_is_an_obligation_with_its_day(desk: Desk, client):
    visit = desk.inspection(due_at=due(desk, days=14))
    await desk.tell_of(visit, "inspection.due")
    await desk.pass_time(days=12)
    assert await desk.names() == ["started", "warned"]
    [clock] = await clocks(client, subject_type="inspection")
    assert (clock["clause"], clock["metric"]) == ("§1.2.4", "inspection")
    moved = {"due_at": due(desk, days=10), "due_on": "2026-03-24", "previous_due_on": "2026-03-16"}
    await desk.tell_of(visit, "inspection.rescheduled", **moved)
    found = {"condition": "normal", "finding_count": 0, "reading_count": 0, "report_checksum": "0"}
    await desk.tell_of(visit, "inspection.completed", state="completed", **found)
    [clock] = await clocks(client, subject_id=visit.id)
    assert clock["state"] == "met"


async def test_an_inspection_promised_by_the_year_is_a_clock_with_its_evidence(desk: Desk, client):
    owed = desk.obligation(due_at=due(desk, days=180))
    await desk.tell_of(owed, "inspection_obligation.opened")
    await desk.pass_time(days=181)
    [clock] = await clocks(client, subject_type="inspection_obligation", state="breached")
    assert (clock["clause"], clock["metric"]) == ("§1.2.4", "inspection")
    assert clock["customer_id"] == str(owed.customer_id)
    visit = str(uuid4())
    kept = await desk.tell_of(owed, "inspection_obligation.kept", state="kept", inspection_id=visit)
    [clock] = await clocks(client, subject_id=owed.id)
    assert clock["state"] == "met_late"
    told = (await client.get(f"/v1/clocks/{clock['id']}/explanation")).json()
    assert str(kept.id) in str(told["explanation"])
    assert any("promises by the year" in one for one in told["sentences"]["en"])
    early = desk.clock() - timedelta(days=30)
    await desk.tell_of(owed, "inspection_obligation.kept", at=early, inspection_id=str(uuid4()))
    [clock] = await clocks(client, subject_id=owed.id)
    assert clock["state"] == "met"
    assert "corrected" in await desk.names()


async def agreements(client: httpx.AsyncClient, contract: Thing) -> list[dict]:
    answer = await client.get("/v1/agreements", params={"contract_id": str(contract.id)})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_contract_in_force_puts_its_customer_on_its_plan(desk: Desk, client):
    await published(client, stricter())
    contract = desk.contract(plan_id="gold", state="draft")
    await desk.tell_of(contract, "contract.created")
    assert await agreements(client, contract) == []
    await desk.tell_of(contract, "contract.activated", state="active")
    [agreement] = await agreements(client, contract)
    assert (agreement["plan_id"], agreement["requested_plan_id"]) == ("gold", None)
    assert agreement["starts_at"] == "2025-12-31T16:00:00.000000Z"
    assert agreement["ends_at"] == "2027-12-31T16:00:00.000000Z"
    desk.clock.advance(timedelta(minutes=1))
    ticket = await desk.opened(customer_id=contract.customer_id)
    [clock] = await clocks(client, subject_id=ticket.id)
    assert clock["plan"]["id"] == "gold"
    await desk.tell_of(contract, "contract.ended", state="ended", is_terminated=True)
    [ended] = await agreements(client, contract)
    assert (ended["id"], ended["version"], ended["ends_at"]) == (
        agreement["id"],
        2,
        desk.clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    )
    desk.clock.advance(timedelta(minutes=1))
    ticket = await desk.opened(customer_id=contract.customer_id)
    [clock] = await clocks(client, subject_id=ticket.id)
    assert clock["plan"]["id"] == "reference"
    assert len(await desk.published("sla.agreement.v1")) == 2


async def test_news_that_change_nothing_announce_nothing(desk: Desk, client):
    contract = desk.contract()
    await desk.tell_of(contract, "contract.activated")
    world = await desk.rows("SELECT revision, stamp FROM world")
    await desk.tell_of(contract, "contract.expiring", days_left=90)
    late = desk.thing_event(contract, "contract.updated", ends_on="2026-05-31", previous={})
    await desk.tell_of(contract, "contract.updated", ends_on="2027-12-31", previous={})
    await desk.tell_of(contract, "contract.ended", at=desk.clock() + timedelta(days=900), is_terminated=False)
    await desk.hear(late)
    [agreement] = await agreements(client, contract)
    assert agreement["version"] == 1
    assert len(await desk.published("sla.agreement.v1")) == 1
    assert await desk.rows("SELECT revision, stamp FROM world") == world
    await desk.tell_of(contract, "contract.updated", ends_on="2026-06-30", previous={})
    [raised] = await desk.rows("SELECT revision FROM world")
    assert raised["revision"] == world[0]["revision"] + 1
    [agreement] = await agreements(client, contract)
    assert (agreement["version"], agreement["ends_at"]) == (2, "2026-06-30T16:00:00.000000Z")


async def test_a_contracts_own_times_count_and_the_explanation_says_where_they_are_from(desk: Desk, client):
    contract = desk.contract(response_overrides={"response": 720})
    await desk.tell_of(contract, "contract.activated")
    [agreement] = await agreements(client, contract)
    assert (agreement["response_overrides"], agreement["contract_number"]) == ({"response": 720}, "CTR-1")
    _, told = (await desk.published("sla.agreement.v1"))[-1]
    assert told["response_overrides"] == {"response": 720}
    desk.clock.advance(timedelta(minutes=1))
    ticket = await desk.opened(customer_id=contract.customer_id)
    theirs = {one["metric"]: one for one in await clocks(client, subject_id=ticket.id)}
    assert theirs["response"]["target"] == {"minutes": 12}
    others = await desk.opened()
    plain = {one["metric"]: one for one in await clocks(client, subject_id=others.id)}
    assert plain["response"]["target"] != {"minutes": 12}
    for metric in theirs.keys() - {"response"}:
        assert theirs[metric]["target"] == plain[metric]["target"]
    answer = await client.get(f"/v1/clocks/{theirs['response']['id']}/explanation")
    assert answer.json()["explanation"]["agreed_in"] == "CTR-1"
    assert (
        "That time is promised by contract CTR-1 instead of the plan's." in answer.json()["sentences"]["en"]
    )
    assert any("合同 CTR-1" in one for one in answer.json()["sentences"]["zh-CN"])
    answer = await client.get(f"/v1/clocks/{plain['response']['id']}/explanation")
    assert answer.json()["explanation"]["agreed_in"] is None


async def test_an_agreement_may_stand_beside_a_contracts_only_where_it_says_something_else(
    desk: Desk, client
):
    plain, changed = desk.contract(), desk.contract(response_overrides={"response": 720})
    answers = []
    for contract in (plain, changed):
        await desk.tell_of(contract, "contract.activated")
        body = {"customer_id": str(contract.customer_id), "plan_id": "reference"}
        answers.append(await client.post("/v1/agreements", json=body))
    assert [answer.status_code for answer in answers] == [409, 201]
    [agreement] = await agreements(client, plain)
    assert answers[0].json()["agreement_id"] == agreement["id"]


async def test_running_clocks_follow_a_contracts_changed_times(desk: Desk, client):
    contract = desk.contract(response_overrides={"response": 720})
    await desk.tell_of(contract, "contract.activated")
    ticket = await desk.opened(customer_id=contract.customer_id)
    desk.clock.advance(timedelta(minutes=1))
    await desk.tell_of(contract, "contract.updated", response_overrides={"response": 600}, previous={})
    desk.clock.advance(timedelta(minutes=1))
    await desk.sweep("clocks_recomputed")
    [clock] = await clocks(client, subject_id=ticket.id, metric="response")
    assert (clock["target"], clock["remaining_seconds"]) == ({"minutes": 10}, 480)
    answer = await client.get(f"/v1/clocks/{clock['id']}/explanation")
    assert answer.json()["explanation"]["agreed_in"] == "CTR-1"


async def test_a_contract_holds_its_plan_at_the_revision_it_names(desk: Desk, client):
    await published(client, stricter())
    held = desk.contract(plan_id="gold", plan_revision=1)
    free = desk.contract(plan_id="gold")
    for contract in (held, free):
        await desk.tell_of(contract, "contract.activated")
    desk.clock.advance(timedelta(minutes=1))
    changed = stricter().replace("minutes: 15", "minutes: 14")
    match = {**YAML, "If-Match": (await client.get("/v1/plans/gold")).headers["etag"]}
    drafted = await client.put("/v1/plans/gold/draft", content=changed.encode(), headers=match)
    assert drafted.status_code == 200, drafted.text
    assert (await client.post("/v1/plans/gold:publish")).status_code == 200
    desk.clock.advance(timedelta(minutes=1))
    revisions = []
    for contract in (held, free):
        ticket = await desk.opened(customer_id=contract.customer_id)
        [clock] = await clocks(client, subject_id=ticket.id, metric="response")
        revisions.append(clock["plan"]["revision"])
    assert revisions == [1, 2]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_doubled_or_reordered_the_latest_version_stands(desk: Desk, client, order):
    contract = desk.contract()
    told = [
        desk.thing_event(contract, "contract.activated"),
        desk.thing_event(contract, "contract.updated", ends_on="2026-06-30", previous={}),
        desk.thing_event(contract, "contract.ended", state="ended", is_terminated=True),
    ]
    for number in (*order, *order):
        await desk.hear(told[number])
    [agreement] = await agreements(client, contract)
    assert agreement["starts_at"] == "2025-12-31T16:00:00.000000Z"
    assert agreement["ends_at"] == told[2].occurred_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def test_a_plan_that_nobody_published_falls_back_visibly(desk: Desk, client):
    contract = desk.contract(plan_id="gold")
    await desk.tell_of(contract, "contract.activated")
    [agreement] = await agreements(client, contract)
    assert (agreement["plan_id"], agreement["requested_plan_id"]) == ("reference", "gold")
    assert agreement["is_plan_unknown"]
    _, told = (await desk.published("sla.agreement.v1"))[-1]
    assert (told["plan_id"], told["requested_plan_id"], told["is_plan_unknown"]) == (
        "reference",
        "gold",
        True,
    )
    made = await client.post("/v1/plans", content=stricter().encode(), headers=YAML)
    assert made.status_code == 201
    assert (await client.post("/v1/plans/gold:publish")).status_code == 200
    [agreement] = await agreements(client, contract)
    assert (agreement["plan_id"], agreement["requested_plan_id"], agreement["version"]) == ("gold", None, 2)
    assert not agreement["is_plan_unknown"]


async def test_a_revision_that_nobody_published_is_told_until_it_is(desk: Desk, client):
    await published(client, stricter())
    known, waits, far = (desk.contract(plan_id="gold", plan_revision=number) for number in (1, 2, 3))
    for contract in (known, waits, far):
        await desk.tell_of(contract, "contract.activated")
    unknown = {"is_plan_unknown": True}
    listed = (await client.get("/v1/agreements", params=unknown)).json()["items"]
    assert {one["contract_id"] for one in listed} == {str(waits.id), str(far.id)}
    listed = (await client.get("/v1/agreements", params={"is_plan_unknown": False})).json()["items"]
    assert [one["contract_id"] for one in listed] == [str(known.id)]
    drafted = await client.put(
        "/v1/plans/gold/draft", content=stricter().encode(), headers={**YAML, "If-Match": '"2"'}
    )
    assert drafted.status_code == 200, drafted.text
    assert (await client.post("/v1/plans/gold:publish")).status_code == 200
    [agreement] = await agreements(client, waits)
    assert (agreement["is_plan_unknown"], agreement["version"]) == (False, 2)
    [agreement] = (await client.get("/v1/agreements", params=unknown)).json()["items"]
    assert (agreement["contract_id"], agreement["version"]) == (str(far.id), 1)


@pytest.mark.parametrize(
    ("facts", "starts_at", "ends_at"),
    [
        ({"starts_on": "0001-01-01"}, "0001-01-02", "2027-12-31"),
        ({"ends_on": None}, "2025-12-31", None),
        ({"ends_on": "9999-12-31"}, "2025-12-31", None),
        ({"ends_on": "9999-12-30"}, "2025-12-31", "9999-12-30"),
        ({"starts_on": "2026-12-01", "state": "ended"}, "2026-11-30", "2026-11-30"),
    ],
)
async def test_dates_at_the_edges(desk: Desk, client, facts, starts_at, ends_at):
    contract = desk.contract(**facts)
    await desk.tell_of(contract, "contract.ended", is_terminated=True)
    [agreement] = await agreements(client, contract)
    assert agreement["starts_at"][:10] == starts_at
    assert agreement["ends_at"] == (ends_at and agreement["ends_at"])
    assert (agreement["ends_at"] or "")[:10] == (ends_at or "")


async def test_a_batch_of_contracts_is_one_unit(desk: Desk, client):
    contracts = [desk.contract() for _ in range(3)]
    told = [desk.thing_event(one, "contract.activated") for one in contracts]
    await desk.hear(*told, *told)
    assert [len(await agreements(client, one)) for one in contracts] == [1, 1, 1]
    rows = await desk.rows("SELECT DISTINCT subject_id FROM fact WHERE subject_type = 'contracts'")
    assert {row["subject_id"] for row in rows} == {UUID(str(one.id)) for one in contracts}
