"""A correction that changes nothing leaves everything as it is: no version, no event, no line in the audit."""

from datetime import timedelta

import pytest

from .claiming import installed, opened
from .office import Json, Office
from .stores import Stores
from .test_installations import planned as installation
from .test_maintenance import planned as maintenance_plan
from .test_releases import draft as release

PLACE = {"latitude": 31.2304, "longitude": 121.4737}
PRICE = {"amount": "800.00", "currency": "CNY"}
UPSTREAM = {"against": "manufacturer", "party": "Northern Power", "reason": "a fan", "claimed": PRICE}
MAKERS = {"summary": "Fans for two years.", "reference": "W-12"}
AGREED: Json = {
    "requirements": [{"id": "3.2.1", "text": "Spare parts in the city."}],
    "rates": {"visit": PRICE},
    "terms": {"parts": "accepted + 24 months", "components": {"FAN-9": "accepted + 36 months"}},
    "bid_figures": [{"item": "efficiency", "unit": "%", "required_min": 96.5}],
}
ASKED: Json = {"visits": 1, "labour_hours": 1.5, "travel_km": 20, "parts": [], "rates": {}}
UNSEEN: dict[str, Json] = {
    "quotes": ASKED,
    "contracts": {"requirements": AGREED["requirements"]},
    "contacts": {"phones": [{"number": "138 0013 8000"}]},
    "upstream-claims": {"claimed": PRICE},
}
"""What is told and not shown, or shown in another way."""
DECISIONS = "SELECT count(*) FROM coverage_decision"


async def correctable(office: Office) -> dict[str, set[str]]:
    """The fields that each collection's PATCH takes."""
    schema = (await office.client.get("/openapi.json")).json()
    fields = {}
    for path, operations in schema["paths"].items():
        if "patch" in operations:
            [content] = operations["patch"]["requestBody"]["content"].values()
            shape = content["schema"]["$ref"].rpartition("/")[2]
            fields[path.split("/")[2]] = set(schema["components"]["schemas"][shape]["properties"])
    return fields


def shown(collection: str, thing: Json, fields: set[str]) -> Json:
    """Everything that may be corrected, as it is."""
    known = {**thing, **UNSEEN.get(collection, {})}
    return {name: known_only(known[name]) for name in fields if name in known}


def known_only(value: object) -> object:
    """A value without what is null in it: inside a thing, what is not known is left out."""
    if isinstance(value, dict):
        return {name: known_only(one) for name, one in value.items() if one is not None}
    return [known_only(one) for one in value] if isinstance(value, list) else value


@pytest.fixture
async def things(office: Office, stores: Stores) -> dict[str, Json]:
    """One of everything that can be corrected, by its collection."""
    base = {"code": "SH", "name": "Shanghai", "city": "Shanghai", "position": PLACE}
    bases = await office.create("/v1/service-bases", **base)
    customer = await office.customer()
    site, product, part = (
        await office.site(customer, position=PLACE, distance_km=12.5, locality="local"),
        await office.product(manufacturer_terms=MAKERS),
        await office.part(),
    )
    asset, warehouse = await office.asset(site, product_id=product["id"]), await stores.warehouse("car")
    in_service = await installed(office)
    claim = await opened(office, in_service)
    return {
        "service-bases": bases,
        "customers": customer,
        "sites": site,
        "contacts": await office.contact(customer),
        "contracts": await office.contract(customer, is_active=False, **AGREED),
        "products": product,
        "parts": part,
        "assets": asset,
        "warehouses": warehouse,
        "stock-levels": await stores.level(warehouse, part, min_override=2),
        "releases": await release(office, product, "1.0.0"),
        "installations": (await installation(office))[0],
        "maintenance-plans": await maintenance_plan(office, asset),
        "quotes": await office.create("/v1/quotes", asset_id=in_service["id"], **ASKED),
        "upstream-claims": await office.create("/v1/upstream-claims", claim_id=claim["id"], **UPSTREAM),
    }


async def test_a_correction_that_changes_nothing_writes_nothing(office: Office, things: dict[str, Json]):
    office.clock.advance(timedelta(minutes=1))
    writable = await correctable(office)
    same = {name: shown(name, thing, writable[name]) for name, thing in things.items()}
    assert [name for name, fields in writable.items() if set(same[name]) != fields] == []
    before, decisions = await office.everything(), await office.rows(DECISIONS)
    for collection, thing in things.items():
        for told in ({}, same[collection]):
            left = await office.patch(f"/v1/{collection}", thing, **told)
            assert (left["version"], left["updated_at"]) == (thing["version"], thing["updated_at"]), (
                collection
            )
    assert await office.everything() == before
    assert await office.rows(DECISIONS) == decisions


async def test_everything_that_can_be_corrected_is_among_them(office: Office, things: dict[str, Json]):
    assert set(things) == set(await correctable(office))


async def test_one_that_changes_something_is_told_once(office: Office, things: dict[str, Json]):
    base = things["service-bases"]
    changed = await office.patch("/v1/service-bases", base, city="Suzhou")
    assert (changed["version"], changed["city"]) == (2, "Suzhou")
    assert await office.audited(base) == ["service_base.create", "service_base.update"]
    product = await office.patch("/v1/products", things["products"], name_en="UPS 2")
    assert (product["version"], await office.types(product)) == (2, ["product.created", "product.updated"])


async def test_a_quote_is_decided_anew_where_other_work_is_asked(office: Office, things: dict[str, Json]):
    quote, decisions = things["quotes"], await office.rows(DECISIONS)
    noted = await office.patch("/v1/quotes", quote, note="with the older fan")
    assert (noted["version"], noted["decision_id"]) == (2, quote["decision_id"])
    assert await office.rows(DECISIONS) == decisions
    more = await office.patch("/v1/quotes", noted, visits=2)
    assert more["decision_id"] != quote["decision_id"]
    assert await office.types(quote) == ["quote.drafted", "quote.updated", "quote.updated"]


async def test_a_level_set_by_hand_is_told_with_what_is_there(office: Office, stores: Stores):
    warehouse, part = await stores.filled(3)
    level = await stores.level(warehouse, part, min_override=2)
    changed = await office.patch("/v1/stock-levels", level, min_override=4)
    assert (changed["version"], changed["min_level"]) == (2, 4)
    told = (await office.published(level))[-1]
    assert (told["type"], told["version"]) == ("stock_level.set", 2)
    assert (told["available"], told["min_level"]) == (3, 4)
    assert await office.audited(level) == ["stock_level.create", "stock_level.update"]
