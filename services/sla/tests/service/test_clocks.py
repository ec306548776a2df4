"""Clocks through events and HTTP: started, announced, corrected, explained, each as of any moment."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from common.context import system
from common.inbox import execute
from common.testing import Doors

from .desk import Desk


async def only_clock(client: httpx.AsyncClient, **filters: object) -> dict:
    answer = await client.get("/v1/clocks", params=filters)
    assert answer.status_code == 200, answer.text
    [clock] = answer.json()["items"]
    return clock


async def test_a_ticket_starts_its_response_clock(desk: Desk, client, clock):
    ticket = await desk.opened()
    clock.advance(timedelta(minutes=15))
    found = await only_clock(client, subject_id=ticket.id)
    assert found["metric"] == "response"
    assert found["state"] == "running"
    assert found["clause"] == "§1.2.4"
    assert found["plan"] == {"id": "reference", "revision": 1}
    assert (found["elapsed_seconds"], found["remaining_seconds"]) == (900, 2700)
    assert found["target"] == {"hours": 1}
    assert found["customer_id"] == str(ticket.customer_id)
    assert found["due_at"] == "2026-03-02T02:00:00.000000Z"
    assert await desk.names() == ["started"]
    [fact] = await desk.rows(
        "SELECT subject_type, subject_id, type, actor, source FROM fact WHERE subject_type = 'ticket'"
    )
    assert fact == {
        "subject_type": "ticket",
        "subject_id": ticket.id,
        "type": "ticketing.ticket.opened",
        "actor": "agent-1",
        "source": "urn:aftercare:ticketing",
    }
    one = await client.get(f"/v1/clocks/{found['id']}")
    assert one.headers["etag"] == '"1"'
    assert one.json()["id"] == found["id"]


async def test_each_threshold_is_announced_once(desk: Desk, client):
    ticket = await desk.opened()
    await desk.pass_time(minutes=31)
    await desk.pass_time(minutes=18)
    await desk.pass_time(minutes=12)
    assert await desk.sweep() == 0
    assert await desk.names() == ["started", "warned", "warned", "breached"]
    assert await desk.crossings() == [
        (50, "announced", "warned"),
        (80, "announced", "warned"),
        (100, "announced", "breached"),
    ]
    _, breached = (await desk.published())[-1]
    assert breached["threshold_percent"] == 100
    assert breached["escalate_to"] == "service_manager"
    assert breached["lateness_seconds"] == 60
    assert breached["state"] == "breached"
    assert not breached["is_unconfirmed"]
    found = await only_clock(client, subject_id=ticket.id, state="breached")
    assert found["breached_at"] == "2026-03-02T02:00:00.000000Z"
    assert found["detected_at"] == "2026-03-02T02:01:00.000000Z"
    assert found["remaining_seconds"] == -60
    assert (await client.get("/v1/clocks", params={"state": "running"})).json()["items"] == []


async def test_after_a_day_away_the_highest_threshold_is_announced_with_its_lateness(desk: Desk):
    await desk.opened()
    await desk.pass_time(days=1)
    assert await desk.names() == ["started", "breached"]
    assert await desk.crossings() == [
        (50, "superseded", None),
        (80, "superseded", None),
        (100, "superseded", None),
        (150, "announced", "breached"),
    ]


async def test_what_was_stopped_meanwhile_is_moot(desk: Desk):
    ticket = await desk.opened()
    desk.clock.advance(timedelta(hours=2))
    await desk.tell(ticket, "ticket.acknowledged", at=desk.clock.now - timedelta(minutes=65))
    await desk.confirm()
    assert await desk.sweep() == 0
    assert await desk.names() == ["started", "met"]
    assert {outcome for _, outcome, _ in await desk.crossings()} == {"moot"}


async def test_late_news_withdraws_a_breach(desk: Desk, client):
    ticket = await desk.opened()
    await desk.pass_time(minutes=61)
    acknowledged = desk.clock.now - timedelta(minutes=20)
    await desk.tell(ticket, "ticket.acknowledged", at=acknowledged)
    assert await desk.names() == ["started", "breached", "corrected", "met"]
    corrected = dict(await desk.published())["corrected"]
    assert corrected["withdraws_breach"]
    assert corrected["reason"] == "stopped_in_time"
    assert await desk.rows("SELECT is_withdrawn FROM crossing WHERE percent = 100") == [
        {"is_withdrawn": True}
    ]
    found = await only_clock(client, subject_id=ticket.id)
    assert (found["state"], found["breached_at"], found["detected_at"]) == ("met", None, None)


async def test_stopped_after_its_due_time_it_is_met_late(desk: Desk, client):
    ticket = await desk.opened()
    await desk.pass_time(minutes=70)
    await desk.tell(ticket, "ticket.acknowledged")
    found = await only_clock(client, subject_id=ticket.id, is_breached="true")
    assert found["state"] == "met_late"
    assert found["stopped_at"] == "2026-03-02T02:10:00.000000Z"
    assert found["breached_at"] == "2026-03-02T02:00:00.000000Z"
    assert await desk.names() == ["started", "breached", "met_late"]


async def test_nothing_is_announced_before_everything_is_known(desk: Desk):
    await desk.opened()
    desk.clock.advance(timedelta(minutes=61))
    assert await desk.sweep() == 0
    await desk.confirm(desk.clock.now - timedelta(minutes=2))
    await desk.sweep()
    assert await desk.names() == ["started", "warned"]
    await desk.confirm()
    await desk.sweep()
    assert await desk.names() == ["started", "warned", "breached"]


async def test_a_silent_source_is_not_waited_for(desk: Desk):
    await desk.opened()
    desk.clock.advance(timedelta(minutes=61))
    await desk.be_silent(desk.clock.now - timedelta(minutes=1))
    await desk.confirm(but="ticketing")
    await desk.sweep()
    _, breached = (await desk.published())[-1]
    assert (breached["is_unconfirmed"], breached["unconfirmed_reason"]) == (True, "source_silent:ticketing")
    assert await desk.rows("SELECT is_unconfirmed FROM crossing WHERE outcome = 'announced'") == [
        {"is_unconfirmed": True}
    ]


async def test_a_subject_with_parked_events_is_announced_unconfirmed(desk: Desk, database):
    ticket = await desk.opened()
    async with database.transaction(system("tests")) as session:
        await execute(
            session,
            "INSERT INTO parked_event "
            "(id, source, event_id, type, topic, partition, position, key, "
            "headers, reason, error, attempts, state, parked_at) VALUES "
            "($1, 's', $1, 't', 'ticketing.ticket.v1', 0, 0, $2, '[]'::jsonb, 'r', 'e', 1, 'failing', $3)",
            uuid4(),
            str(ticket.id),
            desk.clock.now,
        )
    await desk.pass_time(minutes=61)
    _, breached = (await desk.published())[-1]
    assert (breached["is_unconfirmed"], breached["unconfirmed_reason"]) == (True, "events_parked")


async def test_a_changed_level_moves_the_due_time(desk: Desk, client):
    ticket = await desk.opened(severity=3, route="onsite")
    await desk.tell(ticket, "ticket.onsite_required", locality="local")
    desk.clock.advance(timedelta(minutes=10))
    await desk.tell(ticket, "ticket.severity_changed", severity=1, previous={"severity": 3})
    found = await only_clock(client, subject_id=ticket.id, metric="onsite")
    assert found["commitment_id"] == "onsite-l1-l2-local"
    assert found["due_at"] == "2026-03-02T03:00:00.000000Z"
    [retarget] = found["retargets"]
    assert retarget["cause"] == "fact"
    assert "due_changed" in await desk.names()


async def test_waiting_pauses_and_going_on_resumes(desk: Desk, client):
    ticket = await desk.opened(route="onsite", locality="local")
    await desk.tell(ticket, "ticket.onsite_required")
    desk.clock.advance(timedelta(minutes=30))
    waiting = await desk.tell(ticket, "ticket.waiting", reason="customer")
    found = await only_clock(client, subject_id=ticket.id, metric="onsite")
    assert (found["state"], found["due_at"], found["remaining_seconds"]) == ("paused", None, 5400)
    desk.clock.advance(timedelta(hours=5))
    again = await only_clock(client, subject_id=ticket.id, metric="onsite")
    assert (again["elapsed_seconds"], again["remaining_seconds"]) == (1800, 5400)
    await desk.tell(ticket, "ticket.resumed")
    found = await only_clock(client, subject_id=ticket.id, metric="onsite")
    assert found["due_at"] == "2026-03-02T08:00:00.000000Z"
    [pause] = found["pauses"]
    assert pause["reason"] == "customer"
    assert pause["paused_by"] == str(waiting.id)


async def test_doubles_and_disorder_end_the_same(desk: Desk):
    ticket, other = desk.ticket(), desk.ticket()
    told = [desk.event(ticket, "ticket.opened")]
    desk.clock.advance(timedelta(minutes=5))
    told.append(desk.event(ticket, "ticket.acknowledged"))
    await desk.hear(told[1])
    await desk.hear(told[0], desk.event(other, "ticket.opened"))
    await desk.hear(*told)
    rows = await desk.rows("SELECT state, stopped_at FROM clock WHERE subject_id = $1", ticket.id)
    assert [row["state"] for row in rows] == ["met"]
    assert rows[0]["stopped_at"] == desk.clock.now
    assert len(await desk.rows("SELECT 1 FROM fact WHERE subject_id = $1", ticket.id)) == 2
    assert await desk.rows("SELECT fact_count FROM subject WHERE id = $1", ticket.id) == [{"fact_count": 2}]


async def test_what_was_known_then(desk: Desk, client):
    ticket = await desk.opened()
    await desk.pass_time(minutes=61)
    before = desk.clock.now
    desk.clock.advance(timedelta(minutes=1))
    await desk.tell(ticket, "ticket.acknowledged", at=before - timedelta(minutes=20))
    path = f"/v1/clocks/{(await only_clock(client))['id']}"
    then = (await client.get(path, params={"as_of": before.isoformat()})).json()
    assert (then["state"], then["remaining_seconds"]) == ("breached", -60)
    assert then["detected_at"] == "2026-03-02T02:01:00.000000Z"
    assert (await client.get(path)).json()["state"] == "met"
    tomorrow = (desk.clock.now + timedelta(days=1)).isoformat()
    refused = await client.get(path, params={"as_of": tomorrow})
    assert (refused.status_code, refused.json()["code"]) == (422, "occurred-in-future")
    yesterday = {"as_of": (before - timedelta(days=1)).isoformat()}
    for asked in (path, f"{path}/explanation"):
        refused = await client.get(asked, params=yesterday)
        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (422, "not-known-then")
        known = await client.get(asked, params={"as_of": problem["known_from"]})
        assert known.status_code == 200, known.text
        unknown = await client.get(asked.replace(path, f"/v1/clocks/{uuid4()}"), params=yesterday)
        assert unknown.status_code == 404


async def test_the_explanation_adds_up(desk: Desk, client):
    ticket = await desk.opened()
    desk.clock.advance(timedelta(minutes=20))
    found = await only_clock(client, subject_id=ticket.id)
    answer = await client.get(f"/v1/clocks/{found['id']}/explanation")
    assert answer.status_code == 200, answer.text
    told = answer.json()["explanation"]
    assert sum(window["counted_seconds"] for window in told["windows"]) == 3600
    assert told["rounds"][0]["candidates"][0]["verdict"] == "won"
    assert told["events"][0]["type"] == "ticketing.ticket.opened"
    sentences = answer.json()["sentences"]
    assert all(sentences["en"])
    assert all(sentences["zh-CN"])


async def test_crossings_tell_their_lateness(desk: Desk, client):
    ticket = await desk.opened()
    await desk.pass_time(minutes=31)
    found = await only_clock(client, subject_id=ticket.id)
    [crossing] = (await client.get(f"/v1/clocks/{found['id']}/crossings")).json()["items"]
    assert (crossing["percent"], crossing["outcome"], crossing["kind"]) == (50, "announced", "warned")
    assert crossing["lateness_seconds"] == 60


async def test_the_board_shows_what_is_due_next(desk: Desk, client):
    first = await desk.opened()
    desk.clock.advance(timedelta(minutes=5))
    second = await desk.opened()
    desk.clock.advance(timedelta(minutes=5))
    await desk.opened(kind="service_request")
    board = (await client.get("/v1/board", params={"limit": 2})).json()
    assert [item["subject_id"] for item in board["items"]] == [str(first.id), str(second.id)]
    assert board["items"][0]["remaining_seconds"] == 3000
    rest = (await client.get("/v1/board", params={"limit": 2, "cursor": board["next_cursor"]})).json()
    assert len(rest["items"]) == 1
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("path", ["", "/explanation", "/crossings"])
async def test_a_customer_sees_its_own_clocks_only(desk: Desk, client, doors: Doors, path):
    mine, theirs = await desk.opened(), await desk.opened()
    signed = doors.token(desk.clock.now, roles=["customer"], customer_id=str(mine.customer_id))
    headers = {"Authorization": f"Bearer {signed}"}
    seen = (await client.get("/v1/clocks", headers=headers)).json()["items"]
    assert [item["subject_id"] for item in seen] == [str(mine.id)]
    board = (await client.get("/v1/board", headers=headers)).json()["items"]
    assert [item["subject_id"] for item in board] == [str(mine.id)]
    foreign = await only_clock(client, subject_id=theirs.id)
    refused = await client.get(f"/v1/clocks/{foreign['id']}{path}", headers=headers)
    assert refused.status_code == 404
    own = await client.get(f"/v1/clocks/{seen[0]['id']}{path}", headers=headers)
    assert own.status_code == 200


async def test_lists_are_sorted_by_due_time_too(desk: Desk, client):
    await desk.opened()
    desk.clock.advance(timedelta(minutes=5))
    await desk.opened(kind="service_request")
    found = (await client.get("/v1/clocks", params={"sort": "due_at", "limit": 1})).json()
    more = (
        await client.get("/v1/clocks", params={"sort": "due_at", "limit": 1, "cursor": found["next_cursor"]})
    ).json()
    assert found["items"][0]["due_at"] < more["items"][0]["due_at"]
    bound = found["items"][0]["due_at"]
    assert (await client.get("/v1/clocks", params={"due_before": bound})).json()["items"] == []
