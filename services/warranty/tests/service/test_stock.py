"""Warehouses and the ledger: what is written down, what follows from it, and what is refused."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from common.context import system
from common.database_errors import cause_of
from common.inbox import execute

from .office import Office, code
from .stores import ENGINEER, Stores
from .test_loaners import lend

MOVEMENTS = "/v1/stock-movements"


async def test_a_warehouse_is_known_and_corrected(stores: Stores):
    office = stores.office
    warehouse = await stores.warehouse(code="SH-1", position={"latitude": 31.2, "longitude": 121.5})
    corrected = await office.patch("/v1/warehouses", warehouse, name="Pudong")
    assert (corrected["name"], corrected["version"]) == ("Pudong", 2)
    assert await office.get(f"/v1/warehouses/{warehouse['id']}") == corrected
    assert await office.types(warehouse) == ["warehouse.created", "warehouse.updated"]
    status, found = await stores.refuse(
        "/v1/warehouses", code="SH-1", name="x", kind="central", city="Shanghai"
    )
    assert (status, found) == (409, "warehouse-code-taken")


async def test_a_car_belongs_to_an_engineer_and_is_found_by_him(stores: Stores):
    car = await stores.warehouse("car")
    await stores.warehouse()
    found = await stores.office.items("/v1/warehouses", engineer_id=ENGINEER)
    assert [one["id"] for one in found] == [car["id"]]
    other = str(uuid4())
    assert (await stores.office.patch("/v1/warehouses", car, engineer_id=other))["engineer_id"] == other
    body = {"code": code("WH"), "name": "x", "city": "Shanghai"}
    assert await stores.refuse("/v1/warehouses", kind="car", **body) == (422, "car-needs-engineer")
    told = {"kind": "central", "engineer_id": ENGINEER, **body}
    assert await stores.refuse("/v1/warehouses", **told) == (422, "car-needs-engineer")


async def test_what_is_received_is_there_and_told(stores: Stores):
    warehouse, part = await stores.warehouse(), await stores.office.part()
    receipt = await stores.receive(warehouse, part, 20)
    assert (receipt["on_hand"], receipt["reserved"], receipt["pieces"]) == (20, 0, [])
    await stores.move("adjust", warehouse, part, -3, reason="damp")
    await stores.move("adjust", warehouse, part, 1, reason="found behind the shelf")
    await stores.office.act("/v1/reservations", await stores.reserve(part, 2), "issue")
    await stores.move("return", warehouse, part, 2, reason="not needed")
    scrapped = await stores.move("scrap", warehouse, part, 5, reason="broken")
    assert await stores.figures(warehouse, part) == (13, 0, 0)
    [told] = await stores.office.published(scrapped)
    assert (told["type"], told["kind"], told["quantity"]) == ("stock.moved", "scrap", -5)
    assert await stores.office.audited(scrapped) == ["stock_movement.scrap"]
    assert await stores.office.get(f"{MOVEMENTS}/{scrapped['id']}") == scrapped
    kinds = [
        one["kind"] for one in await stores.office.items(MOVEMENTS, part_id=part["id"], sort="recorded_at")
    ]
    assert kinds == ["receipt", "adjust", "adjust", "reserve", "issue", "return", "scrap"]
    [found] = await stores.office.items("/v1/stock", part_id=part["id"])
    assert await stores.office.get(f"/v1/stock/{found['id']}") == found


@pytest.mark.parametrize(
    ("kind", "quantity", "reason", "code"),
    [
        ("receipt", 0, None, "quantity-sign"),
        ("receipt", -1, None, "quantity-sign"),
        ("scrap", -1, "broken", "quantity-sign"),
        ("scrap", 1, None, "movement-needs-reason"),
        ("adjust", 1, None, "movement-needs-reason"),
        ("return", 1, None, "movement-needs-reason"),
    ],
)
async def test_a_movement_has_its_sign_and_its_reason(stores: Stores, kind, quantity, reason, code):
    warehouse, part = await stores.filled(5)
    body = {"warehouse_id": warehouse["id"], "part_id": part["id"], "quantity": quantity, "reason": reason}
    assert await stores.refuse(MOVEMENTS, kind=kind, **body) == (422, code)


async def test_nothing_leaves_that_is_not_there(stores: Stores):
    warehouse, part = await stores.filled(5)
    await stores.reserve(part, 3)
    body = {"warehouse_id": warehouse["id"], "part_id": part["id"], "kind": "scrap", "reason": "broken"}
    status, problem = await stores.office.refused(MOVEMENTS, **body, quantity=3)
    assert (status, problem["code"], problem["available"]) == (409, "stock-short", 2)
    assert await stores.figures(warehouse, part) == (5, 3, 0)
    for field in ("warehouse_id", "part_id"):
        told = {**body, field: str(uuid4()), "quantity": 1}
        unknown = f"{field.removesuffix('_id')}-unknown"
        assert await stores.refuse(MOVEMENTS, **told) == (422, unknown)


async def test_a_movement_may_be_told_later_but_not_ahead(stores: Stores):
    warehouse, part = await stores.warehouse(), await stores.office.part()
    now = stores.office.clock.now
    before = (now - timedelta(hours=3)).isoformat()
    receipt = await stores.receive(warehouse, part, 1, occurred_at=before)
    assert receipt["occurred_at"] < receipt["recorded_at"]
    body = {"warehouse_id": warehouse["id"], "part_id": part["id"], "kind": "receipt", "quantity": 1}
    ahead = (now + timedelta(hours=1)).isoformat()
    assert await stores.refuse(MOVEMENTS, **body, occurred_at=ahead) == (422, "occurred-in-future")


async def test_a_serialised_part_has_a_number_a_piece_and_each_is_in_one_place(stores: Stores):
    office, warehouse = stores.office, await stores.warehouse()
    part = await office.part(is_serialised=True)
    await stores.receive(warehouse, part, 2, serials=["A1", "A2"])
    assert await stores.lots(warehouse, part) == {"A1": 1, "A2": 1}
    [found] = await office.items("/v1/stock-lots", serial_number="A1")
    assert (found["warehouse_id"], found["part_id"]) == (warehouse["id"], part["id"])
    other = await stores.warehouse()
    for place in (warehouse, other):
        body = {"kind": "receipt", "warehouse_id": place["id"], "part_id": part["id"]}
        assert await stores.refuse(MOVEMENTS, **body, quantity=1, serials=["A1"]) == (
            409,
            "serial-in-stock",
        )
    body = {"kind": "receipt", "warehouse_id": warehouse["id"], "part_id": part["id"], "quantity": 2}
    assert await stores.refuse(MOVEMENTS, **body) == (422, "serials-needed")
    assert await stores.refuse(MOVEMENTS, **body, serials=["B1", "B1"]) == (422, "serial-repeated")
    assert await stores.refuse(MOVEMENTS, **body, serials=["B1", "B2"], lot="L") == (422, "not-tracked")
    out = {**body, "kind": "scrap", "reason": "broken", "quantity": 1}
    assert await stores.refuse(MOVEMENTS, **out, serials=["Z9"]) == (409, "piece-not-here")
    await stores.move("scrap", warehouse, part, 1, serials=["A1"], reason="broken")
    assert await stores.lots(warehouse, part) == {"A2": 1}
    history = await office.items(MOVEMENTS, serial_number="A1", sort="recorded_at")
    assert [one["kind"] for one in history] == ["receipt", "scrap"]
    await stores.move("receipt", other, part, 1, serials=["A1"], reason="repaired")
    assert await stores.lots(other, part) == {"A1": 1}


async def test_no_more_comes_back_than_was_issued(stores: Stores):
    warehouse, part = await stores.filled(9)
    body = {"warehouse_id": warehouse["id"], "part_id": part["id"], "kind": "return", "reason": "not needed"}
    status, problem = await stores.office.refused(MOVEMENTS, **body, quantity=7)
    assert (status, problem["code"], problem["returnable"]) == (409, "return-not-issued", 0)
    await stores.office.act("/v1/reservations", await stores.reserve(part, 3), "issue")
    await stores.move("return", warehouse, part, 2, reason="not needed")
    assert await stores.refuse(MOVEMENTS, **body, quantity=2) == (409, "return-not-issued")
    elsewhere = {**body, "warehouse_id": (await stores.warehouse())["id"]}
    assert await stores.refuse(MOVEMENTS, **elsewhere, quantity=1) == (409, "return-not-issued")
    answers = await asyncio.gather(
        *(stores.office.client.post(MOVEMENTS, json={**body, "quantity": 1}) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await stores.figures(warehouse, part) == (9, 0, 0)


async def test_of_a_lot_no_more_comes_back_than_was_issued(stores: Stores):
    warehouse, part = await stores.warehouse(), await stores.office.part(is_lot_tracked=True)
    for lot in ("L1", "L2"):
        await stores.receive(warehouse, part, 5, lot=lot)
    await stores.office.act("/v1/reservations", await stores.reserve(part, 3), "issue")
    body = {"warehouse_id": warehouse["id"], "part_id": part["id"], "kind": "return", "reason": "not needed"}
    assert await stores.refuse(MOVEMENTS, **body, quantity=1, lot="L2") == (409, "return-not-issued")
    await stores.move("return", warehouse, part, 3, lot="L1", reason="not needed")
    assert await stores.lots(warehouse, part) == {"L1": 5, "L2": 5}


async def test_a_piece_comes_back_that_was_issued_to_whichever_warehouse(stores: Stores):
    office, warehouse, other = stores.office, await stores.warehouse(), await stores.warehouse()
    part = await office.part(is_serialised=True)
    await stores.receive(warehouse, part, 3, serials=["A1", "A2", "A3"])
    body = {"warehouse_id": other["id"], "part_id": part["id"], "kind": "return", "reason": "not needed"}
    kept = await stores.reserve(part, 1, warehouse_id=warehouse["id"])
    await office.act("/v1/reservations", kept, "issue", serials=["A1"])
    await stores.move("scrap", warehouse, part, 1, serials=["A2"], reason="burnt")
    for serial in ("A2", "Z9"):
        status, problem = await office.refused(MOVEMENTS, **body, quantity=1, serials=[serial])
        assert (status, problem["code"], problem["pieces"]) == (409, "return-not-issued", [serial])
    assert await stores.refuse(MOVEMENTS, **body, quantity=1, serials=["A3"]) == (409, "serial-in-stock")
    await stores.move("return", other, part, 1, serials=["A1"], reason="not needed")
    assert await stores.lots(other, part) == {"A1": 1}


async def test_a_loaner_comes_back_by_its_own_verb_only(stores: Stores):
    warehouse, part = await stores.filled(1)
    await lend(stores, part)
    body = {"warehouse_id": warehouse["id"], "part_id": part["id"], "kind": "return", "reason": "back"}
    assert await stores.refuse(MOVEMENTS, **body, quantity=1) == (409, "return-not-issued")


async def test_pieces_are_the_same_however_wide_their_numbers_were_typed(stores: Stores):
    here, kind = await stores.warehouse(), await stores.office.part(is_serialised=True)
    await stores.receive(here, kind, 1, serials=["Ｍ－１"])
    for path, name in (("/v1/stock-lots", "serial_number"), ("/v1/stock-movements", "serial_number")):
        [found] = await stores.office.items(path, part_id=kind["id"], **{name: "Ｍ-1"})
        assert "M-1" in str(found)
    again = {"warehouse_id": here["id"], "part_id": kind["id"], "quantity": 1, "serials": ["M-1"]}
    status, problem = await stores.office.refused("/v1/stock-movements", kind="receipt", **again)
    assert (status, problem["code"]) == (409, "serial-in-stock")


async def test_lots_carry_their_shelf_life(stores: Stores):
    office, warehouse = stores.office, await stores.warehouse()
    part = await office.part(is_lot_tracked=True, shelf_life_days=90)
    await stores.receive(warehouse, part, 5, lot="L1")
    await stores.receive(warehouse, part, 5, lot="L2", expires_on="2026-04-01")
    found = await office.items("/v1/stock-lots", part_id=part["id"])
    assert {one["lot"]: one["expires_on"] for one in found} == {"L1": "2026-05-31", "L2": "2026-04-01"}
    soon = await office.items("/v1/stock-lots", part_id=part["id"], expires_before="2026-04-02")
    assert [one["lot"] for one in soon] == ["L2"]
    body = {"kind": "receipt", "warehouse_id": warehouse["id"], "part_id": part["id"], "quantity": 5}
    assert await stores.refuse(MOVEMENTS, **body) == (422, "lot-needed")


async def test_the_database_keeps_the_ledger_as_it_is(stores: Stores):
    await stores.filled(5)
    for statement in (
        "UPDATE stock_movement SET on_hand = 6",
        "DELETE FROM stock_movement",
        "TRUNCATE stock_movement",
    ):
        with pytest.raises(Exception, match="stock movements are final"):
            async with stores.office.database.transaction(system("tests")) as session:
                await execute(session, statement)


@pytest.mark.parametrize(
    "change",
    ["on_hand = 1", "reserved = 6", "reserved = -1", "in_transit = -1", "on_hand = -1, reserved = -2"],
)
async def test_the_database_itself_lets_nothing_available_go_below_zero(stores: Stores, change):
    _, part = await stores.filled(5)
    await stores.reserve(part, 2)
    with pytest.raises(DBAPIError) as refusal:
        async with stores.office.database.transaction(system("tests")) as session:
            await execute(session, f"UPDATE stock_balance SET {change}")
    assert isinstance(cause_of(refusal.value), asyncpg.CheckViolationError)


async def test_customers_have_no_door_to_stock(office: Office, customer_of):
    client = await customer_of(await office.customer())
    for path in ("warehouses", "stock", "stock-lots", "stock-movements", "reservations", "shortages"):
        assert (await client.get(f"/v1/{path}")).status_code == 403


@pytest.mark.parametrize("field", ["on_hand", "reserved", "in_transit"])
async def test_a_balance_that_was_altered_is_found(office: Office, field):
    stores = Stores(office)
    warehouse, part = await stores.filled(5)
    await stores.reserve(part, 2)
    assert await stores.differences() == []
    async with office.database.transaction(system("tests")) as session:
        await execute(session, f"UPDATE stock_balance SET {field} = {field} + 1")
    stored, derived = {"on_hand": (6, 5), "reserved": (3, 2), "in_transit": (1, 0)}[field]
    said = f"{warehouse['code']} {part['number']}: {field} is {stored}, the ledger says {derived}"
    assert await stores.differences() == [said]


async def test_a_lot_and_a_reservation_that_were_altered_are_found(office: Office):
    stores = Stores(office)
    warehouse, part = await stores.warehouse(), await office.part(is_lot_tracked=True)
    await stores.receive(warehouse, part, 5, lot="L1")
    await stores.reserve(part, 2)
    async with office.database.transaction(system("tests")) as session:
        await execute(session, "UPDATE stock_lot SET on_hand = 4")
        await execute(session, "UPDATE reservation SET quantity = 1")
    named = f"{warehouse['code']} {part['number']}"
    assert await stores.differences() == [
        f"{named}: reserved by reservations is 1, the ledger says 2",
        f"{named} L1: on_hand is 4, the ledger says 5",
    ]
