"""Levels follow the installed base, shortages are told once, proposals follow what is missing."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from .office import Json, Office
from .stores import Stores

LEVELS, PROPOSALS, SHORTAGES = "/v1/stock-levels", "/v1/reorder-proposals", "/v1/shortages"
ORDER, DISMISS, CANCEL = (PROPOSALS + "/{}:" + verb for verb in ("order", "dismiss", "cancel"))
SHANGHAI = {"latitude": 31.2304, "longitude": 121.4737}
BEIJING = {"latitude": 39.9042, "longitude": 116.4074}


async def installed(office: Office, part: Json, count: int, position: Json | None = None) -> None:
    """So many pieces of a part at work at a site."""
    asset = await office.asset(await office.site(await office.customer(), position=position))
    for number in range(count):
        await office.component(asset, part, f"slot {number}")


async def plan(stores: Stores, part: Json) -> Json:
    answer = await stores.office.client.post(f"{PROPOSALS}:compute", json={"part_id": part["id"]})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def proposals(stores: Stores, part: Json, **params: object) -> list[Json]:
    return await stores.office.items(PROPOSALS, part_id=part["id"], **params)


async def test_levels_are_computed_from_the_installed_base_with_what_they_rest_on(stores: Stores):
    office, warehouse = stores.office, await stores.warehouse()
    part = await office.part(annual_failure_rate=2.0, lead_time_days=60)
    await installed(office, part, 5)
    assert await plan(stores, part) == {"level_count": 1, "proposal_count": 1}
    [level] = await office.items(LEVELS, part_id=part["id"])
    assert (level["installed"], level["annual_failure_rate"], level["service_level"]) == (5, 2.0, 0.95)
    assert (level["lead_time_days"], level["review_days"]) == (60, 7)
    # Mean demand 1.643 in 60 days: P(X <= 3) = 0.916, P(X <= 4) = 0.975; 1.834 in 67 days: P(X <= 4) = 0.961.
    assert (level["min_level"], level["target_level"]) == (5, 5)
    assert level["warehouse_id"] == warehouse["id"]
    assert await office.types(level) == ["stock_level.set"]
    assert await plan(stores, part) == {"level_count": 0, "proposal_count": 1}


async def test_each_site_is_served_from_the_nearest_warehouse_and_old_parts_by_their_successor(stores):
    office = stores.office
    south = await stores.warehouse(position=SHANGHAI)
    north = await stores.warehouse("regional", position=BEIJING)
    await stores.warehouse("car")
    newer = await office.part(annual_failure_rate=1.0)
    older = await office.part(annual_failure_rate=4.0, superseded_by_id=newer["id"])
    await installed(office, newer, 2, SHANGHAI)
    await installed(office, older, 1, SHANGHAI)
    await installed(office, older, 3, BEIJING)
    await plan(stores, newer)
    found = await office.items(LEVELS, part_id=newer["id"])
    assert {one["warehouse_id"]: (one["installed"], one["annual_failure_rate"]) for one in found} == {
        south["id"]: (3, 2.0),
        north["id"]: (3, 4.0),
    }
    await plan(stores, older)
    assert await office.items(LEVELS, part_id=older["id"]) == []


async def test_what_is_set_by_hand_holds_until_it_is_left_to_the_computation(stores: Stores):
    office, warehouse = stores.office, await stores.warehouse()
    part = await office.part()
    level = await stores.level(warehouse, part, min_override=3, target_override=8)
    assert (level["min_level"], level["target_level"], level["min_computed"]) == (3, 8, 0)
    again = {"warehouse_id": warehouse["id"], "part_id": part["id"]}
    assert await stores.refuse(LEVELS, **again) == (409, "stock-level-exists")
    higher = await office.patch(LEVELS, level, min_override=9, target_override=None)
    assert (higher["min_level"], higher["target_level"], higher["version"]) == (9, 9, 2)
    headers = {"If-Match": '"2"'}
    body = {"target_override": 8}
    refusal = await office.client.patch(f"{LEVELS}/{level['id']}", json=body, headers=headers)
    assert (refusal.status_code, refusal.json()["code"]) == (422, "target-below-min")
    free = await office.patch(LEVELS, higher, min_override=None)
    assert (free["min_level"], free["target_level"]) == (0, 0)
    assert await office.types(level) == ["stock_level.set"] * 3
    unknown = {"warehouse_id": warehouse["id"], "part_id": str(uuid4())}
    assert await stores.refuse(LEVELS, **unknown) == (422, "part-unknown")


async def test_a_part_that_becomes_low_runs_out_and_recovers_is_told_once_each(stores: Stores):
    office = stores.office
    warehouse, part = await stores.filled(10)
    level = await stores.level(warehouse, part, min_override=5, target_override=8)
    assert await stores.sweep("levels_watched") == 0
    kept = await stores.reserve(part, 6)
    assert await stores.sweep("levels_watched") == 1
    assert await stores.sweep("levels_watched") == 0
    [short] = await office.items(SHORTAGES)
    assert (short["id"], short["standing"], short["available"], short["missing"]) == (
        level["id"],
        "low",
        4,
        4,
    )
    rest = await stores.reserve(part, 4)
    assert await stores.sweep("levels_watched") == 1
    [short] = await office.items(SHORTAGES, standing="out", warehouse_id=warehouse["id"])
    assert (short["available"], short["missing"]) == (0, 8)
    await office.act("/v1/reservations", rest, "release")
    assert await stores.sweep("levels_watched") == 0
    await office.act("/v1/reservations", kept, "release")
    assert await stores.sweep("levels_watched") == 1
    assert await office.items(SHORTAGES) == []
    told = await office.published(level)
    assert [(one["type"], one["available"]) for one in told[1:]] == [
        ("part.low", 4),
        ("part.out", 0),
        ("part.recovered", 10),
    ]


async def test_two_watchers_at_once_tell_once(stores: Stores):
    warehouse, level = await stores.warehouse(), []
    for _ in range(20):
        part = await stores.office.part()
        level.append(await stores.level(warehouse, part, min_override=1, target_override=1))
    counts = await asyncio.gather(*(stores.sweep("levels_watched") for _ in range(4)))
    assert sum(counts) + await stores.sweep("levels_watched") == 20
    for one in level:
        assert await stores.office.types(one) == ["stock_level.set", "part.out"]


async def test_a_shortage_is_proposed_ordered_and_received_piece_by_piece(stores: Stores):
    office, warehouse = stores.office, await stores.warehouse()
    part = await office.part()
    await stores.level(warehouse, part, min_override=4, target_override=10)
    await plan(stores, part)
    [proposal] = await proposals(stores, part)
    assert (proposal["kind"], proposal["quantity"], proposal["state"]) == ("purchase", 10, "proposed")
    assert proposal["allowed_actions"] == ["order", "dismiss"]
    ordered = await office.act(PROPOSALS, proposal, "order")
    assert (ordered["state"], ordered["allowed_actions"]) == ("ordered", ["cancel"])
    [there] = await office.items("/v1/stock", part_id=part["id"])
    assert there["on_order"] == 10
    assert (await plan(stores, part))["proposal_count"] == 0
    told = {"reorder_proposal_id": proposal["id"]}
    await stores.receive(warehouse, part, 6, **told)
    assert (await office.get(f"{PROPOSALS}/{proposal['id']}"))["received"] == 6
    await stores.receive(warehouse, part, 4, **told)
    done = await office.get(f"{PROPOSALS}/{proposal['id']}")
    assert (done["state"], done["allowed_actions"]) == ("received", [])
    assert await stores.entries(proposal) == [("receipt", 6, 0), ("receipt", 4, 0)]
    types = [f"reorder_proposal.{what}" for what in ("proposed", "ordered", "updated", "received")]
    assert await office.types(proposal) == types
    body = {"kind": "receipt", "warehouse_id": warehouse["id"], "part_id": part["id"], "quantity": 1}
    assert await stores.refuse("/v1/stock-movements", **body, **told) == (422, "reorder-unknown")
    other = {**body, "reorder_proposal_id": str(uuid4())}
    assert await stores.refuse("/v1/stock-movements", **other) == (422, "reorder-unknown")


async def test_only_a_receipt_belongs_to_an_order(stores: Stores):
    warehouse, part = await stores.filled(1)
    await stores.level(warehouse, part, min_override=4, target_override=4)
    await plan(stores, part)
    [proposal] = await proposals(stores, part)
    await stores.office.act(PROPOSALS, proposal, "order")
    body = {"kind": "scrap", "warehouse_id": warehouse["id"], "part_id": part["id"], "quantity": 1}
    told = {"reason": "broken", "reorder_proposal_id": proposal["id"]}
    assert await stores.refuse("/v1/stock-movements", **body, **told) == (422, "reorder-unknown")


async def test_surplus_elsewhere_comes_first_and_its_transfer_ends_the_proposal(stores: Stores):
    office, short = stores.office, await stores.warehouse("regional")
    full, part = await stores.filled(7)
    await stores.level(full, part, min_override=1, target_override=4)
    await stores.level(short, part, min_override=5, target_override=6)
    assert (await plan(stores, part))["proposal_count"] == 2
    found = {one["kind"]: one for one in await proposals(stores, part)}
    moved, bought = found["transfer"], found["purchase"]
    assert (moved["quantity"], moved["from_warehouse_id"], bought["quantity"]) == (3, full["id"], 3)
    ordered = await office.act(PROPOSALS, moved, "order")
    [transfer] = await office.items("/v1/stock-transfers")
    assert (ordered["transfer_id"], transfer["state"]) == (transfer["id"], "draft")
    assert ordered["allowed_actions"] == []
    assert (await plan(stores, part))["proposal_count"] == 1
    assert await stores.refuse(CANCEL, moved, reason="late") == (409, "transfer-under-way")
    await office.act("/v1/stock-transfers", transfer, "ship")
    assert (await plan(stores, part))["proposal_count"] == 1
    await office.act("/v1/stock-transfers", transfer, "receive")
    done = await office.get(f"{PROPOSALS}/{moved['id']}")
    assert (done["state"], done["received"]) == ("received", 3)


async def test_a_transfer_that_is_cancelled_ends_its_order_and_is_proposed_again(stores: Stores):
    office, short = stores.office, await stores.warehouse("regional")
    full, part = await stores.filled(7)
    await stores.level(full, part, min_override=1, target_override=4)
    await stores.level(short, part, min_override=2, target_override=3)
    await plan(stores, part)
    [first] = await proposals(stores, part)
    ordered = await office.act(PROPOSALS, first, "order")
    await office.act("/v1/stock-transfers", {"id": ordered["transfer_id"]}, "cancel", reason="no driver")
    assert (await office.get(f"{PROPOSALS}/{first['id']}"))["state"] == "cancelled"
    assert (await plan(stores, part))["proposal_count"] == 1
    [again] = await proposals(stores, part, state="proposed")
    assert again["id"] != first["id"]


async def test_a_purchase_that_will_not_come_is_proposed_again(stores: Stores):
    office, warehouse = stores.office, await stores.warehouse()
    part = await office.part()
    await stores.level(warehouse, part, min_override=1, target_override=3)
    await plan(stores, part)
    [first] = await proposals(stores, part)
    assert await stores.refuse(CANCEL, first, reason="x") == (409, "invalid-state-transition")
    await office.act(PROPOSALS, first, "order")
    cancelled = await office.act(PROPOSALS, first, "cancel", reason="supplier out of business")
    assert cancelled["state"] == "cancelled"
    assert (await office.types(first))[-1] == "reorder_proposal.cancelled"
    await plan(stores, part)
    assert len(await proposals(stores, part, state="proposed")) == 1


async def test_a_dismissal_stands_until_more_is_missing_or_the_part_has_recovered(stores: Stores):
    office = stores.office
    warehouse, part = await stores.filled(2)
    level = await stores.level(warehouse, part, min_override=3, target_override=5)
    await stores.sweep("levels_watched")
    await plan(stores, part)
    [first] = await proposals(stores, part)
    dismissed = await office.act(PROPOSALS, first, "dismiss", reason="phased out")
    assert (dismissed["state"], dismissed["allowed_actions"]) == ("dismissed", [])
    assert await stores.refuse(ORDER, first) == (409, "invalid-state-transition")
    assert (await plan(stores, part))["proposal_count"] == 0
    await stores.reserve(part, 1)
    assert (await plan(stores, part))["proposal_count"] == 1
    [second] = await proposals(stores, part, state="proposed")
    assert second["quantity"] == 4
    await office.patch(LEVELS, await office.get(f"{LEVELS}/{level['id']}"), min_override=0, target_override=0)
    assert (await plan(stores, part))["proposal_count"] == 0
    lapsed = await office.get(f"{PROPOSALS}/{second['id']}")
    assert (lapsed["state"], lapsed["allowed_actions"]) == ("lapsed", [])
    assert (await office.types(second))[-1] == "reorder_proposal.lapsed"


async def test_an_open_proposal_follows_what_is_missing(stores: Stores):
    office = stores.office
    warehouse, part = await stores.filled(2)
    await stores.level(warehouse, part, min_override=3, target_override=5)
    await plan(stores, part)
    await stores.reserve(part, 1)
    await plan(stores, part)
    [proposal] = await proposals(stores, part)
    assert (proposal["quantity"], proposal["available"], proposal["version"]) == (4, 1, 2)
    assert await office.types(proposal) == ["reorder_proposal.proposed", "reorder_proposal.updated"]


async def test_parts_are_planned_daily_and_after_a_crossing(stores: Stores):
    office = stores.office
    warehouse, part = await stores.filled(10)
    await stores.level(warehouse, part, min_override=5, target_override=8)
    assert await stores.sweep("parts_planned") == 1
    assert await stores.sweep("parts_planned") == 0
    await stores.reserve(part, 6)
    await stores.sweep("levels_watched")
    assert await stores.sweep("parts_planned") == 1
    assert len(await proposals(stores, part, state="proposed")) == 1
    office.clock.advance(timedelta(hours=23))
    assert await stores.sweep("parts_planned") == 0
    office.clock.advance(timedelta(hours=1))
    assert await stores.sweep("parts_planned") == 1


async def test_more_parts_than_a_batch_are_planned_batch_by_batch_by_several_at_once(stores: Stores):
    warehouse = await stores.warehouse()
    parts = [await stores.office.part() for _ in range(60)]
    for part in parts[:5]:
        await stores.level(warehouse, part, min_override=1, target_override=1)
    counts = await asyncio.gather(*(stores.sweep("parts_planned") for _ in range(3)))
    assert sum(counts) + await stores.sweep("parts_planned") == 60
    assert len(await stores.office.items(PROPOSALS)) == 5


async def test_an_unknown_part_is_not_planned(stores: Stores):
    assert await stores.refuse(f"{PROPOSALS}:compute", part_id=str(uuid4())) == (422, "part-unknown")


async def test_what_expires_is_no_longer_available_and_its_shortage_is_told(stores: Stores):
    office, warehouse = stores.office, await stores.warehouse()
    part = await office.part(is_lot_tracked=True)
    await stores.receive(warehouse, part, 6, lot="L1")
    await stores.receive(warehouse, part, 5, lot="L0", expires_on="2026-03-02")
    level = await stores.level(warehouse, part, min_override=8, target_override=10)
    assert (await office.published(level))[0]["available"] == 11
    assert (await stores.sweep("levels_watched"), await office.items(SHORTAGES)) == (0, [])
    office.clock.advance(timedelta(days=1))
    [found] = await office.items("/v1/stock", part_id=part["id"])
    assert (found["on_hand"], found["expired"], found["available"]) == (11, 5, 6)
    assert await office.get(f"/v1/stock/{found['id']}") == found
    assert (await office.get("/v1/stock", part_id=part["id"], include_total=True))["total"] == 1
    status, problem = await office.refused("/v1/reservations", part_id=part["id"], quantity=7)
    assert (status, problem["available"]) == (409, found["available"])
    assert await stores.sweep("levels_watched") == 1
    [short] = await office.items(SHORTAGES, part_id=part["id"])
    assert (short["standing"], short["available"], short["expired"], short["missing"]) == ("low", 6, 5, 4)
    told = (await office.published(level))[-1]
    assert (told["type"], told["available"]) == ("part.low", 6)
    assert await stores.sweep("levels_watched") == 0
    await stores.sweep("parts_planned")
    [proposed] = await proposals(stores, part, state="proposed")
    assert (proposed["quantity"], proposed["available"]) == (4, 6)
    await stores.reserve(part, 6)
    assert await stores.sweep("levels_watched") == 1
    assert (await office.published(level))[-1]["type"] == "part.out"
    await stores.receive(warehouse, part, 10, lot="L2")
    assert await stores.sweep("levels_watched") == 1
    assert (await office.published(level))[-1]["type"] == "part.recovered"


async def test_what_expires_while_it_is_reserved_leaves_nothing_below_zero(stores: Stores):
    office, warehouse = stores.office, await stores.warehouse()
    part = await office.part(is_lot_tracked=True)
    await stores.receive(warehouse, part, 5, lot="L0", expires_on="2026-03-02")
    await stores.reserve(part, 4)
    office.clock.advance(timedelta(days=1))
    [found] = await office.items("/v1/stock", part_id=part["id"])
    assert (found["on_hand"], found["reserved"], found["expired"], found["available"]) == (5, 4, 5, 0)


async def test_a_refusal_names_the_reorders_that_there_are(stores: Stores):
    office = stores.office
    warehouse, part = await stores.filled(1)
    body = {"part_id": part["id"], "quantity": 2}
    _, problem = await office.refused("/v1/reservations", **body)
    assert (problem["reorders"], problem["reorder_proposal_ids"]) == ([], [])
    assert "Proposed or on order (/v1/reorder-proposals): nothing." in problem["detail"]
    await stores.level(warehouse, part, min_override=4, target_override=6)
    await stores.sweep("levels_watched")
    await stores.sweep("parts_planned")
    [proposed] = await proposals(stores, part)
    _, problem = await office.refused("/v1/reservations", **body)
    assert problem["reorders"] == [f"{warehouse['code']}: 5"]
    assert problem["reorder_proposal_ids"] == [proposed["id"]]
    await office.act(PROPOSALS, proposed, "order")
    await stores.receive(warehouse, part, 2, reorder_proposal_id=proposed["id"])
    _, problem = await office.refused("/v1/reservations", part_id=part["id"], quantity=9)
    assert problem["reorders"] == [f"{warehouse['code']}: 3"]
    await stores.receive(warehouse, part, 3, reorder_proposal_id=proposed["id"])
    _, problem = await office.refused("/v1/reservations", part_id=part["id"], quantity=9)
    assert problem["reorders"] == []
