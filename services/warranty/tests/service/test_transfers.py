"""Transfers between warehouses, and counts of what is really there."""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from .office import Json
from .stores import Stores

PATH, COUNTS = "/v1/stock-transfers", "/v1/stock-counts"
SHIP, RECEIVE, CANCEL = PATH + "/{}:ship", PATH + "/{}:receive", PATH + "/{}:cancel"
APPROVE, DISCARD = COUNTS + "/{}:approve", COUNTS + "/{}:discard"


def line(part: Json, quantity: int, **named: object) -> Json:
    return {"part_id": part["id"], "quantity": quantity, **named}


async def draft(stores: Stores, here: Json, there: Json, *lines: Json) -> Json:
    body = {"from_warehouse_id": here["id"], "to_warehouse_id": there["id"], "lines": list(lines)}
    return await stores.office.create(PATH, **body)


async def test_pieces_are_planned_shipped_and_received(stores: Stores):
    office, there = stores.office, await stores.warehouse("regional")
    here, part = await stores.filled(10)
    planned = await draft(stores, here, there, line(part, 4))
    assert (planned["state"], planned["allowed_actions"]) == ("draft", ["ship", "cancel"])
    assert await stores.figures(here, part) == (10, 0, 0)
    assert await stores.refuse(RECEIVE, planned) == (409, "invalid-state-transition")
    shipped = await office.act(PATH, planned, "ship")
    assert (shipped["state"], shipped["allowed_actions"]) == ("shipped", ["receive"])
    assert await stores.figures(here, part) == (6, 0, 0)
    assert await stores.figures(there, part) == (0, 0, 4)
    assert await stores.differences() == []
    assert await stores.refuse(CANCEL, planned, reason="late") == (409, "invalid-state-transition")
    received = await office.act(PATH, planned, "receive")
    assert (received["state"], received["allowed_actions"], received["version"]) == ("received", [], 3)
    assert await stores.figures(there, part) == (4, 0, 0)
    assert await stores.entries(planned) == [("transfer_out", -4, 0), ("transfer_in", 4, 0)]
    types = [f"stock_transfer.{what}" for what in ("drafted", "shipped", "received")]
    assert await office.types(planned) == types
    assert await office.items(PATH, to_warehouse_id=there["id"]) == [received]
    assert await office.get(f"{PATH}/{planned['id']}") == received


async def test_a_transfer_of_the_past_is_told_with_when_it_was_planned(stores: Stores):
    office, there = stores.office, await stores.warehouse("regional")
    here, part = await stores.filled(10)
    day, now = timedelta(days=1), office.clock.advance(timedelta(days=9))
    body = {"from_warehouse_id": here["id"], "to_warehouse_id": there["id"], "lines": [line(part, 4)]}
    status, problem = await office.refused(PATH, **body, occurred_at=(now + day).isoformat())
    assert (status, problem["code"]) == (422, "occurred-in-future")
    at = [(now - days * day).isoformat() for days in (3, 2, 1)]
    planned = await office.create(PATH, **body, occurred_at=at[0])
    shipped = await office.act(PATH, planned, "ship", occurred_at=at[1])
    received = await office.act(PATH, planned, "receive", occurred_at=at[2])
    times = [one["state_changed_at"] for one in (planned, shipped, received)]
    assert [event["occurred_at"] for event in await office.published(planned)] == times
    assert [datetime.fromisoformat(one).isoformat() for one in times] == at


async def test_serial_numbers_and_lots_travel_with_their_shelf_life(stores: Stores):
    office, here, there = stores.office, await stores.warehouse(), await stores.warehouse()
    numbered = await office.part(is_serialised=True)
    batched = await office.part(is_lot_tracked=True)
    await stores.receive(here, numbered, 2, serials=["A1", "A2"])
    await stores.receive(here, batched, 5, lot="L1", expires_on="2026-02-01")
    planned = await draft(stores, here, there, line(numbered, 1, serials=["A2"]), line(batched, 3))
    await office.act(PATH, planned, "ship")
    assert await stores.lots(there, numbered) == {}
    await office.act(PATH, planned, "receive")
    assert await stores.lots(here, numbered) == {"A1": 1}
    assert await stores.lots(there, numbered) == {"A2": 1}
    [lot] = await office.items("/v1/stock-lots", warehouse_id=there["id"], part_id=batched["id"])
    assert (lot["lot"], lot["on_hand"], lot["expires_on"]) == ("L1", 3, "2026-02-01")


async def test_either_everything_leaves_or_nothing(stores: Stores):
    there = await stores.warehouse()
    here, plenty = await stores.filled(10)
    scarce = await stores.office.part()
    await stores.receive(here, scarce, 1)
    planned = await draft(stores, here, there, line(plenty, 5), line(scarce, 2))
    assert await stores.refuse(SHIP, planned) == (409, "stock-short")
    assert await stores.figures(here, plenty) == (10, 0, 0)
    cancelled = await stores.office.act(PATH, planned, "cancel", reason="not enough")
    assert (cancelled["state"], cancelled["allowed_actions"]) == ("cancelled", [])
    assert (await stores.office.types(planned))[-1] == "stock_transfer.cancelled"


async def test_what_cannot_be_planned_is_said(stores: Stores):
    here, part = await stores.filled(1)
    there = await stores.warehouse()
    body = {"from_warehouse_id": here["id"], "to_warehouse_id": there["id"], "lines": [line(part, 1)]}
    assert await stores.refuse(PATH, **{**body, "to_warehouse_id": here["id"]}) == (422, "transfer-to-itself")
    assert await stores.refuse(PATH, **{**body, "lines": [line(part, 1)] * 2}) == (422, "part-repeated")
    unknown = str(uuid4())
    assert await stores.refuse(PATH, **{**body, "to_warehouse_id": unknown}) == (422, "warehouse-unknown")
    lines = [line({"id": unknown}, 1)]
    assert await stores.refuse(PATH, **{**body, "lines": lines}) == (422, "part-unknown")
    lines = [line(part, 1, serials=["A1"])]
    assert await stores.refuse(PATH, **{**body, "lines": lines}) == (422, "not-tracked")


async def test_transfers_both_ways_at_once_do_not_wait_for_each_other_forever(stores: Stores):
    office, parts = stores.office, [await stores.office.part() for _ in range(3)]
    here, there = await stores.warehouse(), await stores.warehouse()
    for part in parts:
        await stores.receive(here, part, 20)
        await stores.receive(there, part, 20)
    lines = [line(part, 1) for part in parts]
    ways = [(here, there), (there, here)] * 8
    planned = [await draft(stores, *way, *lines) for way in ways]
    for action in ("ship", "receive"):
        paths = [f"{PATH}/{one['id']}:{action}" for one in planned]
        answers = await asyncio.gather(*(office.client.post(path, json={}) for path in paths))
        assert {answer.status_code for answer in answers} == {200}
        assert await stores.differences() == []
    assert [await stores.figures(here, part) for part in parts] == [(20, 0, 0)] * 3


async def count(stores: Stores, warehouse: Json, *lines: Json, by: object = None, **more: object) -> Json:
    body = {"warehouse_id": warehouse["id"], "lines": list(lines), **more}
    return await stores.office.create(COUNTS, by, **body)


def found(part: Json, counted: int, **told: object) -> Json:
    return {"part_id": part["id"], "counted": counted, **told}


@pytest.fixture
async def clerk(connect):
    return await connect(sub="clerk-1", roles=["stock"])


async def test_a_difference_is_adjusted_once_a_lead_who_did_not_count_approves(stores, clerk, connect):
    office = stores.office
    here, part = await stores.filled(10)
    other = await office.part()
    await stores.receive(here, other, 3)
    made = await count(stores, here, found(part, 8), found(other, 3), by=clerk)
    differences = [(one["expected"], one["counted"], one["difference"]) for one in made["lines"]]
    assert differences == [(10, 8, -2), (3, 3, 0)]
    assert (made["difference_count"], made["allowed_actions"]) == (1, ["discard"])
    assert await stores.figures(here, part) == (10, 0, 0)
    second = await connect(sub="clerk-2", roles=["stock"])
    status, problem = await office.refused(APPROVE.format(made["id"]), by=second)
    assert (status, problem["code"]) == (403, "action-needs-role")
    lead = await connect(sub="lead-1", roles=["lead"])
    approved = await office.act(COUNTS, made, "approve", by=lead)
    assert (approved["state"], approved["approved_by"]) == ("approved", "lead-1")
    assert await stores.figures(here, part) == (8, 0, 0)
    assert await stores.entries(made) == [("adjust", -2, 0)]
    assert await office.types(made) == ["stock_count.counted", "stock_count.approved"]
    assert await office.items(COUNTS, warehouse_id=here["id"]) == [await office.get(f"{COUNTS}/{made['id']}")]


async def test_who_counted_does_not_approve(stores: Stores):
    here, part = await stores.filled(10)
    made = await count(stores, here, found(part, 8))
    assert await stores.refuse(APPROVE, made) == (403, "counter-may-not-approve")
    discarded = await stores.office.act(COUNTS, made, "discard", reason="counted twice")
    assert (discarded["state"], discarded["allowed_actions"]) == ("discarded", [])
    assert await stores.refuse(APPROVE, made) == (409, "invalid-state-transition")
    assert await stores.figures(here, part) == (10, 0, 0)


async def test_what_moves_after_counting_neither_hides_nor_doubles_a_difference(stores: Stores, clerk):
    office = stores.office
    here, part = await stores.filled(10)
    counted_at = office.clock.now
    office.clock.advance(timedelta(hours=1))
    await stores.receive(here, part, 5)
    made = await count(stores, here, found(part, 9), by=clerk, occurred_at=counted_at.isoformat())
    assert made["lines"][0]["expected"] == 10
    await stores.move("scrap", here, part, 4, reason="broken")
    await office.act(COUNTS, made, "approve")
    assert await stores.figures(here, part) == (10, 0, 0)


async def test_two_counts_of_one_shelf_book_its_difference_once(stores: Stores, clerk):
    office = stores.office
    here, part = await stores.filled(20)
    made = [await count(stores, here, found(part, 15), by=clerk) for _ in range(2)]
    office.clock.advance(timedelta(hours=1))
    made.append(await count(stores, here, found(part, 14), by=clerk))
    assert [one["lines"][0]["difference"] for one in made] == [-5, -5, -6]
    office.clock.advance(timedelta(hours=1))
    await stores.receive(here, part, 3)
    booked = [await office.act(COUNTS, one, "approve") for one in made]
    assert [await stores.entries(one) for one in made] == [[("adjust", -5, 0)], [], [("adjust", -1, 0)]]
    [line] = booked[1]["lines"]
    assert (line["expected"], line["difference"], booked[1]["difference_count"]) == (15, 0, 0)
    assert await stores.figures(here, part) == (17, 0, 0)
    assert await stores.differences() == []


async def test_counts_of_one_shelf_that_are_approved_at_once_book_its_difference_once(stores, clerk):
    here, part = await stores.filled(20)
    made = [await count(stores, here, found(part, 15), by=clerk) for _ in range(5)]
    paths = [APPROVE.format(one["id"]) for one in made]
    answers = await asyncio.gather(*(stores.office.client.post(path, json={}) for path in paths))
    assert {answer.status_code for answer in answers} == {200}
    assert await stores.figures(here, part) == (15, 0, 0)


async def test_a_count_does_not_stand_against_a_later_one_of_the_same_stock(stores: Stores, clerk):
    office, here, part = (
        stores.office,
        await stores.warehouse(),
        await stores.office.part(is_lot_tracked=True),
    )
    for lot in ("L1", "L2"):
        await stores.receive(here, part, 20, lot=lot)
    early = [await count(stores, here, found(part, 15, lot=lot), by=clerk) for lot in ("L1", "L2")]
    office.clock.advance(timedelta(hours=1))
    late = await count(stores, here, found(part, 16, lot="L1"), by=clerk)
    await office.act(COUNTS, late, "approve")
    status, problem = await office.refused(APPROVE.format(early[0]["id"]))
    assert (status, problem["code"], problem["count_id"]) == (409, "count-superseded", late["id"])
    await office.act(COUNTS, early[1], "approve")
    assert await stores.lots(here, part) == {"L1": 16, "L2": 15}


async def test_serial_numbers_counted_twice_are_booked_once(stores: Stores, clerk):
    here, part = await stores.warehouse(), await stores.office.part(is_serialised=True)
    await stores.receive(here, part, 2, serials=["A1", "A2"])
    made = [await count(stores, here, found(part, 2, serials=["A2", "A3"]), by=clerk) for _ in range(2)]
    for one in made:
        await stores.office.act(COUNTS, one, "approve")
    assert await stores.lots(here, part) == {"A2": 1, "A3": 1}
    assert await stores.entries(made[1]) == []


async def test_what_is_told_late_explains_a_difference(stores: Stores, clerk):
    office = stores.office
    here, part = await stores.filled(20)
    before = office.clock.now
    office.clock.advance(timedelta(hours=1))
    made = await count(stores, here, found(part, 15), by=clerk)
    await stores.move("scrap", here, part, 5, reason="burnt", occurred_at=before.isoformat())
    await office.act(COUNTS, made, "approve")
    assert await stores.figures(here, part) == (15, 0, 0)


async def test_the_newest_reservations_end_that_what_was_found_does_not_cover(stores: Stores, clerk):
    office = stores.office
    here, part = await stores.filled(31)
    kept = []
    for quantity in (4, 9, 7):
        kept.append(await stores.reserve(part, quantity))
        office.clock.advance(timedelta(minutes=1))
    made = await count(stores, here, found(part, 5), by=clerk)
    await office.act(COUNTS, made, "approve")
    assert await stores.figures(here, part) == (5, 4, 0)
    now = [await office.get(f"/v1/reservations/{one['id']}") for one in kept]
    assert [one["state"] for one in now] == ["reserved", "released", "released"]
    assert [await office.types(one) for one in kept[1:]] == [
        ["reservation.created", "reservation.released"]
    ] * 2
    [*_, told] = await office.items("/v1/stock-movements", reference_id=kept[2]["id"], sort="recorded_at")
    assert made["id"] in told["reason"]
    assert await stores.differences() == []


async def test_what_was_missing_and_has_left_since_is_not_adjusted(stores: Stores, clerk):
    office = stores.office
    here, part = await stores.filled(10)
    made = await count(stores, here, found(part, 2), by=clerk)
    office.clock.advance(timedelta(minutes=1))
    await stores.move("scrap", here, part, 5, reason="burnt")
    status, problem = await office.refused(APPROVE.format(made["id"]))
    assert (status, problem["code"], problem["on_hand"]) == (409, "count-overtaken", 5)
    assert await stores.figures(here, part) == (5, 0, 0)


async def test_a_count_and_issues_at_once_wait_for_each_other_not_forever(stores: Stores, clerk):
    office = stores.office
    here, part = await stores.filled(20)
    kept = [await stores.reserve(part, 2) for _ in range(10)]
    made = await count(stores, here, found(part, 14), by=clerk)
    paths = [f"/v1/reservations/{one['id']}:issue" for one in kept]
    paths.insert(5, APPROVE.format(made["id"]))
    answers = await asyncio.gather(*(office.client.post(path, json={}) for path in paths))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert await stores.differences() == []


async def test_serial_numbers_and_lots_are_counted_one_by_one(stores: Stores, clerk):
    office, here = stores.office, await stores.warehouse()
    numbered, batched = await office.part(is_serialised=True), await office.part(is_lot_tracked=True)
    await stores.receive(here, numbered, 2, serials=["A1", "A2"])
    await stores.receive(here, batched, 5, lot="L1")
    lines = [found(numbered, 2, serials=["A2", "A3"]), found(batched, 6, lot="L1")]
    made = await count(stores, here, *lines, by=clerk)
    first, second = made["lines"]
    assert (first["missing_serials"], first["found_serials"], first["difference"]) == (["A1"], ["A3"], 0)
    assert (second["lot"], second["difference"]) == ("L1", 1)
    await office.act(COUNTS, made, "approve")
    assert await stores.lots(here, numbered) == {"A2": 1, "A3": 1}
    assert await stores.lots(here, batched) == {"L1": 6}


async def test_a_count_tells_pieces_apart_as_their_part_demands(stores: Stores):
    office, here = stores.office, await stores.warehouse()
    numbered, batched, plain = [
        await office.part(is_serialised=True),
        await office.part(is_lot_tracked=True),
        await office.part(),
    ]
    refusals = [
        (found(numbered, 2, serials=["A1"]), "serials-needed"),
        (found(batched, 2), "lot-needed"),
        (found(plain, 2, lot="L1"), "not-tracked"),
        (found(plain, 1, serials=["A1"]), "not-tracked"),
        (found({"id": str(uuid4())}, 1), "part-unknown"),
    ]
    for told, code in refusals:
        assert await stores.refuse(COUNTS, warehouse_id=here["id"], lines=[told]) == (422, code)
    twice = [found(plain, 1), found(plain, 2)]
    assert await stores.refuse(COUNTS, warehouse_id=here["id"], lines=twice) == (422, "part-repeated")
    nowhere = {"warehouse_id": str(uuid4()), "lines": [found(plain, 1)]}
    assert await stores.refuse(COUNTS, **nowhere) == (422, "warehouse-unknown")
