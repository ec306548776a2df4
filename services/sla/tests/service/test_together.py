"""Several at once: sweeps, listeners and publications never double, block or miss anything."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from common.context import system
from common.db import Database
from common.ids import new_id
from common.inbox import execute
from common.testing import START
from sla.commands import months, reference
from sla.domain.kept import Kept
from sla.main import CONFLICTS, replay
from sla.queries import worlds

from .conftest import migrated
from .desk import Desk

SHORTER = {"time_zone": "Asia/Shanghai", "weekly": {"tue": [["09:00", "18:00"]]}}


@pytest.fixture
async def other(database_url, clock):
    """The same database as another process has it."""
    found = Database(database_url, "sla-2", CONFLICTS)
    yield Desk(found, clock)
    await found.close()


async def test_two_sweeps_announce_each_crossing_once(desk: Desk, other: Desk):
    tickets = [desk.ticket() for _ in range(60)]
    await desk.hear(*(desk.event(ticket, "ticket.opened") for ticket in tickets))
    desk.clock.advance(timedelta(minutes=61))
    await desk.confirm()
    counts = await asyncio.gather(*(one.sweep() for one in (desk, other, desk, other)))
    rest = await desk.sweep()
    assert sum(counts) + rest == 60
    breached = Counter(data["clock_id"] for name, data in await desk.published() if name == "breached")
    assert set(breached.values()) == {1}
    assert len(breached) == 60


async def test_events_sweeps_and_publications_at_once(desk, other, client, settings, database_url):
    tickets = [desk.ticket() for _ in range(30)]
    await desk.hear(*(desk.event(ticket, "ticket.opened") for ticket in tickets))
    desk.clock.advance(timedelta(minutes=50))
    await desk.confirm()
    more = [desk.ticket() for _ in range(30)]
    opened = [desk.event(ticket, "ticket.opened") for ticket in more]
    done = [desk.event(ticket, "ticket.acknowledged") for ticket in reversed(tickets)]
    await asyncio.gather(
        desk.hear(*opened[:15]),
        desk.sweep(),
        client.post("/v1/calendars/always/versions", json={"definition": SHORTER}),
        other.hear(*done[:15]),
        other.sweep(),
        other.hear(*opened[15:]),
        desk.hear(*done[15:]),
    )
    await asyncio.gather(desk.sweep("clocks_recomputed"), other.sweep("clocks_recomputed"))
    rows = await desk.rows("SELECT DISTINCT calendar_revision FROM clock WHERE state = 'running'")
    assert rows == [{"calendar_revision": 2}]
    there = settings.model_copy(update={"database_url": database_url})
    assert [str(one) async for one in replay(there)] == []


async def test_two_first_starts_publish_the_reference_once(templates):
    await templates.template("sla-bare", migrated)
    url = await templates.clone("sla-bare")

    async def prepare() -> list[str]:
        database = Database(url, "sla", CONFLICTS)
        async with database.transaction(system("sla")) as session:
            await months.make_months(session, START, 3)
            published = await reference.publish_reference(session, START)
        await database.close()
        return published

    try:
        first, second = await asyncio.gather(prepare(), prepare())
    finally:
        await templates.drop(url)
    assert sorted([len(first), len(second)]) == [0, 4]


async def test_months_are_made_ahead_and_nothing_is_lost_without_them(desk: Desk):
    async def held() -> set[str]:
        rows = await desk.rows(
            "SELECT DISTINCT tableoid::regclass::text AS name FROM fact WHERE actor = 'agent-1'"
        )
        return {row["name"] for row in rows}

    await desk.opened()
    assert await held() == {"fact_p_2026_03"}
    desk.clock.advance(timedelta(days=120))
    await desk.opened()
    assert await held() == {"fact_p_2026_03", "fact_p_default"}
    assert await desk.sweep("months_ready") == 3
    assert await desk.sweep("months_ready") == 0
    desk.clock.advance(timedelta(days=31))
    await desk.opened()
    assert "fact_p_2026_07" in await held()


async def test_what_is_stored_shows_as_it_would_be_derived(desk: Desk, client):
    """A list is counted from stored columns, a clock as of a moment by replaying: they always agree."""
    paused, moved, late, met = [await desk.opened(route="onsite", locality="local") for _ in range(4)]
    for ticket in (paused, moved, late):
        await desk.tell(ticket, "ticket.onsite_required")
    desk.clock.advance(timedelta(minutes=25))
    await desk.tell(met, "ticket.acknowledged")
    await desk.tell(paused, "ticket.waiting", reason="site_access")
    await desk.tell(moved, "ticket.severity_changed", severity=4, previous={"severity": 2})
    for hours in (0, 1, 2, 30):
        desk.clock.advance(timedelta(hours=hours, seconds=1.5))
        await desk.confirm()
        await desk.sweep()
        items = (await client.get("/v1/clocks")).json()["items"]
        assert len(items) == 7
        for item in items:
            path = f"/v1/clocks/{item['id']}"
            then = await client.get(path, params={"as_of": desk.clock.now.isoformat()})
            assert then.json() == item


async def known(desk: Desk) -> worlds.Edition:
    async with desk.database.read(system("tests")) as session:
        return await worlds.current(session)


def soon(desk: Desk) -> str:
    """Before the minute is over after which another agreement is made."""
    return (desk.clock.now + timedelta(seconds=30)).isoformat()


def told(edition: worlds.Edition) -> list[object]:
    """All that an edition says, now and of every revision before."""
    pasts = [edition.at_revision(revision) for revision in range(edition.revision + 1)]
    plans = [[one.revision for ones in world.plans.values() for one in ones] for world in pasts]
    agreed = [{id_: world.agreements[id_] for id_ in edition.agreed} for world in pasts]
    calendars = [[(c.id, c.revision, c.published_at) for c in sum(w.calendars.values(), ())] for w in pasts]
    return [edition.revision, edition.made_by, plans, calendars, agreed, [w.published for w in pasts]]


async def test_an_edition_is_made_of_the_one_before_and_what_came_since(desk: Desk, client, monkeypatch):
    monkeypatch.setattr(worlds, "_EDITIONS", Kept(4))
    before = await known(desk)
    customers = [str(desk.ticket().customer_id) for _ in range(3)]
    for customer in (*customers, customers[0]):
        desk.clock.advance(timedelta(minutes=1))
        body = {"customer_id": customer, "plan_id": "reference", "ends_at": soon(desk)}
        made = await client.post("/v1/agreements", json=body)
        assert made.status_code == 201, made.text
        await known(desk)
    await client.post("/v1/calendars/always/versions", json={"definition": SHORTER})
    grown = await known(desk)
    assert grown.world.plans["reference"][0] is before.world.plans["reference"][0]
    monkeypatch.setattr(worlds, "_EDITIONS", Kept(4))
    assert told(grown) == told(await known(desk))
    assert len(grown.world.agreements[customers[0]]) == 2


async def test_an_edition_of_another_history_is_not_built_upon(desk: Desk, client):
    """As after a transaction that raised the world and was undone, or after a restore."""
    customer = str(desk.ticket().customer_id)
    body = {"customer_id": customer, "plan_id": "reference"}
    await client.post("/v1/agreements", json={**body, "ends_at": soon(desk)})
    stale = await known(desk)
    change = 'event_id = $1, data = data || \'{"starts_at": "2020-01-01T00:00:00Z"}\''
    async with desk.database.transaction(system("tests")) as session:
        await execute(
            session, f"UPDATE fact SET {change} WHERE world_revision = $2", new_id(), stale.revision
        )
    desk.clock.advance(timedelta(minutes=1))
    await client.post("/v1/agreements", json=body)
    first, _ = (await known(desk)).world.agreements[customer]
    assert (first.starts_at.year, stale.world.agreements[customer][0].starts_at.year) == (2020, 2026)
