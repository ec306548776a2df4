"""Connections that ended while they lay in a pool, or under the work: what begins afterwards does not notice."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import text

from common.context import system
from common.db import Database
from common.inbox import execute
from common.testing import eventually

NAME = "reconnecting"
CONTEXT = system("tests")
MINE = "FROM pg_stat_activity WHERE application_name = $1"


@pytest.fixture
async def mortal(dsn):
    found = Database(dsn, NAME)
    yield found
    await found.close()


async def end_all(link) -> None:
    """End every connection, and wait until the server has none of them left."""
    assert await link.fetch(f"SELECT pg_terminate_backend(pid) {MINE}", NAME)

    async def are_gone() -> bool:
        return not await link.fetchval(f"SELECT count(*) {MINE}", NAME)

    await eventually(are_gone)


@pytest.fixture
async def link(dsn):
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


async def read(database: Database) -> int:
    async def query(session) -> int:
        return int((await session.execute(text("SELECT 1 FROM pg_sleep(0.05)"))).scalar_one())

    return await database.ask(CONTEXT, query)


async def write(database: Database) -> int:
    async def act(session) -> int:
        return int((await session.execute(text("SELECT 2 FROM pg_sleep(0.05)"))).scalar_one())

    return await database.run(CONTEXT, act)


async def alone(database: Database) -> int:
    return int((await database.fetch("SELECT 3 FROM pg_sleep(0.05)"))[0][0])


@pytest.mark.parametrize("work", [read, write, alone])
async def test_the_first_work_after_a_restart_is_done(mortal, link, work):
    before = await asyncio.gather(*(work(mortal) for _ in range(5)))
    await end_all(link)
    assert await asyncio.gather(*(work(mortal) for _ in range(5))) == before


@pytest.mark.parametrize("way", ["run", "ask"])
async def test_work_whose_connection_breaks_is_begun_again(mortal, link, way):
    begun = []

    async def act(session) -> int:
        begun.append(session)
        pid = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        if len(begun) == 1:
            await link.execute("SELECT pg_terminate_backend($1)", pid)
        return int((await session.execute(text("SELECT 4"))).scalar_one())

    assert await getattr(mortal, way)(CONTEXT, act) == 4
    assert len(begun) == 2


async def test_work_that_may_be_committed_is_not_done_again(mortal, link):
    """Whoever asked is told that it is not known; an idempotency key answers the question."""
    begun = []

    async def act(session) -> None:
        begun.append(session)
        await execute(session, "SELECT 1")
        pid = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        commit = session.commit

        async def commit_in_vain() -> None:
            await link.execute("SELECT pg_terminate_backend($1)", pid)
            await session.execute(text("SELECT 1"))
            await commit()

        session.commit = commit_in_vain

    with pytest.raises(Exception, match=r"clos|terminat|cannot switch"):
        await mortal.run(CONTEXT, act)
    assert len(begun) == 1
