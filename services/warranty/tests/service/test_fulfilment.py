"""Claims made good: parts leave stock, the tree and the terms follow, every figure is met, all or nothing."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.context import system
from common.moves import Moment
from warranty.commands import fulfilment, reservations, terms
from warranty.domain.stock import WarehouseKind

from .claiming import (
    AUTONOMY,
    OK,
    PATH,
    accept,
    approved,
    assessed,
    balance,
    installed,
    module,
    opened,
    stocked,
    warehouse,
)
from .office import Json, Office

DONE = {"items": [OK], "checked_by": "Mr Zhao"}


@pytest.fixture
async def asset(office: Office) -> Json:
    """An asset in service, not yet accepted: parts may still be put in."""
    return await installed(office)


async def shipped(office: Office, asset: Json) -> tuple[Json, Json, Json]:
    """A claim whose new module is on its way: the part, the old component, the claim."""
    part, old = await module(office, asset)
    await accept(office, asset)
    await stocked(office, part, "NEW-1", "NEW-2")
    claim = await approved(office, asset, "replace", [{"part_id": part["id"]}], component_id=old["id"])
    return part, old, await office.act(PATH, claim, "ship", carrier="Night courier", tracking_reference="T-1")


async def test_shipping_takes_the_parts_out_of_stock(office: Office, asset: Json):
    part, _, claim = await shipped(office, asset)
    assert (claim["state"], claim["shipment"]["carrier"]) == ("shipped", "Night courier")
    assert await balance(office, part) == [(1, 0)]
    [kept] = (await office.get(f"{PATH}/{claim['id']}"))["reservations"]
    assert kept["state"] == "issued"
    assert (await office.types(claim))[-1] == "claim.shipped"


async def test_a_replacement_swaps_the_tree_retires_the_serial_and_restarts_the_term(
    office: Office, asset: Json
):
    part, old, claim = await shipped(office, asset)
    today = office.clock.advance(timedelta(days=60))
    swap = {"component_id": old["id"], "part_id": part["id"]}
    after = await office.act(PATH, claim, "fulfil", **DONE, replacements=[swap], note="module changed")
    assert (after["state"], after["fulfilled_at"][:10]) == ("fulfilled", today.date().isoformat())
    assert after["checked"]["items"][0]["measured"] == 220.5
    [replaced] = after["replacements"]
    assert (replaced["serial_number"], replaced["new_serial_number"]) == ("OLD-1", "NEW-1")
    inside = await office.items(f"/v1/assets/{asset['id']}/components")
    assert [(one["serial_number"], one["removed_at"] is None) for one in inside if one["position"]] == [
        ("NEW-1", True)
    ]
    new = inside[0]
    assert new["replaces_id"] == old["id"]
    path = f"/v1/assets/{asset['id']}/warranty-terms"
    [term] = await office.items(path, component_id=new["id"], is_current="true")
    assert (term["source"], term["starts_on"]) == ("restart", today.date().isoformat())
    assert await office.items(path, component_id=old["id"], is_current="true") == []
    event = (await office.published(claim))[-1]
    assert (event["type"], event["replaced_component_ids"], event["new_component_ids"]) == (
        "claim.fulfilled",
        [old["id"]],
        [new["id"]],
    )
    about_asset = (await office.published(asset))[-1]
    assert (about_asset["type"], about_asset["claim_id"]) == ("asset.component_replaced", claim["id"])
    assert await office.types(term) == ["warranty.restarted"]


async def test_nothing_is_fulfilled_without_a_passed_check(office: Office, asset: Json):
    part, old, claim = await shipped(office, asset)
    path = f"{PATH}/{claim['id']}:fulfil"
    swaps = [{"component_id": old["id"], "part_id": part["id"]}]
    other = {"items": [{"item": "Weight", "measured": 1}], "checked_by": "Mr Zhao", "replacements": swaps}
    status, problem = await office.refused(path, **other)
    assert (status, problem["code"], problem["items"]) == (422, "check-incomplete", ["Output voltage"])
    low = {**other, "items": [{**OK, "measured": 217.9}]}
    status, problem = await office.refused(path, **low)
    assert (status, problem["code"], problem["required_min"]) == (422, "figure-out-of-range", 218)
    assert problem["errors"][0]["pointer"] == "#/items/0/measured"
    loose = {**other, "items": [{**OK, "measured": 217.9, "required_min": 200}]}
    status, problem = await office.refused(path, **loose)
    assert problem["code"] == "figure-out-of-range"
    answer = await office.client.post(path, json={"items": [], "checked_by": "Mr Zhao"})
    assert answer.status_code == 422
    assert (await office.get(f"{PATH}/{claim['id']}"))["state"] == "shipped"


async def test_below_the_bid_the_bids_figures_are_checked(office: Office, asset: Json):
    await accept(office, asset)
    missed = [{"item": "Battery autonomy", "measured": 21}]
    claim = await approved(office, asset, "repair", ground="below_bid_figures", figures=missed)
    await office.act(PATH, claim, "startRepair")
    path = f"{PATH}/{claim['id']}:fulfil"
    status, problem = await office.refused(path, **DONE)
    assert (status, problem["code"], problem["items"]) == (422, "check-incomplete", ["Battery autonomy"])
    short = {**DONE, "items": [OK, {"item": "Battery autonomy", "measured": 29.5}]}
    status, problem = await office.refused(path, **short)
    assert (problem["code"], problem["required_min"]) == ("figure-out-of-range", AUTONOMY["required_min"])
    met = {**DONE, "items": [OK, {"item": "Battery autonomy", "measured": 31}]}
    assert (await office.act(PATH, claim, "fulfil", **met))["state"] == "fulfilled"


async def test_the_whole_unit_is_replaced_by_an_engineer(office: Office, asset: Json, connect):
    await accept(office, asset)
    spare = await office.part(is_serialised=True)
    await stocked(office, spare, "UNIT-9")
    claim = await approved(office, asset, "replace", [{"part_id": spare["id"]}], demand="replace_unit")
    await office.act(PATH, claim, "ship", carrier="Lorry")
    engineer = await connect(sub="engineer-1", roles=["engineer"])
    path = f"{PATH}/{claim['id']}:fulfil"
    status, problem = await office.refused(path, by=engineer, **DONE)
    assert (status, problem["code"]) == (422, "unit-missing")
    after = await office.act(PATH, claim, "fulfil", by=engineer, **DONE, new_unit={"part_id": spare["id"]})
    new = await office.get(f"/v1/assets/{after['replacement_asset_id']}")
    assert (new["serial_number"], new["state"], new["site_id"]) == (
        "UNIT-9",
        "in_service",
        asset["site_id"],
    )
    old = await office.get(f"/v1/assets/{asset['id']}")
    assert (old["state"], old["replaced_by_id"]) == ("retired", new["id"])
    [term] = await office.items(f"/v1/assets/{new['id']}/warranty-terms")
    assert (term["source"], term["starts_on"]) == ("restart", "2026-05-01")
    assert after["replacements"][0]["serial_number"] == asset["serial_number"]


async def test_a_unit_straight_from_the_maker_brings_its_serial_number(office: Office, asset: Json):
    await accept(office, asset)
    claim = await approved(office, asset, "replace")
    await office.act(PATH, claim, "ship", carrier="The maker")
    status, problem = await office.refused(f"{PATH}/{claim['id']}:fulfil", **DONE, new_unit={})
    assert (status, problem["code"]) == (422, "serial-missing")
    office.clock.advance(timedelta(hours=18))
    after = await office.act(PATH, claim, "fulfil", **DONE, new_unit={"serial_number": "MAKER-1"})
    new = await office.get(f"/v1/assets/{after['replacement_asset_id']}")
    assert new["installed_on"] == "2026-05-02", (
        "20:00 in London is the next morning where the contract counts"
    )


async def test_only_issued_pieces_are_built_in(office: Office, asset: Json):
    part, old, claim = await shipped(office, asset)
    path = f"{PATH}/{claim['id']}:fulfil"
    swap = {"component_id": old["id"], "part_id": part["id"], "serial_number": "NEW-2"}
    status, problem = await office.refused(path, **DONE, replacements=[swap])
    assert (status, problem["code"], problem["serial_number"]) == (409, "part-not-issued", "NEW-2")
    other = await office.part()
    status, problem = await office.refused(path, **DONE, replacements=[{**swap, "part_id": other["id"]}])
    assert problem["code"] == "part-not-issued"
    direct = {**swap, "serial_number": "MAKER-7", "is_from_stock": False}
    after = await office.act(PATH, claim, "fulfil", **DONE, replacements=[direct])
    assert after["replacements"][0]["new_serial_number"] == "MAKER-7"
    assert after["replacements"][0]["reservation_id"] is None


async def test_a_piece_in_an_engineers_car_leaves_it_when_it_is_built_in(office: Office, asset: Json):
    part, old = await module(office, asset)
    await accept(office, asset)
    await stocked(office, part, "NEW-1")
    car = await warehouse(office, kind=WarehouseKind.CAR, engineer_id="018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a11")
    claim = await approved(office, asset, "replace", [{"part_id": part["id"]}], component_id=old["id"])
    await to_car(office, claim, car)
    assert sorted(await balance(office, part)) == [(0, 0), (1, 0)]
    await office.act(PATH, claim, "ship", carrier="The engineer")
    swap = {"component_id": old["id"], "part_id": part["id"]}
    after = await office.act(PATH, claim, "fulfil", **DONE, replacements=[swap])
    assert after["replacements"][0]["new_serial_number"] == "NEW-1"
    assert await balance(office, part) == [(0, 0), (0, 0)]
    [movement] = await office.rows(
        "SELECT kind, reference_kind FROM stock_movement WHERE warehouse_id = $1 AND on_hand < 0", car
    )
    assert movement == {"kind": "issue", "reference_kind": "claim"}


async def to_car(office: Office, claim: Json, car: str) -> None:
    [kept] = (await office.get(f"{PATH}/{claim['id']}"))["reservations"]

    async def act(session):
        at = Moment(office.clock.now)
        await reservations.issue(session, UUID(kept["id"]), at, to_warehouse_id=UUID(car))

    await office.database.run(system("tests"), act)


async def test_no_parts_are_kept_that_do_not_fit_the_product(office: Office, asset: Json):
    await accept(office, asset)
    other = await office.product()
    misfit = await office.part(compatible_product_ids=[other["id"]])
    await stocked(office, misfit, quantity=2)
    claim = await assessed(office, await opened(office, asset))
    body = {"remedy": "repair", "parts": [{"part_id": misfit["id"]}]}
    status, problem = await office.refused(f"{PATH}/{claim['id']}:approve", **body)
    assert (status, problem["code"]) == (422, "part-incompatible")
    assert problem["errors"][0]["pointer"] == "#/parts/0/part_id"


async def test_a_claims_tag_covers_what_hangs_on_it_and_names_its_version(office: Office, asset: Json):
    await accept(office, asset)
    claim = await opened(office, asset)
    path = f"{PATH}/{claim['id']}"
    seen = (await office.client.get(path)).headers["etag"]
    part = await office.part()
    await stocked(office, part, quantity=1)
    body = {"part_id": part["id"], "quantity": 1, "claim_id": claim["id"]}
    await office.create("/v1/reservations", **body)
    now = await office.client.get(path, headers={"If-None-Match": seen})
    assert (now.status_code, len(now.json()["reservations"])) == (200, 1)
    tag = now.headers["etag"]
    assert tag != seen
    assert (await office.client.get(path, headers={"If-None-Match": tag})).status_code == 304
    body = {"finding": "The fan is dead.", "is_finding_confirmed": True, "evidence": ["REP-1"]}
    for expected in (200, 412):
        answer = await office.client.post(f"{path}:assess", json=body, headers={"If-Match": tag})
        assert answer.status_code == expected


async def test_what_was_not_approved_is_not_replaced(office: Office, asset: Json):
    part, old, claim = await shipped(office, asset)
    path = f"{PATH}/{claim['id']}:fulfil"
    swap = {"component_id": old["id"], "part_id": part["id"]}
    status, problem = await office.refused(path, **DONE, new_unit={"serial_number": "X"})
    assert (status, problem["code"]) == (422, "unit-not-approved")
    status, problem = await office.refused(path, **DONE)
    assert (status, problem["code"]) == (422, "replacement-missing")
    status, problem = await office.refused(path, **DONE, replacements=[swap, swap])
    assert (status, problem["code"]) == (422, "replaced-twice")
    status, problem = await office.refused(f"{PATH}/{claim['id']}:startRepair")
    assert problem["code"] == "invalid-state-transition"


async def test_each_remedy_goes_its_own_way(office: Office, asset: Json):
    await accept(office, asset)
    repair = await approved(office, asset, "repair")
    status, problem = await office.refused(f"{PATH}/{repair['id']}:ship", carrier="Lorry")
    assert (status, problem["code"], problem["fitting"]) == (409, "remedy-differs", ["replace"])
    money = {"amount": "100.00", "currency": "CNY"}
    status, problem = await office.refused(f"{PATH}/{repair['id']}:refund", amount=money, reference="BANK-1")
    assert (status, problem["code"]) == (409, "remedy-differs")
    await office.act(PATH, repair, "cancel", reason="It is beyond repair.")
    replace = await approved(office, asset, "replace")
    status, problem = await office.refused(f"{PATH}/{replace['id']}:startRepair")
    assert (status, problem["code"]) == (409, "remedy-differs")


async def everything_stored(office: Office) -> Json:
    """Every row that fulfilling could touch."""
    tables = "claim component asset warranty_term stock_balance stock_movement reservation coverage_decision"
    return {name: await office.rows(f"SELECT * FROM {name} ORDER BY id") for name in tables.split()}


@pytest.mark.parametrize("place", [(terms, "restart"), (fulfilment, "_fulfilled"), (fulfilment, "_swap")])
async def test_a_failure_anywhere_leaves_nothing_done(
    office: Office, asset: Json, monkeypatch: pytest.MonkeyPatch, place: tuple[object, str]
):
    """The failure comes after what the place did: the work is done, and undone with the transaction."""
    part, old, claim = await shipped(office, asset)
    before, told = await everything_stored(office), await office.everything()
    module_, name = place
    works = getattr(module_, name)

    async def broken(*given, **named):
        done = works(*given, **named)
        await (done if asyncio.iscoroutine(done) else asyncio.sleep(0))
        raise RuntimeError("the power fails")

    def broken_now(*given, **named):
        works(*given, **named)
        raise RuntimeError("the power fails")

    is_waiting = asyncio.iscoroutinefunction(works)
    monkeypatch.setattr(module_, name, broken if is_waiting else broken_now)
    body = {**DONE, "replacements": [{"component_id": old["id"], "part_id": part["id"]}]}
    answer = await failing(office, f"{PATH}/{claim['id']}:fulfil", body)
    assert answer == 500
    monkeypatch.setattr(module_, name, works)
    assert await everything_stored(office) == before
    assert await office.everything() == told
    assert (await office.act(PATH, claim, "fulfil", **body))["state"] == "fulfilled"


async def failing(office: Office, path: str, body: Json) -> int:
    """The status of a request in which something breaks."""
    try:
        return (await office.client.post(path, json=body)).status_code
    except RuntimeError:
        return 500


async def test_a_second_replacement_that_fails_takes_the_first_with_it(office: Office, asset: Json):
    kind, first = await module(office, asset)
    second = await office.component(asset, kind, "slot 2", serial_number="OLD-2")
    await accept(office, asset)
    await stocked(office, kind, "NEW-1")
    claim = await approved(office, asset, "replace", [{"part_id": kind["id"]}], component_id=first["id"])
    await office.act(PATH, claim, "ship", carrier="Lorry")
    before = await everything_stored(office)
    swaps = [{"component_id": one["id"], "part_id": kind["id"]} for one in (first, second)]
    status, problem = await office.refused(f"{PATH}/{claim['id']}:fulfil", **DONE, replacements=swaps)
    assert (status, problem["code"]) == (409, "part-not-issued")
    assert problem["errors"][0]["pointer"] == "#/replacements/1"
    taken = [swaps[0], {**swaps[1], "serial_number": "NEW-1", "is_from_stock": False}]
    status, problem = await office.refused(f"{PATH}/{claim['id']}:fulfil", **DONE, replacements=taken)
    assert (status, problem["code"]) == (409, "component-serial-taken")
    assert await everything_stored(office) == before


async def test_of_two_fulfilments_at_once_one_wins(office: Office, asset: Json):
    part, old, claim = await shipped(office, asset)
    body = {**DONE, "replacements": [{"component_id": old["id"], "part_id": part["id"]}]}
    path = f"{PATH}/{claim['id']}:fulfil"
    answers = await asyncio.gather(*(office.client.post(path, json=body) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert (await office.types(claim)).count("claim.fulfilled") == 1
    inside = await office.rows("SELECT id FROM component WHERE asset_id = $1", asset["id"])
    assert len(inside) == 2


async def test_a_repair_in_the_workshop_takes_the_device_and_brings_it_back(office: Office, asset: Json):
    kind, old = await module(office, asset)
    await accept(office, asset)
    fan = await office.part()
    await stocked(office, fan, quantity=5)
    claim = await approved(office, asset, "repair", [{"part_id": fan["id"], "quantity": 2}])
    begun = await office.act(PATH, claim, "startRepair", takes_device=True, note="to the workshop")
    assert (begun["is_device_taken"], begun["out_of_operation_at"] is None) == (True, False)
    assert await balance(office, fan) == [(3, 0)]
    assert (await office.get(f"/v1/assets/{asset['id']}"))["state"] == "under_repair"
    more = await office.act(PATH, claim, "addParts", parts=[{"part_id": fan["id"]}])
    assert more["state"] == "in_repair"
    assert await balance(office, fan) == [(2, 0)]
    after = await office.act(PATH, claim, "fulfil", **DONE)
    assert (after["is_device_taken"], after["replacements"]) == (False, [])
    assert (await office.get(f"/v1/assets/{asset['id']}"))["state"] == "in_service"
    [term] = await office.items(f"/v1/assets/{asset['id']}/warranty-terms", component_id=old["id"])
    assert term["source"] == "acceptance"
    status, problem = await office.refused(
        f"{PATH}/{claim['id']}:receiveReturn", items=[{"condition": "defective"}]
    )
    assert (status, problem["code"]) == (409, "no-return-expected")
    closed = await office.act(PATH, claim, "close")
    assert (closed["state"], closed["allowed_actions"]) == ("closed", [])
    assert kind["is_key_part"] is True


async def test_a_claim_gives_back_no_device_that_another_one_holds(office: Office, asset: Json):
    await accept(office, asset)
    first, second = [await approved(office, asset, "repair") for _ in range(2)]
    await office.act(PATH, first, "startRepair", takes_device=True)
    office.clock.advance(timedelta(hours=1))
    await office.act("/v1/assets", asset, "returnToService")
    after = await office.get(f"{PATH}/{first['id']}")
    assert (after["state"], after["is_device_taken"]) == ("in_repair", False)
    event = (await office.published(first))[-1]
    assert (event["type"], event["version"]) == ("claim.device_returned", after["version"])
    assert (await office.audited(first))[-1] == "claim.returnDevice"
    held = await office.act(PATH, second, "startRepair", takes_device=True)
    assert held["is_device_taken"] is True
    await office.act(PATH, first, "fulfil", **DONE)
    assert (await office.get(f"/v1/assets/{asset['id']}"))["state"] == "under_repair"
    assert (await office.get(f"{PATH}/{second['id']}"))["is_device_taken"] is True
    await office.act(PATH, second, "cancel", reason="not needed")
    assert (await office.get(f"/v1/assets/{asset['id']}"))["state"] == "in_service"


async def test_what_cannot_follow_on_the_asset_is_refused_by_the_claims_verb(office: Office, asset: Json):
    part, old, claim = await shipped(office, asset)
    await office.act("/v1/assets", asset, "retire", reason="scrapped")
    swap = {"component_id": old["id"], "part_id": part["id"]}
    status, problem = await office.refused(f"{PATH}/{claim['id']}:fulfil", **DONE, replacements=[swap])
    assert (status, problem["code"], problem["action"]) == (409, "invalid-state-transition", "fulfil")
    assert problem["current_state"] == "retired"


async def test_a_repair_cannot_take_a_device_that_the_vendor_has(office: Office, asset: Json):
    claim = await approved(office, asset, "repair")
    await office.act("/v1/assets", asset, "takeForRepair", reason="checked in the workshop")
    status, problem = await office.refused(f"{PATH}/{claim['id']}:startRepair", takes_device=True)
    assert (status, problem["action"]) == (409, "startRepair")


async def test_a_device_that_went_back_by_itself_hinders_nobody(office: Office, asset: Json):
    claim = await approved(office, asset, "repair")
    await office.act(PATH, claim, "startRepair", takes_device=True)
    await office.act("/v1/assets", asset, "returnToService")
    after = await office.act(PATH, claim, "fulfil", **DONE)
    assert (after["state"], after["is_device_taken"]) == ("fulfilled", False)
    assert (await office.types(asset)).count("asset.returned_to_service") == 1


async def fulfilled(office: Office, asset: Json) -> tuple[Json, Json]:
    part, old, claim = await shipped(office, asset)
    swap = {"component_id": old["id"], "part_id": part["id"]}
    return old, await office.act(PATH, claim, "fulfil", **DONE, replacements=[swap])


async def test_the_defective_part_comes_back(office: Office, asset: Json):
    old, claim = await fulfilled(office, asset)
    status, problem = await office.refused(f"{PATH}/{claim['id']}:close")
    assert (status, problem["code"]) == (409, "return-open")
    path = f"{PATH}/{claim['id']}:receiveReturn"
    item = {"component_id": old["id"], "serial_number": "OLD-9", "condition": "defective"}
    status, problem = await office.refused(path, items=[item])
    assert (status, problem["code"], problem["serial_number"]) == (422, "return-serial-differs", "OLD-1")
    status, problem = await office.refused(
        path, items=[{"component_id": old["id"], "condition": "defective"}]
    )
    assert (status, problem["code"], problem["serial_number"]) == (422, "return-serial-missing", "OLD-1")
    status, problem = await office.refused(path, items=[{**item, "component_id": asset["id"]}])
    assert (status, problem["code"]) == (422, "return-unknown")
    after = await office.act(PATH, claim, "receiveReturn", items=[{**item, "serial_number": "OLD-1"}])
    assert (after["state"], after["returns"][0]["condition"]) == ("returned", "defective")
    event = (await office.published(claim))[-1]
    assert (event["component_ids"], event["conditions"]) == ([old["id"]], ["defective"])
    assert (await office.act(PATH, claim, "close"))["state"] == "closed"


async def test_a_part_with_data_on_it_stays_with_the_customer(office: Office, asset: Json):
    _, claim = await fulfilled(office, asset)
    closed = await office.act(PATH, claim, "close", return_waiver="the bank destroys its disks")
    assert (closed["state"], closed["return_waiver"]) == ("closed", "the bank destroys its disks")


async def test_a_part_is_refunded_as_approved(office: Office, asset: Json, connect):
    await accept(office, asset)
    claim = await assessed(office, await opened(office, asset, demand="refund"))
    path = f"{PATH}/{claim['id']}"
    status, problem = await office.refused(f"{path}:approve", remedy="refund")
    assert (status, problem["code"]) == (422, "refund-amount-missing")
    money = {"amount": "1200.00", "currency": "CNY"}
    status, problem = await office.refused(f"{path}:approve", remedy="repair", refund=money)
    assert (status, problem["code"]) == (422, "refund-amount-unfit")
    after = await office.act(PATH, claim, "approve", remedy="refund", refund=money)
    assert after["refund"] == money
    lead = await connect(sub="lead-1", roles=["lead"])
    status, problem = await office.refused(f"{path}:refund", by=lead, amount=money, reference="BANK-1")
    assert (status, problem["code"]) == (403, "action-needs-role")
    less = {**money, "amount": "1100.00"}
    status, problem = await office.refused(f"{path}:refund", amount=less, reference="BANK-1")
    assert (status, problem["code"], problem["approved"]) == (422, "refund-differs", "1200.00 CNY")
    paid = await office.act(PATH, claim, "refund", amount={**money, "amount": "1200"}, reference="BANK-1")
    assert (paid["state"], paid["refund_reference"]) == ("fulfilled", "BANK-1")
    assert (await office.act(PATH, claim, "close"))["state"] == "closed"


async def test_the_database_itself_refuses_what_was_not_checked(office: Office, asset: Json):
    _, _, claim = await shipped(office, asset)

    async def act(session):
        await session.execute(
            text("UPDATE claim SET state = 'fulfilled' WHERE id = :id"), {"id": claim["id"]}
        )

    with pytest.raises(DBAPIError, match="ck_claim_checked"):
        await office.database.run(system("tests"), act)
