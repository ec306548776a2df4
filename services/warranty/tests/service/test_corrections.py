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


@pytest.fixture
async def things(office: Office, stores: Stores) -> dict[str, Json]:
    """One of everything that can be corrected, by its collection."""
    base = {"code": "SH", "name": "Shanghai", "city": "Shanghai", "position": PLACE}
    bases = await office.create("/v1/service-bases", **base)
    customer = await office.customer()
    site, product, part = (
        await office.site(customer, position=PLACE),
        await office.product(),
        await office.part(),
    )
    asset, warehouse = await office.asset(site, product_id=product["id"]), await stores.warehouse()
    in_service = await installed(office)
    claim = await opened(office, in_service)
    return {
        "service-bases": bases,
        "customers": customer,
        "sites": site,
        "contacts": await office.contact(customer),
        "contracts": await office.contract(customer),
        "products": product,
        "parts": part,
        "assets": asset,
        "warehouses": warehouse,
        "stock-levels": await stores.level(warehouse, part, min_override=2),
        "releases": await release(office, product, "1.0.0"),
        "installations": (await installation(office))[0],
        "maintenance-plans": await maintenance_plan(office, asset),
        "quotes": await office.create("/v1/quotes", asset_id=in_service["id"], visits=1),
        "upstream-claims": await office.create("/v1/upstream-claims", claim_id=claim["id"], **UPSTREAM),
    }


async def test_a_correction_that_changes_nothing_writes_nothing(office: Office, things: dict[str, Json]):
    office.clock.advance(timedelta(minutes=1))
    before = await office.everything()
    for collection, thing in things.items():
        same = {name: thing[name] for name in ("name", "title", "name_en", "notes_en") if name in thing}
        for told in ({}, same):
            left = await office.patch(f"/v1/{collection}", thing, **told)
            assert (left["version"], left["updated_at"]) == (thing["version"], thing["updated_at"]), (
                collection
            )
    assert await office.everything() == before


async def test_everything_that_can_be_corrected_is_among_them(office: Office, things: dict[str, Json]):
    paths = (await office.client.get("/openapi.json")).json()["paths"]
    corrected = {path.split("/")[2] for path, operations in paths.items() if "patch" in operations}
    assert set(things) == corrected


async def test_one_that_changes_something_is_told_once(office: Office, things: dict[str, Json]):
    base = things["service-bases"]
    changed = await office.patch("/v1/service-bases", base, city="Suzhou")
    assert (changed["version"], changed["city"]) == (2, "Suzhou")
    assert await office.audited(base) == ["service_base.create", "service_base.update"]
    product = await office.patch("/v1/products", things["products"], name_en="UPS 2")
    assert (product["version"], await office.types(product)) == (2, ["product.created", "product.updated"])
