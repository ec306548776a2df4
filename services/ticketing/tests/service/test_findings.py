"""Anomalies that inspections found, and claims for which somebody has to go."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

from common.contracts.warranty.claims import ClaimOpened
from common.contracts.warranty.maintenance import InspectionAnomaly
from common.events import Envelope
from common.testing import arriving

from .desk import CUSTOMER, Desk, Json, report
from .town_hall import TownHall


def anomaly(hall: TownHall, **changes: object) -> Envelope:
    told = {
        "inspection_id": str(uuid4()),
        "customer_id": str(CUSTOMER),
        "site_id": str(hall.site),
        "asset_id": str(hall.asset),
        "state": "done",
        "due_on": "2026-03-01",
        "finding_id": str(uuid4()),
        "item": "battery_voltage",
        "severity": 3,
        "value": 11.2,
        "unit": "V",
        "expected_min": 12,
        "expected_max": 14.4,
        **changes,
    }
    return arriving(InspectionAnomaly, told["inspection_id"], told, hall.desk.clock.now)


def claim(hall: TownHall, **changes: object) -> Envelope:
    told = {
        "claim_id": str(uuid4()),
        "number": "CLM-2026-000001",
        "customer_id": str(CUSTOMER),
        "site_id": str(hall.site),
        "asset_id": str(hall.asset),
        "decision_id": str(uuid4()),
        "ground": "defect",
        "demand": "replace",
        "coverage": "free",
        "is_in_term": True,
        "noticed_at": hall.desk.clock.now.isoformat(),
        "failed_at": (hall.desk.clock.now - timedelta(hours=2)).isoformat(),
        "state": "opened",
        "is_visit_required": True,
        **changes,
    }
    return arriving(ClaimOpened, told["claim_id"], told, hall.desk.clock.now)


async def tickets(desk: Desk) -> list[Json]:
    return await desk.items("/v1/tickets", sort="created_at")


async def test_an_anomaly_becomes_an_incident(desk: Desk, hall: TownHall, clock):
    await hall.tell()
    event = anomaly(hall)
    clock.advance(timedelta(minutes=5))
    await desk.hear(event)
    [ticket] = await tickets(desk)
    expected = {
        "kind": "incident",
        "channel": "inspection",
        "severity": 3,
        "state": "new",
        "customer_id": str(CUSTOMER),
        "site_id": str(hall.site),
        "asset_id": str(hall.asset),
        "locality": "local",
        "is_directory_unverified": False,
        "is_reporter_unverified": False,
        "title": "巡检异常 / Inspection anomaly: battery_voltage 11.2 V (12–14.4)",
        "tags": ["inspection_anomaly"],
        "number": "INC-2026-000001",
    }
    assert {name: ticket[name] for name in expected} == expected
    assert ticket["description"].splitlines() == [
        "检查项目 / Item: battery_voltage",
        "读数 / Reading: 11.2 V",
        "正常范围 / Expected: 12–14.4 V",
    ]
    assert await desk.types(ticket) == ["ticket.opened"]
    assert await desk.audited(ticket) == ["ticket.open"]
    assert (await desk.open())["number"] == "INC-2026-000002"
    await desk.hear(anomaly(hall, item="fan"))
    assert [one["number"] for one in await tickets(desk)][-1] == "INC-2026-000052"


async def test_an_incident_calls_what_was_found_as_people_do(desk: Desk, hall: TownHall):
    await hall.tell()
    called = {"label_zh": "输出电压", "label_en": "Output voltage", "number": "MNT-2026-000001-03"}
    read = {"value": 230, "expected_min": 218, "expected_max": 222}
    await desk.hear(anomaly(hall, **called, **read, serial_number="SN-1", product_code="UPS-200"))
    [ticket] = await tickets(desk)
    assert ticket["title"] == "巡检异常 / Inspection anomaly: 输出电压 / Output voltage 230 V (218–222)"
    assert ticket["description"].splitlines() == [
        "设备 / Device: SN-1 · UPS-200",
        "检查项目 / Item: 输出电压 / Output voltage",
        "读数 / Reading: 230 V",
        "正常范围 / Expected: 218–222 V",
        "巡检 / Inspection: MNT-2026-000001-03",
    ]


async def test_a_finding_counts_once(desk: Desk, hall: TownHall):
    event = anomaly(hall)
    await desk.hear(event, event)
    await asyncio.gather(*(desk.hear(event) for _ in range(4)))
    [ticket] = await tickets(desk)
    assert ticket["directory_issues"] == ["customer_unknown", "site_unknown", "asset_unknown"]
    await hall.tell()
    assert (await desk.ticket(ticket))["is_directory_unverified"] is False


async def test_while_one_is_open_the_next_adds_to_it(desk: Desk, hall: TownHall):
    await hall.tell()
    await desk.hear(anomaly(hall))
    [ticket] = await tickets(desk)
    second = anomaly(hall, severity=2, value=9.8)
    await desk.hear(second, second)
    [ticket] = await tickets(desk)
    assert ticket["severity"] == 2
    assert await desk.types(ticket) == [
        "ticket.opened",
        "ticket.finding_added",
        "ticket.severity_changed",
    ]
    told = (await desk.published(ticket))[1]
    assert (told["finding_id"], told["value"]) == (second.data["finding_id"], 9.8)
    await desk.hear(anomaly(hall, item="fan"), anomaly(hall, asset_id=None))
    assert len(await tickets(desk)) == 3
    await desk.act(ticket, "cancel", reason="false alarm")
    await desk.hear(anomaly(hall))
    assert len(await tickets(desk)) == 4


async def test_a_finding_goes_with_the_incident_that_was_merged(desk: Desk, hall: TownHall):
    await hall.tell()
    await desk.hear(anomaly(hall))
    [ticket] = await tickets(desk)
    between, survivor = await desk.open(), await desk.open()
    await desk.act(ticket, "merge", into_id=between["id"])
    await desk.act(between, "merge", into_id=survivor["id"])
    again = anomaly(hall)
    await desk.hear(again)
    assert len(await tickets(desk)) == 3
    assert (await desk.types(survivor))[-1] == "ticket.finding_added"
    told = (await desk.published(survivor))[-1]
    assert told["finding_id"] == again.data["finding_id"]
    [row] = await desk.rows("SELECT ticket_id FROM finding WHERE id = $1", UUID(again.data["finding_id"]))
    assert str(row["ticket_id"]) == survivor["id"]
    await desk.act(survivor, "cancel", reason="false alarm")
    await desk.hear(anomaly(hall))
    assert len(await tickets(desk)) == 4


async def test_two_at_once_about_one_item_are_one_incident(desk: Desk, hall: TownHall):
    await asyncio.gather(*(desk.hear(anomaly(hall)) for _ in range(6)))
    assert len(await tickets(desk)) == 1
    [row] = await desk.rows("SELECT count(*) AS n FROM finding")
    assert row["n"] == 6


async def test_a_claim_sends_somebody_on_its_ticket(desk: Desk, hall: TownHall):
    """§1.2.5: at notice."""
    await hall.tell()
    ticket = await desk.open(asset_id=str(hall.asset))
    event = claim(hall, ticket_id=ticket["id"])
    await desk.hear(event, event)
    now = await desk.ticket(ticket)
    assert (now["route"], now["onsite_required_at"]) == ("onsite", "2026-03-02T01:00:00.000000Z")
    assert await desk.types(ticket) == [
        "ticket.opened",
        "ticket.claim_added",
        "ticket.onsite_required",
        "visit.requested",
    ]
    await desk.hear(claim(hall, ticket_id=ticket["id"]))
    assert len(await desk.visits(ticket)) == 1
    assert len(await tickets(desk)) == 1


async def test_a_claim_sends_somebody_again_when_the_earlier_visit_is_over(desk: Desk, hall: TownHall, clock):
    """§1.2.5: it is not enough that somebody was needed there once."""
    await hall.tell()
    ticket = await desk.in_progress(asset_id=str(hall.asset))
    await desk.act(ticket, "requireOnsite", reason="dark")
    [first] = await desk.visits(ticket)
    await desk.visit_act(first, "cancel", reason="works again")
    clock.advance(timedelta(hours=1))
    await desk.hear(claim(hall, ticket_id=ticket["id"]))
    first, second = await desk.visits(ticket)
    noticed_at = "2026-03-02T02:00:00.000000Z"
    assert (second["state"], second["requested_at"]) == ("requested", noticed_at)
    assert (await desk.ticket(ticket))["onsite_required_at"] == noticed_at
    assert (await desk.types(ticket))[-3:] == [
        "ticket.claim_added",
        "ticket.onsite_required",
        "visit.requested",
    ]


async def test_a_claim_is_heard_by_a_clock_that_is_behind(desk: Desk, hall: TownHall, clock):
    """Whoever opened the ticket is two seconds ahead; nobody stays at home for it."""
    await hall.tell()
    clock.advance(timedelta(seconds=2))
    ticket = await desk.open(asset_id=str(hall.asset))
    clock.advance(timedelta(seconds=-2))
    await desk.hear(claim(hall, ticket_id=ticket["id"]))
    [visit] = await desk.visits(ticket)
    assert visit["requested_at"] == ticket["reported_at"]


async def test_a_claim_follows_the_ticket_that_was_merged(desk: Desk, hall: TownHall):
    await hall.tell()
    ticket, survivor = await desk.open(), await desk.open()
    await desk.act(ticket, "merge", into_id=survivor["id"])
    await desk.hear(claim(hall, ticket_id=ticket["id"]))
    assert len(await tickets(desk)) == 2
    assert [visit["state"] for visit in await desk.visits(survivor)] == ["requested"]


async def test_how_a_reporter_is_known_is_said_in_both_languages(desk: Desk, hall: TownHall, customer):
    await hall.tell()
    await desk.hear(anomaly(hall), claim(hall))
    await customer.post("/v1/tickets", json=report(channel="portal"))
    hows = [ticket["reporter_verified_how"] for ticket in await tickets(desk)]
    assert len(hows) == 3
    for how in hows:
        chinese, english = how.split(" / ")
        assert english.isascii()
        assert not chinese.isascii()


async def test_without_an_open_ticket_a_claim_opens_an_incident(desk: Desk, hall: TownHall, clock):
    await hall.tell()
    settled = await desk.open()
    await desk.act(settled, "cancel", reason="twice")
    notice = clock.now
    events = [claim(hall), claim(hall, ticket_id=settled["id"]), claim(hall, ticket_id=str(uuid4()))]
    clock.advance(timedelta(minutes=10))
    await desk.hear(*events, *events)
    opened = [one for one in await tickets(desk) if one["id"] != settled["id"]]
    assert len(opened) == 3
    for ticket in opened:
        assert (ticket["kind"], ticket["severity"], ticket["tags"]) == ("incident", 3, ["warranty_claim"])
        assert ticket["reported_at"] == ticket["onsite_required_at"] == f"{notice:%Y-%m-%dT%H:%M:%S.%fZ}"
        assert (ticket["locality"], ticket["asset_id"]) == ("local", str(hall.asset))
        assert [visit["state"] for visit in await desk.visits(ticket)] == ["requested"]


async def test_a_claim_that_calls_for_no_visit_calls_nobody(desk: Desk, hall: TownHall):
    before = await desk.everything()
    await desk.hear(claim(hall, is_visit_required=False, coverage="chargeable", is_in_term=False))
    assert await desk.everything() == before
