"""Loaners: lent from stock, told when overdue, extended, returned and inspected, lost."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from .claiming import opened
from .office import Json
from .stores import Stores
from .test_tickets_heard import ticket_of

PATH = "/v1/loaners"
RETURN, EXTEND, LOST = (PATH + "/{}:" + verb for verb in ("return", "extend", "declareLost"))


async def lend(stores: Stores, part: Json, site: Json | None = None, **changes: object) -> Json:
    place = site or await stores.office.site(await stores.office.customer())
    body = {
        "part_id": part["id"],
        "customer_id": place["customer_id"],
        "site_id": place["id"],
        "due_on": "2026-03-10",
        **changes,
    }
    return await stores.office.create(PATH, **body)


async def test_a_piece_is_lent_and_comes_back(stores: Stores):
    office, warehouse = stores.office, await stores.warehouse()
    part = await office.part(is_serialised=True)
    await stores.receive(warehouse, part, 2, serials=["A1", "A2"])
    loaner = await lend(stores, part, serial_number="A2")
    assert (loaner["state"], loaner["ground"], loaner["serial_number"]) == ("lent", "paid_repair", "A2")
    assert loaner["allowed_actions"] == ["return", "extend", "declareLost"]
    assert loaner["warehouse_id"] == warehouse["id"]
    assert await stores.lots(warehouse, part) == {"A1": 1}
    told = {"condition": "worn", "inspection": "scratched lid"}
    back = await office.act(PATH, loaner, "return", **told)
    assert (back["state"], back["condition"], back["allowed_actions"]) == ("returned", "worn", [])
    assert await stores.lots(warehouse, part) == {"A1": 1, "A2": 1}
    assert await stores.entries(loaner) == [("issue", -1, 0), ("return", 1, 0)]
    events = await office.published(loaner)
    assert [one["type"] for one in events] == ["loaner.lent", "loaner.returned"]
    assert "inspection" not in events[1]
    assert await office.audited(loaner) == ["loaner.create", "loaner.return"]
    assert await stores.refuse(EXTEND, loaner, due_on="2026-04-01", reason="x") == (
        409,
        "invalid-state-transition",
    )


async def test_a_damaged_piece_is_scrapped(stores: Stores):
    warehouse, part = await stores.filled(1)
    claim, site = await claimed(stores)
    loaner = await lend(stores, part, site, claim_id=claim["id"], warehouse_id=warehouse["id"])
    assert loaner["ground"] == "claim"
    assert await stores.office.items(PATH, claim_id=claim["id"]) == [loaner]
    assert await stores.refuse(RETURN, loaner, condition="damaged") == (422, "damage-needs-inspection")
    await stores.office.act(PATH, loaner, "return", condition="damaged", inspection="dropped")
    assert await stores.figures(warehouse, part) == (0, 0, 0)
    assert await stores.entries(loaner) == [("issue", -1, 0), ("return", 1, 0), ("scrap", -1, 0)]
    assert await stores.differences() == []


async def test_a_damaged_piece_with_a_serial_number_is_received_again_once_repaired(stores: Stores):
    warehouse, part = await stores.warehouse(), await stores.office.part(is_serialised=True)
    await stores.receive(warehouse, part, 2, serials=["A1", "A2"])
    loaner = await lend(stores, part, serial_number="A2")
    await stores.office.act(PATH, loaner, "return", condition="damaged", inspection="dropped")
    assert await stores.lots(warehouse, part) == {"A1": 1}
    history = await stores.office.items("/v1/stock-movements", serial_number="A2", sort="recorded_at")
    assert [one["kind"] for one in history] == ["receipt", "issue", "return", "scrap"]
    assert history[-1]["reason"] == "dropped"
    await stores.receive(warehouse, part, 1, serials=["A2"], reason="repaired")
    assert await stores.lots(warehouse, part) == {"A1": 1, "A2": 1}


async def test_a_damaged_piece_of_a_lot_past_its_shelf_life_is_scrapped(stores: Stores):
    warehouse, part = await stores.warehouse(), await stores.office.part(is_lot_tracked=True)
    await stores.receive(warehouse, part, 1, lot="L1", expires_on="2026-03-02")
    await stores.receive(warehouse, part, 5, lot="L0")
    loaner = await lend(stores, part)
    stores.office.clock.advance(timedelta(days=3))
    await stores.office.act(PATH, loaner, "return", condition="damaged", inspection="dropped")
    assert await stores.lots(warehouse, part) == {"L0": 5}


async def claimed(stores: Stores) -> tuple[Json, Json]:
    """A claim, and the site that it is about."""
    site = await stores.office.site(await stores.office.customer())
    return await opened(stores.office, await stores.office.asset(site)), site


async def test_nothing_is_lent_or_kept_for_a_claim_that_is_over_unknown_or_another_customers(stores: Stores):
    warehouse, part = await stores.filled(2)
    claim, site = await claimed(stores)
    place = {"part_id": part["id"], "customer_id": site["customer_id"], "site_id": site["id"]}
    loan = {**place, "due_on": "2026-03-10"}
    _, elsewhere = await claimed(stores)
    other = {**loan, "customer_id": elsewhere["customer_id"], "site_id": elsewhere["id"]}
    keep = {"part_id": part["id"], "quantity": 1}
    assert await stores.refuse(PATH, **other, claim_id=claim["id"]) == (422, "claim-unknown")
    assert await stores.refuse(PATH, **loan, claim_id=str(uuid4())) == (422, "claim-unknown")
    assert await stores.refuse("/v1/reservations", **keep, claim_id=str(uuid4())) == (422, "claim-unknown")
    scrap = {"kind": "scrap", "warehouse_id": warehouse["id"], "reason": "burnt", "claim_id": str(uuid4())}
    assert await stores.refuse("/v1/stock-movements", **keep, **scrap) == (422, "claim-unknown")
    await stores.office.act("/v1/claims", claim, "cancel", reason="a mistake")
    assert await stores.refuse(PATH, **loan, claim_id=claim["id"]) == (409, "claim-over")
    assert await stores.refuse("/v1/reservations", **keep, claim_id=claim["id"]) == (409, "claim-over")
    assert await stores.figures(warehouse, part) == (2, 0, 0)


async def test_a_piece_comes_back_to_another_warehouse(stores: Stores):
    _, part = await stores.filled(1)
    other = await stores.warehouse("regional")
    loaner = await lend(stores, part)
    body = {"condition": "good", "warehouse_id": str(uuid4())}
    assert await stores.refuse(RETURN, loaner, **body) == (422, "warehouse-unknown")
    await stores.office.act(PATH, loaner, "return", condition="good", warehouse_id=other["id"])
    assert await stores.figures(other, part) == (1, 0, 0)


async def test_a_lost_piece_is_written_off(stores: Stores):
    _, part = await stores.filled(1)
    loaner = await lend(stores, part)
    lost = await stores.office.act(PATH, loaner, "declareLost", reason="site was cleared")
    assert (lost["state"], lost["allowed_actions"]) == ("lost", [])
    assert await stores.office.types(loaner) == ["loaner.lent", "loaner.lost"]
    assert await stores.refuse(RETURN, loaner, condition="good") == (409, "invalid-state-transition")


async def test_overdue_is_told_once_for_each_due_date_in_the_customers_zone(stores: Stores):
    office = stores.office
    _, part = await stores.filled(3)
    home = await lend(stores, part)
    customer = await office.customer(time_zone="America/New_York")
    abroad = await lend(stores, part, await office.site(customer))
    office.clock.set(datetime(2026, 3, 10, 15, 59, tzinfo=UTC))
    assert await stores.sweep("loaners_overdue") == 0
    office.clock.set(datetime(2026, 3, 10, 16, 0, tzinfo=UTC))
    assert await stores.sweep("loaners_overdue") == 1
    assert await stores.sweep("loaners_overdue") == 0
    assert [one["id"] for one in await office.items(PATH, is_overdue="true")] == [home["id"]]
    told = (await office.published(home))[-1]
    assert (told["type"], told["due_on"]) == ("loaner.overdue", "2026-03-10")
    office.clock.set(datetime(2026, 3, 11, 4, 0, tzinfo=UTC))
    assert await stores.sweep("loaners_overdue") == 1
    assert (await office.types(abroad))[-1] == "loaner.overdue"
    early = {"due_on": "2026-03-11", "reason": "repair takes longer"}
    assert await stores.refuse(EXTEND, home, **early) == (422, "due-not-later")
    assert await stores.refuse(EXTEND, home, **{**early, "due_on": "2199-03-20"}) == (422, "day-too-far")
    longer = await office.act(PATH, home, "extend", due_on="2026-03-20", reason="repair takes longer")
    assert (longer["due_on"], longer["is_overdue"], longer["state"]) == ("2026-03-20", False, "lent")
    assert [one["previous_due_on"] for one in longer["extensions"]] == ["2026-03-10"]
    assert await stores.sweep("loaners_overdue") == 0
    office.clock.advance(timedelta(days=10))
    assert await stores.sweep("loaners_overdue") == 1
    types = [one for one in await office.types(home) if one == "loaner.overdue"]
    assert len(types) == 2


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"part_id": str(uuid4())}, 422, "part-unknown"),
        ({"warehouse_id": str(uuid4())}, 422, "warehouse-unknown"),
        ({"site_id": str(uuid4())}, 422, "site-unknown"),
        ({"due_on": "2026-03-02"}, 422, "due-not-later"),
        ({"serial_number": "Z9"}, 409, "piece-not-here"),
    ],
)
async def test_what_cannot_be_lent_is_said(stores: Stores, changes, status, code):
    _, part = await stores.filled(1)
    site = await stores.office.site(await stores.office.customer())
    body = {
        "part_id": part["id"],
        "customer_id": site["customer_id"],
        "site_id": site["id"],
        "due_on": "2026-03-10",
        **changes,
    }
    assert await stores.refuse(PATH, **body) == (status, code)


async def test_a_loan_is_told_later_and_overdue_at_once(stores: Stores):
    office, (_, part) = stores.office, await stores.filled(1)
    lent_at = office.clock.now - timedelta(days=10)
    due_on = (lent_at + timedelta(days=4)).date().isoformat()
    loaner = await lend(stores, part, occurred_at=lent_at.isoformat(), due_on=due_on)
    assert {datetime.fromisoformat(loaner[name]) for name in ("lent_at", "state_changed_at")} == {lent_at}
    [told] = await office.published(loaner)
    [entry] = await office.items("/v1/stock-movements", reference_id=loaner["id"])
    assert {datetime.fromisoformat(one["occurred_at"]) for one in (told, entry)} == {lent_at}
    assert await stores.sweep("loaners_overdue") == 1


async def test_a_loaner_is_not_lent_ahead_or_for_another_customers_ticket(stores: Stores):
    office, (_, part) = stores.office, await stores.filled(1)
    site, theirs = await office.site(await office.customer()), await office.customer()
    place = {"customer_id": site["customer_id"], "site_id": site["id"], "due_on": "2026-05-10"}
    body = {"part_id": part["id"], **place}
    later = (office.clock.now + timedelta(minutes=1)).isoformat()
    assert await stores.refuse(PATH, **body, occurred_at=later) == (422, "occurred-in-future")
    ticket = ticket_of(theirs["id"], None, office.clock.now.isoformat())
    await office.hear(office.ticket_event(ticket, "opened", 1))
    found = await stores.refuse(PATH, **body, ticket_id=ticket["ticket_id"])
    assert found == (422, "ticket-of-another")


async def test_the_last_piece_is_lent_once(stores: Stores):
    _, part = await stores.filled(1)
    site = await stores.office.site(await stores.office.customer())
    await lend(stores, part, site)
    body = {"part_id": part["id"], "customer_id": site["customer_id"], "site_id": site["id"]}
    assert await stores.refuse(PATH, **body, due_on="2026-03-10") == (409, "stock-short")


async def test_a_customers_user_sees_its_own_loaners_and_changes_none(stores: Stores, customer_of):
    office = stores.office
    _, part = await stores.filled(2)
    ours, theirs = await office.customer(), await office.customer()
    own = await lend(stores, part, await office.site(ours))
    other = await lend(stores, part, await office.site(theirs))
    client = await customer_of(ours)
    [seen] = await office.items(PATH, by=client)
    assert (seen["id"], seen["allowed_actions"]) == (own["id"], [])
    assert (await client.get(f"{PATH}/{other['id']}")).status_code == 404
    status, _ = await office.refused(LOST.format(own["id"]), by=client, reason="x")
    assert status == 403
