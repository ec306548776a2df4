"""From a contract's two inspections a year to clocks that run, are missed and are made up for (§1.2.4)."""

from datetime import UTC, datetime

from common.sweeps import sweep_now
from tests.stories.test_coverage import a_customer, a_site
from tests.stories.town import Body, Town
from warranty.sweeps.maintenance import inspections_owed

FANS = {"code": "fans", "kind": "check", "label_zh": "风扇", "label_en": "Fans"}


async def begin_periods(town: Town) -> None:
    """Let warranty look which periods have begun."""
    house = town.houses["warranty"]
    [sweep] = [
        one for one in house.service.reactions(house.database).sweeps if one.name == inspections_owed.__name__
    ]
    await sweep_now(house.database, "warranty", sweep, town.clock.now)
    await town.settle()


async def visit(town: Town, site: Body) -> Body:
    day = f"{town.clock.now:%Y-%m-%d}"
    agreed = {"agreed_by": "Ms Wang", "agreed_at": town.clock.now.isoformat()}
    told = {"site_id": site["id"], "due_on": day, "checklist": [FANS], **agreed}
    made = await town.do("warranty", "POST", "/v1/inspections", told)
    results = {"results": [{"item": "fans", "is_ok": True}]}
    return await town.do("warranty", "POST", f"/v1/inspections/{made['id']}:complete", results)


async def clocks(town: Town, contract: Body) -> list[tuple[str, str]]:
    """Per period: what warranty says of it, and what its clock says."""
    owed = await town.do("warranty", "GET", f"/v1/inspection-obligations?contract_id={contract['id']}")
    found = []
    for one in owed["items"]:
        [clock] = (await town.do("sla", "GET", f"/v1/clocks?subject_id={one['id']}"))["items"]
        assert (clock["due_at"], clock["clause"]) == (one["due_at"], "§1.2.4")
        found.append((one["state"], clock["state"]))
    return found


async def test_two_inspections_a_year_are_clocks_with_evidence(town: Town):
    customer = await a_customer(town)
    site = await town.do("warranty", "POST", "/v1/sites", a_site(customer))
    told = {"customer_id": customer["id"], "number": "CTR-1", "inspections_per_year": 2}
    contract = await town.do("warranty", "POST", "/v1/contracts", {**told, "starts_on": "2026-01-01"})
    await town.do("warranty", "POST", f"/v1/contracts/{contract['id']}:activate")
    assert await clocks(town, contract) == [("open", "running")]
    await town.until(datetime(2026, 7, 2, 4, tzinfo=UTC))
    await begin_periods(town)
    assert await clocks(town, contract) == [("open", "breached"), ("open", "running")]
    await visit(town, site)
    assert await clocks(town, contract) == [("open", "breached"), ("kept", "met")]
    await town.later(days=30)
    makes_up = await visit(town, site)
    assert await clocks(town, contract) == [("kept", "met_late"), ("kept", "met")]
    [late] = (await town.do("warranty", "GET", f"/v1/inspection-obligations?inspection_id={makes_up['id']}"))[
        "items"
    ]
    assert (late["from_on"], late["is_late"]) == ("2026-01-01", True)
