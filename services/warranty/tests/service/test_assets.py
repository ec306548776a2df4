"""Assets through their life, and what is inside them at any time."""

from datetime import timedelta
from uuid import uuid4

import pytest

from common.context import system

from .office import Json, Office
from .stores import Stores


async def test_assets_are_found_by_the_beginning_of_a_number(office: Office):
    site, product = await office.site(await office.customer()), await office.product(code="UPS-200")
    one, two = [
        await office.asset(site, serial_number=number, product_id=product["id"])
        for number in ("P-001", "P-01-北京7")
    ]
    for words, expected in {
        "P-00": [one],
        "p-0": [one, two],
        "001": [one],
        "P-001": [one],
        "01-北京": [two],
        "UPS-2": [one, two],
        "不间断 P-00": [one],
        "P-002": [],
        "-01": [two],
    }.items():
        found = await office.items("/v1/assets", q=words, sort="created_at")
        assert [asset["id"] for asset in found] == [asset["id"] for asset in expected], words


async def test_the_search_for_a_beginning_uses_the_index(office: Office):
    await office.asset()
    async with office.database.transaction(system("tests")) as session:
        connection = await session.connection()
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = await connection.exec_driver_sql(
            """EXPLAIN SELECT id FROM asset WHERE search_terms @> '["p", "00"]'"""
        )
        assert "ix_asset_search" in str(plan.all())


async def test_an_asset_goes_through_its_life(office: Office):
    asset = await office.asset(serial_number="UPS-1")
    assert (asset["state"], asset["version"]) == ("shipped", 1)
    for action, state in [
        ("beginInstallation", "in_installation"),
        ("putInService", "in_service"),
        ("returnToService", None),
    ]:
        path = f"/v1/assets/{asset['id']}:{action}"
        if state is None:
            status, problem = await office.refused(path)
            assert (status, problem["current_state"]) == (409, "in_service")
        else:
            asset = await office.act("/v1/assets", asset, action)
            assert asset["state"] == state
    asset = await office.act("/v1/assets", asset, "takeForRepair", reason="fan")
    asset = await office.act("/v1/assets", asset, "returnToService")
    asset = await office.act("/v1/assets", asset, "retire", reason="old")
    assert asset["allowed_actions"] == []
    assert await office.types(asset) == [
        "asset.registered",
        "asset.installation_begun",
        "asset.put_in_service",
        "asset.taken_for_repair",
        "asset.returned_to_service",
        "asset.retired",
    ]


async def test_a_serial_number_is_unique_per_product(office: Office):
    asset = await office.asset(serial_number="X-1")
    status, problem = await office.refused(
        "/v1/assets", serial_number="X-1", product_id=asset["product_id"], site_id=asset["site_id"]
    )
    assert (status, problem["code"]) == (409, "asset-serial-taken")
    other = await office.product()
    await office.create("/v1/assets", serial_number="X-1", product_id=other["id"], site_id=asset["site_id"])


async def test_a_serial_number_is_the_same_however_wide_it_was_typed(office: Office):
    product = await office.product()
    asset = await office.asset(product_id=product["id"], serial_number="ＳＮ－１")
    assert asset["serial_number"] == "SN-1"
    [row] = await office.rows("SELECT serial_number FROM asset WHERE id = $1", asset["id"])
    assert row["serial_number"] == (await office.published(asset))[0]["serial_number"] == "SN-1"
    body = {"product_id": product["id"], "site_id": asset["site_id"]}
    status, problem = await office.refused("/v1/assets", **body, serial_number="SN-1")
    assert (status, problem["code"]) == (409, "asset-serial-taken")
    for typed in ("SN-1", "ＳＮ－１", "ＳN-１"):
        assert [one["id"] for one in await office.items("/v1/assets", serial_number=typed)] == [asset["id"]]
    component = await office.component(asset, await office.part(is_lot_tracked=True), lot="Ｌ－７")
    assert component["lot"] == "L-7"
    long = await office.client.post("/v1/assets", json={**body, "serial_number": "㌖" * 100})
    assert (long.status_code, long.json()["errors"][0]["pointer"]) == (422, "#/serial_number")


async def test_a_serial_number_is_the_same_in_any_case(office: Office):
    product = await office.product()
    asset = await office.asset(product_id=product["id"], serial_number="SN-6a")
    assert asset["serial_number"] == "SN-6A"
    body = {"product_id": product["id"], "site_id": asset["site_id"]}
    status, problem = await office.refused("/v1/assets", **body, serial_number="sn-6A")
    assert (status, problem["code"]) == (409, "asset-serial-taken")
    assert [one["id"] for one in await office.items("/v1/assets", serial_number="ｓn-6a")] == [asset["id"]]
    [found] = await office.items("/v1/assets", q="sn-6a")
    assert found["id"] == asset["id"]


async def test_an_asset_moves_between_sites_of_its_customer_only(office: Office):
    customer = await office.customer()
    asset = await office.asset(await office.site(customer))
    near, far = await office.site(customer), await office.site(await office.customer())
    moved = await office.act("/v1/assets", asset, "move", site_id=near["id"], reason="rebuilt")
    assert moved["site_id"] == near["id"]
    status, problem = await office.refused(
        f"/v1/assets/{asset['id']}:move", site_id=far["id"], reason="mistake"
    )
    assert (status, problem["code"]) == (422, "site-of-another")
    told = (await office.published(asset))[-1]
    assert (told["type"], told["site_id"], told["previous"]) == (
        "asset.updated",
        near["id"],
        {"site_id": asset["site_id"]},
    )


async def test_what_was_inside_is_known_for_any_time(office: Office):
    asset, part = await office.asset(), await office.part(is_key_part=True, is_serialised=True)
    rack = await office.component(asset, await office.part(), "rack")
    module = await office.component(asset, part, "slot 1", serial_number="M-1", parent_id=rack["id"])
    before = office.clock.now
    office.clock.advance(timedelta(days=3))
    path = f"/v1/assets/{asset['id']}/components"
    new = await office.replace(asset, module, part, serial_number="M-2")
    assert (new["position"], new["parent_id"], new["replaces_id"], new["is_key_part"]) == (
        "slot 1",
        rack["id"],
        module["id"],
        True,
    )

    async def serials(at: str | None = None) -> list[tuple[str | None, int]]:
        params = {} if at is None else {"at": at}
        return [(one["serial_number"], one["depth"]) for one in (await office.get(path, **params))["items"]]

    assert await serials() == [(None, 0), ("M-2", 1)]
    assert await serials(before.isoformat()) == [(None, 0), ("M-1", 1)]
    history = await office.items(f"/v1/assets/{asset['id']}/component-history")
    assert [one["serial_number"] for one in history] == [None, "M-1", "M-2"]
    told = (await office.published(asset))[-1]
    assert (told["type"], told["component_serial"], told["replaced_serial"]) == (
        "asset.component_replaced",
        "M-2",
        "M-1",
    )


async def test_what_something_sat_in_is_known_for_any_time(office: Office):
    asset, shelf, cell = await office.asset(), await office.part(), await office.part()
    path, start = f"/v1/assets/{asset['id']}/components", office.clock.now

    async def sitting(day: int) -> dict[str, tuple[int, str | None]]:
        at = (start + timedelta(days=day, hours=1)).isoformat()
        items = (await office.get(path, at=at))["items"]
        return {one["id"]: (one["depth"], one["parent_id"]) for one in items}

    shelves = [(await office.component(asset, shelf, "shelf"))["id"]]
    cells = [(await office.component(asset, cell, "bay 1", parent_id=shelves[0]))["id"]]
    told = await sitting(0)
    for day, places, part in ((2, shelves, shelf), (4, cells, cell), (6, shelves, shelf)):
        office.clock.set(start + timedelta(days=day))
        places.append((await office.replace(asset, {"id": places[-1]}, part))["id"])
    assert await sitting(0) == told == {shelves[0]: (0, None), cells[0]: (1, shelves[0])}
    assert await sitting(2) == {shelves[1]: (0, None), cells[0]: (1, shelves[1])}
    assert await sitting(4) == {shelves[1]: (0, None), cells[1]: (1, shelves[1])}
    office.clock.set(start + timedelta(days=8))
    assert await sitting(6) == {shelves[2]: (0, None), cells[1]: (1, shelves[2])}
    gone = {"component_id": shelves[2], "reason": "taken back"}
    await office.act("/v1/assets", asset, "removeComponent", **gone)
    assert (await sitting(4), await sitting(8)) == (
        {shelves[1]: (0, None), cells[1]: (1, shelves[1])},
        {},
    )


async def test_what_something_sat_in_is_known_whatever_is_told_late(office: Office):
    asset, start = await office.asset(), office.clock.now
    shelf = (await office.component(asset, await office.part(), "shelf"))["id"]
    cell = (await office.component(asset, await office.part(), "bay 1", parent_id=shelf))["id"]
    office.clock.set(start + timedelta(days=9))
    await office.replace(asset, {"id": cell}, await office.part())
    late = (start + timedelta(days=3)).isoformat()
    new = (await office.replace(asset, {"id": shelf}, await office.part(), occurred_at=late))["id"]
    path, at = f"/v1/assets/{asset['id']}/components", (start + timedelta(days=5)).isoformat()
    sitting = {one["id"]: one["parent_id"] for one in (await office.get(path, at=at))["items"]}
    assert sitting == {new: None, cell: new}


async def test_a_place_and_a_serial_hold_one_component(office: Office):
    asset, part = await office.asset(), await office.part(is_serialised=True)
    await office.component(asset, part, "slot 1", serial_number="M-1")
    path = f"/v1/assets/{asset['id']}:installComponent"
    status, problem = await office.refused(path, part_id=part["id"], position="slot 1", serial_number="M-2")
    assert (status, problem["code"]) == (409, "position-taken")
    status, problem = await office.refused(path, part_id=part["id"], position="slot 2", serial_number="M-1")
    assert (status, problem["code"]) == (409, "component-serial-taken")
    status, problem = await office.refused(path, part_id=part["id"], position="slot 2")
    assert (status, problem["code"]) == (422, "serial-missing")


async def test_a_component_leaves_with_what_it_holds(office: Office):
    asset = await office.asset()
    rack = await office.component(asset, await office.part(), "rack")
    await office.component(asset, await office.part(), "slot 1", parent_id=rack["id"])
    office.clock.advance(timedelta(minutes=1))
    path = f"/v1/assets/{asset['id']}/components"
    told = {"component_id": rack["id"], "reason": "taken back"}
    await office.act("/v1/assets", asset, "removeComponent", **told)
    assert (await office.get(path))["items"] == []
    remove = f"/v1/assets/{asset['id']}:removeComponent"
    status, problem = await office.refused(remove, **told)
    assert (status, problem["code"]) == (409, "component-removed")
    of_another = await office.component(await office.asset(), await office.part())
    for component_id in (of_another["id"], str(uuid4())):
        status, problem = await office.refused(remove, component_id=component_id, reason="mistake")
        assert (status, problem["code"]) == (422, "component-unknown")


async def test_supersession_is_a_chain(office: Office):
    first, second, third = [await office.part() for _ in range(3)]
    first = await office.patch("/v1/parts", first, superseded_by_id=second["id"])
    second = await office.patch("/v1/parts", second, superseded_by_id=third["id"])
    chain = await office.get(f"/v1/parts/{first['id']}/successors")
    assert chain["successor_ids"] == [second["id"], third["id"]]
    assert chain["current_part_id"] == third["id"]
    answer = await office.client.patch(
        f"/v1/parts/{third['id']}",
        json={"superseded_by_id": first["id"]},
        headers={"If-Match": '"1"'},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "supersession-cycle")


async def test_a_customer_sees_its_own_assets_only(office: Office, customer_of):
    customer = await office.customer()
    mine, other = await office.asset(await office.site(customer)), await office.asset()
    user = await customer_of(customer)
    assert [one["id"] for one in await office.items("/v1/assets", by=user)] == [mine["id"]]
    assert (await user.get(f"/v1/assets/{other['id']}/components")).status_code == 404
    assert (await office.get(f"/v1/assets/{mine['id']}", by=user))["allowed_actions"] == []


async def test_assets_need_what_they_name(office: Office):
    asset = await office.asset()
    for field, code in [("site_id", "site-unknown"), ("product_id", "product-unknown")]:
        body = {"serial_number": "S", "product_id": asset["product_id"], "site_id": asset["site_id"]}
        status, problem = await office.refused("/v1/assets", **{**body, field: str(uuid4())})
        assert (status, problem["code"], problem["errors"][0]["pointer"]) == (422, code, f"#/{field}")


async def test_an_installed_base_comes_with_its_acceptance(office: Office):
    asset = await office.asset(shipped_on="2025-05-01")
    path = f"/v1/assets/{asset['id']}:recordAcceptance"
    told = {"reference": "Report 14", "accepted_at": "2025-04-30T02:00:00Z"}
    status, problem = await office.refused(path, **told)
    assert (status, problem["code"]) == (422, "accepted-before-shipped")
    status, problem = await office.refused(path, **{**told, "accepted_at": "2099-01-01T00:00:00Z"})
    assert (status, problem["code"]) == (422, "occurred-in-future")
    late = await office.asset(shipped_on="2025-05-01")
    dawn = {**told, "accepted_at": "2025-04-30T17:00:00Z"}
    assert (await office.act("/v1/assets", late, "recordAcceptance", **dawn))["installed_on"] == "2025-05-01"
    told["accepted_at"] = "2025-06-01T02:00:00Z"
    known = office.clock.now.isoformat()
    office.clock.advance(timedelta(minutes=1))
    accepted = await office.act("/v1/assets", asset, "recordAcceptance", **told)
    assert (accepted["state"], accepted["acceptance_reference"]) == ("in_service", "Report 14")
    assert accepted["state_changed_at"].startswith("2025-06-01")
    [term] = await office.items(f"/v1/assets/{asset['id']}/warranty-terms")
    assert (term["starts_on"], term["ends_on"]) == ("2025-06-01", "2027-06-01")
    event = (await office.published(asset))[-1]
    assert (event["type"], event["occurred_at"][:10]) == ("asset.acceptance_recorded", "2025-06-01")
    asked = {"asset_id": asset["id"], "at": "2025-07-01T02:00:00Z"}
    before = await office.create("/v1/coverage-decisions", known_at=known, **asked)
    now = await office.create("/v1/coverage-decisions", **asked)
    assert next(reason["rule"] for reason in before["reasons"]) == "not_accepted_yet"
    assert next(reason["rule"] for reason in now["reasons"]) == "in_term"
    status, problem = await office.refused(path, **told)
    assert (status, problem["code"]) == (409, "asset-accepted-before")


async def recorded(office: Office, **changes: object) -> Json:
    """An asset whose acceptance of 1 February 2024 was mistyped: it was on 1 March 2024."""
    asset = await office.asset(shipped_on="2024-01-02", **changes)
    await office.component(asset, await office.part(is_key_part=True), occurred_at="2024-01-20T02:00:00Z")
    told = {"reference": "Report 14", "accepted_at": "2024-02-01T02:00:00Z"}
    return await office.act("/v1/assets", asset, "recordAcceptance", **told)


async def test_a_mistyped_acceptance_is_corrected_and_its_terms_are_settled(office: Office):
    asset = await recorded(office)
    assert "correctAcceptance" in asset["allowed_actions"]
    assert "recordAcceptance" not in asset["allowed_actions"]
    known = office.clock.now.isoformat()
    office.clock.advance(timedelta(minutes=1))
    told = {"accepted_at": "2024-03-01T02:00:00Z", "reason": "the month was mistyped"}
    corrected = await office.act("/v1/assets", asset, "correctAcceptance", **told)
    assert corrected["accepted_at"].startswith("2024-03-01")
    assert (corrected["acceptance_reference"], corrected["installed_on"]) == ("Report 14", "2024-03-01")
    path = f"/v1/assets/{asset['id']}/warranty-terms"
    terms = await office.items(path, is_current="true")
    assert {(one["starts_on"], one["ends_on"], one["source"]) for one in terms} == {
        ("2024-03-01", "2026-03-01", "settlement")
    }
    assert {one["component_id"] is None for one in terms} == {True, False}
    assert {one["starts_on"] for one in await office.items(path, is_current="false")} == {"2024-02-01"}
    event = (await office.published(asset))[-1]
    assert (event["type"], event["previous"]["accepted_at"][:10]) == ("asset.updated", "2024-02-01")
    assert (await office.audited(asset))[-1] == "asset.correctAcceptance"
    asked = {"asset_id": asset["id"], "at": "2026-02-15T02:00:00Z"}
    then = await office.create("/v1/coverage-decisions", known_at=known, **asked)
    now = await office.create("/v1/coverage-decisions", **asked)
    assert (then["coverage"], now["coverage"]) == ("chargeable", "free")


async def test_what_goes_on_with_a_mistaken_acceptance_is_settled_too(office: Office):
    asset = await recorded(office)
    path = f"/v1/assets/{asset['id']}/warranty-terms"
    [term] = [one for one in await office.items(path) if one["component_id"] is None]
    answer = await office.client.post(f"{path}/{term['id']}:extend", json={"months": 6, "reason": "bought"})
    assert answer.status_code == 200, answer.text
    told = {"accepted_at": "2024-03-01T02:00:00Z", "reason": "mistyped", "reference": "Report 15"}
    corrected = await office.act("/v1/assets", asset, "correctAcceptance", **told)
    assert corrected["acceptance_reference"] == "Report 15"
    terms = await office.items(path, is_current="true")
    assert sorted((one["starts_on"], one["ends_on"]) for one in terms) == [
        ("2024-03-01", "2026-03-01"),
        ("2024-03-01", "2026-09-01"),
    ]


async def test_an_acceptance_is_corrected_to_what_can_be(office: Office):
    asset = await recorded(office, delivered_on="2024-01-10")
    path = f"/v1/assets/{asset['id']}:correctAcceptance"
    for accepted_at, code_ in (
        ("2024-01-01T02:00:00Z", "accepted-before-shipped"),
        ("2024-01-05T02:00:00Z", "days-out-of-order"),
        ("2099-01-01T00:00:00Z", "occurred-in-future"),
    ):
        status, problem = await office.refused(path, accepted_at=accepted_at, reason="mistyped")
        assert (status, problem["code"], problem["errors"][0]["pointer"]) == (422, code_, "#/accepted_at")
    status, problem = await office.refused(path, accepted_at="2024-03-01T02:00:00Z")
    assert status == 422


async def test_an_asset_without_acceptance_has_none_to_correct(office: Office):
    asset = await office.asset()
    found = await office.act("/v1/assets", asset, "putInService")
    assert "recordAcceptance" in found["allowed_actions"]
    assert "correctAcceptance" not in found["allowed_actions"]
    told = {"accepted_at": office.clock.now.isoformat(), "reason": "mistyped"}
    status, problem = await office.refused(f"/v1/assets/{asset['id']}:correctAcceptance", **told)
    assert (status, problem["code"]) == (409, "asset-not-accepted")


async def test_what_was_inside_at_a_recorded_acceptance_is_told_later(office: Office):
    asset = await recorded(office)
    key = await office.part(is_key_part=True)
    for position, then in (("slot 2", "2024-01-30T02:00:00Z"), ("slot 3", "2024-02-01T02:00:00Z")):
        component = await office.component(asset, key, position, occurred_at=then)
        assert component["installed_at"][:10] == then[:10]
        [term] = await office.items(f"/v1/assets/{asset['id']}/warranty-terms", component_id=component["id"])
        assert (term["starts_on"], term["ends_on"], term["source"]) == (
            "2024-02-01",
            "2026-02-01",
            "acceptance",
        )
        assert await office.types(term) == ["warranty.started"]
    later = await office.component(asset, key, "slot 4", occurred_at="2024-02-02T02:00:00Z")
    terms = await office.items(f"/v1/assets/{asset['id']}/warranty-terms", component_id=later["id"])
    assert terms == []


DAYS = {"shipped_on": "2024-05-01", "delivered_on": "2024-05-03", "installed_on": "2024-05-09"}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"delivered_on": "2024-04-30"}, "#/delivered_on"),
        ({"installed_on": "2024-05-02"}, "#/installed_on"),
        ({"delivered_on": None, "installed_on": "2024-04-30"}, "#/installed_on"),
    ],
)
async def test_what_was_shipped_is_delivered_and_then_installed(office: Office, changes: Json, pointer: str):
    asset = await office.asset(**DAYS)
    body = {name: asset[name] for name in ("product_id", "site_id")}
    status, problem = await office.refused("/v1/assets", **body, serial_number="OTHER", **{**DAYS, **changes})
    assert (status, problem["code"], problem["errors"][0]["pointer"]) == (422, "days-out-of-order", pointer)
    headers = {"If-Match": '"1"'}
    answer = await office.client.patch(f"/v1/assets/{asset['id']}", json=changes, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "days-out-of-order")
    assert (await office.get(f"/v1/assets/{asset['id']}"))["version"] == 1


async def test_nothing_is_installed_after_its_acceptance(office: Office):
    asset = await recorded(office)
    headers = {"If-Match": f'"{asset["version"]}"'}
    answer = await office.client.patch(
        f"/v1/assets/{asset['id']}", json={"installed_on": "2024-02-02"}, headers=headers
    )
    problem = answer.json()
    assert (problem["code"], problem["errors"][0]["pointer"]) == ("days-out-of-order", "#/installed_on")


async def test_what_is_being_installed_is_accepted_with_its_installation(office: Office):
    asset = await office.asset()
    body = {"site_id": asset["site_id"], "asset_ids": [asset["id"]], "specification": "TS"}
    await office.create("/v1/installations", **body)
    told = {"reference": "Report 14", "accepted_at": office.clock.now.isoformat()}
    status, problem = await office.refused(f"/v1/assets/{asset['id']}:recordAcceptance", **told)
    assert (status, problem["code"]) == (409, "asset-installed-elsewhere")


async def test_an_acceptance_of_the_day_of_shipment_counts_in_the_contracts_zone(office: Office):
    asset = await office.asset(shipped_on="2025-05-01")
    told = {"reference": "Report 14", "accepted_at": "2025-04-30T17:00:00Z"}
    await office.act("/v1/assets", asset, "recordAcceptance", **told)
    [term] = await office.items(f"/v1/assets/{asset['id']}/warranty-terms")
    assert term["starts_on"] == "2025-05-01"


async def test_a_part_goes_only_into_products_that_it_is_made_for(office: Office):
    asset, other = await office.asset(), await office.product()
    made_for = [other["id"]]
    misfit, anywhere = await office.part(compatible_product_ids=made_for), await office.part()
    path = f"/v1/assets/{asset['id']}"
    body = {"part_id": misfit["id"], "position": "slot 1"}
    status, problem = await office.refused(f"{path}:installComponent", **body)
    assert (status, problem["code"], problem["part_number"]) == (422, "part-incompatible", misfit["number"])
    old = await office.component(asset, anywhere)
    office.clock.advance(timedelta(days=1))
    body = {"component_id": old["id"], "part_id": misfit["id"], "reason": "worn"}
    status, problem = await office.refused(f"{path}:replaceComponent", **body)
    assert (status, problem["code"]) == (422, "part-incompatible")
    fitting = await office.part(compatible_product_ids=[*made_for, asset["product_id"]])
    await office.act("/v1/assets", asset, "replaceComponent", **{**body, "part_id": fitting["id"]})


async def test_nothing_was_shipped_or_installed_on_a_day_to_come(office: Office):
    asset = await office.asset(shipped_on="2026-03-02")
    body = {name: asset[name] for name in ("product_id", "site_id")}
    for name in ("shipped_on", "delivered_on", "installed_on", "invoiced_on"):
        told = {"serial_number": "SN-TO-COME", **body, name: "2026-03-03"}
        status, problem = await office.refused("/v1/assets", **told)
        assert (status, problem["code"]) == (422, "day-in-future")
        assert [one["pointer"] for one in problem["errors"]] == [f"#/{name}"]
        answer = await office.client.patch(
            f"/v1/assets/{asset['id']}", json={name: "2026-03-03"}, headers={"If-Match": '"1"'}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "day-in-future")


async def test_the_day_is_that_of_the_contract(office: Office):
    """At 01:00 UTC it is still yesterday in New York."""
    customer = await office.customer()
    site = await office.site(customer)
    contract = await office.contract(customer, time_zone="America/New_York")
    told = {"serial_number": "SN-NY", "site_id": site["id"], "product_id": (await office.product())["id"]}
    body = {**told, "contract_id": contract["id"]}
    status, problem = await office.refused("/v1/assets", **body, delivered_on="2026-03-02")
    assert (status, problem["code"], problem["today"]) == (422, "day-in-future", "2026-03-01")
    await office.create("/v1/assets", **body, delivered_on="2026-03-01")


async def test_a_piece_is_not_installed_while_it_is_in_stock(office: Office):
    stores, asset, kind = Stores(office), await office.asset(), await office.part(is_serialised=True)
    warehouse, car = await stores.warehouse(), await stores.warehouse("car")
    await stores.receive(warehouse, kind, 2, serials=["M-1", "M-2"])
    told = {"part_id": kind["id"], "serial_number": "M-1"}
    install = f"/v1/assets/{asset['id']}:installComponent"
    status, problem = await office.refused(install, **told, position="slot 1")
    assert (status, problem["code"]) == (409, "piece-in-stock")
    assert (problem["warehouse"], problem["warehouse_id"]) == (warehouse["code"], warehouse["id"])
    kept = await stores.reserve(kind, 1)
    await office.act("/v1/reservations", kept, "issue", serials=["M-1"], to_warehouse_id=car["id"])
    assert (await office.refused(install, **told, position="slot 1"))[1]["warehouse"] == car["code"]
    again = await stores.reserve(kind, 1, warehouse_id=car["id"])
    await office.act("/v1/reservations", again, "issue")
    inside = await office.component(asset, kind, serial_number="M-1")
    office.clock.advance(timedelta(days=1))
    body = {"component_id": inside["id"], "part_id": kind["id"], "reason": "burnt"}
    replace = f"/v1/assets/{asset['id']}:replaceComponent"
    assert (await office.refused(replace, **body, serial_number="M-2"))[1]["code"] == "piece-in-stock"
    other = await office.part(is_serialised=True)
    await office.component(asset, other, "slot 2", serial_number="M-2")
    await office.component(asset, kind, "slot 3", serial_number="OLD-7")


async def test_a_piece_is_not_stock_while_it_is_installed(office: Office):
    stores, asset, kind = Stores(office), await office.asset(), await office.part(is_serialised=True)
    warehouse = await stores.warehouse()
    await stores.receive(warehouse, kind, 1, serials=["M-1"])
    await office.act("/v1/reservations", await stores.reserve(kind, 1), "issue")
    inside = await office.component(asset, kind, serial_number="M-1")
    told = {"warehouse_id": warehouse["id"], "part_id": kind["id"], "quantity": 1, "serials": ["M-1"]}
    for movement in ("receipt", "return", "adjust"):
        body = {**told, "kind": movement, "reason": "back"}
        status, problem = await office.refused("/v1/stock-movements", **body)
        assert (status, problem["code"], problem["pieces"]) == (409, "piece-installed", ["M-1"])
        assert problem["asset_ids"] == [asset["id"]]
    office.clock.advance(timedelta(days=1))
    await office.act("/v1/assets", asset, "removeComponent", component_id=inside["id"], reason="not needed")
    await stores.move("return", warehouse, kind, 1, serials=["M-1"], reason="not needed")
    assert await stores.lots(warehouse, kind) == {"M-1": 1}


async def test_how_a_part_is_bought_and_fails_is_shown_to_no_customer(office: Office, customer_of):
    price = {"amount": "120.00", "currency": "CNY"}
    part = await office.part(lead_time_days=45, annual_failure_rate=0.02, unit_price=price)
    assert (part["lead_time_days"], part["annual_failure_rate"]) == (45, 0.02)
    user = await customer_of(await office.customer())
    shown = {**part, "lead_time_days": None, "annual_failure_rate": None}
    assert await office.get(f"/v1/parts/{part['id']}", by=user) == shown
    assert await office.items("/v1/parts", by=user, number=part["number"]) == [shown]
