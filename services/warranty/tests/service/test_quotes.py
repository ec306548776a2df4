"""Quotes that a customer accepts before paid work begins, and what the vendor claims upstream."""

from datetime import datetime, timedelta

import pytest

from common.sweeps import sweep_now
from warranty.sweeps.claims import SWEEPS

from .claiming import PATH, accept, approved, assessed, installed, opened, rejected, stocked
from .office import Json, Office
from .test_tickets_heard import ticket_of

EXPIRE = SWEEPS[1]


@pytest.fixture
async def asset(office: Office) -> Json:
    """An accepted asset, a month in service."""
    found = await installed(office)
    await accept(office, found)
    return found


QUOTES = "/v1/quotes"


async def chargeable(office: Office, asset: Json) -> Json:
    """An approved repair that the customer pays."""
    office.clock.advance(timedelta(days=900))
    return await approved(office, asset, "repair")


async def test_paid_work_waits_for_an_accepted_quote(office: Office, asset: Json, customer_of):
    claim = await chargeable(office, asset)
    start = f"{PATH}/{claim['id']}:startRepair"
    status, problem = await office.refused(start)
    assert (status, problem["code"]) == (409, "quote-not-accepted")
    part = await office.part(unit_price={"amount": "99.90", "currency": "CNY"})
    quote = await office.create(
        QUOTES,
        claim_id=claim["id"],
        parts=[{"part_id": part["id"], "quantity": 2}],
        labour_hours=1.5,
        visits=1,
    )
    assert [(one["kind"], one["amount"]) for one in quote["lines"]] == [
        ("part", "199.80"),
        ("labour", "450.00"),
        ("travel", "500.00"),
        ("visit", "200.00"),
    ]
    assert quote["total"] == {"amount": "1349.80", "currency": "CNY"}
    status, problem = await office.refused(QUOTES, claim_id=claim["id"], visits=1)
    assert (status, problem["code"]) == (409, "quote-open")
    user = await customer_of({"id": asset["customer_id"]})
    assert (await user.get(f"{QUOTES}/{quote['id']}")).status_code == 404
    quote = await office.patch(QUOTES, quote, labour_hours=2)
    assert quote["total"]["amount"] == "1499.80"
    quote = await office.act(QUOTES, quote, "offer")
    changed = await office.client.patch(
        f"{QUOTES}/{quote['id']}", json={"visits": 2}, headers={"If-Match": f'"{quote["version"]}"'}
    )
    assert (changed.status_code, changed.json()["action"]) == (409, "update")
    status, problem = await office.refused(start)
    assert problem["code"] == "quote-not-accepted"
    accepted = await office.act(QUOTES, quote, "accept", by=user, reference="PO-1")
    assert (accepted["state"], accepted["accepted_by"]) == ("accepted", "user-1")
    assert await office.types(quote) == ["quote.drafted", "quote.updated", "quote.offered", "quote.accepted"]
    assert (await office.act(PATH, claim, "startRepair"))["state"] == "in_repair"


async def test_a_rejected_claim_has_no_open_quote(office: Office, asset: Json):
    claim = await assessed(office, await opened(office, asset))
    drafted = await office.create(QUOTES, claim_id=claim["id"], visits=1)
    await office.act(PATH, claim, "reject", rejection="no_fault_found", reason="it runs")
    await assert_gone(office, drafted, ["quote.drafted", "quote.withdrawn"], "it runs")


async def test_a_quote_comes_to_no_more_than_can_be_kept(office: Office, asset: Json):
    claim, part = await chargeable(office, asset), await office.part()
    most = {"amount": "999999999999.99", "currency": "CNY"}
    line = {"part_id": part["id"], "unit_price": most}
    quote = await office.create(QUOTES, claim_id=claim["id"], parts=[line])
    assert quote["total"] == most
    cent = {"part_id": part["id"], "unit_price": {"amount": "0.01", "currency": "CNY"}}
    for parts, place in (
        ([cent, {**line, "quantity": 100_000}], 1),
        ([line, cent], 0),
        ([{**line, "quantity": 2}], 0),
    ):
        status, problem = await office.refused(QUOTES, claim_id=claim["id"], parts=parts)
        assert (status, problem["code"]) == (422, "amount-too-large")
        assert [error["pointer"] for error in problem["errors"]] == [f"#/parts/{place}"]
        answer = await office.client.patch(
            f"{QUOTES}/{quote['id']}", json={"parts": parts}, headers={"If-Match": "*"}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "amount-too-large")
    assert (await office.get(f"{QUOTES}/{quote['id']}"))["total"] == most


async def test_a_paid_repair_may_be_quoted_after_a_rejection(office: Office, asset: Json, customer_of):
    claim = await rejected(office, asset)
    quote = await office.create(QUOTES, claim_id=claim["id"], visits=1)
    assert (quote["claim_id"], quote["state"]) == (claim["id"], "draft")
    await office.act(QUOTES, quote, "offer")
    bank = await customer_of({"id": claim["customer_id"]})
    await office.act(QUOTES, quote, "accept", by=bank, reference="PO-2")
    closed = await office.act(PATH, claim, "acceptRejection", by=bank)
    assert closed["state"] == "closed"
    assert (await office.get(f"{QUOTES}/{quote['id']}"))["state"] == "accepted"
    status, problem = await office.refused(QUOTES, claim_id=claim["id"], visits=1)
    assert (status, problem["code"]) == (409, "claim-over")


@pytest.mark.parametrize(
    ("action", "body", "reason"),
    [
        ("acceptRejection", {"accepted_by": "Ms Wang"}, "It ran for a day without a fault."),
        ("settleDispute", {"reason": "it stays so"}, "it stays so"),
        ("withdraw", {"reason": "no need"}, "no need"),
    ],
)
async def test_a_claim_that_ends_rejected_leaves_nothing_open(
    office: Office, asset: Json, action: str, body: Json, reason: str
):
    claim = await rejected(office, asset)
    while (await office.get(f"{PATH}/{claim['id']}"))["dispute_level"] < 3:
        await office.act(PATH, claim, "escalateDispute", reason="higher")
    part = await office.part()
    await stocked(office, part, quantity=1)
    kept = await office.create("/v1/reservations", part_id=part["id"], quantity=1, claim_id=claim["id"])
    quote = await office.create(QUOTES, claim_id=claim["id"], visits=1)
    await office.act(QUOTES, quote, "offer")
    await office.act(PATH, claim, action, **body)
    await assert_gone(office, quote, ["quote.drafted", "quote.offered", "quote.withdrawn"], reason)
    assert (await office.get(f"/v1/reservations/{kept['id']}"))["state"] == "released"


async def test_a_customer_who_withdraws_leaves_no_draft(office: Office, asset: Json, customer_of):
    claim = await chargeable(office, asset)
    quote = await office.create(QUOTES, claim_id=claim["id"], visits=1)
    bank = await customer_of({"id": claim["customer_id"]})
    told = await bank.post(f"{PATH}/{claim['id']}:withdraw", json={"reason": "it works again"})
    assert told.status_code == 200, told.text
    await assert_gone(office, quote, ["quote.drafted", "quote.withdrawn"], "it works again")


async def assert_gone(office: Office, quote: Json, told: list[str], reason: str) -> None:
    found = await office.get(f"{QUOTES}/{quote['id']}")
    assert (found["state"], found["end_reason"]) == ("withdrawn", reason)
    assert await office.types(quote) == told
    assert (await office.audited(quote))[-1] == "quote.withdraw"


async def test_a_quote_is_not_for_another_customers_ticket(office: Office, asset: Json):
    ticket = ticket_of((await office.customer())["id"], None, office.clock.now.isoformat())
    await office.hear(office.ticket_event(ticket, "opened", 1))
    body = {"asset_id": asset["id"], "ticket_id": ticket["ticket_id"], "visits": 1}
    status, problem = await office.refused(QUOTES, **body)
    assert (status, problem["code"]) == (422, "ticket-of-another")


async def test_a_quote_expires(office: Office, asset: Json):
    claim = await chargeable(office, asset)
    quote = await office.create(QUOTES, claim_id=claim["id"], visits=1)
    await office.act(QUOTES, quote, "offer")
    now = office.clock.advance(timedelta(days=30, seconds=1))
    status, problem = await office.refused(f"{QUOTES}/{quote['id']}:accept")
    assert (status, problem["code"]) == (409, "quote-expired")
    assert await sweep_now(office.database, "warranty", EXPIRE, now) == 1
    assert (await office.get(f"{QUOTES}/{quote['id']}"))["state"] == "expired"
    assert (await office.types(quote))[-1] == "quote.expired"


async def test_that_a_quote_was_accepted_in_time_is_told_after_it_expired(
    office: Office, asset: Json, customer_of
):
    claim = await chargeable(office, asset)
    quote = await office.create(QUOTES, claim_id=claim["id"], visits=1)
    offered = await office.act(QUOTES, quote, "offer")
    accepted_at = office.clock.advance(timedelta(days=3)).isoformat()
    office.clock.advance(timedelta(days=60))
    assert await sweep_now(office.database, "warranty", EXPIRE, office.clock.now) == 1
    expired = await office.get(f"{QUOTES}/{quote['id']}")
    assert (expired["state"], expired["allowed_actions"]) == ("expired", ["accept"])
    assert expired["state_changed_at"] == expired["valid_until"]
    path, user = f"{QUOTES}/{quote['id']}:accept", await customer_of({"id": asset["customer_id"]})
    assert (await office.get(f"{QUOTES}/{quote['id']}", user))["allowed_actions"] == []
    for by, at in ((user, accepted_at), (None, None), (None, office.clock.now.isoformat())):
        status, problem = await office.refused(path, by, occurred_at=at)
        assert (status, problem["code"]) == (409, "quote-expired")
    early = (datetime.fromisoformat(offered["offered_at"]) - timedelta(seconds=1)).isoformat()
    status, problem = await office.refused(path, occurred_at=early)
    assert (status, problem["code"]) == (422, "occurred-too-early")
    told = await office.act(QUOTES, quote, "accept", occurred_at=accepted_at, accepted_by="Ms Wang")
    assert (told["state"], told["accepted_by"], told["allowed_actions"]) == ("accepted", "Ms Wang", [])
    assert told["answered_at"] == told["state_changed_at"]
    expiry, acceptance = (await office.published(quote))[-2:]
    assert (expiry["type"], acceptance["type"]) == ("quote.expired", "quote.accepted")
    assert (acceptance["was_expired"], acceptance["occurred_at"]) == (True, told["answered_at"])
    assert acceptance["version"] == expiry["version"] + 1
    assert (await office.act(PATH, claim, "startRepair"))["state"] == "in_repair"


async def test_an_expired_quote_of_a_claim_that_is_over_stays_expired(office: Office, asset: Json):
    claim = await chargeable(office, asset)
    quote = await office.create(QUOTES, claim_id=claim["id"], visits=1)
    await office.act(QUOTES, quote, "offer")
    accepted_at = office.clock.advance(timedelta(days=3)).isoformat()
    office.clock.advance(timedelta(days=60))
    await sweep_now(office.database, "warranty", EXPIRE, office.clock.now)
    await office.act(PATH, claim, "withdraw", reason="not wanted")
    path, told = f"{QUOTES}/{quote['id']}:accept", {"occurred_at": accepted_at}
    status, problem = await office.refused(path, **told)
    assert (status, problem["code"]) == (422, "agreement-unnamed")
    status, problem = await office.refused(path, accepted_by="Ms Wang", **told)
    assert (status, problem["code"]) == (409, "claim-over")


async def test_a_quote_of_the_past_is_told_with_when_it_was_drafted(office: Office, asset: Json):
    office.clock.advance(timedelta(days=900))
    drafted_at, day = office.clock.now - timedelta(days=90), timedelta(days=1)
    body = {"asset_id": asset["id"], "visits": 1}
    ahead = (office.clock.now + day).isoformat()
    status, problem = await office.refused(QUOTES, **body, occurred_at=ahead)
    assert (status, problem["code"]) == (422, "occurred-in-future")
    quote = await office.create(QUOTES, **body, occurred_at=drafted_at.isoformat())
    at = [(drafted_at + days * day).isoformat() for days in (1, 2)]
    await office.act(QUOTES, quote, "offer", occurred_at=at[0])
    accepted = await office.act(QUOTES, quote, "accept", occurred_at=at[1], accepted_by="Ms Wang")
    times = [event["occurred_at"] for event in await office.published(quote)]
    assert times == [quote["state_changed_at"], accepted["offered_at"], accepted["answered_at"]]


async def test_what_cannot_be_quoted_is_refused(office: Office, asset: Json):
    part = await office.part()
    body = {"asset_id": asset["id"], "parts": [{"part_id": part["id"]}]}
    office.clock.advance(timedelta(days=900))
    status, problem = await office.refused(QUOTES, **body)
    assert (status, problem["code"]) == (409, "price-missing")
    status, problem = await office.refused(QUOTES, visits=1)
    assert (status, problem["code"]) == (422, "quote-subject")
    status, problem = await office.refused(QUOTES, asset_id=asset["id"])
    assert (status, problem["code"]) == (422, "quote-empty")
    rate = {"visit": {"amount": "1.00", "currency": "CNY"}}
    status, problem = await office.refused(QUOTES, asset_id=asset["id"], visits=1, rates=rate)
    assert (status, problem["code"]) == (422, "rate-agreed")


UPSTREAM = "/v1/upstream-claims"


async def test_what_is_claimed_upstream_is_recovered_in_parts(office: Office, asset: Json, customer_of):
    claim = await opened(office, asset)
    body = {"claim_id": claim["id"], "against": "manufacturer", "party": "Northern Power", "reason": "a fan"}
    money = {"amount": "800.00", "currency": "CNY"}
    status, problem = await office.refused(UPSTREAM, **body, claimed={**money, "amount": "0.00"})
    assert (status, problem["code"]) == (422, "amount-zero")
    mine = await office.create(UPSTREAM, **body, claimed=money)
    await office.act(UPSTREAM, mine, "submit", reference="RMA-1")
    await office.act(UPSTREAM, mine, "reject", reason="no photo")
    again = await office.patch(UPSTREAM, await office.get(f"{UPSTREAM}/{mine['id']}"), evidence=["photo-1"])
    assert again["evidence"] == ["photo-1"]
    await office.act(UPSTREAM, mine, "submit")
    await office.act(UPSTREAM, mine, "accept", amount={**money, "amount": "500.00"})
    await office.act(UPSTREAM, mine, "recover", amount={**money, "amount": "300.00"}, reference="BANK-1")
    path = f"{UPSTREAM}/{mine['id']}"
    status, problem = await office.refused(f"{path}:recover", amount=money, reference="BANK-2")
    assert (status, problem["code"], problem["left"]) == (409, "recovered-too-much", "200.00")
    rest = await office.act(
        UPSTREAM, mine, "recover", amount={**money, "amount": "200.00"}, reference="BANK-2"
    )
    assert (rest["recovered"], rest["state"]) == ("500.00", "recovered")
    assert (await office.act(UPSTREAM, mine, "close", reason="paid"))["state"] == "closed"
    event = (await office.published(mine))[-2]
    assert (event["type"], event["received"], event["recovered"]) == (
        "upstream_claim.recovered",
        "200.00",
        "500.00",
    )
    user = await customer_of({"id": asset["customer_id"]})
    assert (await user.get(path)).status_code == 403


async def test_what_was_claimed_upstream_before_the_platform_is_told_with_its_past(
    office: Office, asset: Json
):
    claim = await opened(office, asset)
    body = {"claim_id": claim["id"], "against": "manufacturer", "party": "Northern Power", "reason": "a fan"}
    body |= {"claimed": {"amount": "800.00", "currency": "CNY"}}
    status, problem = await office.refused(UPSTREAM, **body, occurred_at="2040-01-01T00:00:00Z")
    assert (status, problem["code"]) == (422, "occurred-in-future")
    mine = await office.create(UPSTREAM, **body, occurred_at="2025-11-03T02:00:00Z")
    mine = await office.act(UPSTREAM, mine, "submit", occurred_at="2025-11-04T02:00:00Z")
    assert mine["state_changed_at"] == "2025-11-04T02:00:00.000000Z"
    assert [one["occurred_at"][:10] for one in await office.published(mine)] == ["2025-11-03", "2025-11-04"]


@pytest.mark.parametrize("told", [{"labour_hours": 0.005}, {"labour_hours": 1.005}, {"travel_km": 1.001}])
async def test_hours_and_kilometres_are_counted_to_the_hundredth(office: Office, asset: Json, told: Json):
    status, problem = await office.refused(QUOTES, asset_id=asset["id"], **told)
    assert (status, problem["code"]) == (422, "validation-failed")
    assert problem["errors"][0]["pointer"] == f"#/{next(iter(told))}"
    assert await office.create(QUOTES, asset_id=asset["id"], labour_hours=0.07, visits=1)
