"""What warranty decides on who pays, on the ticket and its clocks."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

from .desk import Desk, Json
from .town_hall import TownHall

REASONS = [
    {"rule": "in_term", "clause": "§1.2.3", "holds": False},
    {"rule": "in_scope", "clause": "§1.2.3.1", "holds": True},
]


def iso(desk: Desk, **later: float) -> str:
    return (desk.clock.now + timedelta(**later)).isoformat()


async def test_a_decision_stands_on_its_ticket(desk: Desk, hall: TownHall, customer):
    await hall.tell()
    ticket = await desk.open(asset_id=str(hall.asset))
    assert (ticket["coverage"], ticket["coverage_reasons"]) == (None, [])
    event = hall.decision_event(ticket, coverage="chargeable", parts="free", rules=REASONS)
    await desk.hear(event)
    now = await desk.ticket(ticket, customer)
    expected = {
        "coverage": "chargeable",
        "coverage_by_scope": {"parts": "free", "labour": "chargeable", "travel": "chargeable"},
        "coverage_reasons": REASONS,
        "coverage_decision_id": event.key,
    }
    assert {name: now[name] for name in expected} == expected
    told = (await desk.published(ticket))[-1]
    assert (told["type"], told["version"]) == ("ticketing.ticket.coverage_changed", 2)
    assert (told["coverage"], told["parts"], told["previous"]) == ("chargeable", "free", {"coverage": None})
    entry = (await desk.timeline(ticket, customer))[-1]
    assert (entry["type"], entry["facts"]["decision_id"]) == (told["type"], event.key)
    assert "ticket.changeCoverage" in await desk.audited(ticket)


async def test_the_newest_decision_stands_in_whatever_order_they_come(desk: Desk, hall: TownHall):
    """An override counts by when it was made, not by when its decision was."""
    first = str(uuid4())
    told: list[Json] = [
        {"decision_id": first, "coverage": "free", "decided_at": iso(desk)},
        {"decision_id": str(uuid4()), "coverage": "chargeable", "decided_at": iso(desk, minutes=1)},
        {"decision_id": first, "coverage": "goodwill", "decided_at": iso(desk, minutes=2), "version": 2},
    ]
    for order in permutations(told):
        ticket = await desk.open()
        events = [hall.decision_event(ticket, **one) for one in order]
        await desk.hear(*events, *events)
        now = await desk.ticket(ticket)
        assert (now["coverage"], now["coverage_decision_id"]) == ("goodwill", first)
        changes = [t for t in await desk.types(ticket) if t == "ticket.coverage_changed"]
        assert 1 <= len(changes) <= 3


async def test_decisions_on_no_ticket_of_ours_change_nothing(desk: Desk, hall: TownHall):
    ticket = await desk.open()
    before = await desk.everything()
    await desk.hear(hall.decision_event({"id": None}))
    await desk.hear(hall.decision_event({"id": str(uuid4())}))
    await desk.hear(hall.decision_event(ticket, customer_id=str(uuid4())))
    assert await desk.everything() == before
    assert (await desk.ticket(ticket))["coverage"] is None
