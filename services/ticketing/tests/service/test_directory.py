"""Tickets with ids of the directory: what follows from them, what contradicts, what is learnt later."""

import asyncio
from datetime import timedelta
from itertools import permutations
from random import Random
from uuid import UUID, uuid4

import httpx
import pytest

from common.context import system
from common.contracts.warranty.assets import ComponentInstalled
from common.db import Database
from common.inbox import execute
from common.sweeps import sweep_now
from common.testing import arriving, eventually
from ticketing.sweeps import SWEEPS

from .desk import CUSTOMER, Desk, Json, report
from .town_hall import Owner, TownHall


@pytest.fixture
def owner(services: dict[str, object]) -> Owner:
    """Warranty's API, away until a test gives it something to say."""
    services["directory"] = Owner()
    return services["directory"]


@pytest.fixture(autouse=True)
def _owner_first(request: pytest.FixtureRequest) -> None:
    """The owner, where a test has one, is there before the application."""
    if "owner" in request.fixturenames:
        request.getfixturevalue("owner")


def ids(hall: TownHall, *names: str) -> Json:
    fields = {"contact": "reporter_contact_id"}
    return {fields.get(name, f"{name}_id"): str(getattr(hall, name)) for name in names}


async def test_an_asset_says_where_and_whose_it_is(desk: Desk, hall: TownHall):
    await hall.tell()
    ticket = await desk.open(customer_id=None, **ids(hall, "asset", "contact"))
    expected = {
        "customer_id": str(CUSTOMER),
        "site_id": str(hall.site),
        "locality": "local",
        "distance_km": 12.5,
        "is_directory_unverified": False,
        "directory_issues": [],
        "is_reporter_unverified": False,
        "reporter_verified_how": "客户授权联系人 / Authorised contact of the customer",
    }
    assert {name: ticket[name] for name in expected} == expected
    [event] = await desk.published(ticket)
    told = {name: event[name] for name in expected if name in event}
    assert told == {name: expected[name] for name in told}
    assert event["site_id"] == str(hall.site)


async def test_the_sites_own_word_counts_before_an_agents(desk: Desk, hall: TownHall):
    await hall.tell()
    ticket = await desk.open(locality="out_of_town", distance_km=900, **ids(hall, "site"))
    assert (ticket["locality"], ticket["distance_km"]) == ("local", 12.5)
    await desk.hear(hall.site_event(2, locality=None, distance_km=None))
    ticket = await desk.open(locality="out_of_town", distance_km=900, **ids(hall, "site"))
    assert (ticket["locality"], ticket["distance_km"]) == ("out_of_town", 900)


@pytest.mark.parametrize(
    ("changes", "is_unverified"),
    [
        ({}, False),
        ({"authorized_from": "2026-03-02", "authorized_to": "2026-03-02"}, False),
        ({"authorized_from": "2026-03-03"}, True),
        ({"authorized_to": "2026-03-01"}, True),
        ({"authorized_from": None}, True),
        ({"is_erased": True}, True),
    ],
)
async def test_who_was_authorised_on_the_day_of_the_report_is_verified(
    desk: Desk, hall: TownHall, changes: Json, *, is_unverified: bool
):
    """§1.2.4; the day is the customer's: 01:00 in UTC is 09:00 in Shanghai, the 2nd of March in both."""
    await desk.hear(hall.customer_event(), hall.contact_event(**changes))
    ticket = await desk.open(**ids(hall, "contact"))
    assert ticket["is_reporter_unverified"] is is_unverified


@pytest.mark.parametrize(
    ("whose", "code", "pointer"),
    [
        ("site", "site-of-another-customer", "#/site_id"),
        ("asset", "asset-of-another-customer", "#/asset_id"),
        ("contact", "contact-of-another-customer", "#/reporter_contact_id"),
    ],
)
async def test_ids_of_another_customer_are_refused(
    desk: Desk, hall: TownHall, customer: httpx.AsyncClient, whose: str, code: str, pointer: str
):
    """A customer's own user is told no more than that there is no such thing."""
    other = TownHall(desk, uuid4())
    await hall.tell()
    await other.tell()
    status, problem = await desk.refused("/v1/tickets", **report(**ids(other, whose)))
    assert status == 422
    assert [(one["code"], one["pointer"]) for one in problem["errors"]] == [(code, pointer)]
    told = report(channel="portal", **ids(other, whose))
    status, problem = await desk.refused("/v1/tickets", customer, **told)
    assert (status, problem["errors"][0]["code"]) == (422, f"{whose}-unknown")


async def test_an_asset_at_another_site_is_refused(desk: Desk, hall: TownHall):
    await hall.tell()
    elsewhere = TownHall(desk)
    await desk.hear(elsewhere.site_event())
    body = report(**ids(hall, "asset"), **ids(elsewhere, "site"))
    status, problem = await desk.refused("/v1/tickets", **body)
    assert (status, problem["errors"][0]["code"]) == (422, "asset-at-another-site")


async def test_without_an_owner_ids_are_taken_as_told_and_flagged(desk: Desk, hall: TownHall):
    ticket = await desk.open(locality="local", **ids(hall, "site", "asset", "contact"))
    assert ticket["is_directory_unverified"] is True
    assert ticket["directory_issues"] == [
        f"{one}_unknown" for one in ("customer", "site", "asset", "contact")
    ]
    assert (ticket["locality"], ticket["is_reporter_unverified"]) == ("local", True)
    status, problem = await desk.refused("/v1/tickets", **report(customer_id=None, **ids(hall, "asset")))
    assert (status, problem["errors"][0]["code"]) == (422, "customer-needed")


async def test_what_becomes_known_later_is_filled_in_and_told(desk: Desk, hall: TownHall):
    ticket = await desk.open(**ids(hall, "asset", "contact"))
    await hall.tell()
    now = await desk.ticket(ticket)
    assert (now["site_id"], now["locality"], now["distance_km"]) == (str(hall.site), "local", 12.5)
    assert (now["is_directory_unverified"], now["directory_issues"]) == (False, [])
    assert await desk.items("/v1/tickets", is_directory_unverified="true") == []
    assert [one["id"] for one in await desk.items("/v1/tickets", is_directory_unverified="false")] == [
        ticket["id"]
    ]
    assert now["is_reporter_unverified"] is False
    told = [event for event in await desk.published(ticket) if event["type"].endswith("details_changed")]
    assert told[-1]["locality"] == "local"
    assert {name for event in told for name in event["previous"]} >= {
        "site_id",
        "locality",
        "distance_km",
        "is_directory_unverified",
    }
    assert (await desk.timeline(ticket))[-1]["type"] == "ticketing.ticket.details_changed"
    assert "ticket.verifyDirectory" in await desk.audited(ticket)
    versions = [event["version"] for event in await desk.published(ticket)]
    assert versions == list(range(1, len(versions) + 1))


async def test_what_contradicts_later_stays_flagged_until_it_is_corrected(desk: Desk, hall: TownHall):
    other = TownHall(desk, uuid4())
    ticket = await desk.open(**ids(other, "site"))
    await hall.tell()
    await other.tell()
    now = await desk.ticket(ticket)
    assert (now["is_directory_unverified"], now["directory_issues"]) == (True, ["site_of_another_customer"])
    assert now["locality"] is None
    headers = {"If-Match": f'"{now["version"]}"'}
    answer = await desk.client.patch(f"/v1/tickets/{ticket['id']}", json=ids(hall, "site"), headers=headers)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["directory_issues"], answer.json()["locality"]) == ([], "local")


async def test_in_whatever_order_and_however_often_the_end_is_the_same(desk: Desk, hall: TownHall):
    """Versions decide; what is older changes nothing."""
    moved = hall.site_event(3, locality="out_of_town", distance_km=400)
    events = [hall.site_event(1, locality=None, distance_km=None), hall.site_event(2), moved]
    ends = set()
    for order in permutations(events):
        ticket = await desk.open(**ids(hall, "site"))
        await desk.hear(*order, *order)
        [row] = await desk.rows("SELECT version, locality, distance_km FROM site WHERE id = $1", hall.site)
        ends.add((row["version"], row["locality"], row["distance_km"]))
        assert (await desk.ticket(ticket))["locality"] is not None
    assert ends == {(3, "out_of_town", 400)}


async def test_a_replay_leaves_the_replica_as_it_was(desk: Desk, hall: TownHall):
    events = [*hall.everything(), hall.asset_event(2, state="under_repair"), hall.contact_event(2)]
    await desk.hear(*events)
    tables = ("customer", "site", "contact", "asset", "contract")
    before = [await desk.rows(f"SELECT * FROM {table} ORDER BY id") for table in tables]
    Random(3).shuffle(events)
    await desk.hear(*events)
    assert [await desk.rows(f"SELECT * FROM {table} ORDER BY id") for table in tables] == before
    assert before[3][0]["state"] == "under_repair"


async def test_a_components_event_says_where_its_asset_is(desk: Desk, hall: TownHall):
    told = {
        "component_id": str(uuid4()),
        "part_id": str(uuid4()),
        "position": "slot 1",
        "is_key_part": True,
        "installed_at": desk.clock.now.isoformat(),
    }
    asset = hall.asset_event(4)
    await desk.hear(arriving(ComponentInstalled, asset.key, {**asset.data, **told}, desk.clock.now, 4))
    [row] = await desk.rows("SELECT version, site_id FROM asset")
    assert (row["version"], row["site_id"]) == (4, hall.site)


async def test_the_replica_holds_nobodys_name(desk: Desk):
    sql = "SELECT column_name FROM information_schema.columns WHERE table_name = ANY($1)"
    columns = {row["column_name"] for row in await desk.rows(sql, ["customer", "site", "contact", "asset"])}
    assert not columns & {"name", "name_zh", "name_en", "phone", "phones", "email", "address", "city"}


async def test_an_unknown_id_is_looked_up_once(desk: Desk, hall: TownHall, owner: Owner):
    owner.things = hall.things()
    ticket = await desk.open(customer_id=None, **ids(hall, "asset", "contact"))
    assert (ticket["customer_id"], ticket["site_id"]) == (str(CUSTOMER), str(hall.site))
    assert (ticket["locality"], ticket["is_directory_unverified"]) == ("local", False)
    assert ticket["is_reporter_unverified"] is False
    asked = len(owner.asked)
    again = await desk.open(**ids(hall, "asset", "contact"))
    assert (again["locality"], len(owner.asked)) == ("local", asked)
    await hall.tell()
    [row] = await desk.rows("SELECT count(*) AS n FROM ticket WHERE version > 1")
    assert row["n"] == 0


@pytest.mark.parametrize("lost", ["customer", "site", "asset", "contact"])
async def test_what_the_owner_does_not_know_is_refused(desk: Desk, hall: TownHall, owner: Owner, lost: str):
    owner.things = {sort: thing for sort, thing in hall.things().items() if sort != lost}
    body = report(**ids(hall, "customer", "site", "asset", "contact"))
    status, problem = await desk.refused("/v1/tickets", **body)
    [error] = problem["errors"]
    field = "reporter_contact_id" if lost == "contact" else f"{lost}_id"
    assert (status, error["code"], error["pointer"]) == (422, f"{lost}-unknown", f"#/{field}")


async def test_an_owner_that_is_away_refuses_nobody(desk: Desk, hall: TownHall, owner: Owner):
    ticket = await desk.open(**ids(hall, "asset"))
    assert ticket["directory_issues"] == ["customer_unknown", "asset_unknown"]
    assert len(owner.asked) == 1
    await hall.tell()
    assert (await desk.ticket(ticket))["is_directory_unverified"] is False


async def test_a_correction_is_looked_up_and_checked_too(desk: Desk, hall: TownHall, owner: Owner):
    owner.things = hall.things()
    ticket = await desk.open()
    path = f"/v1/tickets/{ticket['id']}"

    async def patch(**body: object) -> httpx.Response:
        version = (await desk.ticket(ticket))["version"]
        return await desk.client.patch(path, json=body, headers={"If-Match": f'"{version}"'})

    answer = await patch(**ids(hall, "asset", "contact"))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["site_id"], told["locality"], told["is_directory_unverified"]) == (
        str(hall.site),
        "local",
        False,
    )
    assert told["is_reporter_unverified"] is False
    before = await desk.everything()
    refused = await patch(site_id=str(uuid4()))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "site-unknown")
    assert await desk.everything() == before
    cleared = await patch(site_id=None, asset_id=None, reporter_contact_id=None)
    assert (cleared.json()["locality"], cleared.json()["is_reporter_unverified"]) == (None, True)


async def test_a_ticket_opened_while_the_directory_learns_is_looked_at_again(
    desk: Desk, hall: TownHall, database: Database
):
    """Its opening did not see the site yet, and the news did not see the ticket."""
    await hall.tell()
    ticket = await desk.open(**ids(hall, "site"))
    sql = (
        "UPDATE ticket SET is_directory_unverified = true, locality = NULL, "
        "directory_issues = '[\"site_unknown\"]'"
    )
    async with database.transaction(system("tests")) as session:
        await execute(session, sql)
    [sweep] = SWEEPS
    assert await sweep_now(database, "ticketing", sweep, desk.clock.now) == 0
    desk.clock.advance(timedelta(minutes=1))
    assert await sweep_now(database, "ticketing", sweep, desk.clock.now) == 4
    now = await desk.ticket(ticket)
    assert (now["is_directory_unverified"], now["locality"]) == (False, "local")
    assert await sweep_now(database, "ticketing", sweep, desk.clock.now) == 0


async def test_a_correction_holds_no_ticket_while_it_waits_for_the_directory(
    desk: Desk, hall: TownHall, owner: Owner, database: Database
):
    """News of a site take its row and then its tickets; a correction takes them in the same order."""
    ticket = await desk.open(**ids(hall, "site"))
    owner.things = hall.things()
    learning, looking = await database.connect(), await database.connect()
    waits = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
        "AND datname = current_database()"
    )

    async def is_waiting() -> bool:
        return bool(await looking.fetchval(waits))

    try:
        news = learning.transaction()
        await news.start()
        kept = "INSERT INTO site (id, version, customer_id, locality) VALUES ($1, 1, $2, 'local')"
        await learning.execute(kept, hall.site, CUSTOMER)
        path = f"/v1/tickets/{ticket['id']}"
        match = {"If-Match": f'"{ticket["version"]}"'}
        correcting = asyncio.create_task(
            desk.client.patch(path, json={"distance_km": 7, **ids(hall, "site", "asset")}, headers=match)
        )
        await eventually(is_waiting)
        await learning.execute("SELECT 1 FROM ticket WHERE id = $1 FOR UPDATE NOWAIT", UUID(ticket["id"]))
        await news.commit()
        answer = await correcting
        assert answer.status_code == 200, answer.text
        assert (answer.json()["locality"], answer.json()["is_directory_unverified"]) == ("local", False)
    finally:
        await learning.close()
        await looking.close()


async def test_an_arrival_is_measured_from_the_sites_own_position(desk: Desk, hall: TownHall):
    await hall.tell()
    ticket = await desk.in_progress(**ids(hall, "site"))
    visit = await desk.visit(ticket)
    await desk.visit_act(visit, "offer", engineer_id=str(uuid4()))
    await desk.visit_act(visit, "accept")
    arrived = await desk.visit_act(visit, "arrive", position={"latitude": 31.299, "longitude": 120.5853})
    assert arrived["is_position_distant"] is True
    assert arrived["site_position"] == {"latitude": 31.2304, "longitude": 121.4737}
