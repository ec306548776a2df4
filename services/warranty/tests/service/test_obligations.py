"""Inspections promised by the year: owed period by period, kept by visits, changed and ended with the contract."""

from datetime import datetime, timedelta

import pytest

from common.sweeps import sweep_now
from warranty.sweeps.ending import SWEEPS as ENDING
from warranty.sweeps.maintenance import SWEEPS

from .office import Json, Office

OWED, VISITS, CONTRACTS = "/v1/inspection-obligations", "/v1/inspections", "/v1/contracts"
FANS = {"code": "fans", "kind": "check", "label_zh": "风扇", "label_en": "Fans"}
AGREED = {"agreed_by": "Ms Wang", "agreed_at": "2026-02-01T02:00:00Z"}


async def sweep(office: Office) -> int:
    return await sweep_now(office.database, "warranty", SWEEPS[1], office.clock.now)


async def until(office: Office, day: str) -> int:
    """Let time pass until noon of a day in Shanghai, and look what is owed by then."""
    office.clock.advance(datetime.fromisoformat(f"{day}T04:00:00+00:00") - office.clock.now)
    return await sweep(office)


async def promised(office: Office, per_year: int = 2, **changes: object) -> tuple[Json, Json]:
    """A site and its customer's contract with so many inspections a year."""
    customer = await office.customer()
    site = await office.site(customer)
    return site, await office.contract(customer, inspections_per_year=per_year, **changes)


async def arranged(office: Office, site: Json, **changes: object) -> Json:
    body = {"site_id": site["id"], "due_on": "2029-01-01", "checklist": [FANS], **AGREED, **changes}
    return await office.create(VISITS, **body)


async def visited(office: Office, site: Json, at: str | None = None, **changes: object) -> Json:
    visit = await arranged(office, site, **changes)
    results = [{"item": "fans", "is_ok": True}]
    return await office.act(VISITS, visit, "complete", results=results, occurred_at=at)


async def owed(office: Office, contract: Json) -> list[tuple[str, str, str]]:
    rows = await office.items(OWED, contract_id=contract["id"])
    return [(one["from_on"], one["to_on"], one["state"]) for one in rows]


async def only(office: Office, contract: Json, **filters: object) -> Json:
    [row] = await office.items(OWED, contract_id=contract["id"], **filters)
    return row


async def test_a_contract_owes_one_in_each_period_of_its_year(office: Office):
    _, contract = await promised(office)
    first = await only(office, contract)
    assert (first["from_on"], first["to_on"], first["state"]) == ("2026-01-01", "2026-06-30", "open")
    assert (first["contract_year"], first["period"], first["time_zone"]) == (1, 1, "Asia/Shanghai")
    assert first["due_at"] == "2026-06-30T16:00:00.000000Z"
    assert (first["inspection_id"], first["is_overdue"], first["is_late"]) == (None, False, False)
    [event] = await office.published(first)
    facts = {
        "contract_id": contract["id"],
        "customer_id": contract["customer_id"],
        "from_on": "2026-01-01",
        "to_on": "2026-06-30",
        "state": "open",
        "inspection_id": None,
    }
    assert event["type"] == "inspection_obligation.opened"
    assert {name: event[name] for name in facts} == facts
    assert await office.get(f"{OWED}/{first['id']}") == first
    assert (await office.get(f"{CONTRACTS}/{contract['id']}"))["next_inspection_from"] == "2026-07-01"
    assert await sweep(office) == 0
    assert await until(office, "2026-07-01") == 1
    assert await sweep(office) == 0
    assert await owed(office, contract) == [
        ("2026-01-01", "2026-06-30", "open"),
        ("2026-07-01", "2026-12-31", "open"),
    ]
    [opened] = await office.published((await office.items(OWED, contract_id=contract["id"]))[1])
    assert opened["occurred_at"].startswith("2026-06-30T16:00:00")
    assert await office.audited(first) == ["inspection_obligation.create"]


async def test_a_visit_keeps_it_and_is_the_evidence(office: Office):
    site, contract = await promised(office)
    visit = await visited(office, site)
    assert visit["contract_id"] == contract["id"]
    kept = await only(office, contract)
    assert (kept["state"], kept["inspection_id"], kept["kept_at"]) == (
        "kept",
        visit["id"],
        visit["completed_at"],
    )
    assert await office.types(kept) == ["inspection_obligation.opened", "inspection_obligation.kept"]
    told = (await office.published(kept))[-1]
    assert (told["inspection_id"], told["occurred_at"]) == (visit["id"], visit["completed_at"])
    assert (await office.published(visit))[-1]["contract_id"] == contract["id"]
    assert await office.items(OWED, inspection_id=visit["id"]) == [kept]


async def test_what_nobody_visited_is_overdue_and_can_be_made_up_for_late(office: Office):
    site, contract = await promised(office)
    await until(office, "2026-07-02")
    missed = await only(office, contract, is_overdue=True)
    assert (missed["from_on"], missed["state"], missed["is_overdue"]) == ("2026-01-01", "open", True)
    await visited(office, site)
    assert [state for *_, state in await owed(office, contract)] == ["open", "kept"]
    await until(office, "2026-09-02")
    visit = await visited(office, site)
    late = await only(office, contract, contract_year=1, inspection_id=visit["id"])
    assert (late["id"], late["is_late"], late["is_overdue"]) == (missed["id"], True, False)
    assert await office.items(OWED, contract_id=contract["id"], is_overdue=True) == []
    assert len(await office.items(OWED, contract_id=contract["id"], is_overdue=False)) == 2


async def test_a_visit_told_late_counts_for_when_it_took_place(office: Office):
    site, contract = await promised(office)
    early = await arranged(office, site)
    await until(office, "2026-07-02")
    await visited(office, site)
    await until(office, "2026-09-02")
    makes_up = await visited(office, site)
    results = [{"item": "fans", "is_ok": True}]
    told = await office.act(VISITS, early, "complete", results=results, occurred_at="2026-05-01T00:00:00Z")
    first, second = await office.items(OWED, contract_id=contract["id"])
    assert (first["inspection_id"], first["is_late"], first["kept_at"]) == (
        told["id"],
        False,
        "2026-05-01T00:00:00.000000Z",
    )
    assert second["inspection_id"] not in {makes_up["id"], told["id"]}
    assert await office.types(first) == [
        "inspection_obligation.opened",
        "inspection_obligation.kept",
        "inspection_obligation.kept",
    ]
    assert await office.items(OWED, inspection_id=makes_up["id"]) == []


async def test_a_visit_from_before_the_platform_is_told_with_its_past(office: Office):
    site, contract = await promised(office)
    past = {"due_on": "2026-01-20", "agreed_at": "2026-01-05T02:00:00Z"}
    told = {"site_id": site["id"], "checklist": [FANS], **AGREED, **past}
    status, problem = await office.refused(VISITS, **told)
    assert (status, problem["code"]) == (422, "day-passed")
    status, problem = await office.refused(VISITS, **told, occurred_at="2026-01-21T02:00:00Z")
    assert (status, problem["code"]) == (422, "day-passed")
    status, problem = await office.refused(VISITS, **told, occurred_at="2027-01-01T00:00:00Z")
    assert (status, problem["code"]) == (422, "occurred-in-future")
    done_at = "2026-01-20T03:00:00Z"
    visit = await visited(office, site, done_at, **past, occurred_at="2026-01-05T02:00:00Z")
    assert [one["occurred_at"][:10] for one in await office.published(visit)] == ["2026-01-05", "2026-01-20"]
    assert (await only(office, contract, contract_year=1, inspection_id=visit["id"]))["state"] == "kept"


async def test_one_more_counts_ahead_when_its_period_begins(office: Office):
    site, contract = await promised(office)
    await visited(office, site)
    ahead = await visited(office, site)
    assert await office.items(OWED, inspection_id=ahead["id"]) == []
    await until(office, "2026-07-01")
    second = (await office.items(OWED, contract_id=contract["id"]))[1]
    assert (second["state"], second["inspection_id"]) == ("kept", ahead["id"])
    assert [one["occurred_at"][:19] for one in await office.published(second)] == [
        "2026-06-30T16:00:00",
        "2026-06-30T16:00:00",
    ]


async def test_what_was_over_before_the_contract_was_known_is_nobodys_breach(office: Office):
    _, contract = await promised(office, 4, starts_on="2024-01-15")
    [(from_on, to_on, state)] = await owed(office, contract)
    assert (from_on, to_on, state) == ("2026-01-15", "2026-04-14", "open")
    row = await only(office, contract)
    assert (row["contract_year"], row["period"]) == (3, 1)
    assert row["opened_at"] == contract["state_changed_at"]


async def test_a_visit_before_the_contract_was_put_in_force_counts_once_it_is(office: Office):
    customer = await office.customer()
    site = await office.site(customer)
    contract = await office.contract(customer, is_active=False, inspections_per_year=2)
    named = await visited(office, site, contract_id=contract["id"])
    await office.act(CONTRACTS, contract, "activate")
    kept = await only(office, contract)
    assert (kept["state"], kept["inspection_id"]) == ("kept", named["id"])
    opened, told = await office.published(kept)
    assert opened["occurred_at"] == told["occurred_at"] == kept["opened_at"]


async def test_after_a_long_time_away_every_period_is_owed_once_as_of_its_first_day(office: Office):
    _, contract = await promised(office, 4)
    assert await until(office, "2027-01-02") == 1
    rows = await office.items(OWED, contract_id=contract["id"])
    assert [one["from_on"] for one in rows] == [
        "2026-01-01",
        "2026-04-01",
        "2026-07-01",
        "2026-10-01",
        "2027-01-01",
    ]
    assert [one["contract_year"] for one in rows] == [1, 1, 1, 1, 2]
    assert rows[1]["opened_at"] == "2026-03-31T16:00:00.000000Z"
    assert [one["is_overdue"] for one in rows] == [True, True, True, True, False]


async def test_no_inspections_promised_none_owed(office: Office):
    for per_year in (None, 0):
        customer = await office.customer()
        contract = await office.contract(customer, inspections_per_year=per_year)
        assert contract["next_inspection_from"] is None
        await visited(office, await office.site(customer))
        assert await owed(office, contract) == []


async def test_a_draft_owes_nothing(office: Office):
    contract = await office.contract(await office.customer(), is_active=False, inspections_per_year=2)
    changed = await office.patch(CONTRACTS, contract, inspections_per_year=4)
    assert changed["next_inspection_from"] is None
    assert await owed(office, contract) == []


async def test_more_a_year_end_the_period_earlier(office: Office):
    _, contract = await promised(office)
    changed = await office.patch(CONTRACTS, contract, inspections_per_year=4)
    assert changed["next_inspection_from"] == "2026-04-01"
    row = await only(office, contract)
    assert (row["to_on"], row["due_at"], row["state"]) == (
        "2026-03-31",
        "2026-03-31T16:00:00.000000Z",
        "open",
    )
    told = (await office.published(row))[-1]
    assert (told["type"], told["previous_to_on"]) == ("inspection_obligation.period_changed", "2026-06-30")
    await office.patch(CONTRACTS, changed, rates={"visit": {"amount": "1.00", "currency": "CNY"}})
    assert len(await office.types(row)) == 2


async def test_a_period_that_is_no_more_gives_way_to_the_one_there_is(office: Office):
    _, contract = await promised(office)
    await until(office, "2026-05-02")
    changed = await office.patch(CONTRACTS, contract, inspections_per_year=4)
    assert sorted(await owed(office, contract)) == [
        ("2026-01-01", "2026-06-30", "withdrawn"),
        ("2026-04-01", "2026-06-30", "open"),
    ]
    gone = await only(office, contract, state="withdrawn")
    told = (await office.published(gone))[-1]
    assert (told["type"], told["reason"]) == ("inspection_obligation.withdrawn", "contract_changed")
    assert gone["withdrawal_reason"] == "contract_changed"
    assert (await only(office, contract, state="open"))["opened_at"] == changed["updated_at"]
    again = await office.patch(CONTRACTS, changed, inspections_per_year=2)
    assert again["next_inspection_from"] == "2026-07-01"
    current = await only(office, contract, state="open")
    assert (current["from_on"], current["to_on"]) == ("2026-01-01", "2026-06-30")


async def test_what_was_kept_or_missed_stands_when_the_number_changes(office: Office):
    site, contract = await promised(office, 4)
    await until(office, "2026-05-02")
    await visited(office, site)
    changed = await office.patch(CONTRACTS, contract, inspections_per_year=2)
    assert await owed(office, contract) == [
        ("2026-01-01", "2026-03-31", "open"),
        ("2026-04-01", "2026-06-30", "kept"),
    ]
    assert changed["next_inspection_from"] == "2026-07-01"


async def test_promising_none_any_more_withdraws_what_is_not_due(office: Office):
    _, contract = await promised(office)
    changed = await office.patch(CONTRACTS, contract, inspections_per_year=None)
    assert changed["next_inspection_from"] is None
    assert [state for *_, state in await owed(office, contract)] == ["withdrawn"]
    await until(office, "2026-12-01")
    assert len(await owed(office, contract)) == 1


@pytest.mark.parametrize(
    ("ends_on", "expected"),
    [
        ("2026-05-31", ("2026-01-01", "2026-05-31", "open")),
        ("2026-03-31", ("2026-01-01", "2026-06-30", "withdrawn")),
    ],
)
async def test_another_last_day_moves_or_withdraws_what_is_owed(office: Office, ends_on, expected):
    _, contract = await promised(office)
    changed = await office.patch(CONTRACTS, contract, ends_on=ends_on)
    assert changed["next_inspection_from"] is None
    assert await owed(office, contract) == [expected]
    longer = await office.patch(CONTRACTS, changed, ends_on="2027-12-31")
    assert longer["next_inspection_from"] == "2026-07-01"
    assert ("2026-01-01", "2026-06-30", "open") in await owed(office, contract)


async def test_a_terminated_contract_owes_no_more_than_was_due(office: Office):
    site, contract = await promised(office)
    await until(office, "2026-08-02")
    ended = await office.act(CONTRACTS, contract, "terminate", reason="agreed")
    assert ended["next_inspection_from"] is None
    assert [state for *_, state in await owed(office, contract)] == ["open", "withdrawn"]
    gone = await only(office, contract, state="withdrawn")
    told = (await office.published(gone))[-1]
    assert (told["reason"], told["occurred_at"]) == ("contract_ended", ended["state_changed_at"])
    assert await until(office, "2027-08-02") == 0
    late = await visited(office, site, contract_id=contract["id"])
    assert (await only(office, contract, state="kept"))["inspection_id"] == late["id"]


async def test_a_termination_told_late_takes_back_what_it_was_too_early_for(office: Office):
    _, contract = await promised(office)
    await until(office, "2026-08-02")
    await office.act(CONTRACTS, contract, "terminate", reason="agreed", occurred_at="2026-05-01T00:00:00Z")
    assert [state for *_, state in await owed(office, contract)] == ["withdrawn", "withdrawn"]
    first, second = await office.items(OWED, contract_id=contract["id"])
    assert (await office.published(first))[-1]["occurred_at"].startswith("2026-05-01T00:00:00")
    assert (await office.published(second))[-1]["occurred_at"] == second["opened_at"]


@pytest.mark.parametrize("told_on", ["2026-11-25", "2026-11-27", "2026-12-03"])
@pytest.mark.parametrize(
    ("ends_on", "expected"),
    [
        ("2026-11-26", ("2026-09-01", "2026-11-26", "open")),
        ("2026-09-20", ("2026-09-01", "2026-11-30", "withdrawn")),
    ],
)
async def test_an_earlier_last_day_says_the_same_whenever_it_is_told(
    office: Office, told_on, ends_on, expected
):
    _, contract = await promised(office, 4, starts_on="2026-03-01")
    await until(office, told_on)
    await office.patch(CONTRACTS, contract, ends_on=ends_on)
    await until(office, "2026-12-04")
    await sweep_now(office.database, "warranty", ENDING[0], office.clock.now)
    assert [row for row in await owed(office, contract) if row[0] == "2026-09-01"] == [expected]
    assert [row for row in await owed(office, contract) if row[0] > "2026-09-01" and row[2] == "open"] == []


async def test_what_follows_is_not_refused_for_a_time_nobody_told(office: Office):
    site, _ = await promised(office)
    visit = await arranged(office, site)
    office.clock.advance(timedelta(seconds=-1))
    results = [{"item": "fans", "is_ok": True}]
    answer = await office.client.post(f"{VISITS}/{visit['id']}:complete", json={"results": results})
    assert answer.status_code == 200, answer.text
    _, other = await promised(office)
    office.clock.advance(timedelta(seconds=-1))
    await office.act(CONTRACTS, other, "terminate", reason="agreed")
    assert [state for *_, state in await owed(office, other)] == ["withdrawn"]


async def test_a_contract_that_ran_out_leaves_what_was_missed(office: Office):
    _, contract = await promised(office, ends_on="2026-12-31")
    office.clock.advance(timedelta(days=400))
    assert await sweep_now(office.database, "warranty", ENDING[0], office.clock.now) == 1
    assert (await office.get(f"{CONTRACTS}/{contract['id']}"))["state"] == "ended"
    assert await owed(office, contract) == [
        ("2026-01-01", "2026-06-30", "open"),
        ("2026-07-01", "2026-12-31", "open"),
    ]
    assert await sweep(office) == 0


async def test_a_visit_counts_under_its_plans_or_its_assets_contract(office: Office):
    customer = await office.customer()
    site = await office.site(customer)
    one, other = [await office.contract(customer, inspections_per_year=1) for _ in range(2)]
    asset = await office.asset(site, contract_id=one["id"])
    of_asset = await visited(office, site, asset_id=asset["id"])
    assert of_asset["contract_id"] == one["id"]
    plan = await office.create(
        "/v1/maintenance-plans",
        title="Yearly",
        site_id=site["id"],
        contract_id=other["id"],
        schedule={"dates": ["2026-03-05"]},
        checklist=[FANS],
        **AGREED,
    )
    await office.act("/v1/maintenance-plans", plan, "activate")
    await sweep_now(office.database, "warranty", SWEEPS[0], office.clock.now)
    [due] = await office.items(VISITS, plan_id=plan["id"])
    assert due["contract_id"] == other["id"]
    await office.act(VISITS, due, "complete", results=[{"item": "fans", "is_ok": True}])
    assert (await only(office, other))["inspection_id"] == due["id"]
    assert (await only(office, one))["inspection_id"] == of_asset["id"]


async def test_a_visit_of_a_site_with_two_promises_waits_for_a_word(office: Office):
    customer = await office.customer()
    site = await office.site(customer)
    one, other = [await office.contract(customer, inspections_per_year=1) for _ in range(2)]
    visit = await visited(office, site)
    assert visit["contract_id"] is None
    assert [row["state"] for row in await office.items(OWED, customer_id=customer["id"])] == ["open", "open"]
    named = await office.act(VISITS, visit, "assignContract", contract_id=other["id"])
    assert (named["contract_id"], named["state"]) == (other["id"], "completed")
    assert (await only(office, other))["inspection_id"] == visit["id"]
    assert (await only(office, one))["state"] == "open"
    assert (await office.types(visit))[-1] == "inspection.contract_assigned"
    path = f"{VISITS}/{visit['id']}:assignContract"
    status, problem = await office.refused(path, contract_id=one["id"])
    assert (status, problem["code"]) == (409, "inspection-counted")


async def test_a_visit_counts_only_under_a_contract_that_was_in_force(office: Office):
    customer = await office.customer()
    site = await office.site(customer)
    draft = await office.contract(customer, is_active=False, inspections_per_year=1)
    over = await office.contract(customer, inspections_per_year=1)
    short = await office.contract(customer, inspections_per_year=1, ends_on="2026-03-01")
    await office.contract(customer, inspections_per_year=1)
    early = await visited(office, site)
    await until(office, "2026-05-02")
    await office.act(CONTRACTS, over, "terminate", reason="agreed")
    await until(office, "2026-06-02")
    late = await visited(office, site)
    next_year = await office.contract(customer, inspections_per_year=1, starts_on="2027-01-01")
    for contract in (draft, over, short, next_year):
        path = f"{VISITS}/{late['id']}:assignContract"
        status, problem = await office.refused(path, contract_id=contract["id"])
        assert (status, problem["code"]) == (409, "contract-not-in-force")
    named = await office.act(VISITS, early, "assignContract", contract_id=over["id"])
    assert named["contract_id"] == over["id"]


@pytest.mark.parametrize("is_named", [True, False], ids=["named", "of its asset"])
async def test_a_visit_after_a_contract_is_over_counts_under_the_one_that_followed(
    office: Office, *, is_named: bool
):
    customer = await office.customer()
    site = await office.site(customer)
    old = await office.contract(customer, inspections_per_year=1, ends_on="2026-12-31")
    asset = await office.asset(site, contract_id=old["id"])
    told = {"contract_id": old["id"]} if is_named else {"asset_id": asset["id"]}
    early, planned = await arranged(office, site, **told), await arranged(office, site, **told)
    renewed = await office.contract(customer, inspections_per_year=1, starts_on="2027-01-01")
    await until(office, "2027-01-10")
    await sweep_now(office.database, "warranty", ENDING[0], office.clock.now)
    assert (await office.get(f"{CONTRACTS}/{old['id']}"))["state"] == "ended"
    done = {"results": [{"item": "fans", "is_ok": True}]}
    counted = await office.act(VISITS, planned, "complete", **done)
    assert counted["contract_id"] == renewed["id"]
    assert (await office.published(planned))[-1]["contract_id"] == renewed["id"]
    kept = await only(office, renewed)
    assert (kept["state"], kept["inspection_id"]) == ("kept", planned["id"])
    assert (await office.types(kept))[-1] == "inspection_obligation.kept"
    assert (await only(office, old))["state"] == "open"
    before = await office.act(VISITS, early, "complete", occurred_at="2026-12-20T02:00:00Z", **done)
    assert before["contract_id"] == old["id"]
    assert (await only(office, old))["inspection_id"] == early["id"]


async def test_a_visit_that_was_told_late_counts_under_the_contract_of_its_day(office: Office):
    customer = await office.customer()
    site = await office.site(customer)
    old = await office.contract(customer, inspections_per_year=1, ends_on="2026-12-31")
    await office.contract(customer, inspections_per_year=1, starts_on="2027-01-01")
    visit = await arranged(office, site)
    await until(office, "2027-01-10")
    await sweep_now(office.database, "warranty", ENDING[0], office.clock.now)
    results = [{"item": "fans", "is_ok": True}]
    told = await office.act(VISITS, visit, "complete", results=results, occurred_at="2026-12-20T02:00:00Z")
    assert told["contract_id"] == old["id"]
    assert (await only(office, old))["inspection_id"] == visit["id"]


async def test_a_visit_that_is_due_may_count_under_the_contract_that_begins_by_then(office: Office):
    site, _ = await promised(office, ends_on="2028-12-31")
    later = await office.contract({"id": site["customer_id"]}, starts_on="2029-01-01", inspections_per_year=1)
    visit = await arranged(office, site, due_on="2029-01-15")
    named = await office.act(VISITS, visit, "assignContract", contract_id=later["id"])
    assert named["contract_id"] == later["id"]
    sooner = await arranged(office, site, due_on="2028-12-15")
    status, problem = await office.refused(f"{VISITS}/{sooner['id']}:assignContract", contract_id=later["id"])
    assert (status, problem["code"]) == (409, "contract-not-in-force")


async def test_a_visit_belongs_to_a_contract_of_its_customer(office: Office):
    site, contract = await promised(office)
    _, stranger = await promised(office)
    visit = await arranged(office, site)
    path = f"{VISITS}/{visit['id']}:assignContract"
    status, problem = await office.refused(path, contract_id=stranger["id"])
    assert (status, problem["code"]) == (422, "contract-of-another")
    body = {"site_id": site["id"], "due_on": "2026-09-01", "checklist": [FANS], **AGREED}
    status, problem = await office.refused(VISITS, **body, contract_id=stranger["id"])
    assert (status, problem["code"]) == (422, "contract-of-another")
    named = await office.act(VISITS, visit, "assignContract", contract_id=contract["id"])
    assert named["state"] == "due"
    assert (await only(office, contract))["state"] == "open"


async def test_a_customer_sees_what_is_owed_to_it_and_to_nobody_else(office: Office, customer_of):
    _, mine = await promised(office)
    _, theirs = await promised(office)
    customer = await office.get(f"/v1/customers/{mine['customer_id']}")
    user = await customer_of(customer)
    [row] = await office.items(OWED, user)
    assert row["contract_id"] == mine["id"]
    other = await only(office, theirs)
    assert (await user.get(f"{OWED}/{other['id']}")).status_code == 404
    assert await office.items(OWED, user, contract_id=theirs["id"]) == []
