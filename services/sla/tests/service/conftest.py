"""The service on a real database: its API through HTTP, and what a worker would do, step by step."""

from collections.abc import AsyncIterator

import httpx
import pytest

from common.context import system
from common.db import Database
from common.migrations import migrate
from common.testing import START, Doors, Templates, VariableClock
from common.web.app import create_app
from sla.commands import months, reference
from sla.main import CONFLICTS, SCRIPTS, describe
from sla.settings import Settings

from .desk import Desk


async def migrated(url: str) -> None:
    await migrate(url, SCRIPTS)


async def prepared(url: str) -> None:
    await migrated(url)
    database = Database(url, "template")
    async with database.transaction(system("sla")) as session:
        await months.make_months(session, START, 1)
        await reference.publish_reference(session, START)
    await database.close()


@pytest.fixture(scope="session")
async def sla_template(templates: Templates) -> Templates:
    await templates.template("sla", prepared)
    return templates


@pytest.fixture
async def database_url(sla_template: Templates) -> AsyncIterator[str]:
    url = await sla_template.clone("sla")
    yield url
    await sla_template.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    found = Database(database_url, "sla", CONFLICTS)
    yield found
    await found.close()


@pytest.fixture(scope="session")
def doors(tmp_path_factory) -> Doors:
    return Doors(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def settings(doors: Doors) -> Settings:
    return doors.settings(Settings)


@pytest.fixture
async def client(
    database: Database, doors: Doors, settings: Settings, clock: VariableClock
) -> AsyncIterator[httpx.AsyncClient]:
    """An administrator."""
    app = create_app(describe(database), database=database, settings=settings, clock=clock)
    async with doors.client(app, clock, sub="u1", roles=["admin"]) as found:
        yield found


@pytest.fixture
def desk(database: Database, clock: VariableClock) -> Desk:
    return Desk(database, clock)
