"""Plans through HTTP: checked with places and reasons, published, exported; customers put on them."""

from dataclasses import replace
from datetime import timedelta

import pytest
import yaml

from common.context import system
from common.inbox import execute
from sla.commands import plans, reference
from sla.domain.plan_refusals import PlanRefused
from sla.domain.plans import Condition, Operator, Reading
from sla.plan_files import read_text, reference_text

from .desk import Desk

YAML = {"Content-Type": "application/yaml"}


def stricter(plan_id: str = "gold") -> str:
    """The reference plan under another name, with half the time for a response."""
    plan = yaml.safe_load(reference_text())
    plan["id"] = plan_id
    for commitment in plan["commitments"]:
        if commitment["metric"] == "response":
            commitment["target"] = {"minutes": 15}
    return yaml.safe_dump(plan, allow_unicode=True, sort_keys=False)


async def published(client, text: str, plan_id: str = "gold") -> dict:
    made = await client.post("/v1/plans", content=text.encode(), headers=YAML)
    assert made.status_code == 201, made.text
    answer = await client.post(f"/v1/plans/{plan_id}:publish")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_reference_plan_is_there(client, desk: Desk):
    found = (await client.get("/v1/plans/reference")).json()
    assert (found["revision"], found["has_draft"]) == (1, False)
    assert [name for name, _ in await desk.published("sla.plan.v1")] == ["published"]


async def test_draft_publish_export(client, desk: Desk):
    made = await client.post("/v1/plans", content=stricter().encode(), headers=YAML)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == "/v1/plans/gold"
    assert (made.json()["revision"], made.json()["has_draft"]) == (None, True)
    again = await client.post("/v1/plans", content=stricter().encode(), headers=YAML)
    assert (again.status_code, again.json()["code"]) == (409, "plan-exists")
    assert (await client.get("/v1/plans/gold/export")).status_code == 404
    done = await client.post("/v1/plans/gold:publish", headers={"If-Match": '"1"'})
    assert (done.json()["revision"], done.json()["has_draft"]) == (1, False)
    twice = await client.post("/v1/plans/gold:publish")
    assert (twice.status_code, twice.json()["code"]) == (409, "plan-without-draft")
    file = await client.get("/v1/plans/gold/export", headers={"Accept": "application/yaml"})
    assert file.headers["content-type"].startswith("application/yaml")
    assert yaml.safe_load(file.text)["id"] == "gold"
    [version] = (await client.get("/v1/plans/gold/versions")).json()["items"]
    assert version["document"] == yaml.safe_load(file.text)
    told = await desk.published("sla.plan.v1")
    assert told[-1][1]["plan_id"] == "gold"


async def test_what_could_not_be_read_again_is_not_published(client, database):
    assert (
        await client.post("/v1/plans", content=stricter("iron").encode(), headers=YAML)
    ).status_code == 201
    async with database.transaction(system("test")) as session:
        await execute(session, "UPDATE plan SET draft = draft || '{\"commitments\": null}' WHERE id = 'iron'")
    refused = await client.post("/v1/plans/iron:publish")
    assert (refused.status_code, refused.json()["code"]) == (422, "plan-refused")
    assert (await client.get("/v1/plans/iron")).json()["revision"] is None


async def test_a_plan_may_be_sent_as_json(client):
    document = yaml.safe_load(stricter("silver"))
    made = await client.post("/v1/plans", json=document)
    assert made.status_code == 201, made.text
    assert made.json()["id"] == "silver"


async def test_everything_wrong_is_told_with_place_and_reason(client):
    text = (
        stricter()
        .replace("calendar: always", "calendar: nowhere", 1)
        .replace("ticketing.ticket.acknowledged", "ticketing.ticket.answered", 1)
    )
    answer = await client.post("/v1/plans", content=text.encode(), headers=YAML)
    assert (answer.status_code, answer.json()["code"]) == (422, "plan-refused")
    errors = {one["code"]: one for one in answer.json()["errors"]}
    assert {"plan-unknown-calendar", "plan-unknown-event"} <= set(errors)
    wrong = errors["plan-unknown-calendar"]
    assert "nowhere" in wrong["detail"]
    assert "nowhere" in text.splitlines()[wrong["line"] - 1]
    assert wrong["pointer"].startswith("#/commitments/")
    chinese = await client.post(
        "/v1/plans", content=text.encode(), headers={**YAML, "Accept-Language": "zh-CN"}
    )
    assert "不存在" in chinese.json()["errors"][0]["detail"]


async def test_what_is_no_plan(client):
    for content, headers, status in [
        (b"{", {"Content-Type": "application/json"}, 400),
        (b"\xff", YAML, 400),
        (b"[1, 2]", {"Content-Type": "application/json"}, 422),
        (b"a: [", YAML, 422),
        (b"", YAML, 422),
        (b"id: x", {"Content-Type": "text/plain"}, 415),
    ]:
        answer = await client.post("/v1/plans", content=content, headers=headers)
        assert answer.status_code == status, (content, answer.text)


async def test_a_new_revision_moves_running_clocks(client, desk: Desk):
    ticket = await desk.opened()
    desk.clock.advance(timedelta(minutes=20))
    version = (await client.get("/v1/plans/reference")).headers["etag"]
    drafted = await client.put(
        "/v1/plans/reference/draft",
        content=stricter("reference").encode(),
        headers={**YAML, "If-Match": version},
    )
    assert drafted.status_code == 200, drafted.text
    other = await client.put(
        "/v1/plans/reference/draft", content=stricter("x").encode(), headers={**YAML, "If-Match": "*"}
    )
    assert (other.status_code, other.json()["code"]) == (422, "plan-id-differs")
    assert (await client.post("/v1/plans/reference:publish")).json()["revision"] == 2
    await desk.sweep("clocks_recomputed")
    [clock] = (await client.get("/v1/clocks", params={"subject_id": ticket.id})).json()["items"]
    assert clock["plan"] == {"id": "reference", "revision": 2}
    assert clock["due_at"] == "2026-03-02T01:15:00.000000Z"
    assert clock["state"] == "breached"
    assert clock["breached_at"] == "2026-03-02T01:20:00.000000Z"
    await desk.confirm()
    await desk.sweep()
    assert await desk.names() == ["started", "due_changed", "breached"]


async def test_a_customer_on_another_plan(client, desk: Desk):
    await published(client, stricter())
    early = await desk.opened()
    customer = str(early.customer_id)
    desk.clock.advance(timedelta(minutes=1))
    made = await client.post("/v1/agreements", json={"customer_id": customer, "plan_id": "gold"})
    assert made.status_code == 201, made.text
    agreement = made.json()
    assert await desk.sweep("clocks_recomputed") >= 1
    desk.clock.advance(timedelta(minutes=1))
    later = await desk.opened(customer_id=early.customer_id)
    clocks = {c["subject_id"]: c for c in (await client.get("/v1/clocks")).json()["items"]}
    assert clocks[str(later.id)]["plan"]["id"] == "gold"
    assert clocks[str(early.id)]["plan"]["id"] == "reference"
    ended = await client.post(
        f"/v1/agreements/{agreement['id']}:end", headers={"If-Match": made.headers["etag"]}
    )
    assert (ended.status_code, ended.json()["version"]) == (200, 2)
    desk.clock.advance(timedelta(minutes=1))
    after = await desk.opened(customer_id=early.customer_id)
    clocks = {c["subject_id"]: c for c in (await client.get("/v1/clocks")).json()["items"]}
    assert clocks[str(after.id)]["plan"]["id"] == "reference"
    again = await client.post(f"/v1/agreements/{agreement['id']}:end")
    assert (again.status_code, again.json()["code"]) == (409, "agreement-ended")
    listed = (await client.get("/v1/agreements", params={"customer_id": customer})).json()["items"]
    assert [one["id"] for one in listed] == [agreement["id"]]
    assert len(await desk.published("sla.agreement.v1")) == 2


async def test_an_agreement_of_the_past_judges_what_is_told_after_it(client, desk: Desk):
    await published(client, stricter())
    [known, told] = desk.ticket(channel="hotline"), desk.ticket(channel="hotline")
    told.customer_id = known.customer_id
    began = desk.clock.now
    await desk.tell(known, "ticket.opened", at=began)
    await desk.tell(known, "ticket.acknowledged", at=began + timedelta(seconds=10))
    desk.clock.advance(timedelta(minutes=1))
    body = {"customer_id": str(known.customer_id), "plan_id": "gold", "starts_at": "2026-01-01T00:00:00Z"}
    made = await client.post("/v1/agreements", json=body)
    assert made.status_code == 201, made.text
    desk.clock.advance(timedelta(seconds=1))
    await desk.tell(told, "ticket.opened", at=began)
    await desk.tell(told, "ticket.acknowledged", at=began + timedelta(seconds=10))
    await desk.sweep("clocks_recomputed")
    judged = {}
    for ticket in (known, told):
        params = {"subject_id": ticket.id, "metric": "response"}
        [clock] = (await client.get("/v1/clocks", params=params)).json()["items"]
        why = (await client.get(f"/v1/clocks/{clock['id']}/explanation")).json()["explanation"]
        found = {name: (why[name] or {}).get("id") for name in ("agreement", "later_agreement")}
        judged[ticket.id] = (clock["plan"]["id"], clock["state"], *found.values())
    assert judged == {
        known.id: ("reference", "met", None, made.json()["id"]),
        told.id: ("gold", "met", made.json()["id"], None),
    }


async def test_an_agreement_that_repeats_what_counts_is_refused(client, desk: Desk):
    await published(client, stricter())
    customer = str(desk.ticket().customer_id)

    async def make(plan: str, starts: str, ends: str | None = None, of: str = customer):
        desk.clock.advance(timedelta(minutes=1))
        period = {"starts_at": f"{starts}T00:00:00Z"} | ({"ends_at": f"{ends}T00:00:00Z"} if ends else {})
        body = {"customer_id": of, "plan_id": plan, **period}
        return await client.post("/v1/agreements", json=body)

    first = await make("gold", "2026-02-01", "2026-06-01")
    assert first.status_code == 201, first.text
    told = len(await desk.published("sla.agreement.v1"))
    for period in [("2026-02-01", "2026-06-01"), ("2026-01-01",), ("2026-05-31", "2026-07-01")]:
        refused = await make("gold", *period)
        assert (refused.status_code, refused.json()["code"]) == (409, "agreement-overlaps")
        assert refused.json()["agreement_id"] == first.json()["id"]
    assert len(await desk.published("sla.agreement.v1")) == told
    listed = (await client.get("/v1/agreements", params={"customer_id": customer})).json()["items"]
    assert [one["id"] for one in listed] == [first.json()["id"]]

    other = str(desk.ticket().customer_id)
    both_matter = [
        ("gold", "2026-06-01", None, customer),
        ("gold", "2026-01-01", "2026-02-01", customer),
        ("gold", "2026-02-01", None, other),
        ("reference", "2026-03-01", "2026-04-01", customer),
        ("gold", "2026-03-10", "2026-03-20", customer),
    ]
    for one in both_matter:
        made = await make(*one)
        assert made.status_code == 201, made.text


async def test_agreements_that_cannot_be(client, desk: Desk):
    customer = str(desk.ticket().customer_id)
    answer = await client.post("/v1/agreements", json={"customer_id": customer, "plan_id": "nowhere"})
    assert (answer.status_code, answer.json()["code"]) == (422, "plan-not-published")
    period = {"starts_at": "2026-05-01T00:00:00Z", "ends_at": "2026-04-01T00:00:00Z"}
    answer = await client.post(
        "/v1/agreements", json={"customer_id": customer, "plan_id": "reference", **period}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "period-empty")


async def test_reference_data_is_published_once(database, clock):
    async with database.transaction(system("sla")) as session:
        assert await reference.publish_reference(session, clock.now) == []


async def test_the_reference_plan_grows_by_a_revision(database, client, desk: Desk, monkeypatch):
    ticket = await desk.opened()
    before = (await client.get("/v1/clocks", params={"subject_id": ticket.id})).json()["items"][0]
    monkeypatch.setattr(reference, "reference_text", lambda: stricter("reference"))
    desk.clock.advance(timedelta(minutes=5))
    async with database.transaction(system("sla")) as session:
        assert await reference.publish_reference(session, desk.clock.now) == ["reference"]
    async with database.transaction(system("sla")) as session:
        assert await reference.publish_reference(session, desk.clock.now) == []
    await desk.sweep("clocks_recomputed")
    [after] = (await client.get("/v1/clocks", params={"subject_id": ticket.id})).json()["items"]
    assert (before["plan"]["revision"], after["plan"]["revision"]) == (1, 2)
    assert (before["id"], before["started_at"]) == (after["id"], after["started_at"])
    assert after["due_at"] < before["due_at"]


def endless(number: str, plan_id: str = "gold") -> bytes:
    """The stricter plan, of which one commitment asks for a number that no JSON holds."""
    text = stricter(plan_id)
    asked = "event: ticketing.ticket.opened\n    when:\n"
    assert asked in text
    return text.replace(asked, f"{asked}      distance_km: {{gte: {number}}}\n", 1).encode()


@pytest.mark.parametrize("number", [".inf", ".nan", str(10**30), "0x" + "f" * 6000])
async def test_a_number_that_cannot_be_stored_is_refused(client, desk: Desk, number):
    answer = await client.post("/v1/plans", content=endless(number), headers=YAML)
    assert (answer.status_code, answer.json()["code"]) == (422, "plan-refused")
    [wrong] = answer.json()["errors"]
    assert wrong["code"] == "plan-number-unfit"
    assert number in endless(number).decode().splitlines()[wrong["line"] - 1]
    again = await client.put(
        "/v1/plans/reference/draft", content=endless(number, "reference"), headers={**YAML, "If-Match": "*"}
    )
    assert (again.status_code, again.json()["code"]) == (422, "plan-refused")
    assert await desk.rows("SELECT id FROM plan WHERE jsonb_typeof(draft) = 'object'") == []


@pytest.mark.parametrize("content", [b"[" * 600 + b"]" * 600, b'{"a":' * 600 + b"1" + b"}" * 600])
@pytest.mark.parametrize("headers", [YAML, {"Content-Type": "application/json"}])
async def test_a_body_of_endless_depth_is_refused(client, content, headers):
    answer = await client.post("/v1/plans", content=content, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "plan-too-large")


async def test_a_plan_that_would_not_read_back_is_not_stored(database, desk: Desk):
    sound = read_text(stricter()).plan
    for value in (float("nan"), 2**70):
        condition = Condition("distance_km", Operator.GTE, value)
        first = sound.commitments[0]
        start = tuple(replace(trigger, when=(*trigger.when, condition)) for trigger in first.start)
        plan = replace(sound, commitments=(replace(first, start=start), *sound.commitments[1:]))
        with pytest.raises(PlanRefused):
            async with database.transaction(system("sla")) as session:
                await plans.draft(session, Reading(plan, ()), "", desk.clock.now)
    assert await desk.rows("SELECT 1 FROM plan WHERE id = 'gold'") == []
