"""A rejection is a dispute until the customer accepts it: it climbs by hand and by time, all on the claim."""

from datetime import timedelta

import pytest

from common.sweeps import sweep_now
from warranty.sweeps.claims import SWEEPS

from .claiming import PATH, accept, assessed, installed, opened, rejected
from .office import Json, Office

CLIMB = SWEEPS[0]
BODY = {"rejection": "no_fault_found", "reason": "still nothing"}


@pytest.fixture
async def asset(office: Office) -> Json:
    """An accepted asset, a month in service."""
    found = await installed(office)
    await accept(office, found)
    return found


async def test_a_rejection_begins_a_dispute_and_both_views_stay(office: Office, asset: Json):
    claim = await rejected(office, asset)
    assert (claim["state"], claim["dispute_level"], claim["dispute_step"]) == ("rejected", 1, "team_lead")
    assert claim["finding"] == "It does not start."
    assert claim["rejections"][0]["reason"] == "It ran for a day without a fault."
    [step] = claim["dispute_steps"]
    assert (step["level"], step["how"], step["by"]) == (1, "rejected", "admin-1")
    told = await office.published(claim)
    assert [(one["type"], one["version"]) for one in told[-2:]] == [
        ("claim.rejected", 3),
        ("claim.disputed", 4),
    ]
    assert (told[-1]["role"], told[-1]["step"], told[-1]["dispute_level"]) == ("lead", "team_lead", 1)
    assert (await office.audited(claim))[-2:] == ["claim.reject", "claim.dispute"]


async def test_an_unsettled_dispute_climbs_by_time_to_the_last_step(office: Office, asset: Json):
    claim = await rejected(office, asset)
    assert await sweep_now(office.database, "warranty", CLIMB, office.clock.now) == 0
    now = office.clock.advance(timedelta(hours=24))
    assert await sweep_now(office.database, "warranty", CLIMB, now) == 1
    assert await sweep_now(office.database, "warranty", CLIMB, now) == 0
    now = office.clock.advance(timedelta(hours=48))
    assert await sweep_now(office.database, "warranty", CLIMB, now) == 1
    now = office.clock.advance(timedelta(days=30))
    assert await sweep_now(office.database, "warranty", CLIMB, now) == 0
    after = await office.get(f"{PATH}/{claim['id']}")
    assert (after["dispute_level"], after["dispute_climbs_at"]) == (3, None)
    assert [(one["level"], one["how"]) for one in after["dispute_steps"]] == [
        (1, "rejected"),
        (2, "time"),
        (3, "time"),
    ]
    event = (await office.published(claim))[-1]
    assert (event["type"], event["is_by_time"], event["previous_level"]) == (
        "claim.dispute_escalated",
        True,
        2,
    )


async def test_the_customer_takes_it_higher_and_appeals(office: Office, asset: Json, customer_of, connect):
    user = await customer_of({"id": asset["customer_id"]})
    claim = await rejected(office, asset, by=user)
    up = await office.act(PATH, claim, "escalateDispute", by=user, reason="nobody called")
    assert (up["dispute_level"], up["dispute_steps"][-1]["by"]) == (2, "user-1")
    appealed = await office.act(PATH, claim, "appeal", by=user, reason="it failed again tonight")
    assert (appealed["state"], appealed["dispute_level"]) == ("appealed", 3)
    status, problem = await office.refused(
        f"{PATH}/{claim['id']}:escalateDispute", by=user, reason="still nobody"
    )
    assert (status, problem["code"]) == (409, "dispute-at-top")
    await assessed(office, claim)
    lead = await connect(sub="lead-1", roles=["lead"])
    status, problem = await office.refused(f"{PATH}/{claim['id']}:approve", by=lead, remedy="repair")
    assert (status, problem["code"]) == (403, "dispute-needs-role")
    status, problem = await office.refused(f"{PATH}/{claim['id']}:cancel", reason="too much trouble")
    assert (status, problem["code"]) == (409, "dispute-open")
    manager = await connect(sub="manager-1", roles=["manager"])
    after = await office.act(PATH, claim, "approve", by=manager, remedy="repair")
    assert (after["state"], after["dispute_level"]) == ("approved", None)
    assert after["dispute_steps"][-1]["how"] == "overturned"
    assert after["rejections"][0]["rejection"] == "no_fault_found"


async def test_a_second_rejection_stays_on_its_step(office: Office, asset: Json):
    claim = await rejected(office, asset)
    await office.act(PATH, claim, "appeal", reason="look again")
    await assessed(office, claim, is_finding_confirmed=False)
    again = await office.act(PATH, claim, "reject", **BODY)
    assert (again["dispute_level"], len(again["rejections"])) == (2, 2)
    assert (await office.types(claim)).count("claim.disputed") == 1


async def test_the_customer_accepts_the_rejection(office: Office, asset: Json, customer_of):
    user = await customer_of({"id": asset["customer_id"]})
    claim = await rejected(office, asset, by=user)
    after = await office.act(PATH, claim, "acceptRejection", by=user)
    assert (after["rejections"][-1]["accepted_by"], after["rejections"][-1]["by"]) == ("user-1", "admin-1")
    assert (after["state"], after["dispute_level"]) == ("closed", None)
    assert after["dispute_steps"][-1]["how"] == "accepted"
    now = office.clock.advance(timedelta(days=9))
    assert await sweep_now(office.database, "warranty", CLIMB, now) == 0


async def test_the_desk_accepts_no_rejection_for_the_customer(office: Office, asset: Json):
    claim = await rejected(office, asset)
    status, problem = await office.refused(f"{PATH}/{claim['id']}:acceptRejection")
    assert (status, problem["code"]) == (422, "agreement-unnamed")
    named = {"accepted_by": "Ms Wang", "reference": "letter of 3 March"}
    after = await office.act(PATH, claim, "acceptRejection", **named)
    last = after["rejections"][-1]
    assert (after["state"], last["accepted_by"], last["acceptance_reference"]) == (
        "closed",
        "Ms Wang",
        "letter of 3 March",
    )


async def test_only_the_last_step_upholds_a_rejection(office: Office, asset: Json):
    claim = await rejected(office, asset)
    path = f"{PATH}/{claim['id']}:settleDispute"
    status, problem = await office.refused(path, reason="final")
    assert (status, problem["code"]) == (409, "dispute-below-top")
    for _ in range(2):
        await office.act(PATH, claim, "escalateDispute", reason="higher")
    after = await office.act(PATH, claim, "settleDispute", reason="measured by a third party")
    assert (after["state"], after["end_reason"]) == ("closed", "measured by a third party")
    assert (await office.types(claim))[-1] == "claim.dispute_settled"
    fresh = await assessed(office, await opened(office, asset))
    status, problem = await office.refused(f"{PATH}/{fresh['id']}:escalateDispute", reason="why")
    assert (status, problem["code"]) == (409, "no-dispute")
