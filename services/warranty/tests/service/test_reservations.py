"""Reservations: kept, issued, released and ended by time; never more than there is."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from .claiming import opened
from .office import Json, Office
from .stores import Stores
from .test_tickets_heard import ticket_of

PATH = "/v1/reservations"
ISSUE, RELEASE = PATH + "/{}:issue", PATH + "/{}:release"
SHANGHAI = {"latitude": 31.2304, "longitude": 121.4737}
BEIJING = {"latitude": 39.9042, "longitude": 116.4074}


async def test_pieces_are_kept_and_told(stores: Stores):
    warehouse, part = await stores.filled(10)
    ticket = str(uuid4())
    kept = await stores.reserve(part, 4, warehouse_id=warehouse["id"], ticket_id=ticket)
    assert (kept["state"], kept["allowed_actions"]) == ("reserved", ["issue", "release"])
    assert kept["expires_at"].startswith("2026-04-01")
    assert await stores.figures(warehouse, part) == (10, 4, 0)
    assert await stores.entries(kept) == [("reserve", 0, 4)]
    [told] = await stores.office.published(kept)
    assert (told["type"], told["quantity"], told["ticket_id"]) == ("reservation.created", 4, ticket)
    assert await stores.office.items(PATH, ticket_id=ticket) == [kept]
    assert await stores.office.items(PATH, warehouse_id=warehouse["id"], state="reserved") == [kept]
    assert await stores.office.get(f"{PATH}/{kept['id']}") == kept


async def test_what_is_issued_leaves(stores: Stores):
    warehouse, part = await stores.filled(10)
    kept = await stores.reserve(part, 4)
    issued = await stores.office.act(PATH, kept, "issue")
    assert (issued["state"], issued["allowed_actions"], issued["version"]) == ("issued", [], 2)
    assert await stores.figures(warehouse, part) == (6, 0, 0)
    assert await stores.entries(kept) == [("reserve", 0, 4), ("issue", -4, -4)]
    assert await stores.office.types(kept) == ["reservation.created", "reservation.issued"]
    assert await stores.office.audited(kept) == ["reservation.create", "reservation.issue"]
    assert await stores.refuse(RELEASE, kept) == (409, "invalid-state-transition")
    assert await stores.refuse(ISSUE, kept) == (409, "invalid-state-transition")


async def test_what_is_released_is_available_again(stores: Stores):
    warehouse, part = await stores.filled(10)
    kept = await stores.reserve(part, 4)
    released = await stores.office.act(PATH, kept, "release", reason="repaired without it")
    assert (released["state"], released["ended_at"]) == ("released", released["state_changed_at"])
    assert await stores.figures(warehouse, part) == (10, 0, 0)
    assert await stores.entries(kept) == [("reserve", 0, 4), ("release", 0, -4)]
    assert await stores.office.types(kept) == ["reservation.created", "reservation.released"]


async def test_what_nobody_takes_in_time_is_available_again(stores: Stores):
    warehouse, part = await stores.filled(10)
    ends = stores.office.clock.now + timedelta(days=2)
    kept = await stores.reserve(part, 4, expires_at=ends.isoformat())
    longer = await stores.reserve(part, 1)
    stores.office.clock.set(ends - timedelta(seconds=1))
    assert await stores.sweep("reservations_expired") == 0
    stores.office.clock.set(ends + timedelta(minutes=5))
    assert await stores.sweep("reservations_expired") == 1
    assert await stores.sweep("reservations_expired") == 0
    found = await stores.office.get(f"{PATH}/{kept['id']}")
    assert (found["state"], found["allowed_actions"]) == ("expired", [])
    assert found["ended_at"] == kept["expires_at"]
    assert await stores.figures(warehouse, part) == (10, 1, 0)
    told = (await stores.office.published(kept))[-1]
    assert (told["type"], told["occurred_at"]) == ("reservation.expired", kept["expires_at"])
    assert await stores.refuse(ISSUE, kept) == (409, "invalid-state-transition")
    assert (await stores.office.get(f"{PATH}/{longer['id']}"))["state"] == "reserved"


async def test_pieces_are_kept_for_one_customers_matters(stores: Stores):
    office, (_, part) = stores.office, await stores.filled(1)
    site, theirs = [await office.site(await office.customer()) for _ in range(2)]
    claim = await opened(office, await office.asset(site))
    ticket = ticket_of(theirs["customer_id"], None, office.clock.now.isoformat())
    await office.hear(office.ticket_event(ticket, "opened", 1))
    body = {"part_id": part["id"], "quantity": 1}
    for told, code in (
        ({"site_id": str(uuid4())}, "site-unknown"),
        ({"claim_id": claim["id"], "site_id": theirs["id"]}, "site-of-another"),
        ({"claim_id": claim["id"], "ticket_id": ticket["ticket_id"]}, "ticket-of-another"),
        ({"site_id": site["id"], "ticket_id": ticket["ticket_id"]}, "ticket-of-another"),
    ):
        assert await stores.refuse(PATH, **body, **told) == (422, code)
    kept = await stores.reserve(part, 1, claim_id=claim["id"], site_id=site["id"])
    assert kept["claim_id"] == claim["id"]


async def test_a_reservation_ends_in_the_future(stores: Stores):
    _, part = await stores.filled(1)
    body = {"part_id": part["id"], "quantity": 1, "expires_at": stores.office.clock.now.isoformat()}
    assert await stores.refuse(PATH, **body) == (422, "expiry-passed")


async def test_without_a_warehouse_the_nearest_that_has_enough(stores: Stores):
    office, part = stores.office, await stores.office.part()
    site = await office.site(await office.customer(), position=BEIJING)
    central = await stores.warehouse(position=SHANGHAI)
    near = await stores.warehouse("regional", position=BEIJING)
    car = await stores.warehouse("car")
    for place in (central, near, car):
        await stores.receive(place, part, 3)
    there = {"part": part, "quantity": 2, "site_id": site["id"]}
    assert (await stores.reserve(**there))["warehouse_id"] == near["id"]
    assert (await stores.reserve(**there))["warehouse_id"] == central["id"]
    assert (await stores.reserve(**there))["warehouse_id"] == car["id"]
    body = {"part_id": part["id"], "quantity": 2}
    status, problem = await office.refused(PATH, **body)
    assert (status, problem["code"], problem["available"]) == (409, "stock-short", 3)
    assert sorted(problem["warehouses"]) == sorted(f"{one['code']}: 1" for one in (central, near, car))
    assert (await stores.reserve(part, 1))["warehouse_id"] == central["id"]


async def test_the_successor_that_would_do_is_named(stores: Stores):
    _, newer = await stores.filled(9)
    _, older = await stores.filled(1, superseded_by_id=newer["id"])
    status, problem = await stores.office.refused(PATH, part_id=older["id"], quantity=5)
    assert (status, problem["available"]) == (409, 1)
    assert (problem["successor_id"], problem["successor_available"]) == (newer["id"], 9)


async def test_what_expires_first_goes_first_and_nothing_past_its_shelf_life(stores: Stores):
    office, warehouse = stores.office, await stores.warehouse()
    part = await office.part(is_lot_tracked=True)
    for lot, expires_on in (("late", "2026-12-31"), ("over", "2026-03-01"), ("soon", "2026-03-05")):
        await stores.receive(warehouse, part, 2, lot=lot, expires_on=expires_on)
    assert await stores.refuse(PATH, part_id=part["id"], quantity=5) == (409, "stock-short")
    kept = await stores.reserve(part, 3, warehouse_id=warehouse["id"])
    issued = await office.act(PATH, kept, "issue")
    assert [(one["lot"], one["quantity"]) for one in issued["picks"]] == [("soon", 2), ("late", 1)]
    assert await stores.lots(warehouse, part) == {"over": 2, "late": 1}
    assert (await office.published(kept))[-1]["lots"] == ["late", "soon"]


async def test_without_a_shelf_life_what_came_first_goes_first(stores: Stores):
    office, warehouse = stores.office, await stores.warehouse()
    part = await office.part(is_serialised=True)
    await stores.receive(warehouse, part, 1, serials=["Z-FIRST"])
    office.clock.advance(timedelta(days=1))
    await stores.receive(warehouse, part, 1, serials=["A-SECOND"])
    issued = await office.act(PATH, await stores.reserve(part, 1), "issue")
    assert [one["serial_number"] for one in issued["picks"]] == ["Z-FIRST"]


async def test_pieces_may_be_named(stores: Stores):
    office, warehouse = stores.office, await stores.warehouse()
    part = await office.part(is_serialised=True)
    await stores.receive(warehouse, part, 3, serials=["A1", "A2", "A3"])
    kept = await stores.reserve(part, 2)
    assert await stores.refuse(ISSUE, kept, serials=["A3"]) == (422, "serials-needed")
    assert await stores.refuse(ISSUE, kept, serials=["A3", "A3"]) == (422, "serial-repeated")
    assert await stores.refuse(ISSUE, kept, serials=["A3", "B1"]) == (409, "piece-not-here")
    issued = await office.act(PATH, kept, "issue", serials=["A3", "A1"])
    assert {one["serial_number"] for one in issued["picks"]} == {"A1", "A3"}
    assert await stores.lots(warehouse, part) == {"A2": 1}
    assert (await office.published(kept))[-1]["serial_numbers"] == ["A3", "A1"]


async def test_lots_may_be_named(stores: Stores):
    warehouse, part = await stores.warehouse(), await stores.office.part(is_lot_tracked=True)
    await stores.receive(warehouse, part, 5, lot="L1")
    await stores.receive(warehouse, part, 5, lot="L2")
    kept = await stores.reserve(part, 4)
    short = [{"lot": "L1", "quantity": 1}]
    assert await stores.refuse(ISSUE, kept, lots=short) == (422, "lot-needed")
    lots = [{"lot": "L2", "quantity": 3}, {"lot": "L1", "quantity": 1}]
    await stores.office.act(PATH, kept, "issue", lots=lots)
    assert await stores.lots(warehouse, part) == {"L1": 4, "L2": 2}


async def test_pieces_go_into_an_engineers_car_and_are_stock_there(stores: Stores):
    office, warehouse, car = stores.office, await stores.warehouse(), await stores.warehouse("car")
    part = await office.part(is_serialised=True)
    await stores.receive(warehouse, part, 2, serials=["A1", "A2"])
    kept = await stores.reserve(part, 1)
    told = {"to_warehouse_id": warehouse["id"]}
    assert await stores.refuse(ISSUE, kept, **told) == (422, "not-a-car")
    issued = await office.act(PATH, kept, "issue", to_warehouse_id=car["id"])
    assert issued["to_warehouse_id"] == car["id"]
    assert await stores.entries(kept) == [("reserve", 0, 1), ("transfer_out", -1, -1), ("transfer_in", 1, 0)]
    assert await stores.figures(warehouse, part) == (1, 0, 0)
    assert await stores.figures(car, part) == (1, 0, 0)
    assert await stores.lots(car, part) == {"A1": 1}


async def test_pieces_are_kept_as_of_when_that_was_told_later(stores: Stores):
    office, (_, part) = stores.office, await stores.filled(5)
    kept_at = office.clock.now - timedelta(hours=3)
    kept = await stores.reserve(part, 1, occurred_at=kept_at.isoformat())
    [event] = await office.published(kept)
    [entry] = await office.items("/v1/stock-movements", reference_id=kept["id"])
    told = (kept["state_changed_at"], event["occurred_at"], entry["occurred_at"])
    assert {datetime.fromisoformat(one) for one in told} == {kept_at}
    later = (office.clock.now + timedelta(minutes=1)).isoformat()
    found = await stores.refuse(PATH, part_id=part["id"], quantity=1, occurred_at=later)
    assert found == (422, "occurred-in-future")


@pytest.mark.parametrize("field", ["part", "warehouse"])
async def test_what_is_unknown_is_said(stores: Stores, field):
    _, part = await stores.filled(1)
    body = {"part_id": part["id"], "quantity": 1, f"{field}_id": str(uuid4())}
    assert await stores.refuse(PATH, **body) == (422, f"{field}-unknown")


async def test_a_repeated_request_keeps_pieces_once(stores: Stores):
    warehouse, part = await stores.filled(5)
    body, key = {"part_id": part["id"], "quantity": 2}, {"Idempotency-Key": '"a-key-of-this-test"'}
    first, second = [await stores.office.client.post(PATH, json=body, headers=key) for _ in range(2)]
    assert (first.status_code, second.status_code, first.content) == (201, 201, second.content)
    assert await stores.figures(warehouse, part) == (5, 2, 0)


async def answered(stores: Stores, body: Json, number: int) -> httpx.Response:
    """What one of many gets; a server too busy to answer in time (503) is asked again with the same key."""
    headers = {"Idempotency-Key": f"one-of-many-{number}"}
    while True:
        answer = await stores.office.client.post(PATH, json=body, headers=headers)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            return answer


@pytest.mark.parametrize("is_named", [True, False])
async def test_two_hundred_at_once_get_the_last_fifty_and_no_more(stores: Stores, is_named):
    warehouse, part = await stores.filled(50)
    body = {"part_id": part["id"], "quantity": 1}
    if is_named:
        body["warehouse_id"] = warehouse["id"]
    answers = await asyncio.gather(*(answered(stores, body, number) for number in range(200)))
    counted = Counter((answer.status_code, answer.json().get("code")) for answer in answers)
    assert counted == {(201, None): 50, (409, "stock-short"): 150}
    assert await stores.figures(warehouse, part) == (50, 50, 0)
    assert len(await stores.office.items(PATH, part_id=part["id"], limit=200)) == 50
    assert await stores.differences() == []


async def test_issuing_releasing_and_time_at_once_end_each_reservation_once(stores: Stores):
    office = stores.office
    warehouse, part = await stores.filled(60)
    ends = office.clock.now + timedelta(hours=1)
    kept = [await stores.reserve(part, 2, expires_at=ends.isoformat()) for _ in range(30)]
    office.clock.set(ends)
    answers, expired = await asyncio.gather(
        asyncio.gather(
            *(
                office.client.post(f"{PATH}/{one['id']}:{action}", json={})
                for one in kept
                for action in ("issue", "release")
            )
        ),
        stores.sweep("reservations_expired"),
    )
    assert {answer.status_code for answer in answers} <= {200, 409}
    expired += await stores.sweep("reservations_expired")
    done = sum(answer.status_code == 200 for answer in answers)
    assert done + expired == 30
    on_hand, reserved, _ = await stores.figures(warehouse, part)
    left = len(await office.items(PATH, state="issued", limit=200))
    assert (on_hand, reserved) == (60 - 2 * left, 0)


async def test_only_who_works_with_stock_reserves(office: Office, connect):
    stores = Stores(office)
    _, part = await stores.filled(1)
    agent = await connect(sub="agent-1", roles=["agent"])
    status, _ = await office.refused(PATH, by=agent, part_id=part["id"], quantity=1)
    assert status == 403
    assert (await agent.get(PATH)).status_code == 200
