"""Calendars through HTTP: published, versioned, previewed; running clocks follow in the background."""

from datetime import timedelta

from sla.data import reference_calendars

from .desk import Desk

DESK = {"mon": [["09:00", "18:00"]], "tue": [["09:00", "18:00"]], "wed": [["09:00", "18:00"]]}
DEFINITION = {"time_zone": "Asia/Shanghai", "weekly": DESK}
LONGER = {"time_zone": "Asia/Shanghai", "weekly": {day: [["08:00", "22:00"]] for day in DESK}}


def named(**changes: object) -> dict[str, object]:
    return {
        "id": "workshop",
        "titles": {"zh-CN": "车间", "en": "Workshop"},
        "definition": DEFINITION,
        **changes,
    }


def documented(calendar_id: str) -> dict[str, object]:
    return next(dict(one.document) for one in reference_calendars() if one.id == calendar_id)


async def test_the_reference_calendars_are_there(client):
    listed = (await client.get("/v1/calendars")).json()["items"]
    assert {one["id"] for one in listed} >= {"always", "complaint-desk"}
    found = await client.get("/v1/calendars/complaint-desk")
    assert found.headers["etag"].startswith('"1.')
    assert found.json()["published_through"] == "2026-12-31"
    assert found.json()["missing_schedule_year"] is None


async def test_next_years_schedule_is_missed_from_november(client, clock, desk: Desk):
    clock.advance(timedelta(days=245))
    assert clock.now.month == 11
    found = (await client.get("/v1/calendars/complaint-desk")).json()
    assert found["missing_schedule_year"] == 2027
    assert await desk.sweep("schedules_announced") == 0


async def test_a_fault_of_form_is_pointed_at_where_it_was_sent(client):
    definition = {**DEFINITION, "weekly": {**DESK, "monday": []}, "overrides": {"2026-03-02": [["09:00"]]}}
    answer = await client.post("/v1/calendars", json=named(definition=definition))
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert [one["pointer"] for one in answer.json()["errors"]] == [
        "#/definition/weekly/monday",
        "#/definition/overrides/2026-03-02/0",
    ]


async def test_create_then_publish_anew(client, desk: Desk):
    made = await client.post("/v1/calendars", json=named())
    assert made.status_code == 201, made.text
    assert made.headers["location"] == "/v1/calendars/workshop"
    assert made.json()["definition"] == DEFINITION
    assert (await client.post("/v1/calendars", json=named())).json()["code"] == "calendar-exists"
    stale = await client.post(
        "/v1/calendars/workshop/versions", json={"definition": LONGER}, headers={"If-Match": '"9"'}
    )
    assert (stale.status_code, stale.headers["etag"]) == (412, '"1"')
    again = await client.post(
        "/v1/calendars/workshop/versions", json={"definition": LONGER}, headers={"If-Match": '"1"'}
    )
    assert again.status_code == 201, again.text
    assert (again.json()["revision"], again.json()["version"]) == (2, 2)
    versions = (await client.get("/v1/calendars/workshop/versions")).json()["items"]
    assert [one["revision"] for one in versions] == [2, 1]
    assert versions[1]["definition"] == DEFINITION
    told = [data for _, data in await desk.published("sla.calendar.v1") if data["calendar_id"] == "workshop"]
    assert [one["revision"] for one in told] == [1, 2]
    facts = await desk.rows("SELECT 1 FROM fact WHERE data ->> 'calendar_id' = 'workshop'")
    assert len(facts) == 2
    audited = await desk.rows("SELECT action FROM audit_entry WHERE resource_id = 'workshop'")
    assert {row["action"] for row in audited} == {"calendar.publish"}


async def test_everything_wrong_is_told_at_once(client):
    broken = {
        **DEFINITION,
        "holidays": ["2026-05-09"],
        "workdays": ["2026-05-09"],
        "time_zone": "Asia/Shanghai",
    }
    answer = await client.post("/v1/calendars", json=named(definition=broken))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-calendar")
    assert {one["code"] for one in answer.json()["errors"]} == {
        "holiday-and-workday",
        "workdays-without-hours",
    }
    assert {one["pointer"] for one in answer.json()["errors"]} == {
        "#/definition/workdays",
        "#/definition/workday_hours",
    }
    unread = await client.post(
        "/v1/calendars", json=named(definition={"time_zone": "x", "weekly": {"mon": [["9", "18"]]}})
    )
    assert unread.json()["errors"][0]["pointer"] == "#/definition/weekly/mon/0/0"
    missing = await client.post("/v1/calendars/nowhere/versions", json={"definition": DEFINITION})
    assert missing.status_code == 404


async def complaint(desk: Desk) -> str:
    """A ticket whose on-site time runs in the working days' calendar or the desk's, put there by hand."""
    ticket = await desk.opened()
    return str(ticket.id)


async def test_preview_tells_who_would_move(client, desk: Desk):
    await desk.opened()
    await desk.opened()
    shorter = {"time_zone": "Asia/Shanghai", "weekly": {"tue": [["09:00", "18:00"]]}}
    answer = await client.post("/v1/calendars/always:preview", json={"definition": shorter, "examples": 1})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["running"], told["moved"], told["earlier"], told["unknown"]) == (2, 2, 0, 0)
    [example] = told["examples"]
    assert example["new_due_at"] == "2026-03-03T02:00:00.000000Z"
    assert example["moves_by_seconds"] == 86400
    same = await client.post("/v1/calendars/always:preview", json={"definition": documented("always")})
    assert same.json()["moved"] == 0
    assert (await client.get("/v1/calendars/always/versions")).json()["items"][0]["revision"] == 1
    nowhere = await client.post("/v1/calendars/nowhere:preview", json={"definition": shorter})
    assert nowhere.status_code == 404


async def test_preview_replays_what_has_a_history(client, desk: Desk):
    ticket = await desk.opened(route="onsite", locality="local")
    await desk.tell(ticket, "ticket.onsite_required")
    await desk.tell(ticket, "ticket.waiting", reason="customer")
    desk.clock.advance(timedelta(hours=1))
    await desk.tell(ticket, "ticket.resumed")
    shorter = {"time_zone": "Asia/Shanghai", "weekly": {"tue": [["09:00", "18:00"]]}}
    told = (await client.post("/v1/calendars/always:preview", json={"definition": shorter})).json()
    assert (told["running"], told["moved"], told["unknown"]) == (2, 2, 0)


async def test_running_clocks_follow_a_new_version(client, desk: Desk):
    ticket = await desk.opened()
    ended = await desk.opened()
    await desk.tell(ended, "ticket.acknowledged")
    desk.clock.advance(timedelta(minutes=30))
    shorter = {"time_zone": "Asia/Shanghai", "weekly": {"tue": [["09:00", "18:00"]]}}
    published = await client.post("/v1/calendars/always/versions", json={"definition": shorter})
    assert published.status_code == 201, published.text
    [job] = (await client.get("/v1/recomputations")).json()["items"]
    assert (job["state"], job["scope"], job["reference"], job["total"]) == (
        "queued",
        "calendar",
        "always",
        None,
    )
    await desk.sweep("clocks_recomputed")
    done = (await client.get(f"/v1/recomputations/{job['id']}")).json()
    assert (done["state"], done["total"], done["done"], done["moved"]) == ("done", 1, 1, 1)
    [clock] = (await client.get("/v1/clocks", params={"subject_id": ticket.id})).json()["items"]
    assert clock["due_at"] == "2026-03-03T02:00:00.000000Z"
    assert clock["calendar_revision"] == 2
    name, changed = (await desk.published())[-1]
    assert (name, changed["reason"]) == ("due_changed", "calendar_published")
    assert changed["previous_due_at"].startswith("2026-03-02T02:00:00")
    [kept] = (await client.get("/v1/clocks", params={"subject_id": ended.id})).json()["items"]
    assert kept["calendar_revision"] == 1
    assert await desk.sweep("clocks_recomputed") == 0


async def test_a_clock_that_the_recomputation_has_not_reached_follows_with_its_next_event(client, desk: Desk):
    ticket = await desk.opened()
    shorter = {"time_zone": "Asia/Shanghai", "weekly": {"tue": [["09:00", "18:00"]]}}
    desk.clock.advance(timedelta(minutes=30))
    await client.post("/v1/calendars/always/versions", json={"definition": shorter})
    desk.clock.advance(timedelta(minutes=1))
    await desk.tell(ticket, "ticket.assigned", previous={}, engineer_id=str(ticket.id))
    assert (await desk.names()).count("due_changed") == 1
    await desk.sweep("clocks_recomputed")
    assert (await desk.names()).count("due_changed") == 1
