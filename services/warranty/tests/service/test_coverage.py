"""Terms that begin, begin anew and are prolonged; decisions on who pays, then and now."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from common.context import system
from common.locking import locked
from common.moves import Moment, audit
from warranty.commands import terms
from warranty.tables.assets import Asset

from .office import Json, Office

ACCEPTED = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)


async def accept(office: Office, asset: Json, at: datetime = ACCEPTED) -> None:
    """The customer accepted the asset."""

    async def act(session):
        row = await locked(session, Asset, UUID(asset["id"]))
        row.accepted_at = at
        audit(session, "accept", row, office.clock.now)
        await terms.start(session, row, accepted_at=at, at=Moment(office.clock.now))

    await office.database.run(system("tests"), act)


async def current(office: Office, asset: Json, **params: object) -> list[Json]:
    return await office.items(f"/v1/assets/{asset['id']}/warranty-terms", is_current="true", **params)


async def decide(office: Office, asset: Json, at: str, **body: object) -> Json:
    return await office.create("/v1/coverage-decisions", asset_id=asset["id"], at=at, **body)


async def test_acceptance_begins_the_terms_of_everything_inside(office: Office):
    customer = await office.customer()
    contract = await office.contract(customer, terms={"travel": "accepted + 12 months"})
    asset = await office.asset(await office.site(customer), contract_id=contract["id"])
    office.clock.set(ACCEPTED - timedelta(days=1))
    await office.component(asset, await office.part())
    office.clock.set(ACCEPTED + timedelta(hours=1))
    await accept(office, asset)
    found = await current(office, asset)
    assert sorted((one["component_id"] is None, one["scopes"], one["ends_on"]) for one in found) == [
        (False, ["parts", "labour"], "2028-04-01"),
        (False, ["travel"], "2027-04-01"),
        (True, ["parts", "labour"], "2028-04-01"),
        (True, ["travel"], "2027-04-01"),
    ]
    assert await office.types(found[0]) == ["warranty.started"]


async def test_who_pays_and_why(office: Office):
    asset = await office.asset()
    before = await decide(office, asset, "2026-02-01T00:00:00Z")
    assert (before["coverage"], before["reasons"][0]["rule"]) == ("free", "not_accepted_yet")
    await accept(office, asset)
    inside = await decide(office, asset, "2028-04-01T15:59:59Z", cause="defect")
    assert inside["coverage"] == "free"
    after = await decide(office, asset, "2028-04-01T16:00:00Z", cause="defect")
    assert (after["coverage"], after["by_scope"]["labour"]) == ("chargeable", "chargeable")
    assert {one["rule"]: one["holds"] for one in after["reasons"]}["in_term"] is False
    assert after["reasons"][-1]["rule"] == "phone_advice_free"
    misuse = await decide(office, asset, "2026-05-01T00:00:00Z", cause="misuse")
    assert misuse["coverage"] == "chargeable"
    unclear = await decide(office, asset, "2026-05-01T00:00:00Z", cause="unclear")
    assert unclear["coverage"] == "undetermined"
    told = (await office.published(after))[-1]
    assert (told["type"], told["coverage"], told["labour"]) == (
        "coverage.decided",
        "chargeable",
        "chargeable",
    )


async def test_a_key_part_starts_anew_and_an_ordinary_part_carries_the_rest(office: Office):
    customer = await office.customer()
    contract = await office.contract(customer, minimum_months=3)
    asset = await office.asset(await office.site(customer), contract_id=contract["id"])
    office.clock.set(ACCEPTED - timedelta(days=1))
    key = await office.part(is_key_part=True)
    key_there = await office.component(asset, key, "key")
    plain = await office.part()
    plain_there = await office.component(asset, plain, "plain")
    office.clock.set(ACCEPTED)
    await accept(office, asset)
    office.clock.set(datetime(2028, 1, 10, 3, 0, tzinfo=UTC))
    new_key = await office.replace(asset, key_there, key)
    new_plain = await office.replace(asset, plain_there, plain)
    [of_key] = await current(office, asset, component_id=new_key["id"])
    assert (of_key["source"], of_key["ends_on"]) == ("restart", "2030-01-10")
    assert of_key["rule"] == "replaced + greater_of(24 months, remainder)"
    [of_plain] = await current(office, asset, component_id=new_plain["id"])
    assert (of_plain["source"], of_plain["ends_on"]) == ("remainder", "2028-04-10")
    assert of_plain["rule"] == "replaced + greater_of(3 months, remainder)"
    assert await current(office, asset, component_id=key_there["id"]) == []
    chain = await office.items(f"/v1/assets/{asset['id']}/warranty-terms", component_id=key_there["id"])
    assert (chain[0]["id"], chain[0]["ended_on"]) == (of_key["previous_term_id"], "2028-01-10")
    assert await office.types(of_key) == ["warranty.restarted"]
    free = await decide(office, asset, "2029-06-01T00:00:00Z", component_id=new_key["id"])
    paid = await decide(office, asset, "2029-06-01T00:00:00Z", component_id=new_plain["id"])
    assert (free["coverage"], paid["coverage"]) == ("free", "chargeable")
    assert [free["reasons"][0]["facts"]["rule"], paid["reasons"][0]["facts"]["rule"]] == [
        "replaced + greater_of(24 months, remainder)",
        "replaced + greater_of(3 months, remainder)",
    ]


async def test_a_decision_is_read_back_as_it_was_known_then(office: Office):
    asset = await office.asset()
    office.clock.set(ACCEPTED)
    await accept(office, asset)
    then = office.clock.advance(timedelta(days=800))
    fault = "2028-05-01T00:00:00Z"
    first = await decide(office, asset, fault)
    assert first["coverage"] == "chargeable"
    office.clock.advance(timedelta(days=365))
    [term] = await current(office, asset)
    path = f"/v1/assets/{asset['id']}/warranty-terms"
    longer = await office.act(path, term, "extend", months=12, source="extension", reason="bought late")
    assert (longer["ends_on"], longer["previous_term_id"]) == ("2029-04-01", term["id"])
    assert (await decide(office, asset, fault))["coverage"] == "free"
    assert (await decide(office, asset, fault, known_at=then.isoformat()))["coverage"] == "chargeable"
    assert await office.get(f"/v1/coverage-decisions/{first['id']}") == first
    status, problem = await office.refused(f"{path}/{term['id']}:extend", months=1, reason="again")
    assert (status, problem["code"]) == (409, "term-superseded")


async def test_goodwill_is_told_apart(office: Office):
    asset = await office.asset()
    office.clock.set(ACCEPTED)
    await accept(office, asset)
    [term] = await current(office, asset)
    path = f"/v1/assets/{asset['id']}/warranty-terms"
    await office.act(path, term, "extend", months=6, source="goodwill", reason="a good customer")
    inside = await decide(office, asset, "2028-06-01T00:00:00Z")
    assert inside["coverage"] == "goodwill"


async def test_a_manager_decides_otherwise_and_both_are_kept(office: Office, connect):
    asset = await office.asset()
    decision = await decide(office, asset, "2026-05-01T00:00:00Z", cause="misuse")
    agent = await connect(sub="agent-9", roles=["lead"])
    status, problem = await office.refused(
        f"/v1/coverage-decisions/{decision['id']}:override", by=agent, outcome="free", reason="please"
    )
    assert (status, problem["code"]) == (403, "action-needs-role")
    manager = await connect(sub="manager-1", roles=["manager"])
    over = await office.act(
        "/v1/coverage-decisions", decision, "override", by=manager, outcome="goodwill", reason="first time"
    )
    assert (over["coverage"], over["computed"], over["state"]) == ("goodwill", "chargeable", "overridden")
    assert (over["overrides"][0]["from"], over["overrides"][0]["by"]) == ("chargeable", "manager-1")
    assert await office.types(decision) == ["coverage.decided", "coverage.overridden"]


async def test_a_term_stands_still_while_the_vendor_holds_the_device(office: Office):
    customer = await office.customer()
    contract = await office.contract(customer, suspends_during_repair=True)
    asset = await office.asset(await office.site(customer), contract_id=contract["id"])
    office.clock.set(ACCEPTED)
    await accept(office, asset)
    await office.act("/v1/assets", asset, "putInService")
    office.clock.advance(timedelta(days=30))
    await office.act("/v1/assets", asset, "takeForRepair", reason="fan")
    office.clock.advance(timedelta(days=10))
    await office.act("/v1/assets", asset, "returnToService")
    [term] = await current(office, asset)
    assert (term["ends_on"], term["source"]) == ("2028-04-11", "suspension")


async def test_a_rule_that_cannot_be_read_says_where(office: Office):
    customer = await office.customer()
    status, problem = await office.refused(
        "/v1/contracts",
        customer_id=customer["id"],
        number="C-1",
        starts_on="2026-01-01",
        terms={"parts": "accepted + soon"},
    )
    assert (status, problem["code"], problem["position"]) == (422, "term-rule-unreadable", 16)
    assert problem["errors"][0]["pointer"] == "#/terms/parts"


async def test_a_customer_reads_its_own_decisions(office: Office, customer_of):
    customer = await office.customer()
    asset = await office.asset(await office.site(customer))
    mine = await decide(office, asset, "2026-05-01T00:00:00Z")
    other = await decide(office, await office.asset(), "2026-05-01T00:00:00Z")
    user = await customer_of(customer)
    assert [one["id"] for one in await office.items("/v1/coverage-decisions", by=user)] == [mine["id"]]
    assert (await user.get(f"/v1/coverage-decisions/{other['id']}")).status_code == 404


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
async def test_nothing_is_decided_for_years_that_calendars_do_not_know(office: Office, at):
    asset = await office.asset()
    status, problem = await office.refused("/v1/coverage-decisions", asset_id=asset["id"], at=at)
    [error] = problem["errors"]
    assert (status, error["code"], error["pointer"]) == (422, "instant-out-of-range", "#/at")
