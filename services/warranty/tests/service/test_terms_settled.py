"""Ends that wait for something settle when it is told; decisions are made as it was known at any moment."""

from datetime import UTC, datetime, timedelta

from .office import Json, Office
from .test_coverage import ACCEPTED, accept, current, decide


async def accepted(office: Office, **contract: object) -> Json:
    """An asset under a contract, accepted on 1 April 2026."""
    customer = await office.customer()
    agreed = await office.contract(customer, **contract)
    asset = await office.asset(await office.site(customer), contract_id=agreed["id"])
    office.clock.set(ACCEPTED)
    await accept(office, asset)
    return await office.get(f"/v1/assets/{asset['id']}")


async def read(office: Office, asset: Json, hours: int, **own: object) -> Json:
    path = f"/v1/assets/{asset['id']}/meter-readings"
    answer = await office.client.post(path, json={"hours": hours, **own})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_milestone_told_later_settles_the_end(office: Office):
    rule = "later_of(accepted + 12 months, delivered + 18 months)"
    asset = await accepted(office, terms={"parts": rule, "labour": rule, "travel": rule})
    [term] = await current(office, asset)
    assert (term["ends_on"], term["latest_on"], term["waits_for"]) == ("2027-04-01", None, ["delivered"])
    assert (await decide(office, asset, "2027-05-01T00:00:00Z"))["coverage"] == "undetermined"
    then = office.clock.now
    office.clock.advance(timedelta(days=30))
    asset = await office.patch("/v1/assets", asset, delivered_on="2026-02-01")
    [settled] = await current(office, asset)
    assert (settled["ends_on"], settled["is_provisional"], settled["source"]) == (
        "2027-08-01",
        False,
        "settlement",
    )
    assert settled["previous_term_id"] == term["id"]
    assert await office.types(settled) == ["warranty.changed"]
    assert (await decide(office, asset, "2027-05-01T00:00:00Z"))["coverage"] == "free"
    as_then = await decide(office, asset, "2027-05-01T00:00:00Z", known_at=then.isoformat())
    assert as_then["coverage"] == "undetermined"
    await office.patch("/v1/assets", asset, delivered_on="2026-01-01")
    [corrected] = await current(office, asset)
    assert corrected["ends_on"] == "2027-07-01"


async def test_every_milestone_is_told_with_the_asset(office: Office):
    days = {
        "shipped_on": "2026-01-10",
        "delivered_on": "2026-01-20",
        "installed_on": "2026-02-01",
        "invoiced_on": "2026-02-15",
    }
    asset = await office.asset(**days)
    assert {name: asset[name] for name in days} == days
    cleared = await office.patch("/v1/assets", asset, invoiced_on=None)
    assert cleared["invoiced_on"] is None


async def test_a_correction_that_changes_no_end_changes_no_term(office: Office):
    asset = await accepted(office)
    before = await current(office, asset)
    await office.patch("/v1/assets", asset, invoiced_on="2026-02-15")
    assert await current(office, asset) == before


async def test_an_extension_moves_with_what_it_extends(office: Office):
    rule = "later_of(accepted + 12 months, delivered + 18 months)"
    asset = await accepted(office, terms={"parts": rule, "labour": rule, "travel": rule})
    [term] = await current(office, asset)
    path = f"/v1/assets/{asset['id']}/warranty-terms"
    await office.act(path, term, "extend", months=6, source="extension", reason="bought")
    await office.patch("/v1/assets", asset, delivered_on="2026-02-01")
    [settled] = await current(office, asset)
    assert settled["ends_on"] == "2028-02-01"


async def test_goodwill_never_turns_what_is_owed_into_a_gift(office: Office):
    asset = await accepted(office)
    [term] = await current(office, asset)
    path = f"/v1/assets/{asset['id']}/warranty-terms"
    longer = await office.act(path, term, "extend", months=6, source="goodwill", reason="a good customer")
    assert (longer["owed_until"], longer["ends_on"]) == ("2028-04-01", "2028-10-01")
    assert (await decide(office, asset, "2028-03-01T00:00:00Z"))["coverage"] == "free"
    assert (await decide(office, asset, "2028-05-01T00:00:00Z"))["coverage"] == "goodwill"


async def test_meters_end_what_is_limited_by_hours(office: Office):
    rule = "earlier_of(accepted + 24 months, hours(2000))"
    asset = await accepted(office, terms={"parts": rule, "labour": rule, "travel": rule})
    office.clock.advance(timedelta(days=100))
    await read(office, asset, 1500)
    [term] = await current(office, asset)
    assert (term["ends_on"], term["waits_for"]) == ("2028-04-01", ["hours(2000)"])
    then = office.clock.advance(timedelta(days=100))
    reading = await read(office, asset, 2100)
    [term] = await current(office, asset)
    assert (term["ends_on"], term["is_provisional"]) == ("2026-10-18", False)
    late = "2027-01-01T00:00:00Z"
    assert (await decide(office, asset, late))["coverage"] == "chargeable"
    before = then - timedelta(seconds=1)
    assert (await decide(office, asset, late, known_at=before.isoformat()))["coverage"] == "free"
    told = [one for one in await office.published(asset) if one["type"] == "asset.meter_read"]
    assert [(one["hours"], one["is_withdrawn"]) for one in told] == [(1500, False), (2100, False)]
    path = f"/v1/assets/{asset['id']}/meter-readings"
    gone = await office.act(path, reading, "withdraw", reason="typed wrongly")
    assert gone["withdrawal_reason"] == "typed wrongly"
    [term] = await current(office, asset)
    assert term["ends_on"] == "2028-04-01"
    status, problem = await office.refused(f"{path}/{reading['id']}:withdraw", reason="again")
    assert (status, problem["code"]) == (409, "reading-withdrawn")
    assert [one["hours"] for one in await office.items(path, is_withdrawn="false")] == [1500]


async def test_a_meter_is_read_forwards_and_once_at_a_time(office: Office):
    asset = await accepted(office)
    office.clock.advance(timedelta(days=10))
    at = office.clock.now.isoformat()
    await read(office, asset, 100, read_at=at)
    path = f"/v1/assets/{asset['id']}/meter-readings"
    earlier = (office.clock.now - timedelta(days=1)).isoformat()
    later = (office.clock.now + timedelta(days=1)).isoformat()
    for body, expected in [
        ({"hours": 100, "read_at": at}, (409, "meter-read-already")),
        ({"hours": 120, "read_at": earlier}, (422, "meter-runs-backwards")),
        ({"hours": 90, "read_at": at}, (422, "meter-runs-backwards")),
        ({"hours": 200, "read_at": later}, (422, "occurred-in-future")),
        ({"hours": 1, "component_id": asset["id"]}, (422, "component-unknown")),
    ]:
        status, problem = await office.refused(path, **body)
        assert (status, problem["code"]) == expected


async def test_a_components_hours_count_from_its_installation(office: Office):
    part = await office.part()
    rule = "hours(500)"
    customer = await office.customer()
    agreed = await office.contract(customer, terms={"components": {part["number"]: rule}})
    asset = await office.asset(await office.site(customer), contract_id=agreed["id"])
    office.clock.set(ACCEPTED - timedelta(days=20))
    await read(office, asset, 300)
    office.clock.advance(timedelta(days=1))
    component = await office.component(asset, part)
    office.clock.set(ACCEPTED)
    await accept(office, asset)
    office.clock.advance(timedelta(days=10))
    await read(office, asset, 700)
    [term] = await current(office, asset, component_id=component["id"])
    assert (term["ends_on"], term["waits_for"]) == (None, ["hours(500)"])
    running = await decide(office, asset, "2026-04-05T00:00:00Z", component_id=component["id"])
    assert running["coverage"] == "free"
    office.clock.advance(timedelta(days=10))
    await read(office, asset, 900)
    [term] = await current(office, asset, component_id=component["id"])
    assert term["ends_on"] == "2026-04-21"


async def test_what_was_replaced_was_covered_until_then(office: Office):
    asset = await office.asset()
    office.clock.set(ACCEPTED - timedelta(days=1))
    part = await office.part(is_key_part=True)
    old = await office.component(asset, part)
    office.clock.set(ACCEPTED)
    await accept(office, asset)
    office.clock.advance(timedelta(days=100))
    await office.replace(asset, old, part)
    for day, coverage in [("2026-05-01", "free"), ("2026-07-10", "free"), ("2026-08-01", "chargeable")]:
        found = await decide(office, asset, f"{day}T01:00:00Z", component_id=old["id"])
        assert (day, found["coverage"]) == (day, coverage)


async def test_before_acceptance_stays_free_when_asked_after_it(office: Office):
    asset = await office.asset()
    office.clock.set(ACCEPTED)
    await accept(office, asset)
    found = await decide(office, asset, "2026-03-31T00:00:00Z")
    assert (found["coverage"], found["reasons"][0]["rule"]) == ("free", "not_accepted_yet")


async def test_what_is_replaced_before_acceptance_has_no_term_yet(office: Office):
    asset, part = await office.asset(), await office.part(is_key_part=True)
    old = await office.component(asset, part)
    office.clock.advance(timedelta(days=1))
    await office.replace(asset, old, part)
    assert await current(office, asset) == []
    office.clock.set(ACCEPTED)
    await accept(office, asset)
    assert sorted(one["source"] for one in await current(office, asset)) == ["acceptance", "acceptance"]


async def test_an_ordinary_part_that_shared_its_assets_terms_has_the_minimum(office: Office):
    asset = await accepted(office, minimum_months=3)
    part = await office.part()
    office.clock.set(datetime(2028, 3, 1, 2, 0, tzinfo=UTC))
    old = await office.component(asset, part)
    assert await current(office, asset, component_id=old["id"]) == []
    office.clock.advance(timedelta(days=10))
    new = await office.replace(asset, old, part)
    [term] = await current(office, asset, component_id=new["id"])
    assert (term["source"], term["ends_on"]) == ("remainder", "2028-06-11")
    of_asset = [one for one in await current(office, asset) if one["component_id"] is None]
    assert [one["ends_on"] for one in of_asset] == ["2028-04-01"]


async def test_while_the_vendor_holds_the_device_the_end_is_open(office: Office):
    asset = await accepted(office, suspends_during_repair=True)
    await office.act("/v1/assets", asset, "putInService")
    office.clock.set(datetime(2028, 3, 20, 2, 0, tzinfo=UTC))
    await office.act("/v1/assets", asset, "takeForRepair", reason="fan")
    [held] = await current(office, asset)
    assert (held["ends_on"], held["latest_on"], held["suspended_on"], held["waits_for"]) == (
        "2028-04-01",
        None,
        "2028-03-20",
        ["returned"],
    )
    after = "2028-04-05T00:00:00Z"
    assert (await decide(office, asset, after))["coverage"] == "undetermined"
    office.clock.advance(timedelta(days=10))
    await office.act("/v1/assets", asset, "returnToService")
    [back] = await current(office, asset)
    assert (back["ends_on"], back["suspended_on"], back["is_provisional"]) == ("2028-04-11", None, False)
    assert (await decide(office, asset, after))["coverage"] == "free"


async def test_days_are_those_of_the_contracts_time_zone(office: Office):
    asset = await accepted(office, time_zone="America/New_York")
    [term] = await current(office, asset)
    assert (term["time_zone"], term["starts_on"], term["ends_on"]) == (
        "America/New_York",
        "2026-03-31",
        "2028-03-31",
    )
    assert (await decide(office, asset, "2028-04-01T03:59:59Z"))["coverage"] == "free"
    assert (await decide(office, asset, "2028-04-01T04:00:00Z"))["coverage"] == "chargeable"


async def test_contracts_and_the_catalogue_are_taken_as_they_were_known(office: Office):
    customer = await office.customer()
    product = await office.product(is_third_party=False, code="UPS-OLD")
    narrow = await office.contract(customer, scope={"products": ["UPS-NEW"]})
    wide = await office.contract(customer)
    place = await office.site(customer)
    asset = await office.asset(place, product_id=product["id"], contract_id=narrow["id"])
    known_from = office.clock.now
    office.clock.set(ACCEPTED)
    await accept(office, asset)
    fault = "2026-05-01T00:00:00Z"
    with_narrow = office.clock.advance(timedelta(days=60))
    assert (await decide(office, asset, fault))["coverage"] == "chargeable"
    office.clock.advance(timedelta(days=1))
    now = await office.get(f"/v1/assets/{asset['id']}")
    await office.patch("/v1/assets", now, contract_id=wide["id"])
    with_wide = office.clock.advance(timedelta(days=1))
    assert (await decide(office, asset, fault))["coverage"] == "free"
    office.clock.advance(timedelta(days=1))
    maker = {"summary": "return to base"}
    await office.patch("/v1/products", product, is_third_party=True, manufacturer_terms=maker)

    async def known(at: datetime) -> tuple[str, dict, bool]:
        found = await decide(office, asset, fault, known_at=at.isoformat())
        return (
            found["coverage"],
            found["facts"]["scope"]["products"],
            "manufacturer_terms" in {one["rule"] for one in found["reasons"]},
        )

    assert await known(with_narrow) == ("chargeable", ["UPS-NEW"], False)
    assert await known(with_wide) == ("free", [], False)
    assert await known(office.clock.now) == ("free", [], True)
    before = await decide(office, asset, fault, known_at=known_from.isoformat())
    assert before["reasons"][0]["rule"] == "not_accepted_yet"
    status, problem = await office.refused(
        "/v1/coverage-decisions",
        asset_id=asset["id"],
        at=fault,
        known_at=(known_from - timedelta(seconds=1)).isoformat(),
    )
    assert (status, problem["code"]) == (422, "not-known-then")


async def test_a_decision_is_read_back_a_year_later_and_made_again_the_same(office: Office):
    asset = await accepted(office)
    then = office.clock.advance(timedelta(days=800))
    first = await decide(office, asset, "2028-05-01T00:00:00Z", cause="defect")
    office.clock.advance(timedelta(days=365))
    [term] = await current(office, asset)
    path = f"/v1/assets/{asset['id']}/warranty-terms"
    await office.act(path, term, "extend", months=12, reason="bought late")
    assert await office.get(f"/v1/coverage-decisions/{first['id']}") == first
    again = await decide(office, asset, "2028-05-01T00:00:00Z", cause="defect", known_at=then.isoformat())
    same = ("coverage", "by_scope", "reasons", "facts")
    assert {name: again[name] for name in same} == {name: first[name] for name in same}


async def test_a_meter_counts_no_faster_than_a_clock(office: Office):
    asset = await office.asset()
    path = f"/v1/assets/{asset['id']}/meter-readings"
    await read(office, asset, 200)
    office.clock.advance(timedelta(minutes=90))
    status, problem = await office.refused(path, hours=10_000_000)
    assert (status, problem["code"]) == (422, "meter-runs-ahead")
    assert (problem["counted"], problem["passed"]) == (9_999_800, 1)
    assert problem["errors"][0]["pointer"] == "#/hours"
    await read(office, asset, 201)
    office.clock.advance(timedelta(days=100))
    await read(office, asset, 2_500)
    between = (office.clock.now - timedelta(days=99)).isoformat()
    status, problem = await office.refused(path, hours=300, read_at=between)
    assert (status, problem["code"]) == (422, "meter-runs-ahead")
    await read(office, asset, 230, read_at=between)
