"""A made-up service with a counter per thing, for the tests of outbox, bus and inbox."""

from collections.abc import AsyncIterator

import pytest

from common.bus import Bus
from common.db import Database
from common.testing import RunningClock, Templates

from .made_up import Made, migrate


@pytest.fixture(scope="session")
async def migrated(templates: Templates) -> Templates:
    await templates.template("made", migrate)
    return templates


@pytest.fixture
async def database_url(migrated: Templates) -> AsyncIterator[str]:
    url = await migrated.clone("made")
    yield url
    await migrated.drop(url)


@pytest.fixture
async def other_url(migrated: Templates) -> AsyncIterator[str]:
    url = await migrated.clone("made")
    yield url
    await migrated.drop(url)


@pytest.fixture
async def made(database_url: str, other_url: str, bus: Bus) -> AsyncIterator[Made]:
    """A publisher and a consumer service on the shared bus."""
    publisher, consumer = Database(database_url, "maker"), Database(other_url, "keeper")
    yield Made(publisher, consumer, bus, RunningClock())
    await publisher.close()
    await consumer.close()
