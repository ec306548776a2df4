"""What is claimed is made good once: by one claim for one item, with the parts that were approved (§1.2.5)."""

import asyncio

import pytest

from .claiming import OK, PATH, accept, approved, assessed, balance, installed, key, module, opened, stocked
from .office import Json, Office, told

DONE = {"items": [OK], "checked_by": "Mr Zhao"}
PRICE = {"amount": "500.00", "currency": "CNY"}
REFUND = {"remedy": "refund", "refund": PRICE}
PAID = {"amount": PRICE, "reference": "BANK-1"}


@pytest.fixture
async def item(office: Office) -> tuple[Json, Json, Json]:
    """An accepted asset, a part, and a component of that part inside the asset."""
    asset = await installed(office)
    part, component = await module(office, asset)
    await accept(office, asset)
    return asset, part, component


async def looked_at(office: Office, asset: Json, component: Json | None) -> Json:
    told_ = {} if component is None else {"component_id": component["id"]}
    return await assessed(office, await opened(office, asset, **told_))


async def refunded(office: Office, asset: Json, component: Json | None) -> Json:
    claim = await looked_at(office, asset, component)
    await office.act(PATH, claim, "approve", **REFUND)
    return await office.act(PATH, claim, "refund", **PAID)


async def test_nothing_more_is_promised_for_a_component_that_was_paid_back(office: Office, item):
    asset, _, component = item
    second = await looked_at(office, asset, component)
    first = await refunded(office, asset, component)
    for remedy in ({"remedy": "repair"}, {"remedy": "replace"}, REFUND):
        status, problem = await office.refused(f"{PATH}/{second['id']}:approve", **remedy)
        assert (status, problem["code"]) == (409, "claim-made-good")
        assert (problem["claim_id"], problem["claim_number"]) == (first["id"], first["number"])


async def test_a_component_that_another_claim_stands_approved_for_waits_for_it(office: Office, item):
    asset, _, component = item
    first, second = [await looked_at(office, asset, component) for _ in range(2)]
    await office.act(PATH, first, "approve", remedy="repair")
    path = f"{PATH}/{second['id']}:approve"
    status, problem = await office.refused(path, remedy="repair")
    assert (status, problem["code"], problem["claim_number"]) == (409, "claim-promised", first["number"])
    await office.act(PATH, first, "startRepair")
    await office.act(PATH, first, "fulfil", **DONE)
    assert (await office.act(PATH, second, "approve", remedy="repair"))["state"] == "approved"


async def test_of_claims_approved_at_the_same_time_one_is(office: Office, item):
    asset, _, component = item
    claims = [await looked_at(office, asset, component) for _ in range(4)]
    answers = await asyncio.gather(
        *(office.client.post(f"{PATH}/{claim['id']}:approve", json=REFUND) for claim in claims)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


def swap(component: dict, part: dict) -> dict:
    """Another one in its place, brought along by the technician."""
    return {
        "component_id": component["id"],
        "part_id": part["id"],
        "serial_number": "N",
        "is_from_stock": False,
    }


async def test_what_was_replaced_meanwhile_is_not_paid_back(office: Office, item):
    asset, part, component = item
    whole = await approved(office, asset, "repair")
    promised = await looked_at(office, asset, component)
    await office.act(PATH, promised, "approve", **REFUND)
    await office.act(PATH, whole, "startRepair")
    status, problem = await office.refused(
        f"{PATH}/{whole['id']}:fulfil", **DONE, replacements=[swap(component, part)]
    )
    assert (status, problem["code"], problem["claim_number"]) == (409, "claim-promised", promised["number"])
    await office.replace(asset, component, part, serial_number="N")
    status, problem = await office.refused(f"{PATH}/{promised['id']}:refund", **PAID)
    assert (status, problem["code"]) == (409, "claimed-item-gone")
    assert "Cancel the claim; while it is not approved" in problem["detail"]
    await office.act(PATH, promised, "cancel", reason="replaced meanwhile")


async def test_whoever_replaced_a_component_in_passing_is_named(office: Office, item):
    asset, part, component = item
    waiting = await looked_at(office, asset, component)
    whole = await approved(office, asset, "repair")
    await office.act(PATH, whole, "startRepair")
    await office.act(PATH, whole, "fulfil", **DONE, replacements=[swap(component, part)])
    status, problem = await office.refused(f"{PATH}/{waiting['id']}:approve", **REFUND)
    assert (status, problem["code"], problem["claim_number"]) == (409, "claim-made-good", whole["number"])


async def test_what_was_taken_out_is_paid_back_but_not_repaired(office: Office, item):
    asset, _, component = item
    claim = await looked_at(office, asset, component)
    await office.act("/v1/assets", asset, "removeComponent", component_id=component["id"], reason="sent in")
    status, problem = await office.refused(f"{PATH}/{claim['id']}:approve", remedy="repair")
    assert (status, problem["code"]) == (409, "claimed-item-gone")
    await office.act(PATH, claim, "approve", **REFUND)
    assert (await office.act(PATH, claim, "refund", **PAID))["state"] == "fulfilled"


async def test_an_asset_paid_back_leaves_nothing_inside_to_claim_for(office: Office, item):
    asset, _, component = item
    inside = await looked_at(office, asset, component)
    first = await refunded(office, asset, None)
    status, problem = await office.refused(f"{PATH}/{inside['id']}:approve", remedy="repair")
    assert (status, problem["code"], problem["claim_number"]) == (409, "claim-made-good", first["number"])


async def test_two_defects_of_a_device_are_repaired_side_by_side(office: Office, item):
    asset, _, _ = item
    for _ in range(2):
        assert (await approved(office, asset, "repair"))["state"] == "approved"


async def test_no_more_parts_are_kept_than_were_approved_or_added(office: Office, item):
    asset, part, component = item
    await stocked(office, part, "N-1", "N-2", "N-3")
    wanted = {"part_id": part["id"]}
    claim = await approved(office, asset, "replace", [wanted], component_id=component["id"])
    path = f"{PATH}/{claim['id']}:reserveParts"
    status, problem = await office.refused(path, parts=[wanted])
    assert (status, problem["code"]) == (409, "parts-beyond-approval")
    assert (problem["approved"], problem["kept"]) == (1, 1)
    status, problem = await office.refused(
        "/v1/reservations", part_id=part["id"], quantity=1, claim_id=claim["id"]
    )
    assert (problem["code"], problem["errors"][0]["pointer"]) == ("parts-beyond-approval", "#/quantity")
    added = await office.act(PATH, claim, "addParts", parts=[wanted])
    assert (added["state"], await balance(office, part)) == ("parts_reserved", [(3, 2)])
    assert added["approval"]["parts"] == [{"part_id": part["id"], "quantity": 1}]
    [addition] = added["part_additions"]
    assert addition == {
        "parts": [{"part_id": part["id"], "quantity": 1}],
        "by": "admin-1",
        "at": office.clock.now.isoformat(),
    }
    _, problem = await office.refused(path, parts=[wanted])
    assert (problem["code"], problem["errors"][0]["pointer"]) == ("parts-beyond-approval", "#/parts/0")


async def test_before_work_begins_only_a_lead_adds_to_what_was_approved(office: Office, item, connect):
    asset, part, component = item
    await stocked(office, part, "N-1", "N-2", "N-3", "N-4")
    wanted = {"part_id": part["id"]}
    claim = await approved(office, asset, "repair", [wanted], component_id=component["id"])
    keeper = await connect(sub="keeper-1", roles=["stock"])
    lead = await connect(sub="lead-1", roles=["lead"])
    path = f"{PATH}/{claim['id']}:addParts"
    shown = await office.get(f"{PATH}/{claim['id']}", keeper)
    assert "addParts" not in shown["allowed_actions"]
    assert "reserveParts" in shown["allowed_actions"]
    status, problem = await office.refused(path, keeper, parts=[wanted])
    assert (status, problem["code"]) == (403, "addition-needs-role")
    assert problem["roles"] == ["admin", "lead", "manager"]
    added = await office.act(PATH, claim, "addParts", lead, parts=[wanted])
    assert [one["by"] for one in added["part_additions"]] == ["lead-1"]
    assert added["approval"] == claim["approval"]
    await office.act(PATH, claim, "startRepair")
    assert "addParts" in (await office.get(f"{PATH}/{claim['id']}", keeper))["allowed_actions"]
    more = await office.act(PATH, claim, "addParts", keeper, parts=[wanted])
    assert [one["by"] for one in more["part_additions"]] == ["lead-1", "keeper-1"]
    assert (await office.types(claim))[-1] == "claim.parts_added"
    assert await balance(office, part) == [(1, 0)]


async def test_an_approval_without_parts_binds_nobody_to_them(office: Office, item, connect):
    asset, part, component = item
    await stocked(office, part, "N-1")
    claim = await approved(office, asset, "repair", component_id=component["id"])
    keeper = await connect(sub="keeper-1", roles=["stock"])
    added = await office.act(PATH, claim, "addParts", keeper, parts=[{"part_id": part["id"]}])
    assert (await balance(office, part), len(added["part_additions"])) == ([(1, 1)], 1)


async def test_what_went_back_may_be_kept_anew(office: Office, item):
    asset, part, component = item
    await stocked(office, part, "N-1")
    wanted = {"part_id": part["id"]}
    claim = await approved(office, asset, "replace", [wanted], component_id=component["id"])
    [kept] = (await office.get(f"{PATH}/{claim['id']}"))["reservations"]
    await office.act("/v1/reservations", kept, "release", reason="damaged box")
    await office.act(PATH, claim, "reserveParts", parts=[wanted])
    assert await balance(office, part) == [(1, 1)]


async def test_two_customers_may_use_the_same_reference_with_one_client(office: Office):
    body = {"ground": "fault", "finding": "It does not start.", "external_reference": "R-1"}
    for _ in range(2):
        asset = await installed(office)
        answer = await office.client.post(PATH, json=told({**body, "asset_id": asset["id"]}), headers=key())
        assert answer.status_code == 201, answer.text
    status, problem = await refused_with_key(office, **body, asset_id=asset["id"])
    assert (status, problem["code"]) == (409, "claim-reference-taken")


async def refused_with_key(office: Office, **body: object) -> tuple[int, Json]:
    answer = await office.client.post(PATH, json=body, headers=key())
    return answer.status_code, answer.json()
