"""The worker on a real bus: events of another service become clocks, and what comes due is announced."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from common.bus import Bus
from common.context import system
from common.contracts import REGISTRY, published_by
from common.db import Database
from common.events import Envelope
from common.inbox import execute
from common.outbox import publish
from common.testing import RunningClock, Templates, eventually
from common.worker import Reactions, Worker
from sla.commands.publishing import About
from sla.main import reactions, replay

from .desk import Desk, Thing, Ticket


class Running:
    """A worker in the background."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(worker.run(self._stop))

    async def stop(self) -> None:
        self._stop.set()
        await self._task


@pytest.fixture
async def now() -> RunningClock:
    return RunningClock()


@asynccontextmanager
async def speaking(
    service: str, templates: Templates, bus: Bus, now: RunningClock
) -> AsyncIterator[Database]:
    """A database with an outbox that stands for another service's, and the relay that empties it."""
    url = await templates.clone("sla")
    found = Database(url, service)
    told = Reactions(publishes=published_by(service))
    async with found.transaction(system(service)) as session:
        await (await session.connection()).exec_driver_sql("DELETE FROM outbox")
    running = Running(Worker(service=service, database=found, bus=bus, clock=now, reactions=told))
    yield found
    await running.stop()
    await found.close()
    await templates.drop(url)


@pytest.fixture
async def ticketing(sla_template: Templates, bus: Bus, now: RunningClock) -> AsyncIterator[Database]:
    async with speaking("ticketing", sla_template, bus, now) as found:
        yield found


@pytest.fixture
async def warranty(sla_template: Templates, bus: Bus, now: RunningClock) -> AsyncIterator[Database]:
    async with speaking("warranty", sla_template, bus, now) as found:
        yield found


def worker(database: Database, bus: Bus, now: RunningClock) -> Running:
    return Running(
        Worker(service="sla", database=database, bus=bus, clock=now, reactions=reactions(database))
    )


async def send(service: Database, about: Ticket | Thing, told: Envelope) -> None:
    event = REGISTRY[told.type].model_validate(told.data)
    key = About(about.id, told.aggregate_version)
    async with service.transaction(system(event.service())) as session:
        publish(session, event, of=key, occurred_at=told.occurred_at, now=told.recorded_at)


async def tell(ticketing: Database, desk: Desk, ticket: Ticket, name: str, now: RunningClock) -> None:
    await send(ticketing, ticket, desk.event(ticket, name, at=now()))


@pytest.mark.usefixtures("warranty")
async def test_from_event_to_breach(database, database_url, ticketing, bus, now, settings):
    desk = Desk(database, now)
    running = [worker(database, bus, now), worker(database, bus, now)]
    tickets = [Ticket(now(), facts=desk.ticket().facts) for _ in range(20)]
    for ticket in tickets:
        await tell(ticketing, desk, ticket, "ticket.opened", now)
    await eventually(lambda: desk.rows("SELECT 1 FROM clock HAVING count(*) = 20"), within=30)
    kept = tickets[0]
    await tell(ticketing, desk, kept, "ticket.acknowledged", now)
    await eventually(lambda: desk.rows("SELECT 1 FROM clock WHERE state = 'met'"), within=30)
    now.advance(timedelta(minutes=61))
    await desk.confirm(now(), but="ticketing")  # the only source that is up here
    for one in running:
        one.worker.wake()
    await eventually(
        lambda: desk.rows("SELECT 1 FROM crossing WHERE kind = 'breached' HAVING count(*) = 19"), within=30
    )
    for one in running:
        await one.stop()
    assert (await desk.names()).count("breached") == 19
    assert await desk.rows("SELECT 1 FROM crossing WHERE is_unconfirmed") == []
    there = settings.model_copy(update={"database_url": database_url})
    assert [str(one) async for one in replay(there)] == []


@pytest.mark.usefixtures("ticketing")
async def test_a_customers_deadline_is_kept_and_missed(database, database_url, warranty, bus, now, settings):
    desk = Desk(database, now)
    running = worker(database, bus, now)
    due = (now() + timedelta(hours=10)).isoformat()
    kept, missed = desk.defect(due_at=due), desk.defect(due_at=due)
    for one in (kept, missed):
        await send(warranty, one, desk.thing_event(one, "defect.recorded"))
    await eventually(lambda: desk.rows("SELECT 1 FROM clock HAVING count(*) = 2"), within=30)
    clocks = await desk.rows("SELECT DISTINCT due_at, subject_type, metric FROM clock")
    assert [(one["due_at"].isoformat(), one["subject_type"], one["metric"]) for one in clocks] == [
        (due, "defect", "resolution")
    ]
    await send(warranty, kept, desk.thing_event(kept, "defect.resolved", state="resolved"))
    await eventually(lambda: desk.rows("SELECT 1 FROM clock WHERE state = 'met'"), within=30)
    now.advance(timedelta(hours=10, seconds=1))
    running.worker.wake()
    await eventually(lambda: desk.rows("SELECT 1 FROM crossing WHERE kind = 'breached'"), within=30)
    await running.stop()
    [late] = [told for name, told in await desk.published() if name == "breached"]
    assert (late["subject_id"], late["subject_type"], late["is_unconfirmed"]) == (
        str(missed.id),
        "defect",
        False,
    )
    assert (await desk.names()).count("breached") == 1
    assert await desk.rows("SELECT 1 FROM crossing WHERE is_unconfirmed") == []
    there = settings.model_copy(update={"database_url": database_url})
    assert [str(one) async for one in replay(there)] == []


@pytest.mark.usefixtures("warranty")
async def test_one_subject_that_cannot_be_written_holds_up_no_other(database, ticketing, bus, now):
    desk = Desk(database, now)
    running = worker(database, bus, now)
    tickets = [Ticket(now(), facts=desk.ticket().facts) for _ in range(3)]
    for ticket in tickets:
        await tell(ticketing, desk, ticket, "ticket.opened", now)
    await eventually(lambda: desk.rows("SELECT 1 FROM clock HAVING count(*) = 3"), within=30)
    [spoilt] = await desk.rows("SELECT id FROM clock WHERE subject_id = $1", tickets[0].id)
    async with database.transaction(system("tests")) as session:
        check = f"CHECK (clock_id <> '{spoilt['id']}') NOT VALID"
        await execute(session, f"ALTER TABLE crossing ADD CONSTRAINT spoilt {check}")
    now.advance(timedelta(minutes=61))
    await desk.confirm(now(), but="ticketing")
    running.worker.wake()
    await eventually(
        lambda: desk.rows("SELECT 1 FROM crossing WHERE kind = 'breached' HAVING count(*) = 2"), within=30
    )
    told = [data["subject_id"] for name, data in await desk.published() if name == "breached"]
    assert sorted(told) == sorted(str(ticket.id) for ticket in tickets[1:])
    await running.stop()
