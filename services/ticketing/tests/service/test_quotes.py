"""Work that the customer pays begins when the customer has accepted a quote for it (§1.2.5)."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from .desk import CHECKS, Desk, Json
from .town_hall import TownHall


@pytest.fixture
async def visit(desk: Desk, hall: TownHall) -> Json:
    """An engineer is on site for a ticket whose asset is in term."""
    await hall.tell()
    ticket = await desk.in_progress(asset_id=str(hall.asset))
    return await desk.on_site(ticket, working=False)


@pytest.fixture
async def ticket(desk: Desk, visit: Json) -> Json:
    return (await desk.client.get(f"/v1/tickets/{visit['ticket_id']}")).json()


async def decide(desk: Desk, hall: TownHall, ticket: Json, outcome: str) -> None:
    desk.clock.advance(timedelta(minutes=1))
    await desk.hear(hall.decision_event(ticket, coverage=outcome))


async def is_begun(desk: Desk, visit: Json) -> bool:
    """Whether work begins; where it does not, that is for want of a quote and changes nothing."""
    path = f"/v1/visits/{visit['id']}"
    before = (await desk.client.get(path)).json()
    answer = await desk.client.post(f"{path}:begin", json={"checklist": CHECKS})
    if answer.status_code == 200:
        return True
    assert (answer.status_code, answer.json()["code"]) == (409, "quote-not-accepted")
    assert "/v1/quotes" in answer.json()["detail"]
    assert (await desk.client.get(path)).json() == before
    return False


@pytest.mark.parametrize("outcome", ["free", "goodwill", "undetermined"])
async def test_no_quote_is_needed_where_the_customer_does_not_pay(
    desk: Desk, hall: TownHall, ticket: Json, visit: Json, outcome: str
):
    await decide(desk, hall, ticket, outcome)
    assert await is_begun(desk, visit)


@pytest.mark.parametrize("last", ["declined", "expired", "accepted"])
async def test_paid_work_waits_for_the_customers_word(
    desk: Desk, hall: TownHall, ticket: Json, visit: Json, last: str
):
    await decide(desk, hall, ticket, "chargeable")
    assert not await is_begun(desk, visit)
    quote = uuid4()
    await desk.hear(hall.quote_event(ticket, "offered", 2, quote))
    assert not await is_begun(desk, visit)
    await desk.hear(hall.quote_event(ticket, last, 3, quote))
    assert await is_begun(desk, visit) is (last == "accepted")


async def test_a_manager_who_bears_the_cost_lets_it_begin(
    desk: Desk, hall: TownHall, ticket: Json, visit: Json
):
    await decide(desk, hall, ticket, "chargeable")
    assert not await is_begun(desk, visit)
    await decide(desk, hall, ticket, "goodwill")
    assert await is_begun(desk, visit)


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_what_is_told_of_a_quote_counts_in_whatever_order_it_comes(
    desk: Desk, hall: TownHall, ticket: Json, visit: Json, order: tuple[int, ...]
):
    await decide(desk, hall, ticket, "chargeable")
    quote = uuid4()
    told = [hall.quote_event(ticket, state, n, quote) for n, state in ((2, "offered"), (3, "accepted"))]
    told.append(hall.quote_event(ticket, "accepted", 4, quote, ticket_id=None))
    for number in order:
        await desk.hear(told[number])
    assert not await is_begun(desk, visit)


async def test_quotes_for_other_tickets_and_other_customers_do_not_count(
    desk: Desk, hall: TownHall, ticket: Json, visit: Json
):
    await decide(desk, hall, ticket, "chargeable")
    other = await desk.open(asset_id=str(hall.asset))
    await desk.hear(hall.quote_event(other, "accepted", 3))
    await desk.hear(hall.quote_event(ticket, "accepted", 3, customer_id=str(uuid4())))
    assert not await is_begun(desk, visit)
    await desk.act(other, "merge", into_id=ticket["id"])
    assert await is_begun(desk, visit)
