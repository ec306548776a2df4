"""A town per story and mode; the three modes of a story must come to the same."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from unicodedata import normalize

import httpx
import pytest

import sla.main
import ticketing.main
import warranty.main
from aftercare.keys import Keys
from common.bus.intake import Intake
from common.context import system
from common.db import Database
from common.migrations import migrate
from common.processes import Service, application
from common.testing import START, Templates, VariableClock
from sla.commands import months, reference
from tests.e2e.serving import settings_of
from tests.stories.town import MODES, House, Town, hearing_of

SERVICES: dict[str, Service[Any]] = {
    "ticketing": ticketing.main.SERVICE,
    "sla": sla.main.SERVICE,
    "warranty": warranty.main.SERVICE,
}


async def _prepare_ticketing(url: str) -> None:
    await migrate(url, ticketing.main.SCRIPTS)


async def _prepare_sla(url: str) -> None:
    """With the reference plan and calendars in force since the stories' beginning."""
    await migrate(url, sla.main.SCRIPTS)
    database = Database(url, "stories")
    async with database.transaction(system("sla")) as session:
        await months.make_months(session, START, 1)
        await reference.publish_reference(session, START)
    await database.close()


async def _prepare_warranty(url: str) -> None:
    await migrate(url, warranty.main.SCRIPTS)


PREPARED: dict[str, Callable[[str], Any]] = {
    "ticketing": _prepare_ticketing,
    "sla": _prepare_sla,
    "warranty": _prepare_warranty,
}


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    made = Keys(tmp_path_factory.mktemp("keys"))
    made.create_missing()
    return made


@pytest.fixture(scope="session")
def ends() -> dict[str, Any]:
    """How each story ended in the mode that came first."""
    return {}


async def _house(
    service: Service[Any], url: str, keys: Keys, home: Path, clock: VariableClock, stack: AsyncExitStack
) -> House:
    database = Database(url, service.name, service.conflicts)
    stack.push_async_callback(database.close)
    app = application(service, settings_of(service, keys, url, home), database, clock)
    transport = httpx.ASGITransport(app)
    http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://town"))
    return House(service, database, http, transport, Intake(database, hearing_of(service, database), clock))


@pytest.fixture(params=MODES)
async def town(
    request: pytest.FixtureRequest,
    templates: Templates,
    keys: Keys,
    tmp_path: Path,
    clock: VariableClock,
    ends: dict[str, Any],
) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        houses = {}
        for name, service in SERVICES.items():
            await templates.template(f"story_{name}", PREPARED[name])
            url = await templates.clone(f"story_{name}")
            stack.push_async_callback(templates.drop, url)
            houses[name] = await _house(service, url, keys, tmp_path, clock, stack)
        found = Town(request.param, keys, clock, houses)
        yield found
        story = normalize("NFC", request.node.nodeid).replace(f"[{request.param}", "[")
        end = await found.summary()
        assert ends.setdefault(story, end) == end
