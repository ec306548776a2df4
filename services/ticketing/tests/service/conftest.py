"""Ticketing on a real database: its API through HTTP, its listeners event by event."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest

from common.db import Database
from common.migrations import migrate
from common.testing import Doors, Templates, VariableClock, gaps_in_versions
from common.web.app import create_app
from ticketing.main import CONFLICTS, SCRIPTS, describe
from ticketing.settings import Settings

from .desk import CUSTOMER, Desk
from .town_hall import TownHall


async def migrated(url: str) -> None:
    await migrate(url, SCRIPTS)


@pytest.fixture
async def database_url(templates: Templates) -> AsyncIterator[str]:
    await templates.template("ticketing", migrated)
    url = await templates.clone("ticketing")
    yield url
    await templates.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    found = Database(database_url, "ticketing", CONFLICTS)
    yield found
    assert await gaps_in_versions(found) == []
    await found.close()


@pytest.fixture(scope="session")
def doors(tmp_path_factory) -> Doors:
    return Doors(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def settings(doors: Doors) -> Settings:
    return doors.settings(Settings)


Connect = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
def services() -> dict[str, object]:
    """Ways to the outside; a test that has one gives it here."""
    return {}


@pytest.fixture
async def connect(
    database: Database, doors: Doors, settings: Settings, clock: VariableClock, services: dict[str, object]
) -> AsyncIterator[Connect]:
    """Makes a client that signs in with the given claims."""
    described = describe(database)
    api = replace(described, services={**described.services, **services})
    app = create_app(api, database=database, settings=settings, clock=clock)
    made: list[httpx.AsyncClient] = []

    async def connect(**claims: object) -> httpx.AsyncClient:
        client = doors.client(app, clock, **claims)
        made.append(client)
        return client

    yield connect
    for client in made:
        await client.aclose()


@pytest.fixture
async def desk(connect: Connect, database: Database, clock: VariableClock) -> Desk:
    """An agent at work."""
    return Desk(await connect(), database, clock)


@pytest.fixture
def hall(desk: Desk) -> TownHall:
    """What warranty tells of the organisation that the desk opens tickets for."""
    return TownHall(desk)


@pytest.fixture
async def lead(connect: Connect) -> httpx.AsyncClient:
    return await connect(sub="lead-1", roles=["lead"])


@pytest.fixture
async def customer(connect: Connect) -> httpx.AsyncClient:
    """A user of the organisation that the desk opens tickets for."""
    return await connect(sub="user-1", roles=["customer"], customer_id=str(CUSTOMER))


@pytest.fixture
async def stranger(connect: Connect) -> httpx.AsyncClient:
    """A user of another organisation."""
    return await connect(sub="user-2", roles=["customer"], customer_id=str(uuid4()))
