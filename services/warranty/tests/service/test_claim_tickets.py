"""A claim is worked on under a ticket of the same customer, whichever of the two is known first."""

from uuid import uuid4

import pytest

from .claiming import PATH, key, opened, stocked
from .office import Json, Office
from .test_tickets_heard import ticket_of

REPORTED = "2026-01-05T02:00:00Z"
BODY = {"ground": "fault", "finding": "It does not start."}


@pytest.fixture
async def asset(office: Office) -> Json:
    return await office.asset()


def ticket(customer_id: str) -> Json:
    return ticket_of(customer_id, None, REPORTED)


async def heard(office: Office, one: Json) -> Json:
    await office.hear(office.ticket_event(one, "opened", 1))
    return one


async def test_nobody_claims_under_anothers_ticket(office: Office, asset: Json, connect):
    strange = await heard(office, ticket((await office.customer())["id"]))
    theirs = await connect(sub="bank-1", roles=["customer"], customer_id=asset["customer_id"])
    body = {**BODY, "asset_id": asset["id"], "ticket_id": strange["ticket_id"]}
    before = await office.everything()
    for client in (theirs, office.client):
        answer = await client.post(PATH, json=body, headers=key())
        assert (answer.status_code, answer.json()["code"]) == (422, "ticket-of-another"), answer.text
        assert answer.json()["errors"][0]["pointer"] == "#/ticket_id"
    assert await office.everything() == before


async def test_nobody_links_anothers_ticket(office: Office, asset: Json):
    strange = await heard(office, ticket((await office.customer())["id"]))
    claim = await opened(office, asset)
    status, problem = await office.refused(f"{PATH}/{claim['id']}:linkTicket", ticket_id=strange["ticket_id"])
    assert (status, problem["code"]) == (422, "ticket-of-another")
    own = await heard(office, ticket(asset["customer_id"]))
    linked = await office.act(PATH, claim, "linkTicket", ticket_id=own["ticket_id"])
    assert linked["ticket_id"] == own["ticket_id"]


async def test_a_ticket_heard_of_later_parts_from_claims_of_others(office: Office, asset: Json):
    strange, own = ticket((await office.customer())["id"]), ticket(asset["customer_id"])
    mistaken = await opened(office, asset, ticket_id=strange["ticket_id"])
    right = await opened(office, asset, ticket_id=own["ticket_id"])
    for one in (strange, strange, own):
        await heard(office, one)
    assert (await office.get(f"{PATH}/{mistaken['id']}"))["ticket_id"] is None
    assert (await office.get(f"{PATH}/{right['id']}"))["ticket_id"] == own["ticket_id"]
    assert await office.types(mistaken) == ["claim.opened", "claim.ticket_unlinked"]
    assert (await office.published(mistaken))[-1]["previous_ticket_id"] == strange["ticket_id"]
    assert await office.types(right) == ["claim.opened"]
    other = await office.act(PATH, mistaken, "linkTicket", ticket_id=str(uuid4()))
    assert other["ticket_id"] is not None


async def named_by(office: Office, asset: Json, ticket_id: str) -> dict[str, tuple[str, Json]]:
    """A quote, two reservations and a loaner of the asset's customer under a ticket."""
    part = await office.part(unit_price={"amount": "10.00", "currency": "CNY"})
    await stocked(office, part, quantity=3)
    claim = await opened(office, asset)
    pieces = [{"part_id": part["id"]}]
    under = {"ticket_id": ticket_id, "part_id": part["id"]}
    lent = {"customer_id": asset["customer_id"], "site_id": asset["site_id"], "due_on": "2026-12-01"}
    made = {
        "quote": ("/v1/quotes", {"asset_id": asset["id"], "parts": pieces, "ticket_id": ticket_id}),
        "reservation": ("/v1/reservations", {**under, "quantity": 1, "site_id": asset["site_id"]}),
        "kept for a claim": ("/v1/reservations", {**under, "quantity": 1, "claim_id": claim["id"]}),
        "loaner": ("/v1/loaners", {**under, **lent}),
    }
    return {what: (path, await office.create(path, **body)) for what, (path, body) in made.items()}


async def test_a_ticket_heard_of_later_parts_from_quotes_reservations_and_loaners_of_others(
    office: Office, asset: Json
):
    strange, own = ticket((await office.customer())["id"]), ticket(asset["customer_id"])
    mistaken = await named_by(office, asset, strange["ticket_id"])
    right = await named_by(office, asset, own["ticket_id"])
    for one in (strange, strange, own):
        await heard(office, one)
    for path, thing in mistaken.values():
        after = await office.get(f"{path}/{thing['id']}")
        assert (after["ticket_id"], after["version"]) == (None, thing["version"] + 1)
        event = (await office.published(thing))[-1]
        assert event["type"].endswith(".ticket_unlinked")
        assert (event["ticket_id"], event["version"]) == (None, after["version"])
        assert event["previous_ticket_id"] == strange["ticket_id"]
        assert (await office.audited(thing))[-1].endswith(".unlinkTicket")
    for path, thing in right.values():
        assert await office.get(f"{path}/{thing['id']}") == thing
        assert len(await office.types(thing)) == 1


async def test_a_reservation_for_nobody_known_keeps_its_ticket(office: Office):
    part, strange = await office.part(), ticket((await office.customer())["id"])
    await stocked(office, part, quantity=1)
    body = {"part_id": part["id"], "quantity": 1, "ticket_id": strange["ticket_id"]}
    kept = await office.create("/v1/reservations", **body)
    await heard(office, strange)
    assert (await office.get(f"/v1/reservations/{kept['id']}"))["ticket_id"] == strange["ticket_id"]
