"""Installations from hand-over to the customer's signature, and what stands in their way."""

from datetime import timedelta

from .office import Json, Office

PATH = "/v1/installations"
SIGNATURE = {"name": "Ms Wang", "signed_at": "2026-03-02T04:00:00Z", "code": "8812"}
FIGURE = {"item": "Output voltage", "unit": "V", "required_min": 218, "required_max": 222, "measured": 220}
NOTES = {"kind": "notes", "notes": "done"}
UNPACKED = {
    "kind": "unpacking",
    "items": [{"item": "UPS", "expected": 1, "found": 1, "condition": "complete"}],
}
TRIAL_OF_2023 = {"started_at": "2023-02-06T02:00:00Z", "ended_at": "2023-02-06T05:00:00Z"}


async def planned(office: Office, count: int = 1, **changes: object) -> tuple[Json, list[Json]]:
    customer = await office.customer()
    site = await office.site(customer)
    contract = await office.contract(customer)
    assets = [await office.asset(site) for _ in range(count)]
    body = {
        "site_id": site["id"],
        "contract_id": contract["id"],
        "asset_ids": [one["id"] for one in assets],
        "specification": "TS-2026-014",
        "goods_accepted_on": "2026-03-01",
        "goods_reference": "GRN-1",
        "trial_run_hours": 2,
        **changes,
    }
    return await office.create(PATH, **body), assets


async def test_what_goods_and_steps_keep_from_being_done_is_not_offered(office: Office):
    bare, _ = await planned(office, goods_accepted_on=None, goods_reference=None)
    assert bare["allowed_actions"] == ["assignTechnicians", "replaceTechnician", "cancel"]
    installation, _ = await planned(office)
    started = await office.act(PATH, installation, "start")
    offered = ["assignTechnicians", "replaceTechnician", "completeStep", "cancel"]
    assert started["allowed_actions"] == offered
    [listed] = await office.items(PATH, number=installation["number"])
    assert listed["allowed_actions"] == offered


async def do(office: Office, installation: Json, step: str, record: Json, **told: object) -> Json:
    body = {"step": step, "record": record, "signed_off_by": "Mr Zhao", **told}
    return await office.act(PATH, installation, "completeStep", **body)


async def commissioned(office: Office, installation: Json, **told: object) -> None:
    """Everything up to the trial run."""
    await office.act(PATH, installation, "start", **told)
    for step in ("hand_over", "unpacking_inspection", "installation_guidance", "commissioning"):
        await do(office, installation, step, UNPACKED if step.startswith("unp") else NOTES, **told)


async def worked_through(office: Office, installation: Json, figure: Json = FIGURE) -> Json:
    await commissioned(office, installation)
    began = office.clock.now
    ended = office.clock.advance(timedelta(hours=3))
    times = {"started_at": began.isoformat(), "ended_at": ended.isoformat()}
    await do(office, installation, "trial_run", {"kind": "trial_run", **times})
    return await do(office, installation, "performance_test", {"kind": "performance", "items": [figure]})


async def test_from_hand_over_to_the_warranty(office: Office):
    installation, [asset] = await planned(office)
    assert installation["number"].startswith("INS-2026-")
    assert installation["open_step_count"] == 6
    assert "start" in installation["allowed_actions"]
    done = await worked_through(office, installation)
    assert done["open_step_count"] == 0
    assert done["allowed_actions"] == [
        "assignTechnicians",
        "replaceTechnician",
        "acceptPartly",
        "accept",
        "cancel",
    ]
    accepted = await office.act(PATH, installation, "accept", signature=SIGNATURE)
    assert (accepted["state"], accepted["allowed_actions"]) == ("accepted", [])
    found = await office.get(f"/v1/assets/{asset['id']}")
    assert (found["state"], found["contract_id"]) == ("in_service", installation["contract_id"])
    assert found["accepted_specification"][0]["measured"] == 220
    [term] = await office.items(f"/v1/assets/{asset['id']}/warranty-terms")
    assert (term["starts_on"], term["ends_on"]) == ("2026-03-02", "2028-03-02")
    detail = await office.get(f"{PATH}/{installation['id']}")
    assert all(step["completed_at"] for step in detail["steps"])
    assert detail["assets"][0]["signature"]["name"] == "Ms Wang"
    assert (await office.types(installation))[-1] == "installation.accepted"
    assert await office.types(asset) == [
        "asset.registered",
        "asset.installation_begun",
        "asset.put_in_service",
    ]


async def test_work_waits_for_the_goods(office: Office):
    installation, _ = await planned(office, goods_accepted_on=None)
    status, problem = await office.refused(f"{PATH}/{installation['id']}:start")
    assert (status, problem["code"]) == (409, "goods-not-accepted")


async def test_steps_come_in_their_order(office: Office):
    installation, _ = await planned(
        office,
        further_steps=[
            {"code": "lightning", "label_zh": "防雷", "label_en": "Lightning", "after": "hand_over"}
        ],
    )
    await office.act(PATH, installation, "start")
    path = f"{PATH}/{installation['id']}:completeStep"
    body = {"record": {"kind": "notes", "notes": "done"}, "signed_off_by": "Mr Zhao"}
    status, problem = await office.refused(path, step="commissioning", **body)
    assert (status, problem["code"], problem["next_step"]) == (409, "step-out-of-order", "hand_over")
    await do(office, installation, "hand_over", {"kind": "notes", "notes": "done"})
    status, problem = await office.refused(path, step="unpacking_inspection", **body)
    assert problem["next_step"] == "lightning"
    await do(office, installation, "lightning", {"kind": "notes", "notes": "done"})
    status, problem = await office.refused(path, step="unpacking_inspection", **body)
    assert (status, problem["code"], problem["kind"]) == (422, "record-unfit", "unpacking")
    status, problem = await office.refused(path, step="hand_over", **body)
    assert (status, problem["code"]) == (409, "step-done")


async def test_nothing_is_accepted_before_everything_is_done(office: Office):
    installation, _ = await planned(office)
    await office.act(PATH, installation, "start")
    signature = {**SIGNATURE, "signed_at": office.clock.now.isoformat()}
    status, problem = await office.refused(f"{PATH}/{installation['id']}:accept", signature=signature)
    assert (status, problem["code"]) == (409, "steps-open")
    assert problem["steps"][0] == "hand_over"


async def test_nothing_is_signed_or_read_before_its_time(office: Office):
    installation, (first, _) = await planned(office, 2, occurred_at="2026-02-28T01:00:00Z")
    path = f"{PATH}/{installation['id']}"
    ahead = (office.clock.now + timedelta(days=1)).isoformat()
    began = {"started_at": "2026-03-01T00:00:00Z", "ended_at": "2026-03-01T03:00:00Z"}
    read = {"item": "load", "value": 1, "read_at": ahead}
    await commissioned(office, installation, occurred_at="2026-02-28T01:00:00Z")
    for record, pointer in (
        ({**began, "readings": [read]}, "#/record/readings/0/read_at"),
        ({**began, "ended_at": ahead}, "#/record/ended_at"),
    ):
        told = {"step": "trial_run", "record": {"kind": "trial_run", **record}, "signed_off_by": "Mr Zhao"}
        await assert_refused_as_ahead(office, f"{path}:completeStep", pointer, **told)
    await do(office, installation, "trial_run", {"kind": "trial_run", **began})
    await do(office, installation, "performance_test", {"kind": "performance", "items": [FIGURE]})
    signed = {"signature": {**SIGNATURE, "signed_at": ahead}}
    await assert_refused_as_ahead(office, f"{path}:accept", "#/signature/signed_at", **signed)
    chosen = {"asset_ids": [first["id"]], **signed}
    await assert_refused_as_ahead(office, f"{path}:acceptPartly", "#/signature/signed_at", **chosen)


async def assert_refused_as_ahead(office: Office, path: str, pointer: str, **body: object) -> None:
    status, problem = await office.refused(path, **body)
    [error] = problem["errors"]
    assert (status, problem["code"], error["pointer"]) == (422, "occurred-in-future", pointer)


async def refusal(office: Office, installation: Json, action: str, **body: object) -> tuple[int, str, str]:
    """Status, code and pointer."""
    status, problem = await office.refused(f"{PATH}/{installation['id']}:{action}", **body)
    [error] = problem["errors"]
    return status, problem["code"], error["pointer"]


async def test_pieces_are_missing_from_what_is_not_complete(office: Office):
    installation, _ = await planned(office)
    await office.act(PATH, installation, "start")
    await do(office, installation, "hand_over", NOTES)
    lines = [{**UNPACKED["items"][0], "item": "Battery", "expected": 5, "found": found} for found in (5, 3)]
    told = {"step": "unpacking_inspection", "signed_off_by": "Mr Zhao"}
    record = {"kind": "unpacking", "items": lines}
    pointer = "#/record/items/1/condition"
    found = await refusal(office, installation, "completeStep", record=record, **told)
    assert found == (422, "unpacked-incomplete", pointer)
    lines[1]["condition"] = "short"
    await do(office, installation, "unpacking_inspection", record)
    [defect] = await office.items("/v1/defects", installation_id=installation["id"])
    assert defect["kind"] == "shortage"


async def test_a_trial_run_lies_between_commissioning_and_its_record(office: Office):
    installation, _ = await planned(office, occurred_at="2026-02-28T01:00:00Z")
    await commissioned(office, installation, occurred_at="2026-02-28T02:00:00Z")
    times = {"started_at": "2026-02-28T01:59:00Z", "ended_at": "2026-02-28T05:00:00Z"}
    told = {"step": "trial_run", "signed_off_by": "Mr Zhao"}
    record = {"kind": "trial_run", **times}
    found = await refusal(office, installation, "completeStep", record=record, **told)
    assert found == (422, "trial-run-too-early", "#/record/started_at")
    record["started_at"] = "2026-02-28T02:00:00Z"
    early = {**told, "occurred_at": "2026-02-28T04:59:00Z"}
    found = await refusal(office, installation, "completeStep", record=record, **early)
    assert found == (422, "trial-run-not-over", "#/record/ended_at")
    before = {**told, "occurred_at": "2026-02-28T01:59:00Z"}
    found = await refusal(office, installation, "completeStep", record=record, **before)
    assert found == (422, "occurred-too-early", "#/occurred_at")
    await do(office, installation, "trial_run", record, occurred_at="2026-02-28T05:00:00Z")


async def test_a_figure_is_tested_against_what_is_required(office: Office):
    installation, _ = await planned(office, occurred_at="2026-02-28T01:00:00Z")
    await commissioned(office, installation, occurred_at="2026-02-28T02:00:00Z")
    run = {"started_at": "2026-02-28T02:00:00Z", "ended_at": "2026-02-28T05:00:00Z"}
    await do(office, installation, "trial_run", {"kind": "trial_run", **run})
    bare = {"item": "Noise", "unit": "dB", "measured": 60}
    told = {"step": "performance_test", "signed_off_by": "Mr Zhao"}
    record = {"kind": "performance", "items": [FIGURE, bare]}
    found = await refusal(office, installation, "completeStep", record=record, **told)
    assert found == (422, "figure-not-required", "#/record/items/1/required_min")
    never = {**bare, "required_min": 70, "required_max": 50}
    record = {"kind": "performance", "items": [FIGURE, never]}
    found = await refusal(office, installation, "completeStep", record=record, **told)
    assert found == (422, "figure-range-empty", "#/record/items/1/required_max")
    await do(office, installation, "performance_test", {"kind": "performance", "items": [FIGURE]})
    signature = {**SIGNATURE, "signed_at": office.clock.now.isoformat()}
    found = await refusal(office, installation, "accept", signature=signature, items=[bare])
    assert found == (422, "figure-not-required", "#/items/0/required_min")


async def test_the_customer_signs_what_is_done(office: Office):
    installation, [first, _] = await planned(office, 2)
    await worked_through(office, installation)
    early = {**SIGNATURE, "signed_at": (office.clock.now - timedelta(minutes=1)).isoformat()}
    pointer = "#/signature/signed_at"
    found = await refusal(office, installation, "accept", signature=early)
    assert found == (422, "signed-too-early", pointer)
    chosen = [first["id"]]
    found = await refusal(office, installation, "acceptPartly", asset_ids=chosen, signature=early)
    assert found == (422, "signed-too-early", pointer)
    await office.act(PATH, installation, "accept", signature=SIGNATURE)


async def test_goods_are_not_accepted_on_a_day_to_come(office: Office):
    site = await office.site(await office.customer())
    asset = await office.asset(site)
    body = {"site_id": site["id"], "asset_ids": [asset["id"]], "specification": "TS-1"}
    status, problem = await office.refused(PATH, **body, goods_accepted_on="2026-03-03")
    assert (status, problem["code"], problem["today"]) == (422, "day-in-future", "2026-03-02")
    installation = await office.create(PATH, **body)
    answer = await office.client.patch(
        f"{PATH}/{installation['id']}", json={"goods_accepted_on": "2026-03-03"}, headers={"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "day-in-future")


async def test_a_missed_figure_is_measured_again(office: Office):
    installation, [asset] = await planned(office)
    await worked_through(office, installation, {**FIGURE, "measured": 230})
    path = f"{PATH}/{installation['id']}"
    status, problem = await office.refused(f"{path}:accept", signature=SIGNATURE)
    assert (status, problem["code"], problem["count"]) == (409, "defects-open", 1)
    [defect] = await office.items("/v1/defects", installation_id=installation["id"])
    assert (problem["items"], problem["defect_ids"]) == ([FIGURE["item"]], [defect["id"]])
    assert (defect["kind"], defect["is_blocking"]) == ("performance", True)
    resolve = f"/v1/defects/{defect['id']}:resolve"
    status, problem = await office.refused(resolve, how="adjusted", measured=229)
    assert (status, problem["code"]) == (422, "figure-out-of-range")
    assert problem["required"] == f"≥ {FIGURE['required_min']:g}, ≤ {FIGURE['required_max']:g}"
    await office.act("/v1/defects", defect, "resolve", how="adjusted", measured=220.5)
    await office.act(PATH, installation, "accept", signature=SIGNATURE)
    found = await office.get(f"/v1/assets/{asset['id']}")
    assert found["accepted_specification"][0]["measured"] == 220.5


async def test_what_is_damaged_is_claimed_from_the_carrier(office: Office):
    installation, _ = await planned(office)
    await office.act(PATH, installation, "start")
    await do(office, installation, "hand_over", {"kind": "notes", "notes": "done"})
    line = {
        "item": "Battery",
        "expected": 4,
        "found": 3,
        "condition": "short",
        "liable_party": "carrier",
    }
    await do(office, installation, "unpacking_inspection", {"kind": "unpacking", "items": [line]})
    [defect] = await office.items("/v1/defects", installation_id=installation["id"])
    assert (defect["kind"], defect["liable_party"], defect["state"]) == ("shortage", "carrier", "open")


async def test_a_quality_defect_carries_the_customers_deadline(office: Office):
    installation, [asset] = await planned(office)
    path = f"{PATH}/{installation['id']}/defects"
    due = (office.clock.now + timedelta(days=2)).isoformat()
    body = {"item": "Door", "finding": "does not close", "asset_id": asset["id"]}
    status, problem = await office.refused(path, **body, due_at=(office.clock.now - timedelta(1)).isoformat())
    assert (status, problem["code"]) == (422, "deadline-passed")
    status, problem = await office.refused(path, **body, occurred_at=due)
    assert (status, problem["code"]) == (422, "occurred-in-future")
    status, problem = await office.refused(path, kind="quality", **body)
    assert (status, problem["code"], problem["errors"][0]["pointer"]) == (422, "deadline-missing", "#/due_at")
    status, problem = await office.refused(path, **body, due_at="2198-01-01T00:00:00Z")
    assert (status, problem["code"], problem["errors"][0]["pointer"]) == (422, "day-too-far", "#/due_at")
    status, problem = await office.refused(path, **body, due_at=due, required_min=5, required_max=1)
    assert (status, problem["code"]) == (422, "figure-range-empty")
    answer = await office.client.post(path, json={**body, "kind": "damage"})
    assert (answer.status_code, answer.json()["due_at"]) == (201, None)
    answer = await office.client.post(path, json={**body, "due_at": due})
    assert answer.status_code == 201, answer.text
    defect = answer.json()
    told = (await office.published(defect))[-1]
    assert (told["type"], told["due_at"][:16]) == ("defect.recorded", due[:16])
    later = (office.clock.now + timedelta(days=4)).isoformat()
    await office.act("/v1/defects", defect, "changeDeadline", due_at=later, reason="agreed by phone")
    await office.act("/v1/defects", defect, "resolve", how="new hinge")
    assert await office.types(defect) == ["defect.recorded", "defect.deadline_changed", "defect.resolved"]


async def test_a_delivery_is_accepted_in_parts(office: Office):
    installation, [first, second] = await planned(office, 2)
    await worked_through(office, installation)
    path = f"{PATH}/{installation['id']}:acceptPartly"
    both = [first["id"], second["id"]]
    status, problem = await office.refused(path, asset_ids=both, signature=SIGNATURE)
    assert (status, problem["code"]) == (409, "accept-everything")
    half = await office.act(PATH, installation, "acceptPartly", asset_ids=[first["id"]], signature=SIGNATURE)
    assert half["state"] == "partly_accepted"
    assert (await office.get(f"/v1/assets/{second['id']}"))["accepted_at"] is None
    status, problem = await office.refused(path, asset_ids=[first["id"]], signature=SIGNATURE)
    assert (status, problem["code"]) == (409, "asset-accepted")
    whole = await office.act(PATH, installation, "accept", signature=SIGNATURE)
    assert whole["state"] == "accepted"
    assert (await office.get(f"/v1/assets/{second['id']}"))["state"] == "in_service"


async def test_an_asset_that_works_already_is_accepted_with_an_event_of_its_own(office: Office):
    installation, [asset] = await planned(office)
    await office.act("/v1/assets", asset, "putInService")
    await worked_through(office, installation)
    await office.act(PATH, installation, "accept", signature=SIGNATURE)
    told = (await office.published(asset))[-1]
    assert (told["type"], told["contract_id"]) == (
        "asset.acceptance_recorded",
        installation["contract_id"],
    )


async def test_an_acceptance_that_was_signed_is_not_corrected(office: Office):
    installation, [asset] = await planned(office)
    await worked_through(office, installation)
    await office.act(PATH, installation, "accept", signature=SIGNATURE)
    found = await office.get(f"/v1/assets/{asset['id']}")
    assert not {"recordAcceptance", "correctAcceptance"} & set(found["allowed_actions"])
    told = {"accepted_at": "2026-03-02T03:00:00Z", "reason": "mistyped"}
    status, problem = await office.refused(f"/v1/assets/{asset['id']}:correctAcceptance", **told)
    assert (status, problem["code"]) == (409, "acceptance-signed")


async def test_an_asset_is_part_of_one_installation_at_a_time(office: Office):
    installation, [asset] = await planned(office)
    body = {"site_id": asset["site_id"], "asset_ids": [asset["id"]], "specification": "TS"}
    status, problem = await office.refused(PATH, **body)
    assert (status, problem["code"]) == (409, "asset-installed-elsewhere")
    await office.act(PATH, installation, "cancel", reason="another date")
    await office.create(PATH, **body)


async def test_the_customer_has_a_technician_replaced(office: Office, customer_of):
    technician, other = "018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a11", "018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a12"
    installation, _ = await planned(office, technician_ids=[technician])
    replaced = await office.act(
        PATH,
        installation,
        "replaceTechnician",
        technician_id=technician,
        replacement_id=other,
        reason="not fit for the site",
    )
    assert replaced["technician_ids"] == [other]
    assert replaced["replacements"][0]["cost_party"] == "vendor"
    stranger = await customer_of(await office.customer())
    assert (await stranger.get(f"{PATH}/{installation['id']}")).status_code == 404


async def test_an_installation_of_long_ago_is_told_late(office: Office):
    site = await office.site(await office.customer())
    asset = await office.asset(site, shipped_on="2023-01-02")
    body = {
        "site_id": site["id"],
        "asset_ids": [asset["id"]],
        "specification": "TS-2023-001",
        "goods_accepted_on": "2023-02-01",
        "goods_reference": "GRN-1",
        "trial_run_hours": 2,
    }
    status, problem = await office.refused(PATH, occurred_at="2099-01-01T00:00:00Z", **body)
    assert (status, problem["code"]) == (422, "occurred-in-future")
    installation = await office.create(PATH, occurred_at="2023-02-02T01:00:00Z", **body)
    await office.act(PATH, installation, "start", occurred_at="2023-02-02T02:00:00Z")
    notes = {"kind": "notes", "notes": "done"}
    for day, (step, record) in enumerate(
        [
            ("hand_over", notes),
            ("unpacking_inspection", UNPACKED),
            ("installation_guidance", notes),
            ("commissioning", notes),
            ("trial_run", {"kind": "trial_run", **TRIAL_OF_2023}),
            ("performance_test", {"kind": "performance", "items": [FIGURE]}),
        ],
        start=3,
    ):
        told = {"step": step, "record": record, "signed_off_by": "Mr Zhao"}
        await office.act(
            PATH, installation, "completeStep", occurred_at=f"2023-02-{day:02}T02:00:00Z", **told
        )
    told = {"signature": {**SIGNATURE, "signed_at": "2023-02-10T01:00:00Z"}}
    found = await refusal(office, installation, "accept", occurred_at="2023-02-08T01:00:00Z", **told)
    assert found == (422, "occurred-too-early", "#/occurred_at")
    accepted = await office.act(PATH, installation, "accept", occurred_at="2023-02-10T02:00:00Z", **told)
    assert accepted["accepted_at"].startswith("2023-02-10")
    found = await office.get(f"/v1/assets/{asset['id']}")
    assert found["state_changed_at"].startswith("2023-02-10")
    [term] = await office.items(f"/v1/assets/{asset['id']}/warranty-terms")
    assert (term["starts_on"], term["ends_on"]) == ("2023-02-10", "2025-02-10")


async def test_a_refusal_names_what_was_done(office: Office):
    installation, _ = await planned(office)
    cancelled = await office.act(PATH, installation, "cancel", reason="another date")
    headers = {"If-Match": f'"{cancelled["version"]}"'}
    answer = await office.client.patch(
        f"{PATH}/{installation['id']}", json={"specification": "TS-2"}, headers=headers
    )
    assert (answer.status_code, answer.json()["action"]) == (409, "update")
    path = f"{PATH}/{installation['id']}/defects"
    status, problem = await office.refused(path, kind="quality", item="door", finding="bent")
    assert (status, problem["code"], problem["action"]) == (409, "invalid-state-transition", "recordDefect")
