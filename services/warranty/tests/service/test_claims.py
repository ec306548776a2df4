"""Claims from the customer's notice to the end: who may do what, what is stored, what is told."""

from datetime import timedelta
from uuid import UUID

import pytest

from common.context import system
from common.moves import Moment
from warranty.commands import loaners

from .claiming import (
    ACCEPTED,
    OK,
    PATH,
    accept,
    approved,
    assessed,
    balance,
    installed,
    key,
    opened,
    rejected,
    stocked,
)
from .office import Json, Office, told


@pytest.fixture
async def asset(office: Office) -> Json:
    """An accepted asset, a month in service."""
    found = await installed(office)
    await accept(office, found)
    return found


async def test_a_notice_opens_a_claim_and_calls_for_a_visit(office: Office, asset: Json):
    failed_at = (office.clock.now - timedelta(hours=5)).isoformat()
    claim = await opened(
        office, asset, ground="defect", demand="replace_unit", failed_at=failed_at, evidence=["photo-1"]
    )
    assert claim["number"].startswith("CLM-2026-")
    assert (claim["state"], claim["coverage"], claim["is_in_term"]) == ("opened", "free", True)
    assert (claim["site_id"], claim["contract_id"]) == (asset["site_id"], asset["contract_id"])
    [event] = await office.published(claim)
    assert event["type"] == "claim.opened"
    told_ = {"ground": "defect", "demand": "replace_unit", "coverage": "free", "ticket_id": None}
    assert {name: event[name] for name in told_} == told_
    assert event["is_visit_required"] is True
    assert "finding" not in event
    [row] = await office.rows("SELECT * FROM claim WHERE id = $1", claim["id"])
    assert (row["finding"], row["evidence"], row["state"]) == ("It does not start.", ["photo-1"], "opened")
    decision = await office.get(f"/v1/coverage-decisions/{claim['decision_id']}")
    assert (decision["claim_id"], decision["coverage"]) == (claim["id"], "free")
    assert await office.audited(claim) == ["claim.create"]


async def test_out_of_term_it_is_chargeable_and_calls_for_no_visit(office: Office, asset: Json):
    office.clock.set(ACCEPTED + timedelta(days=900))
    claim = await opened(office, asset)
    assert (claim["coverage"], claim["is_in_term"]) == ("chargeable", False)
    [event] = await office.published(claim)
    assert event["is_visit_required"] is False


async def test_a_claim_is_opened_once_for_one_key(office: Office, asset: Json):
    body = {"asset_id": asset["id"], "ground": "fault", "finding": "It does not start."}
    answer = await office.client.post(PATH, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-required")
    headers = key()
    first = await office.client.post(PATH, json=body, headers=headers)
    again = await office.client.post(PATH, json=body, headers=headers)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(await office.items(PATH, asset_id=asset["id"])) == 1


async def refused_opening(office: Office, **body: object) -> tuple[int, Json]:
    before = await office.everything()
    answer = await office.client.post(PATH, json=told(body), headers=key())
    assert await office.everything() == before
    return answer.status_code, answer.json()


async def test_what_cannot_be_claimed_is_refused(office: Office, asset: Json):
    body = {"asset_id": asset["id"], "ground": "fault", "finding": "Dead."}
    later = (office.clock.now + timedelta(hours=1)).isoformat()
    status, problem = await refused_opening(office, **body, failed_at=later)
    assert (status, problem["code"]) == (422, "failed-after-notice")
    status, problem = await refused_opening(office, **body, occurred_at=later)
    assert (status, problem["code"]) == (422, "occurred-in-future")
    shipped = await office.asset(shipped_on="2026-01-15")
    told_ = {**body, "asset_id": shipped["id"], "failed_at": "2026-01-14T15:59:00Z"}
    status, problem = await refused_opening(office, **told_)
    assert (status, problem["code"], problem["shipped_on"]) == (422, "failed-before-shipped", "2026-01-15")
    short = {**body, "ground": "below_bid_figures"}
    status, problem = await refused_opening(office, **short)
    assert (status, problem["code"], problem["items"]) == (422, "bid-figures-missing", ["Battery autonomy"])
    status, problem = await refused_opening(office, **short, figures=[{"item": "Weight"}])
    assert (status, problem["code"]) == (422, "bid-figure-unknown")
    other = await office.component(await office.asset(), await office.part())
    status, problem = await refused_opening(office, **body, component_id=other["id"])
    assert (status, problem["code"]) == (422, "component-unknown")
    bare = await office.asset()
    told_ = {**short, "asset_id": bare["id"], "figures": [{"item": "Weight"}]}
    status, problem = await refused_opening(office, **told_)
    assert (status, problem["code"]) == (422, "bid-figures-unknown")
    await office.act("/v1/assets", bare, "retire", reason="scrapped")
    status, problem = await refused_opening(office, **{**body, "asset_id": bare["id"]})
    assert (status, problem["code"]) == (409, "asset-retired")


async def test_a_clients_own_number_is_unique(office: Office, asset: Json):
    claim = await opened(office, asset, external_reference="ITSM-1")
    body = {"asset_id": asset["id"], "ground": "fault", "finding": "Dead.", "external_reference": "ITSM-1"}
    status, problem = await refused_opening(office, **body)
    assert (status, problem["code"], problem["existing_id"]) == (409, "claim-reference-taken", claim["id"])


async def test_secrets_are_not_kept(office: Office, asset: Json):
    claim = await opened(office, asset, finding="Dead. The password: hunter2-secret")
    assert "hunter2" not in claim["finding"]


async def test_a_cause_decides_anew_who_pays(office: Office, asset: Json):
    claim = await opened(office, asset)
    after = await assessed(office, claim, cause="misuse")
    assert (after["state"], after["coverage"]) == ("assessed", "chargeable")
    assert after["decision_id"] != claim["decision_id"]
    decision = await office.get(f"/v1/coverage-decisions/{after['decision_id']}")
    assert decision["supersedes_id"] == claim["decision_id"]
    event = (await office.published(claim))[-1]
    assert (event["type"], event["cause"], event["coverage"]) == ("claim.assessed", "misuse", "chargeable")
    again = await assessed(office, claim, cause="unclear")
    assert [one["cause"] for one in again["assessments"]] == ["misuse", "unclear"]
    status, problem = await office.refused(f"{PATH}/{claim['id']}:approve", remedy="repair")
    assert (status, problem["code"]) == (409, "coverage-open")


async def test_a_managers_word_on_who_pays_reaches_the_claim(office: Office, asset: Json):
    claim = await assessed(office, await opened(office, asset), cause="misuse")
    decision = {"id": claim["decision_id"]}
    body = {"outcome": "goodwill", "reason": "a good customer"}
    await office.act("/v1/coverage-decisions", decision, "override", **body)
    after = await office.get(f"{PATH}/{claim['id']}")
    assert (after["coverage"], after["decision"]["coverage"]) == ("goodwill", "goodwill")
    event = (await office.published(claim))[-1]
    assert (event["type"], event["previous_coverage"]) == ("claim.coverage_changed", "chargeable")
    assert event["version"] == after["version"]
    again = await assessed(office, claim, cause="misuse")
    assert again["coverage"] == "goodwill"


async def test_approval_keeps_parts_all_or_none(office: Office, asset: Json):
    fan, board = await office.part(), await office.part()
    await stocked(office, fan, quantity=2)
    claim = await assessed(office, await opened(office, asset))
    path = f"{PATH}/{claim['id']}:approve"
    both = [{"part_id": fan["id"], "quantity": 2}, {"part_id": board["id"]}]
    status, problem = await office.refused(path, remedy="repair", parts=both)
    assert (status, problem["code"]) == (409, "stock-short")
    assert await balance(office, fan) == [(2, 0)]
    after = await office.act(PATH, claim, "approve", remedy="repair", parts=both[:1], note="replace the fan")
    assert (after["state"], after["remedy"]) == ("parts_reserved", "repair")
    assert await balance(office, fan) == [(2, 2)]
    detail = await office.get(f"{PATH}/{claim['id']}")
    [kept] = detail["reservations"]
    assert (kept["part_id"], kept["quantity"], kept["state"]) == (fan["id"], 2, "reserved")
    types = [(event["type"], event["version"]) for event in await office.published(claim)]
    assert types[-2:] == [("claim.approved", 3), ("claim.parts_reserved", 4)]


async def test_only_leads_decide(office: Office, asset: Json, connect):
    claim = await assessed(office, await opened(office, asset))
    engineer = await connect(sub="engineer-1", roles=["engineer"])
    for action, body in (
        ("approve", {"remedy": "repair"}),
        ("reject", {"rejection": "no_fault_found", "reason": "nothing"}),
        ("cancel", {"reason": "why not"}),
    ):
        status, problem = await office.refused(f"{PATH}/{claim['id']}:{action}", by=engineer, **body)
        assert (status, problem["code"]) == (403, "action-needs-role")
    shown = await office.get(f"{PATH}/{claim['id']}", by=engineer)
    assert "assess" in shown["allowed_actions"]
    assert "approve" not in shown["allowed_actions"]


@pytest.mark.parametrize("action", ["withdraw", "cancel"])
async def test_what_ends_early_gives_everything_back(office: Office, asset: Json, action: str):
    fan = await office.part()
    await stocked(office, fan, quantity=3)
    claim = await approved(office, asset, "repair", [{"part_id": fan["id"], "quantity": 3}])
    quote = await office.create("/v1/quotes", claim_id=claim["id"], visits=1)
    after = await office.act(PATH, claim, action, reason="it works again")
    assert (after["end_reason"], after["allowed_actions"]) == ("it works again", [])
    assert await balance(office, fan) == [(3, 0)]
    detail = await office.get(f"{PATH}/{claim['id']}")
    assert [one["state"] for one in detail["reservations"]] == ["released"]
    assert (await office.get(f"/v1/quotes/{quote['id']}"))["state"] == "withdrawn"
    assert (await office.types(quote))[-1] == "quote.withdrawn"


async def test_a_customer_withdraws_its_own_claim_with_its_parts(office: Office, asset: Json, customer_of):
    fan = await office.part()
    await stocked(office, fan, quantity=1)
    user = await customer_of({"id": asset["customer_id"]})
    claim = await opened(office, asset, by=user)
    await assessed(office, claim)
    await office.act(PATH, claim, "approve", remedy="repair", parts=[{"part_id": fan["id"]}])
    after = await office.act(PATH, claim, "withdraw", by=user, reason="we bought another")
    assert after["state"] == "withdrawn"
    assert await balance(office, fan) == [(1, 0)]
    assert (await office.published(claim))[-1]["type"] == "claim.withdrawn"


async def test_a_device_the_vendor_took_goes_back_when_the_claim_is_cancelled(office: Office, asset: Json):
    claim = await approved(office, asset, "repair")
    await office.act(PATH, claim, "startRepair", takes_device=True)
    assert (await office.get(f"/v1/assets/{asset['id']}"))["state"] == "under_repair"
    after = await office.act(PATH, claim, "cancel", reason="the customer bought another")
    assert (after["state"], after["is_device_taken"]) == ("cancelled", False)
    assert (await office.get(f"/v1/assets/{asset['id']}"))["state"] == "in_service"


async def test_a_loaner_is_offered_from_the_moment_the_device_is_out(
    office: Office, asset: Json, customer_of
):
    user = await customer_of({"id": asset["customer_id"]})
    claim = await opened(office, asset, by=user)
    answer = f"{PATH}/{claim['id']}:answerLoanerOffer"
    status, problem = await office.refused(answer, by=user, is_accepted=True)
    assert (status, problem["code"]) == (409, "no-loaner-offered")
    out = await office.act(PATH, claim, "reportOutOfOperation", by=user)
    assert out["out_of_operation_at"] is not None
    status, problem = await office.refused(f"{PATH}/{claim['id']}:reportOutOfOperation", by=user)
    assert (status, problem["code"]) == (409, "already-out-of-operation")
    after = await office.act(PATH, claim, "answerLoanerOffer", by=user, is_accepted=True)
    assert (after["is_loaner_wanted"], after["state"]) == (True, "opened")
    assert (await office.types(claim))[1:] == ["claim.loaner_offered", "claim.loaner_answered"]


async def test_a_claim_waits_for_its_loaners(office: Office, asset: Json):
    claim = await approved(office, asset, "repair", is_out_of_operation=True)
    assert claim["out_of_operation_at"] == claim["failed_at"]
    spare = await office.part()
    await stocked(office, spare, quantity=1)
    loaner = await lend(office, spare, claim)
    await office.act(PATH, claim, "startRepair")
    await office.act(PATH, claim, "fulfil", items=[OK], checked_by="Mr Zhao")
    [shown] = (await office.get(f"{PATH}/{claim['id']}"))["loaners"]
    assert (shown["id"], shown["state"]) == (str(loaner), "lent")
    status, problem = await office.refused(f"{PATH}/{claim['id']}:close")
    assert (status, problem["code"], problem["count"]) == (409, "loaners-out", 1)


async def lend(office: Office, part: Json, claim: Json):
    async def act(session):
        row = await loaners.lend(
            session,
            part_id=UUID(part["id"]),
            site_id=UUID(claim["site_id"]),
            customer_id=UUID(claim["customer_id"]),
            claim_id=UUID(claim["id"]),
            due_on=(office.clock.now + timedelta(days=20)).date(),
            at=Moment(office.clock.now),
        )
        return row.id

    return await office.database.run(system("tests"), act)


async def test_a_ticket_is_linked_once(office: Office, asset: Json):
    ticket, other = "018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a11", "018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a12"
    claim = await opened(office, asset)
    linked = await office.act(PATH, claim, "linkTicket", ticket_id=ticket)
    assert linked["ticket_id"] == ticket
    assert (await office.published(claim))[-1]["ticket_id"] == ticket
    status, problem = await office.refused(f"{PATH}/{claim['id']}:linkTicket", ticket_id=other)
    assert (status, problem["code"], problem["ticket_id"]) == (409, "ticket-linked", ticket)


async def test_customers_see_and_open_only_their_own(office: Office, asset: Json, customer_of):
    mine = await opened(office, asset)
    stranger = await customer_of(await office.customer())
    assert await office.items(PATH, by=stranger) == []
    assert (await stranger.get(f"{PATH}/{mine['id']}")).status_code == 404
    body = {"asset_id": asset["id"], "ground": "fault", "finding": "Dead."}
    answer = await stranger.post(PATH, json=body, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (422, "asset-unknown")
    status, _ = await office.refused(f"{PATH}/{mine['id']}:withdraw", by=stranger, reason="not mine")
    assert status == 404
    user = await customer_of({"id": asset["customer_id"]})
    shown = await office.get(f"{PATH}/{mine['id']}", by=user)
    assert shown["allowed_actions"] == ["reportOutOfOperation", "withdraw"]
    status, problem = await office.refused(
        f"{PATH}/{mine['id']}:assess", by=user, finding="x", is_finding_confirmed=True, evidence=["y"]
    )
    assert (status, problem["code"]) == (403, "action-needs-role")


async def test_lists_are_narrowed(office: Office, asset: Json):
    first = await opened(office, asset)
    disputed = await rejected(office, asset)
    assert [one["id"] for one in await office.items(PATH, asset_id=asset["id"])] == [
        disputed["id"],
        first["id"],
    ]
    assert [one["id"] for one in await office.items(PATH, is_disputed="true")] == [disputed["id"]]
    assert [one["id"] for one in await office.items(PATH, state="opened")] == [first["id"]]
    assert [one["id"] for one in await office.items(PATH, number=first["number"])] == [first["id"]]


async def test_an_action_of_an_older_version_is_refused(office: Office, asset: Json):
    claim = await opened(office, asset)
    await office.act(PATH, claim, "reportOutOfOperation")
    answer = await office.client.post(
        f"{PATH}/{claim['id']}:withdraw", json={"reason": "late"}, headers={"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition-failed")


async def test_what_happened_is_told_later_but_not_before_its_ground(office: Office, asset: Json):
    noticed = office.clock.now - timedelta(days=2)
    claim = await opened(office, asset, occurred_at=noticed.isoformat())
    assert (await office.published(claim))[0]["occurred_at"][:16] == noticed.isoformat()[:16]
    early = (noticed - timedelta(hours=1)).isoformat()
    status, problem = await office.refused(f"{PATH}/{claim['id']}:withdraw", reason="x", occurred_at=early)
    assert (status, problem["code"]) == (422, "occurred-too-early")
