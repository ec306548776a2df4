"""Codes are one whatever their case: told, looked for, named by contracts and releases, and carried along."""

import pytest

from .importing import Importing
from .migrating import back
from .office import Office, code
from .stores import Stores

NAMES = {"name_zh": "名称", "name_en": "Name"}
PRODUCT = {**NAMES, "maker": "Northern Power Works"}
CUSTOMER = {**NAMES, "industry": "banking"}


async def test_codes_are_kept_in_capitals_and_given_once(office: Office):
    customer = await office.create("/v1/customers", code="icbc-sh", **CUSTOMER)
    assert customer["code"] == "ICBC-SH"
    status, problem = await office.refused("/v1/customers", code="Icbc-Sh", **CUSTOMER)
    assert (status, problem["code"]) == (409, "customer-code-taken")
    await office.site(customer, code="pudong")
    product = await office.create("/v1/products", code="ups-9", **PRODUCT)
    await office.create("/v1/parts", number="fan-9", **NAMES)
    assert product["code"] == "UPS-9"
    for path, key, other in (
        ("/v1/customers", "code", "icbc-SH"),
        ("/v1/sites", "code", "Pudong"),
        ("/v1/products", "code", "Ups-9"),
        ("/v1/parts", "number", "fan-9"),
    ):
        [found] = await office.items(path, **{key: other})
        assert found[key] == other.upper()


async def test_a_contract_and_a_warehouse_are_found_in_any_case(office: Office, stores: Stores):
    customer = await office.customer()
    contract = await office.contract(customer, number="ht-2026-Q")
    warehouse = await stores.warehouse(code="wh-q")
    assert (contract["number"], warehouse["code"]) == ("HT-2026-Q", "WH-Q")
    assert [one["id"] for one in await office.items("/v1/contracts", number="ht-2026-q")] == [contract["id"]]
    assert [one["id"] for one in await office.items("/v1/warehouses", code="Wh-q")] == [warehouse["id"]]


async def test_a_file_names_customers_in_any_case(office: Office, imports: Importing):
    one = code("IMP")
    customer = await office.customer(code=one)
    rows = f"code,name_zh,name_en,industry,tier\n{one.lower()},银行,Bank,insurance,key\n"
    done = await imports.done("customers", rows)
    assert (done["state"], done["changed_count"], done["new_count"]) == ("succeeded", 1, 0)
    assert (await office.get(f"/v1/customers/{customer['id']}"))["industry"] == "insurance"


async def test_codes_of_before_are_carried_along_the_oldest_of_those_alike(office: Office):
    names = [code("OLD") for _ in range(4)]
    made = [await office.customer(code=name) for name in names]
    writings = ["alone", "Twice", "tWice", "GIVEN"]
    later = await office.customer(code=code("OLD"))
    await back(
        office,
        "0008",
        *(
            f"UPDATE customer SET code = '{new}' WHERE code = '{old}'"
            for new, old in zip(writings, names, strict=True)
        ),
        f"UPDATE customer SET code = 'given' WHERE id = '{later['id']}'",
    )
    stored = [(await office.get(f"/v1/customers/{one['id']}"))["code"] for one in (*made, later)]
    assert stored == ["ALONE", "TWICE", "tWice", "GIVEN", "given"]
    assert [one["id"] for one in await office.items("/v1/customers", code="twice")] == [made[1]["id"]]


@pytest.mark.parametrize("is_alone", [True, False])
async def test_serial_numbers_of_before_are_carried_along_through_the_ledger(
    office: Office, stores: Stores, *, is_alone: bool
):
    asset = await office.asset(serial_number="SN-OLD")
    warehouse, part = await stores.warehouse(), await office.part(is_serialised=True)
    await stores.receive(warehouse, part, 2, serials=["P-1", "P-2"])
    other = await stores.warehouse()
    lines = [{"part_id": part["id"], "quantity": 1, "serials": ["P-2"]}]
    ends = {"from_warehouse_id": warehouse["id"], "to_warehouse_id": other["id"]}
    transfer = await office.create("/v1/stock-transfers", **ends, lines=lines)
    transfer = await office.act("/v1/stock-transfers", transfer, "ship")
    if not is_alone:
        await stores.receive(other, part, 1, serials=["P-3"])
    await back(
        office,
        "0008",
        "UPDATE asset SET serial_number = 'sn-Old'",
        "UPDATE stock_lot SET serial_number = lower(serial_number) WHERE serial_number <> 'P-3'",
        "UPDATE stock_movement SET pieces = replace(pieces::text, 'P-', 'p-')::jsonb",
        "UPDATE stock_transfer SET lines = replace(lines::text, 'P-', 'p-')::jsonb",
        "UPDATE stock_lot SET serial_number = 'P-1' WHERE serial_number = 'P-3'",
        "UPDATE stock_movement SET pieces = replace(pieces::text, 'p-3', 'P-1')::jsonb",
    )
    [found] = await office.items("/v1/assets", serial_number="sn-old")
    assert (found["id"], found["serial_number"]) == (asset["id"], "SN-OLD")
    await office.act("/v1/stock-transfers", transfer, "receive")
    assert set(await stores.lots(warehouse, part)) == ({"P-1"} if is_alone else {"p-1"})
    assert "P-2" in await stores.lots(other, part)
