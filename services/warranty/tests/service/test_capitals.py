"""Codes are one whatever their case: told, looked for, named by contracts and releases, and carried along."""

import json
from datetime import timedelta

import pytest

from .claiming import installed, opened
from .importing import Importing, counts
from .migrating import back
from .office import Office, code
from .stores import Stores
from .test_installations import planned as delivery
from .test_maintenance import AGREED, FANS, planned

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


async def test_numbers_given_out_are_found_in_any_case_and_width(office: Office):
    asset = await installed(office)
    plan, (installation, _) = await planned(office, asset), await delivery(office)
    visit = {"site_id": asset["site_id"], "due_on": "2026-04-01", "checklist": [FANS]}
    for path, thing in (
        ("/v1/maintenance-plans", plan),
        ("/v1/inspections", await office.create("/v1/inspections", **visit, **AGREED)),
        ("/v1/claims", await opened(office, asset)),
        ("/v1/installations", installation),
    ):
        for typed in (thing["number"].lower(), wide(thing["number"])):
            [found] = await office.items(path, number=typed)
            assert (found["id"], found["number"]) == (thing["id"], thing["number"])


def wide(text: str) -> str:
    """As a Chinese keyboard writes it that is set to full width."""
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


async def test_a_slot_holds_one_module_however_it_is_written(office: Office):
    asset, part = await office.asset(), await office.part()
    first = await office.component(asset, part, "Slot 1")
    assert first["position"] == "Slot 1"
    install = f"/v1/assets/{asset['id']}:installComponent"
    for again in ("slot 1", "SLOT 1", wide("Slot") + "　１"):
        status, problem = await office.refused(install, part_id=part["id"], position=again)
        assert (status, problem["code"]) == (409, "position-taken")
    second = await office.component(asset, part, wide("slot"), parent_id=first["id"])
    office.clock.advance(timedelta(hours=1))
    new = await office.replace(asset, first, part)
    assert (new["position"], second["position"]) == ("Slot 1", wide("slot"))
    status, problem = await office.refused(install, part_id=part["id"], position="slot 1")
    assert (status, problem["code"]) == (409, "position-taken")
    long = "ﷺ" * 100
    assert (await office.component(asset, part, long))["position"] == long


async def test_positions_of_before_are_carried_along_and_those_alike_stay(office: Office):
    asset, part = await office.asset(), await office.part()
    made = [await office.component(asset, part, f"P{one}") for one in range(4)]
    writings = ["slot 9", "SLOT 9", "Slot 9", wide("slot") + " 7"]
    changes = (
        f"UPDATE component SET position = '{new}' WHERE id = '{one['id']}'"
        for new, one in zip(writings, made, strict=True)
    )
    await back(office, "0016", *changes)
    tree = {one["id"]: one["position"] for one in await office.items(f"/v1/assets/{asset['id']}/components")}
    assert [tree[one["id"]] for one in made] == writings
    install = f"/v1/assets/{asset['id']}:installComponent"
    for taken in ("sloT 9", "slot 7"):
        status, problem = await office.refused(install, part_id=part["id"], position=taken)
        assert (status, problem["code"]) == (409, "position-taken")
    office.clock.advance(timedelta(hours=1))
    replaced = await office.replace(asset, made[0], part)
    assert replaced["position"] == "slot 9"
    await office.act("/v1/assets", asset, "removeComponent", component_id=made[1]["id"], reason="doubled")
    await office.component(asset, part, "sLOT 9")


async def test_a_file_names_customers_in_any_case(office: Office, imports: Importing):
    one = code("IMP")
    customer = await office.customer(code=one)
    rows = f"code,name_zh,name_en,industry,tier\n{one.lower()},银行,Bank,insurance,key\n"
    done = await imports.done("customers", rows)
    assert (done["state"], done["changed_count"], done["new_count"]) == ("succeeded", 1, 0)
    assert (await office.get(f"/v1/customers/{customer['id']}"))["industry"] == "insurance"


OF_BEFORE = (
    "UPDATE import_row SET values = jsonb_set(values, '{code}', to_jsonb(lower(values ->> 'code')))",
    "UPDATE import_name SET name = lower(name)",
)
"""Rows as they were read before codes were kept in capitals."""


async def customers_of(office: Office, one: str) -> list[str]:
    return [each["code"] for each in await office.items("/v1/customers") if each["code"].upper() == one]


@pytest.mark.parametrize("is_running", [False, True])
async def test_a_file_that_was_read_before_is_read_once_more(
    office: Office, imports: Importing, *, is_running: bool
):
    one, heading = code("IMP"), "code,name_zh,name_en,industry,tier"
    await office.customer(code=one)
    rows = f"{heading}\n{one.lower()},银行,Bank,insurance,key\n"
    checked = await imports.done("customers", rows, dry_run="true")
    if is_running:
        await office.act("/v1/imports", checked, "run")
    await back(office, "0013", *OF_BEFORE)
    waiting = await imports.get(checked)
    assert (waiting["state"], counts(waiting), waiting["version"] > checked["version"]) == (
        "queued",
        (0, 0, 0, 0),
        True,
    )
    await imports.work()
    if not is_running:
        again = await imports.get(checked)
        assert (again["state"], counts(again)) == ("checked", (0, 1, 0, 0))
        await office.act("/v1/imports", again, "run")
        await imports.work()
    done = await imports.get(checked)
    assert (done["state"], counts(done)) == ("succeeded", (0, 1, 0, 0))
    assert await customers_of(office, one) == [one]


async def test_a_file_that_was_read_in_capitals_stays_checked(office: Office, imports: Importing):
    rows = f"code,name_zh,name_en,industry,tier\n{code('imp')},银行,Bank,insurance,key\n"
    checked = await imports.done("customers", rows, dry_run="true")
    await back(office, "0013")
    assert await imports.get(checked) == checked


RULES = {"fan-9": "accepted + 12 months", "FAN-9": "accepted + 36 months"}


async def test_a_part_has_one_rule_in_a_contract_whatever_the_case(office: Office):
    customer = await office.customer()
    body = {"customer_id": customer["id"], "number": code("CTR"), "starts_on": "2026-01-01"}
    for rules, number, place in (
        (RULES, "FAN-9", "FAN-9"),
        ({"a/1": "accepted", "A/1": "accepted"}, "A/1", "A~11"),
    ):
        status, problem = await office.refused("/v1/contracts", **body, terms={"components": rules})
        assert (status, problem["code"], problem["part_number"]) == (422, "part-number-repeated", number)
        assert problem["errors"][0]["pointer"] == f"#/terms/components/{place}"
    contract = await office.contract(
        customer, is_active=False, terms={"components": {"fan-9": RULES["fan-9"]}}
    )
    assert contract["terms"] == {"components": {"FAN-9": RULES["fan-9"]}}
    path, headers = f"/v1/contracts/{contract['id']}", {"If-Match": "*"}
    answer = await office.client.patch(path, json={"terms": {"components": RULES}}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "part-number-repeated")
    assert await office.get(path) == contract


async def test_rules_of_parts_of_before_are_carried_along_the_one_that_counted(office: Office):
    customer = await office.customer()
    alone, double, fine = [await office.contract(customer, terms={"components": {}}) for _ in range(3)]
    told = {
        alone["id"]: {"fan-9": "accepted + 12 months"},
        double["id"]: {"Fan-9": "accepted + 12 months", "fAN-9": "accepted + 36 months"},
        fine["id"]: {"FAN-9": "accepted + 12 months", "fan-9": "accepted + 36 months"},
    }
    await back(
        office,
        "0013",
        *(
            f"UPDATE contract SET terms = '{json.dumps({'components': rules})}' WHERE id = '{one}'"
            for one, rules in told.items()
        ),
    )
    stored = [await office.get(f"/v1/contracts/{one['id']}") for one in (alone, double, fine)]
    assert [one["terms"]["components"] for one in stored] == [
        {"FAN-9": "accepted + 12 months"},
        {"FAN-9": "accepted + 12 months", "fAN-9": "accepted + 36 months"},
        told[fine["id"]],
    ]
    changed = await office.act("/v1/contracts", stored[0], "terminate", reason="sold")
    assert changed["version"] == alone["version"] + 1


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


async def test_only_serial_numbers_are_carried_along(office: Office, stores: Stores):
    """What else a line tells may read like a serial number of its part."""
    warehouse, part = await stores.warehouse(), await office.part(is_serialised=True, is_lot_tracked=True)
    await stores.receive(warehouse, part, 1, serials=["P-1"], lot="p-1")
    await back(
        office,
        "0008",
        "UPDATE stock_lot SET serial_number = 'p-1'",
        "UPDATE stock_movement SET pieces = replace(pieces::text, 'P-1', 'p-1')::jsonb",
    )
    [piece] = (await office.items("/v1/stock-movements", part_id=part["id"]))[0]["pieces"]
    assert (piece["serial_number"], piece["lot"]) == ("P-1", "p-1")
