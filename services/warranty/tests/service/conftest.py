"""Warranty on a real database: its API through HTTP, its listeners event by event."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import httpx
import pytest

from common.db import Database
from common.migrations import migrate
from common.testing import Doors, Templates, VariableClock, gaps_in_versions
from common.web.app import create_app
from warranty.main import CONFLICTS, SCRIPTS, describe
from warranty.settings import Settings

from .importing import Importing
from .office import Office
from .stores import Stores


async def migrated(url: str) -> None:
    await migrate(url, SCRIPTS)


@pytest.fixture
async def database(templates: Templates) -> AsyncIterator[Database]:
    await templates.template("warranty", migrated)
    url = await templates.clone("warranty")
    found = Database(url, "warranty", CONFLICTS)
    yield found
    assert await gaps_in_versions(found, "imports") == []
    await found.close()
    await templates.drop(url)


@pytest.fixture(scope="session")
def doors(tmp_path_factory) -> Doors:
    return Doors(tmp_path_factory.mktemp("keys"))


Connect = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def connect(database: Database, doors: Doors, clock: VariableClock) -> AsyncIterator[Connect]:
    """Makes a client that signs in with the given claims."""
    app = create_app(describe(database), database=database, settings=doors.settings(Settings), clock=clock)
    made: list[httpx.AsyncClient] = []

    async def connect(**claims: object) -> httpx.AsyncClient:
        client = doors.client(app, clock, **claims)
        made.append(client)
        return client

    yield connect
    for client in made:
        await client.aclose()


@pytest.fixture
async def office(connect: Connect, database: Database, clock: VariableClock) -> Office:
    """An administrator at work."""
    return Office(await connect(sub="admin-1", roles=["admin"]), database, clock)


@pytest.fixture
async def customer_of(connect: Connect) -> Callable[[dict], Awaitable[httpx.AsyncClient]]:
    """Signs in a user of a customer's organisation."""

    async def sign_in(customer: dict) -> httpx.AsyncClient:
        return await connect(sub="user-1", roles=["customer"], customer_id=str(UUID(customer["id"])))

    return sign_in


@pytest.fixture
def imports(office: Office) -> Importing:
    """An administrator with spreadsheets, and a worker that stands still until it is told to work."""
    return Importing(office)


@pytest.fixture
async def stores(office: Office) -> AsyncIterator[Stores]:
    """A storekeeper at work; afterwards the books agree with the ledger, whatever was done."""
    found = Stores(office)
    yield found
    assert await found.differences() == []
