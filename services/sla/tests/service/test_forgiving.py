"""What one subject breaks: the others' breaches are announced and their clocks recomputed all the same."""

from datetime import timedelta
from uuid import UUID

import pytest

from common.context import system
from common.inbox import execute
from common.sweeps import Chore
from sla.commands import crossings, recomputations
from sla.policy import POLICY
from sla.sweeps import forgiving

from .desk import Desk

SHORTER = {"time_zone": "Asia/Shanghai", "weekly": {"tue": [["09:00", "18:00"]]}}


@pytest.fixture
def chores(database) -> dict[str, Chore]:
    return {chore.name: chore for chore in forgiving(database)}


async def refuse(desk: Desk, table: str, condition: str) -> None:
    """Have the database refuse rows of one subject, so that whatever writes them fails at the very end."""
    async with desk.database.transaction(system("tests")) as session:
        await execute(session, f"ALTER TABLE {table} ADD CONSTRAINT spoilt CHECK ({condition}) NOT VALID")


async def clock_of(desk: Desk, subject_id: UUID) -> UUID:
    [row] = await desk.rows("SELECT id FROM clock WHERE subject_id = $1", subject_id)
    return row["id"]


async def next_at(desk: Desk, subject_id: UUID) -> object:
    [row] = await desk.rows("SELECT next_at FROM watch WHERE subject_id = $1", subject_id)
    return row["next_at"]


async def breached(desk: Desk) -> list[object]:
    return [data["subject_id"] for name, data in await desk.published() if name == "breached"]


async def test_what_cannot_be_announced_holds_up_no_other(desk: Desk, chores):
    spoilt, *sound = [await desk.opened() for _ in range(4)]
    await refuse(desk, "crossing", f"clock_id <> '{await clock_of(desk, spoilt.id)}'")
    desk.clock.advance(timedelta(minutes=61))
    await desk.confirm()
    swept = await chores["crossings_due"].run(desk.clock.now)
    assert (swept.count, swept.more) == (4, True)
    assert sorted(await breached(desk)) == sorted(str(one.id) for one in sound)
    assert await next_at(desk, spoilt.id) == desk.clock.now + POLICY.look_at_failed_again
    assert (await chores["crossings_due"].run(desk.clock.now)).count == 0

    async with desk.database.transaction(system("tests")) as session:
        await execute(session, "ALTER TABLE crossing DROP CONSTRAINT spoilt")
    desk.clock.advance(POLICY.look_at_failed_again)
    await desk.confirm()
    await chores["crossings_due"].run(desk.clock.now)
    assert sorted(await breached(desk)) == sorted(str(one.id) for one in (spoilt, *sound))


async def test_what_cannot_be_derived_holds_up_no_other(desk: Desk, chores):
    spoilt, *sound = [await desk.opened() for _ in range(3)]
    async with desk.database.transaction(system("tests")) as session:
        await execute(session, "UPDATE fact SET data = '7' WHERE subject_id = $1", spoilt.id)
    desk.clock.advance(timedelta(minutes=61))
    await desk.confirm()
    await chores["crossings_due"].run(desk.clock.now)
    assert sorted(await breached(desk)) == sorted(str(one.id) for one in sound)
    assert await next_at(desk, spoilt.id) == desk.clock.now + POLICY.look_at_failed_again


async def test_what_cannot_be_recomputed_holds_up_no_other(desk: Desk, chores, client):
    spoilt, *sound = [await desk.opened() for _ in range(3)]
    await refuse(desk, "clock", f"subject_id <> '{spoilt.id}' OR calendar_revision = 1")
    for definition in (SHORTER, {**SHORTER, "weekly": {"wed": [["09:00", "18:00"]]}}):
        answer = await client.post("/v1/calendars/always/versions", json={"definition": definition})
        assert answer.status_code == 201, answer.text
    while (await chores["clocks_recomputed"].run(desk.clock.now)).more:
        pass
    rows = await desk.rows("SELECT subject_id, calendar_revision FROM clock")
    assert {row["subject_id"]: row["calendar_revision"] for row in rows} == {
        spoilt.id: 1,
        **{one.id: 3 for one in sound},
    }
    jobs = (await client.get("/v1/recomputations", params={"sort": "created_at"})).json()["items"]
    assert [(job["state"], job["done"], job["total"]) for job in jobs] == [("done", 3, 3)] * 2
    assert jobs[0]["moved"] == len(sound)


@pytest.mark.parametrize(
    ("name", "module", "verb"),
    [
        ("crossings_due", crossings, "announce_due"),
        ("clocks_recomputed", recomputations, "derive_one"),
    ],
)
async def test_an_outage_puts_nobody_off(desk: Desk, chores, client, monkeypatch, name, module, verb):
    ticket = await desk.opened()
    await client.post("/v1/calendars/always/versions", json={"definition": SHORTER})
    desk.clock.advance(timedelta(minutes=61))
    await desk.confirm()
    before = await next_at(desk, ticket.id)

    async def broken(*_: object) -> None:
        raise RuntimeError

    async def away(*_: object, only: UUID | None = None) -> None:
        is_batch = name == "crossings_due" and only is None
        raise RuntimeError if is_batch else ConnectionResetError

    monkeypatch.setattr(recomputations, "advance", broken)
    monkeypatch.setattr(module, verb, away)
    with pytest.raises(ConnectionResetError):
        await chores[name].run(desk.clock.now)
    assert await next_at(desk, ticket.id) == before


async def test_what_fails_for_all_puts_nobody_off(desk: Desk, chores, monkeypatch):
    ticket = await desk.opened()
    desk.clock.advance(timedelta(minutes=61))
    await desk.confirm()
    before = await next_at(desk, ticket.id)

    async def no_world(_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(crossings, "hold_world", no_world)
    with pytest.raises(RuntimeError):
        await chores["crossings_due"].run(desk.clock.now)
    assert await next_at(desk, ticket.id) == before
