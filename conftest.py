"""Servers for the tests: an embedded PostgreSQL and broker, or outside ones named by the environment."""

import os
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
import structlog

from aftercare.embedded import EmbeddedBroker, EmbeddedPostgres
from common.bus import Bus
from common.testing import Templates, VariableClock

DATABASE = "AFTERCARE_TEST_DATABASE_URL"
BUS = "AFTERCARE_TEST_BUS"


def pytest_configure() -> None:
    """Failures are told without the locals of every frame: a world or a plan takes minutes to be written."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server of our own, which tests may kill and start again."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def admin_url(request: pytest.FixtureRequest) -> str:
    """A database of a server on which databases may be created."""
    outside = os.environ.get(DATABASE)
    return outside or request.getfixturevalue("postgres").url("postgres")


@pytest.fixture(scope="session")
async def templates(admin_url: str) -> AsyncIterator[Templates]:
    """Migrated databases to clone."""
    found = Templates(admin_url)
    yield found
    await found.close()


@pytest.fixture(scope="session")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the bus that all tests share."""
    outside = os.environ.get(BUS)
    if outside:
        yield outside
        return
    with EmbeddedBroker(tmp_path_factory.mktemp("broker")) as broker:
        yield broker.bootstrap


@pytest.fixture(scope="session")
def session_ms() -> int:
    """Length of a consumer's session.

    The embedded broker keeps who joins a group waiting for half of one; Kafka takes no shorter ones.
    """
    return 6000 if os.environ.get(BUS) else 1000


@pytest.fixture
def bus(bootstrap: str, session_ms: int) -> Bus:
    """The bus with topics and groups of this test's own."""
    return Bus(bootstrap, f"t{uuid4().hex[:12]}.", session_ms)


@pytest.fixture
def clock() -> VariableClock:
    """A clock that stands still until it is moved."""
    return VariableClock()
