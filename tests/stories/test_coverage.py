"""From an asset that warranty knows to the bill: who pays, in three services."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from aftercare.passes import Passes
from aftercare.processes import READS
from common.testing import START
from tests.stories.town import CHECKLIST, Body, Case, Town
from ticketing.domain.directory import Sort
from ticketing.gateways import WarrantyDirectory

HOUR = timedelta(hours=1)
RATES = {name: {"amount": "200.00", "currency": "CNY"} for name in ("labour_hour", "travel_km", "visit")}


async def a_customer(town: Town) -> Body:
    told = {"code": "ICBC", "name_zh": "工商银行", "name_en": "ICBC", "industry": "banking"}
    return await town.do("warranty", "POST", "/v1/customers", told)


def a_site(customer: Body, **told: Any) -> Body:
    plain = {"code": "SH", "name": "Shanghai", "address": "18 Century Avenue", "city": "Shanghai"}
    return {"customer_id": customer["id"], **plain, **told}


async def an_asset(town: Town, site: Body) -> Body:
    product = {
        "code": "UPS-1",
        "name_zh": "不间断电源",
        "name_en": "UPS",
        "maker": "Northern Power",
        "technology": "ups",
    }
    product_id = (await town.do("warranty", "POST", "/v1/products", product))["id"]
    told = {"serial_number": "SN-1", "site_id": site["id"], "product_id": product_id}
    return await town.do("warranty", "POST", "/v1/assets", told)


async def read(town: Town, path: str) -> Body:
    return await town.do("ticketing", "GET", path)


async def test_who_pays_follows_the_fault_from_the_report_to_the_bill(town: Town):
    """§1.2.3.1, §1.2.5: free until misuse shows; a settled line stays as it was."""
    customer = await a_customer(town)
    site = await town.do("warranty", "POST", "/v1/sites", a_site(customer, distance_km=12, locality="local"))
    asset = await an_asset(town, site)
    case = Case(
        town,
        await town.do(
            "ticketing",
            "POST",
            "/v1/tickets",
            {
                "kind": "incident",
                "title": "UPS on bypass",
                "channel": "hotline",
                "severity": 2,
                "asset_id": asset["id"],
            },
        ),
    )
    ticket = await read(town, case.path)
    assert (ticket["customer_id"], ticket["site_id"]) == (customer["id"], site["id"])
    assert (ticket["locality"], ticket["is_directory_unverified"]) == ("local", False)
    assert (ticket["coverage"], ticket["coverage_by_scope"]["travel"]) == ("free", "free")
    await case.act("acknowledge")
    await case.act("requireOnsite", reason="remote access is down")
    assert (await case.clock("onsite"))["commitment_id"] == "onsite-l1-l2-local"
    visit = await case.visit("offer", "accept", "depart", "arrive", "begin")
    price = {"amount": "350.00", "currency": "CNY"}
    line = {"kind": "travel", "visit_id": visit["id"], "description": "taxi", "unit_price": price}
    charge = await town.do("ticketing", "POST", f"{case.path}/charges", line)
    assert (charge["payer"], charge["payer_reason"]) == ("vendor", "covered")
    await town.later(hours=1)
    await case.visit("complete")
    await case.act("resolve", cause_code="misuse", fix="dried", prevention="no water on the roof")
    ticket = await read(town, case.path)
    assert ticket["coverage"] == "chargeable"
    path = f"{case.path}/charges/{charge['id']}"
    charge = await read(town, path)
    assert (charge["payer"], charge["payer_reason"]) == ("customer", "not_covered")
    assert (await town.do("ticketing", "POST", f"{path}:settle", {}))["state"] == "settled"
    decision = f"/v1/coverage-decisions/{ticket['coverage_decision_id']}:override"
    told = {"outcome": "goodwill", "reason": "a customer of many years"}
    await town.later(minutes=1)
    await town.do("warranty", "POST", decision, told)
    assert (await read(town, case.path))["coverage"] == "goodwill"
    assert (await read(town, path))["payer"] == "customer"


async def test_a_site_learnt_after_the_report_gives_its_promise(town: Town):
    """§1.2.4: taken as told at first, out of town as soon as the directory says so."""
    customer = await a_customer(town)
    place = a_site(customer, distance_km=400, locality="out_of_town")
    site = (await town.say("warranty", "POST", "/v1/sites", place)).json()
    body = {
        "kind": "incident",
        "title": "dark",
        "channel": "hotline",
        "severity": 1,
        "customer_id": customer["id"],
        "site_id": site["id"],
    }
    opened = (await town.say("ticketing", "POST", "/v1/tickets", body)).json()
    assert (opened["is_directory_unverified"], opened["locality"]) == (True, None)
    case = Case(town, opened)
    await case.act("requireOnsite", reason="remote access is down")
    ticket = await read(town, case.path)
    assert (ticket["is_directory_unverified"], ticket["locality"]) == (False, "out_of_town")
    clock = await case.clock("onsite")
    assert (clock["commitment_id"], clock["due_at"]) == (
        "onsite-l1-l2-out-of-town",
        f"{START + 6 * HOUR:%Y-%m-%dT%H:%M:%S.%fZ}",
    )


@pytest.mark.parametrize("town", ["plain"], indirect=True)
async def test_warrantys_own_api_says_what_its_events_say(town: Town):
    """With ticketing's pass, and as the gateway reads it: what is looked up is what would have been heard."""
    customer = await a_customer(town)
    place = a_site(customer, position={"latitude": 31.2, "longitude": 121.5}, distance_km=4, locality="local")
    site = await town.do("warranty", "POST", "/v1/sites", place)
    asset = await an_asset(town, site)
    person = {"customer_id": customer["id"], "name": "Li", "phones": [{"number": "+86 21 5555 0001"}]}
    contact = await town.do("warranty", "POST", "/v1/contacts", person)
    await town.do("warranty", "POST", f"/v1/contacts/{contact['id']}:authorize", {"from": "2026-03-02"})
    Passes(town.keys, {"ticketing": READS["ticketing"][1]}, town.clock).renew()
    pass_ = town.keys.pass_of("ticketing")
    directory = WarrantyDirectory("http://town", pass_, town.houses["warranty"].transport)
    things = {Sort.CUSTOMER: customer, Sort.SITE: site, Sort.ASSET: asset, Sort.CONTACT: contact}
    found = await directory.find({sort: UUID(thing["id"]) for sort, thing in things.items()})
    for sort, thing in found.items():
        assert thing is not None
        columns = ", ".join(thing.__slots__)
        sql = f"SELECT {columns} FROM {sort} WHERE id = $1"
        [row] = await town.rows("ticketing", sql, thing.id)
        assert row == tuple(getattr(thing, name) for name in thing.__slots__)
    assert await directory.find({Sort.SITE: uuid4()}) == dict.fromkeys([Sort.SITE])


async def test_paid_work_on_site_begins_once_its_quote_is_accepted(town: Town):
    """§1.2.5: out of term the customer is quoted first; the engineer who has come waits for its word."""
    customer = await a_customer(town)
    site = await town.do("warranty", "POST", "/v1/sites", a_site(customer, distance_km=12, locality="local"))
    asset = await an_asset(town, site)
    accepted = {"accepted_at": (START - timedelta(days=1000)).isoformat(), "reference": "YS-1"}
    await town.do("warranty", "POST", f"/v1/assets/{asset['id']}:recordAcceptance", accepted)
    case = await town.open(customer_id=customer["id"], asset_id=asset["id"])
    ticket = await read(town, case.path)
    assert ticket["coverage"] == "chargeable"
    assert {"rule": "in_term", "clause": "§1.2.3", "holds": False} in ticket["coverage_reasons"]
    await case.act("acknowledge")
    await case.act("requireOnsite", reason="the rectifier has to be opened")
    visit = await case.visit("offer", "accept", "depart", "arrive")
    body = {"checklist": CHECKLIST}
    answer = await town.say("ticketing", "POST", f"/v1/visits/{visit['id']}:begin", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "quote-not-accepted")
    asked = {
        "asset_id": asset["id"],
        "ticket_id": ticket["id"],
        "labour_hours": 2,
        "visits": 1,
        "rates": RATES,
    }
    quote = await town.do("warranty", "POST", "/v1/quotes", asked)
    await town.do("warranty", "POST", f"/v1/quotes/{quote['id']}:offer", {})
    agreed = {"accepted_by": "Ms Wang", "reference": "PO-1"}
    await town.do("warranty", "POST", f"/v1/quotes/{quote['id']}:accept", agreed)
    assert (await case.visit("begin"))["state"] == "working"
