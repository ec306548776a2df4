"""Replaying everything gives what is stored, and tells whatever is not."""

from datetime import timedelta

import pytest

from common.context import system
from common.inbox import execute
from sla.main import replay

from .desk import Desk


@pytest.fixture
async def lived(desk: Desk, settings, database_url):
    """A desk with every kind of history behind it, and the settings to replay it with."""
    met, late, paused, moved = [await desk.opened(route="onsite", locality="local") for _ in range(4)]
    for ticket in (late, paused, moved):
        await desk.tell(ticket, "ticket.onsite_required")
    await desk.pass_time(minutes=20)
    await desk.tell(met, "ticket.acknowledged")
    await desk.tell(paused, "ticket.waiting", reason="customer")
    await desk.tell(moved, "ticket.severity_changed", severity=4, previous={"severity": 2})
    await desk.pass_time(minutes=35)
    await desk.pass_time(hours=3)
    await desk.tell(late, "ticket.acknowledged")
    await desk.tell(paused, "ticket.resumed")
    await desk.tell(moved, "ticket.acknowledged", at=desk.clock.now - timedelta(hours=3))
    await desk.pass_time(hours=1)
    return settings.model_copy(update={"database_url": database_url})


async def test_what_is_stored_follows_from_the_facts(lived, desk: Desk):
    assert {"breached", "corrected", "paused", "resumed", "due_changed", "met"} <= set(await desk.names())
    assert [str(one) async for one in replay(lived)] == []


async def test_a_warning_given_before_late_news_stays_given(lived, desk: Desk):
    warned = await desk.opened(route="onsite", locality="local")
    await desk.pass_time(minutes=55)
    await desk.tell(warned, "ticket.acknowledged", at=desk.clock.now - timedelta(minutes=54))
    assert [str(one) async for one in replay(lived)] == []


async def test_it_holds_after_publications(lived, desk: Desk, client):
    shorter = {"time_zone": "Asia/Shanghai", "weekly": {"tue": [["09:00", "18:00"]]}}
    await client.post("/v1/calendars/always/versions", json={"definition": shorter})
    assert [str(one) async for one in replay(lived)] == []
    await desk.sweep("clocks_recomputed")
    await desk.pass_time(days=3)
    assert [str(one) async for one in replay(lived)] == []


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("UPDATE clock SET due_at = due_at + interval '1 second' WHERE state = 'running'", "due_at"),
        ("UPDATE clock SET state = 'met' WHERE state = 'running'", "state"),
        ("DELETE FROM clock WHERE state = 'met'", "clock"),
        ("DELETE FROM crossing WHERE outcome = 'announced' AND NOT is_withdrawn", "crossing"),
        ("UPDATE crossing SET crosses_at = crosses_at + interval '1 second'", "crossing"),
        ("DELETE FROM fact WHERE type = 'ticketing.ticket.acknowledged'", "facts"),
    ],
)
async def test_any_difference_is_told(lived, database, sql, what):
    async with database.transaction(system("tests")) as session:
        await execute(session, sql)
    told = [one async for one in replay(lived)]
    assert any(one.what.startswith(what) for one in told), told
