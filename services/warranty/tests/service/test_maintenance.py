"""Maintenance plans and their visits: agreed on, due once each, worked through, reported."""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from common.contracts import REGISTRY
from common.events import Envelope
from common.ids import new_id
from common.sweeps import sweep_now
from common.testing import arriving
from warranty.sweeps.maintenance import SWEEPS

from .claiming import accept, installed
from .migrating import back
from .office import Json, Office
from .test_coverage import current
from .test_tickets_heard import ticket_of

PLANS, VISITS = "/v1/maintenance-plans", "/v1/inspections"
RESISTANCE = {
    "code": "resistance",
    "label_zh": "内阻",
    "label_en": "Resistance",
    "unit": "mΩ",
    "expected_min": 1,
    "expected_max": 5,
    "severity": 2,
}
FANS = {"code": "fans", "kind": "check", "label_zh": "风扇", "label_en": "Fans"}
AGREED = {"agreed_by": "Ms Wang", "agreed_at": "2026-03-01T02:00:00Z"}
MONTHLY = {"interval_unit": "months", "interval_count": 1, "first_on": "2026-03-31"}


async def planned(office: Office, asset: Json | None = None, **changes: object) -> Json:
    found = asset or await office.asset()
    body = {
        "title": "Battery check",
        "site_id": found["site_id"],
        "asset_id": found["id"],
        "schedule": MONTHLY,
        "checklist": [RESISTANCE, FANS],
        **AGREED,
        **changes,
    }
    return await office.create(PLANS, **body)


async def sweep(office: Office, **later: float) -> int:
    office.clock.advance(timedelta(**later))
    return await sweep_now(office.database, "warranty", SWEEPS[0], office.clock.now)


async def due(office: Office, asset: Json | None = None, **changes: object) -> Json:
    plan = await planned(office, asset, **changes)
    await office.act(PLANS, plan, "activate")
    await sweep(office, days=30)
    [visit] = await office.items(VISITS, plan_id=plan["id"])
    return visit


def results(value: float = 3.0, *, is_ok: bool = True) -> list[Json]:
    return [{"item": "resistance", "value": value}, {"item": "fans", "is_ok": is_ok}]


async def test_visits_come_due_on_the_dates_agreed_ahead_of_time(office: Office):
    plan = await planned(office)
    assert plan["number"].startswith("MP-2026-")
    assert (plan["state"], plan["lead_days"], plan["next_due_on"]) == ("draft", 14, None)
    active = await office.act(PLANS, plan, "activate")
    assert (active["next_due_on"], active["next_at"]) == ("2026-03-31", "2026-03-16T16:00:00.000000Z")
    assert await sweep(office, days=14) == 0
    assert await sweep(office, days=1) == 1
    assert await sweep(office) == 0
    [visit] = await office.items(VISITS, plan_id=plan["id"])
    assert (visit["state"], visit["due_on"]) == ("due", "2026-03-31")
    assert visit["due_at"] == "2026-03-31T16:00:00.000000Z"
    assert (visit["number"], visit["agreed_by"]) == (f"{plan['number']}-01", "Ms Wang")
    [event] = await office.published(visit)
    assert (event["type"], event["due_on"]) == ("inspection.due", "2026-03-31")
    assert event["due_at"].startswith("2026-03-31T16:00:00")
    after = await office.get(f"{PLANS}/{plan['id']}")
    assert (after["next_due_on"], after["visit_count"]) == ("2026-04-30", 1)
    assert await office.types(plan) == ["maintenance_plan.created", "maintenance_plan.activated"]


async def test_after_a_long_time_away_every_visit_appears_once(office: Office):
    plan = await planned(office)
    await office.act(PLANS, plan, "activate")
    assert await sweep(office, days=120) == 4
    visits = await office.items(VISITS, plan_id=plan["id"])
    assert [one["due_on"] for one in visits] == ["2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"]
    assert await sweep(office) == 0


async def test_dates_agreed_one_by_one(office: Office):
    plan = await planned(office, schedule={"dates": ["2026-10-09", "2026-04-01"]}, lead_days=0)
    assert plan["dates"] == ["2026-04-01", "2026-10-09"]
    await office.act(PLANS, plan, "activate")
    assert await sweep(office, days=400) == 2
    after = await office.get(f"{PLANS}/{plan['id']}")
    assert (after["state"], after["next_due_on"], after["next_at"]) == ("active", None, None)


async def test_a_plan_ends_with_its_last_day(office: Office):
    plan = await planned(office, schedule={**MONTHLY, "ends_on": "2026-04-15"})
    await office.act(PLANS, plan, "activate")
    await sweep(office, days=60)
    after = await office.get(f"{PLANS}/{plan['id']}")
    assert (after["state"], after["reason"]) == ("ended", "last_day_passed")
    assert (await office.types(plan))[-1] == "maintenance_plan.ended"
    assert len(await office.items(VISITS, plan_id=plan["id"])) == 1


async def test_a_plan_ends_with_its_contract_or_its_asset(office: Office):
    customer = await office.customer()
    asset = await office.asset(await office.site(customer))
    contract = await office.contract(customer, ends_on="2027-12-31")
    of_contract = await planned(office, asset, contract_id=contract["id"])
    assert of_contract["ends_on"] == "2027-12-31"
    of_asset = await planned(office, asset)
    for plan in (of_contract, of_asset):
        await office.act(PLANS, plan, "activate")
    await office.act("/v1/contracts", contract, "terminate", reason="agreed")
    await office.act("/v1/assets", asset, "retire", reason="scrapped")
    assert await sweep(office, days=30) == 2
    found = [await office.get(f"{PLANS}/{one['id']}") for one in (of_contract, of_asset)]
    assert [one["state"] for one in found] == ["ended", "ended"]
    assert await office.items(VISITS) == []


async def test_a_retired_asset_is_inspected_no_more(office: Office):
    asset = await office.asset()
    draft, suspended = [await planned(office, asset) for _ in range(2)]
    for action in ("activate", "suspend"):
        told = {"reason": "moving"} if action == "suspend" else {}
        await office.act(PLANS, suspended, action, **told)
    await office.act("/v1/assets", asset, "retire", reason="scrapped")
    place = {"site_id": asset["site_id"], "asset_id": asset["id"], **AGREED, "checklist": [FANS]}
    for path, own in (
        (VISITS, {**place, "due_on": "2026-04-01"}),
        (PLANS, {**place, "title": "Fans", "schedule": MONTHLY}),
        (f"{PLANS}/{draft['id']}:activate", {}),
        (f"{PLANS}/{suspended['id']}:resume", {}),
    ):
        status, problem = await office.refused(path, **own)
        assert (status, problem["code"]) == (409, "asset-retired")
    assert (await office.get(f"{PLANS}/{draft['id']}"))["state"] == "draft"
    assert await office.items(VISITS) == []


async def test_no_visit_comes_due_without_the_customers_agreement(office: Office):
    plan = await planned(office, agreed_by=None, agreed_at=None)
    path = f"{PLANS}/{plan['id']}:activate"
    status, problem = await office.refused(path)
    assert (status, problem["code"]) == (409, "plan-not-agreed")
    status, problem = await office.refused(path, agreed_by="Ms Wang", agreed_at="2030-01-01T00:00:00Z")
    assert (status, problem["code"]) == (422, "occurred-in-future")
    await office.act(PLANS, plan, "activate", **AGREED)


async def test_an_empty_checklist_comes_not_into_force(office: Office):
    plan = await planned(office, checklist=[])
    status, problem = await office.refused(f"{PLANS}/{plan['id']}:activate")
    assert (status, problem["code"]) == (409, "checklist-empty")
    plan = await office.patch(PLANS, plan, checklist=[RESISTANCE])
    active = await office.act(PLANS, plan, "activate")
    answer = await office.client.patch(
        f"{PLANS}/{plan['id']}", json={"checklist": []}, headers={"If-Match": f'"{active["version"]}"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "checklist-empty")


async def test_schedules_and_checklists_that_cannot_stand(office: Office):
    asset = await office.asset()
    body = {"title": "x", "site_id": asset["site_id"], "schedule": MONTHLY, "checklist": [RESISTANCE]}
    for changes, code in (
        ({"schedule": {}}, "schedule-unclear"),
        ({"schedule": {"interval_unit": "months", "first_on": "2026-11-01"}}, "schedule-unclear"),
        ({"schedule": {"dates": ["0001-01-01"]}}, "date-out-of-range"),
        ({"schedule": {**MONTHLY, "ends_on": "2026-01-01"}}, "schedule-empty"),
        ({"checklist": [RESISTANCE, RESISTANCE]}, "item-code-taken"),
        ({"checklist": [{**RESISTANCE, "expected_min": 9}]}, "range-unfit"),
        ({"checklist": [{**FANS, "unit": "V"}]}, "range-unfit"),
        ({"asset_id": (await office.asset())["id"]}, "asset-elsewhere"),
        ({"contract_id": (await office.contract(await office.customer()))["id"]}, "contract-of-another"),
        ({"agreed_by": "x", "agreed_at": "2030-01-01T00:00:00Z"}, "occurred-in-future"),
    ):
        status, problem = await office.refused(PLANS, **{**body, **changes})
        assert (status, problem["code"]) == (422, code)


async def test_other_dates_take_the_place_of_visits_not_begun(office: Office):
    visit = await due(office)
    plan = await office.get(f"{PLANS}/{visit['plan_id']}")
    begun = visit
    office.clock.advance(timedelta(days=-7))
    changed = await office.act(
        PLANS,
        plan,
        "changeSchedule",
        schedule={"dates": ["2026-03-31", "2026-04-10"]},
        reason="the room is rebuilt",
        **AGREED,
    )
    assert changed["next_due_on"] == "2026-03-31"
    assert (await office.get(f"{VISITS}/{begun['id']}"))["state"] == "cancelled"
    assert (await office.types(begun))[-1] == "inspection.cancelled"
    await sweep(office, days=10)
    visits = await office.items(VISITS, plan_id=plan["id"], state="due")
    assert [(one["due_on"], one["number"][-2:]) for one in visits] == [
        ("2026-03-31", "02"),
        ("2026-04-10", "03"),
    ]


async def test_a_plan_from_before_the_platform_is_told_with_its_past(office: Office):
    drafted, agreed = "2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"
    plan = await planned(office, occurred_at=drafted)
    active = await office.act(PLANS, plan, "activate", occurred_at=agreed)
    times = [one["state_changed_at"] for one in (plan, active)]
    assert [one[:10] for one in times] == ["2024-01-01", "2024-02-01"]
    assert [event["occurred_at"] for event in await office.published(plan)] == times
    assert active["next_due_on"] == "2026-03-31"


async def test_a_suspended_plan_makes_up_for_nothing(office: Office):
    plan = await planned(office)
    await office.act(PLANS, plan, "activate")
    suspended = await office.act(PLANS, plan, "suspend", reason="the site is closed")
    assert (suspended["state"], suspended["next_at"]) == ("suspended", None)
    assert await sweep(office, days=75) == 0
    resumed = await office.act(PLANS, plan, "resume")
    assert resumed["next_due_on"] == "2026-05-31"
    ended = await office.act(PLANS, plan, "end", reason="not needed any more")
    assert (ended["state"], ended["allowed_actions"]) == ("ended", [])
    assert await office.types(plan) == [
        f"maintenance_plan.{name}" for name in ("created", "activated", "suspended", "resumed", "ended")
    ]


async def test_the_customer_agrees_to_another_day(office: Office):
    visit = await due(office)
    path = f"{VISITS}/{visit['id']}:reschedule"
    told = {"reason": "inventory", **AGREED}
    status, problem = await office.refused(path, due_on="2026-01-01", **told)
    assert (status, problem["code"]) == (422, "day-passed")
    status, problem = await office.refused(path, due_on="2126-04-07", **told)
    assert (status, problem["code"]) == (422, "day-too-far")
    status, problem = await office.refused(path, due_on=visit["due_on"], **told)
    assert (status, problem["code"]) == (422, "day-unchanged")
    moved = await office.act(VISITS, visit, "reschedule", due_on="2026-04-07", **told)
    assert (moved["due_on"], moved["planned_on"]) == ("2026-04-07", "2026-03-31")
    assert moved["due_at"] == "2026-04-07T16:00:00.000000Z"
    assert moved["reschedules"][0]["agreed_by"] == "Ms Wang"
    event = (await office.published(visit))[-1]
    assert (event["type"], event["previous_due_on"]) == ("inspection.rescheduled", "2026-03-31")
    await office.act(VISITS, visit, "start")
    status, problem = await office.refused(path, due_on="2026-04-08", **told)
    assert (status, problem["code"]) == (409, "invalid-state-transition")


async def test_what_is_out_of_range_is_a_finding_and_an_event_each(office: Office):
    visit = await due(office)
    technician = "018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a11"
    await office.act(VISITS, visit, "assignTechnicians", technician_ids=[technician])
    await office.act(VISITS, visit, "start")
    smell = {"item": "smell", "severity": 4, "note": "smells of acid", "photos": ["photo-1"]}
    done = await office.act(
        VISITS,
        visit,
        "complete",
        results=results(7.5, is_ok=False),
        anomalies=[smell],
        summary="two blocks are worn",
        recommendations="replace them",
    )
    assert (done["state"], done["condition"]) == ("completed", "abnormal")
    assert done["allowed_actions"] == ["assignContract"]
    findings = await office.items("/v1/inspection-findings", inspection_id=visit["id"])
    assert {(one["item"], one["severity"]) for one in findings} == {
        ("resistance", 2),
        ("fans", 3),
        ("smell", 4),
    }
    events = await office.published(visit)
    assert [one["type"].removeprefix("inspection.") for one in events] == [
        "due",
        "technicians_assigned",
        "started",
        "completed",
        "anomaly",
        "anomaly",
        "anomaly",
    ]
    assert [one["version"] for one in events] == [1, 2, 3, 4, 5, 6, 7]
    completed, first, *_ = events[3:]
    assert (completed["finding_count"], completed["reading_count"]) == (3, 1)
    assert (first["item"], first["value"], first["unit"], first["expected_max"]) == (
        "resistance",
        7.5,
        "mΩ",
        5.0,
    )
    assert {one["finding_id"] for one in events[4:]} == {one["id"] for one in findings}
    assert "acid" not in str(events)
    [reading] = await office.items(f"/v1/assets/{visit['asset_id']}/readings")
    assert (reading["value"], reading["inspection_id"]) == (7.5, visit["id"])


async def test_the_status_report_is_frozen(office: Office):
    asset = await office.asset()
    visit = await due(office, asset)
    path = f"{VISITS}/{visit['id']}/report"
    assert (await office.client.get(path)).json()["code"] == "report-not-there"
    signature = {"name": "Ms <Wang>", "signed_at": "2026-03-31T02:00:00Z"}
    await office.act(VISITS, visit, "complete", results=results(), summary="all is well", signature=signature)
    report = await office.get(path)
    assert report["document"]["asset"]["serial_number"] == asset["serial_number"]
    assert report["document"]["results"][0]["is_normal"] is True
    [row] = await office.rows("SELECT report, report_checksum FROM inspection")
    assert sha256(row["report"].encode()).hexdigest() == row["report_checksum"] == report["checksum"]
    plan = await office.get(f"{PLANS}/{visit['plan_id']}")
    await office.patch(PLANS, plan, title="Another title", checklist=[FANS])
    assert await office.get(path) == report
    for language, words in (("zh-CN", ("设备运行状态报告", "内阻")), ("en", ("Status report", "Resistance"))):
        page = await office.get(f"{path}/page", language=language)
        assert page["file_name"].endswith(f".{language}.html")
        assert all(word in page["text"] for word in (*words, "Ms &lt;Wang&gt;", report["checksum"]))
        assert "<Wang>" not in page["text"]


async def test_the_page_of_a_report_calls_things_as_people_do(office: Office):
    asset = await office.asset(serial_number="SN-<1>")
    visit = await due(office, asset)
    smell = {"item": "smell", "note": "of acid"}
    done_at = "2026-04-01T16:51:30.795261Z"
    office.clock.set(datetime.fromisoformat("2026-04-02T00:00:00+00:00"))
    told = {"results": results(9.5), "anomalies": [smell], "occurred_at": done_at}
    await office.act(VISITS, visit, "complete", **told)
    for language, product, resistance in (("zh-CN", "不间断电源", "内阻"), ("en", "UPS", "Resistance")):
        text = (await office.get(f"{VISITS}/{visit['id']}/report/page", language=language))["text"]
        device = f"<td>SN-&lt;1&gt; {product}</td>"
        assert "<td>2026-04-02 00:51 (Asia/Shanghai)</td>" in text
        results_shown, findings_shown = text.split("<h2>")[:2]
        assert f"<tr><td>{resistance}</td>{device}<td>9.5 mΩ</td>" in results_shown
        assert f"<tr><td>{resistance}</td>{device}<td>2</td><td>9.5 mΩ</td>" in findings_shown
        assert f"<tr><td>smell</td>{device}<td>3</td><td></td><td>of acid</td>" in findings_shown
        assert asset["id"] not in text
    of_item, of_smell = (await office.published(visit))[-2:]
    names = ("label_zh", "label_en", "serial_number")
    assert [of_item[name] for name in names] == ["内阻", "Resistance", "SN-<1>"]
    assert [of_smell[name] for name in names] == [None, None, "SN-<1>"]


async def test_results_that_do_not_fit_change_nothing(office: Office):
    visit = await due(office)
    path = f"{VISITS}/{visit['id']}:complete"
    other = await office.asset()
    elsewhere = [*results(), {"item": "fans", "is_ok": True, "asset_id": other["id"]}]
    for told, code in (
        ([], "items-missing"),
        ([{"item": "noise", "value": 1}], "item-unknown"),
        ([{"item": "fans", "value": 1}], "result-unfit"),
        ([*results(), *results()], "result-repeated"),
        (elsewhere, "asset-elsewhere"),
    ):
        status, problem = await office.refused(path, results=told)
        assert (status, problem["code"]) == (422, code)
    assert await office.items(f"/v1/assets/{visit['asset_id']}/readings") == []


async def test_a_visit_is_neither_read_nor_signed_before_its_time(office: Office):
    visit = await due(office)
    ahead = (office.clock.now + timedelta(hours=1)).isoformat()
    first, *others = results()
    for told, pointer in (
        ({"results": [{**first, "read_at": ahead}, *others]}, "#/results/0/read_at"),
        ({"results": results(), "signature": {"name": "x", "signed_at": ahead}}, "#/signature/signed_at"),
    ):
        status, problem = await office.refused(f"{VISITS}/{visit['id']}:complete", **told)
        assert (status, problem["code"]) == (422, "occurred-in-future")
        assert [one["pointer"] for one in problem["errors"]] == [pointer]


METER = {"code": "runtime", "label_zh": "运行小时", "label_en": "Hours", "unit": "h", "is_hour_meter": True}
LIMITED = "earlier_of(accepted + 24 months, hours(2000))"


async def test_an_hour_meter_read_on_a_visit_ends_what_is_limited_by_hours(office: Office):
    limits = {"parts": LIMITED, "labour": LIMITED, "travel": LIMITED}
    asset = await installed(office, terms=limits)
    await accept(office, asset)
    visit = await due(office, asset, checklist=[METER])
    await office.act(VISITS, visit, "complete", results=[{"item": "runtime", "value": 2100.7}])
    [reading] = await office.items(f"/v1/assets/{asset['id']}/readings")
    meters = f"/v1/assets/{asset['id']}/meter-readings"
    [shown] = await office.items(meters)
    assert (shown["hours"], shown["read_at"], shown["reading_id"]) == (
        2100,
        reading["read_at"],
        reading["id"],
    )
    assert [one["ends_on"] for one in await current(office, asset)] == ["2026-05-31"]
    assert (await office.types(asset)).count("asset.meter_read") == 1
    await office.act(f"/v1/assets/{asset['id']}/readings", reading, "withdraw", reason="misread")
    assert await office.items(meters, is_withdrawn="false") == []
    assert [one["ends_on"] for one in await current(office, asset)] == ["2028-04-01"]
    told = [one for one in await office.published(asset) if one["type"] == "asset.meter_read"]
    assert [one["is_withdrawn"] for one in told] == [False, True]


async def test_a_meter_that_was_read_already_counts_once_and_never_runs_backwards(office: Office):
    asset = await office.asset()
    visit = await due(office, asset, checklist=[METER])
    meters, now = f"/v1/assets/{asset['id']}/meter-readings", office.clock.now.isoformat()
    assert (await office.client.post(meters, json={"hours": 500, "read_at": now})).status_code == 201
    office.clock.advance(timedelta(hours=1))
    path = f"{VISITS}/{visit['id']}:complete"
    for told, expected in (
        ({"value": -1}, (422, "hours-unfit")),
        ({"value": 400, "read_at": now}, (409, "meter-read-already")),
        ({"value": 400}, (422, "meter-runs-backwards")),
    ):
        status, problem = await office.refused(path, results=[{"item": "runtime", **told}])
        assert (status, problem["code"]) == expected
        assert [error["pointer"] for error in problem["errors"]] == ["#/results/0/value"]
    await office.act(VISITS, visit, "complete", results=[{"item": "runtime", "value": 500, "read_at": now}])
    assert [one["hours"] for one in await office.items(meters)] == [500]


async def test_hours_that_a_visit_repeated_stand_when_those_told_by_hand_are_withdrawn(office: Office):
    limits = {"parts": LIMITED, "labour": LIMITED, "travel": LIMITED}
    asset = await installed(office, terms=limits)
    await accept(office, asset)
    visit = await due(office, asset, checklist=[METER])
    meters, now = f"/v1/assets/{asset['id']}/meter-readings", office.clock.now.isoformat()
    by_hand = (await office.client.post(meters, json={"hours": 2100, "read_at": now})).json()
    ended = [one["ends_on"] for one in await current(office, asset)]
    read = [{"item": "runtime", "value": 2100.4, "read_at": now}]
    await office.act(VISITS, visit, "complete", results=read)
    assert [one["id"] for one in await office.items(meters)] == [by_hand["id"]]
    await office.act(meters, by_hand, "withdraw", reason="guessed")
    [stands] = await office.items(meters, is_withdrawn="false")
    [reading] = await office.items(f"/v1/assets/{asset['id']}/readings")
    assert (stands["hours"], stands["reading_id"]) == (2100, reading["id"])
    assert [one["ends_on"] for one in await current(office, asset)] == ended == ["2026-05-31"]
    told = [one for one in await office.published(asset) if one["type"] == "asset.meter_read"]
    assert [one["is_withdrawn"] for one in told] == [False, True, False]
    await office.act(meters, stands, "withdraw", reason="misread")
    assert await office.items(meters, is_withdrawn="false") == []
    assert [one["ends_on"] for one in await current(office, asset)] == ["2028-04-01"]


async def test_a_reading_that_a_visit_repeated_is_the_visits_word_from_then_on(office: Office):
    asset = await office.asset()
    visit = await due(office, asset, checklist=[METER])
    now = office.clock.now.isoformat()
    readings, meters = (f"/v1/assets/{asset['id']}/{one}" for one in ("readings", "meter-readings"))
    by_hand = await office.create(readings, item="runtime", unit="h", value=500, read_at=now)
    assert by_hand["inspection_id"] is None
    told = (await office.client.post(meters, json={"hours": 500, "read_at": now})).json()
    read = [{"item": "runtime", "value": 500, "read_at": now}]
    await office.act(VISITS, visit, "complete", results=read)
    [reading] = await office.items(readings)
    assert (reading["id"], reading["inspection_id"]) == (by_hand["id"], visit["id"])
    await office.act(meters, told, "withdraw", reason="guessed")
    [stands] = await office.items(meters, is_withdrawn="false")
    assert stands["reading_id"] == by_hand["id"]


async def test_hours_that_no_visit_read_are_gone_when_they_are_withdrawn(office: Office):
    asset = await office.asset()
    visit = await due(office, asset, checklist=[METER])
    meters, now = f"/v1/assets/{asset['id']}/meter-readings", office.clock.now.isoformat()
    told = (await office.client.post(meters, json={"hours": 500, "read_at": now})).json()
    office.clock.advance(timedelta(hours=1))
    await office.act(VISITS, visit, "complete", results=[{"item": "runtime", "value": 501}])
    await office.act(meters, told, "withdraw", reason="guessed")
    assert [one["hours"] for one in await office.items(meters, is_withdrawn="false")] == [501]


async def test_a_checklist_has_one_hour_meter_in_hours(office: Office):
    asset = await office.asset()
    body = {"title": "x", "site_id": asset["site_id"], "asset_id": asset["id"], "schedule": MONTHLY}
    for checklist in ([{**METER, "unit": "min"}], [METER, {**METER, "code": "second"}]):
        status, problem = await office.refused(PLANS, **body, checklist=checklist)
        assert (status, problem["code"]) == (422, "hour-meter-unfit")


async def test_a_site_is_inspected_asset_by_asset(office: Office):
    first = await office.asset()
    second = await office.asset({"id": first["site_id"]})
    visit = await office.create(
        VISITS,
        site_id=first["site_id"],
        due_on="2026-03-10",
        checklist=[RESISTANCE, {**RESISTANCE, "code": "room_temperature", "is_required": False}],
        **AGREED,
    )
    assert (visit["state"], visit["plan_id"]) == ("due", None)
    assert visit["number"].startswith("INSP-2026-")
    told = [{"item": "resistance", "value": n, "asset_id": one["id"]} for n, one in ((2, first), (9, second))]
    told.append({"item": "room_temperature", "value": 3})
    done = await office.act(VISITS, visit, "complete", results=told)
    assert done["condition"] == "abnormal"
    anomaly = (await office.published(visit))[-1]
    assert (anomaly["type"], anomaly["asset_id"]) == ("inspection.anomaly", second["id"])
    [reading] = await office.items(f"/v1/assets/{first['id']}/readings")
    assert reading["item"] == "resistance"


async def test_customers_see_their_own_and_touch_nothing(office: Office, customer_of):
    visit = await due(office)
    own = await customer_of({"id": visit["customer_id"]})
    stranger = await customer_of(await office.customer())
    for path in (f"{PLANS}/{visit['plan_id']}", f"{VISITS}/{visit['id']}"):
        assert (await own.get(path)).status_code == 200
        assert (await stranger.get(path)).status_code == 404
    assert await office.items(VISITS, stranger) == []
    answer = await own.post(f"{VISITS}/{visit['id']}:start", json={})
    assert answer.status_code == 403
    assert (await stranger.get(f"/v1/assets/{visit['asset_id']}/readings")).status_code == 404


async def test_only_a_lead_gives_up_what_was_agreed(office: Office, connect):
    visit = await due(office)
    engineer = await connect(sub="engineer-1", roles=["engineer"])
    for path in (f"{VISITS}/{visit['id']}:cancel", f"{PLANS}/{visit['plan_id']}:end"):
        status, problem = await office.refused(path, engineer, reason="no time")
        assert (status, problem["code"]) == (403, "action-needs-role")
    cancelled = await office.act(VISITS, visit, "cancel", reason="the site is closed")
    assert cancelled["state"] == "cancelled"


def sent(office: Office, ticket: Json, name: str, version: int, **own: object) -> Envelope:
    """``ticketing.visit.<name>`` about a visit on the inspection's request."""
    told = {**ticket, "visit_version": version, **own}
    kind = REGISTRY[f"ticketing.visit.{name}"]
    return arriving(kind, ticket["ticket_id"], told, office.clock.now, version)


async def test_an_inspection_shows_whom_ticketing_sends(office: Office):
    """§1.2.4: whatever order it is told in, once each."""
    visit = await due(office)
    own = {"kind": "service_request", "channel": "inspection", "routine_inspection_id": visit["id"]}
    ticket = ticket_of(visit["customer_id"], None, "2026-04-01T00:00:00Z", **own)
    first, second = str(new_id()), str(new_id())
    asked = sent(office, ticket, "requested", 2, visit_id=first, visit_state="requested")
    await office.hear(asked)
    now = await office.get(f"{VISITS}/{visit['id']}")
    assert (now["ticket_id"], now["visit_id"], now["visit_state"]) == (
        ticket["ticket_id"],
        first,
        "requested",
    )
    assert (now["state"], now["version"]) == ("due", visit["version"] + 1)
    assert "dispatch" not in now["allowed_actions"]
    event = (await office.published(visit))[-1]
    assert (event["type"], event["ticket_id"]) == ("inspection.dispatched", ticket["ticket_id"])
    assert (event["visit_id"], event["visit_state"]) == (first, "requested")
    assert event["time_zone"] == "Asia/Shanghai"
    assert (await office.audited(visit))[-1] == "inspection.dispatch"
    again = sent(office, ticket, "requested", 9, visit_id=second, visit_state="requested")
    gone = sent(office, ticket, "cancelled", 8, visit_id=first, visit_state="cancelled")
    await office.hear(again, gone, asked, again)
    now = await office.get(f"{VISITS}/{visit['id']}")
    assert (now["visit_id"], now["visit_state"]) == (second, "requested")
    assert (await office.types(visit)).count("inspection.dispatched") == 2


async def test_the_visit_asked_for_last_is_shown_whatever_is_said_of_earlier_ones(office: Office):
    visit = await due(office)
    ticket = ticket_of(visit["customer_id"], None, "2026-04-01T00:00:00Z", routine_inspection_id=visit["id"])
    first, second = str(new_id()), str(new_id())
    await office.hear(
        sent(office, ticket, "left_unresolved", 5, visit_id=first, visit_state="unresolved"),
        sent(office, ticket, "requested", 6, visit_id=second, visit_state="requested"),
        sent(office, ticket, "satisfaction_recorded", 9, visit_id=first, visit_state="unresolved"),
        sent(office, ticket, "offered", 8, visit_id=second, visit_state="offered"),
    )
    now = await office.get(f"{VISITS}/{visit['id']}")
    assert (now["visit_id"], now["visit_state"]) == (second, "requested")
    await office.hear(sent(office, ticket, "accepted", 10, visit_id=second, visit_state="accepted"))
    assert (await office.get(f"{VISITS}/{visit['id']}"))["visit_state"] == "accepted"


async def test_a_visit_to_an_inspection_that_is_not_there_stops_nothing(office: Office):
    visit = await due(office)
    before = await office.everything()
    ticket = ticket_of(visit["customer_id"], None, "2026-04-01T00:00:00Z", routine_inspection_id=str(uuid4()))
    await office.hear(sent(office, ticket, "requested", 2, visit_id=str(uuid4()), visit_state="requested"))
    assert await office.everything() == before


async def test_inspections_of_an_earlier_release_are_told_once_again(office: Office):
    """§1.2.4: somebody is sent to those that are due and have nobody."""
    unsent, known, begun = await due(office), await due(office), await due(office)
    ticket = ticket_of(known["customer_id"], None, "2026-04-01T00:00:00Z", routine_inspection_id=known["id"])
    await office.hear(sent(office, ticket, "requested", 2, visit_id=str(uuid4()), visit_state="requested"))
    await office.act(VISITS, begun, "start")
    await back(office, "0015")
    [sending] = [one for one in SWEEPS if one.name == "inspections_sent"]
    for _ in range(2):
        await sweep_now(office.database, "warranty", sending, office.clock.now)
    asked = "inspection.dispatch_asked"
    assert [(await office.types(one)).count(asked) for one in (unsent, known, begun)] == [1, 0, 0]
    now = await office.get(f"{VISITS}/{unsent['id']}")
    assert (now["state"], now["version"]) == ("due", unsent["version"] + 1)
    assert "askDispatch" not in now["allowed_actions"]
    assert (await office.audited(unsent))[-1] == "inspection.askDispatch"


async def test_visits_to_faults_are_no_inspections(office: Office):
    visit = await due(office)
    before = await office.everything()
    ticket = ticket_of(visit["customer_id"], None, "2026-04-01T00:00:00Z")
    await office.hear(sent(office, ticket, "requested", 2, visit_id=str(uuid4()), visit_state="requested"))
    assert await office.everything() == before


async def test_a_visit_that_is_over_is_shown_as_well(office: Office):
    """Ticketing settles its request after the inspection: what became of the visit is not lost."""
    visit = await due(office)
    await office.act(VISITS, visit, "complete", results=results())
    ticket = ticket_of(visit["customer_id"], None, "2026-04-01T00:00:00Z", routine_inspection_id=visit["id"])
    await office.hear(sent(office, ticket, "completed", 5, visit_id=str(uuid4()), visit_state="completed"))
    now = await office.get(f"{VISITS}/{visit['id']}")
    assert (now["state"], now["visit_state"]) == ("completed", "completed")
