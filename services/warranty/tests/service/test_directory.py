"""Customers and sites: known, corrected, measured from the service bases, confined."""

from uuid import uuid4

import pytest

from .office import Office

SHANGHAI = {"latitude": 31.2304, "longitude": 121.4737}
SUZHOU = {"latitude": 31.2990, "longitude": 120.5853}


async def test_a_customer_is_known_and_corrected(office: Office):
    customer = await office.customer(code="ICBC-SH", tier="key")
    assert (customer["code"], customer["tier"], customer["version"]) == ("ICBC-SH", "key", 1)
    corrected = await office.patch("/v1/customers", customer, industry="finance")
    assert (corrected["industry"], corrected["version"]) == ("finance", 2)
    told = await office.published(customer)
    assert [event["type"] for event in told] == ["customer.created", "customer.updated"]
    assert (told[1]["previous"], told[1]["version"]) == ({"industry": "banking"}, 2)
    assert "name_en" not in told[0]
    assert await office.audited(customer) == ["customer.create", "customer.update"]


async def test_a_code_is_given_once(office: Office):
    await office.customer(code="BANK-1")
    status, problem = await office.refused(
        "/v1/customers", code="BANK-1", name_zh="银行", name_en="Bank", industry="banking"
    )
    assert (status, problem["code"]) == (409, "customer-code-taken")


async def test_customers_are_found_by_words(office: Office):
    customer = await office.customer(name_zh="浦东发展银行", name_en="Pudong Development Bank")
    await office.customer(name_zh="电力公司", name_en="Power company")
    assert [one["id"] for one in await office.items("/v1/customers", q="发展银行")] == [customer["id"]]
    assert [one["id"] for one in await office.items("/v1/customers", q="pudong")] == [customer["id"]]


async def test_a_site_is_measured_from_the_nearest_base(office: Office):
    customer = await office.customer()
    site = await office.site(customer, position=SUZHOU)
    assert (site["distance_km"], site["locality"]) == (None, None)
    await office.create("/v1/service-bases", code="SH", name="Shanghai", city="Shanghai", position=SHANGHAI)
    measured = await office.get(f"/v1/sites/{site['id']}")
    assert (measured["distance_km"], measured["locality"], measured["version"]) == (84.8, "out_of_town", 2)
    near = await office.site(customer, position=SHANGHAI)
    assert (near["distance_km"], near["locality"]) == (0.0, "local")
    assert await office.types(site) == ["site.created", "site.updated"]


async def test_what_is_stated_of_a_site_stands_until_it_is_cleared(office: Office):
    await office.create("/v1/service-bases", code="SH", name="Shanghai", city="Shanghai", position=SHANGHAI)
    site = await office.site(await office.customer(), position=SUZHOU, distance_km=95.5, locality="local")
    assert (site["distance_km"], site["locality"]) == (95.5, "local")
    cleared = await office.patch("/v1/sites", site, distance_km=None, locality=None)
    assert (cleared["distance_km"], cleared["locality"]) == (84.8, "out_of_town")


async def test_a_site_needs_a_customer(office: Office):
    status, problem = await office.refused(
        "/v1/sites", customer_id=str(uuid4()), code="S", name="Branch", address="1 Road", city="Shanghai"
    )
    assert (status, problem["code"]) == (422, "customer-unknown")
    assert problem["errors"][0]["pointer"] == "#/customer_id"


async def test_a_customer_sees_its_own_organisation_only(office: Office, customer_of):
    mine, other = await office.customer(), await office.customer()
    my_site, _ = await office.site(mine), await office.site(other)
    user = await customer_of(mine)
    assert [one["id"] for one in await office.items("/v1/customers", by=user)] == [mine["id"]]
    assert [one["id"] for one in await office.items("/v1/sites", by=user)] == [my_site["id"]]
    assert (await user.get(f"/v1/customers/{other['id']}")).status_code == 404


@pytest.mark.parametrize("q", ["(((((", "-", "\u200b", "   "])
async def test_a_question_without_a_word_finds_nothing(office: Office, q: str):
    await office.customer()
    assert await office.items("/v1/customers", q=q) == []
