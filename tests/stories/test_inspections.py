"""Inspections that a contract promises by the year, and whom an inspection sends (§1.2.4)."""

from datetime import UTC, datetime, timedelta

from common.sweeps import sweep_now
from tests.stories.test_coverage import a_customer, a_site, an_asset
from tests.stories.town import Body, Case, Town
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


def agreed(town: Town) -> Body:
    return {"agreed_by": "Ms Wang", "agreed_at": town.clock.now.isoformat()}


async def arrange(town: Town, site: Body, **told: object) -> Body:
    """An inspection, by default today and of the site as a whole."""
    day = f"{town.clock.now:%Y-%m-%d}"
    body = {"site_id": site["id"], "due_on": day, "checklist": [FANS], **agreed(town), **told}
    return await town.do("warranty", "POST", "/v1/inspections", body)


async def act(town: Town, inspection: Body, action: str, **told: object) -> Body:
    return await town.do("warranty", "POST", f"/v1/inspections/{inspection['id']}:{action}", told)


async def complete(town: Town, inspection: Body) -> Body:
    return await act(town, inspection, "complete", results=[{"item": "fans", "is_ok": True}])


async def visit(town: Town, site: Body) -> Body:
    return await complete(town, await arrange(town, site))


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


async def request_for(town: Town, inspection: Body) -> tuple[Case, Body]:
    """The request that sends somebody, with its latest visit; the inspection shows them."""
    shown = await town.do("warranty", "GET", f"/v1/inspections/{inspection['id']}")
    case = Case(town, await town.do("ticketing", "GET", f"/v1/tickets/{shown['ticket_id']}"))
    sent = await town.do("ticketing", "GET", f"/v1/visits/{shown['visit_id']}")
    assert case.ticket["routine_inspection_id"] == inspection["id"]
    assert (sent["ticket_id"], sent["state"]) == (case.ticket["id"], shown["visit_state"])
    return case, sent


async def metrics(town: Town, thing: Body) -> list[tuple[str, str]]:
    """The clocks about something: metric and state."""
    found = await town.do("sla", "GET", f"/v1/clocks?subject_id={thing['id']}")
    return [(clock["metric"], clock["state"]) for clock in found["items"]]


async def test_an_inspection_that_is_due_goes_to_dispatch_and_its_completion_settles_the_request(town: Town):
    customer = await a_customer(town)
    site = await town.do("warranty", "POST", "/v1/sites", a_site(customer, distance_km=12, locality="local"))
    asset = await an_asset(town, site)
    first, second = town.clock.now + timedelta(days=10), town.clock.now + timedelta(days=12)
    inspection = await arrange(town, site, asset_id=asset["id"], due_on=f"{first:%Y-%m-%d}")
    case, sent = await request_for(town, inspection)
    assert (case.ticket["kind"], case.ticket["channel"], case.ticket["state"]) == (
        "service_request",
        "inspection",
        "acknowledged",
    )
    assert (sent["state"], sent["due_at"]) == ("requested", inspection["due_at"])
    await case.visit("offer", "accept")
    moved = await act(
        town, inspection, "reschedule", due_on=f"{second:%Y-%m-%d}", reason="closing", **agreed(town)
    )
    _, sent = await request_for(town, inspection)
    assert (sent["state"], sent["due_at"]) == ("requested", moved["due_at"])
    await town.until(second)
    await case.visit("offer", "accept", "depart", "arrive", "begin")
    await act(town, inspection, "start")
    await complete(town, inspection)
    case, sent = await request_for(town, inspection)
    assert (case.ticket["state"], sent["state"]) == ("in_progress", "working")
    await case.visit("complete")
    case, sent = await request_for(town, inspection)
    assert (case.ticket["state"], case.ticket["cause_code"]) == ("resolved", "maintenance")
    assert (sent["state"], case.ticket["coverage"]) == ("completed", None)
    assert await metrics(town, case.ticket) == []
    assert await metrics(town, inspection) == [("inspection", "met")]


async def test_an_inspection_that_is_called_off_calls_off_whoever_was_to_come(town: Town):
    customer = await a_customer(town)
    site = await town.do("warranty", "POST", "/v1/sites", a_site(customer))
    inspection = await arrange(town, site)
    case, _ = await request_for(town, inspection)
    await case.visit("offer", "accept")
    await act(town, inspection, "cancel", reason="the rack is taken out of service")
    case, sent = await request_for(town, inspection)
    assert (case.ticket["state"], sent["state"]) == ("cancelled", "cancelled")
    assert await metrics(town, case.ticket) == []
    assert await metrics(town, inspection) == [("inspection", "cancelled")]
