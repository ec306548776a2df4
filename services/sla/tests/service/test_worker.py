"""The worker on a real bus: events of another service become clocks, and what comes due is announced."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from common.bus import Bus
from common.context import system
from common.contracts import REGISTRY, published_by
from common.db import Database
from common.outbox import publish
from common.testing import RunningClock, Templates, eventually
from common.worker import Reactions, Worker
from sla.commands.publishing import About
from sla.main import reactions, replay

from .desk import Desk, Ticket


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


@pytest.fixture
async def ticketing(sla_template: Templates, bus: Bus, now: RunningClock) -> AsyncIterator[Database]:
    """A database with an outbox that stands for ticketing's, and the relay that empties it."""
    url = await sla_template.clone("sla")
    found = Database(url, "ticketing")
    told = Reactions(publishes=published_by("ticketing"))
    async with found.transaction(system("ticketing")) as session:
        await (await session.connection()).exec_driver_sql("DELETE FROM outbox")
    running = Running(Worker(service="ticketing", database=found, bus=bus, clock=now, reactions=told))
    yield found
    await running.stop()
    await found.close()
    await sla_template.drop(url)


def worker(database: Database, bus: Bus, now: RunningClock) -> Running:
    return Running(
        Worker(service="sla", database=database, bus=bus, clock=now, reactions=reactions(database))
    )


async def tell(
    ticketing: Database, desk: Desk, ticket: Ticket, name: str, now: RunningClock, **own: object
) -> None:
    told = desk.event(ticket, name, at=now(), **own)
    event = REGISTRY[told.type].model_validate(told.data)
    about = About(ticket.id, told.aggregate_version)
    async with ticketing.transaction(system("ticketing")) as session:
        publish(session, event, of=about, occurred_at=now(), now=now())


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
