"""A house of both services for every way of delivering."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from aftercare.keys import Keys
from common.bus import Bus
from common.processes import prepare
from common.testing import RunningClock, Templates
from tests.e2e.serving import SERVICES, settings_of
from tests.stories.house import House, wing

WAYS = ("plain", "doubled", "lump")


@pytest.fixture(scope="module", params=WAYS)
async def house(
    request: pytest.FixtureRequest,
    templates: Templates,
    bootstrap: str,
    session_ms: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[House]:
    home: Path = tmp_path_factory.mktemp("house")
    keys = Keys(home / "keys")
    keys.create_missing()
    found = House(RunningClock(), Bus(bootstrap, f"t{uuid4().hex[:12]}.", session_ms), request.param)
    urls = {}
    for name, service in SERVICES.items():
        await templates.template(
            f"story_{name}",
            lambda url, service=service: prepare(service, settings_of(service, keys, url, home)),
        )
        urls[name] = await templates.clone(f"story_{name}")
    settings = {name: settings_of(service, keys, urls[name], home) for name, service in SERVICES.items()}
    async with (
        wing(SERVICES["ticketing"], settings["ticketing"], keys, found.clock) as ticketing,
        wing(SERVICES["sla"], settings["sla"], keys, found.clock) as sla,
    ):
        found.wings = {"ticketing": ticketing, "sla": sla}
        found.begin("ticketing")
        if found.way != "lump":
            found.begin("sla")
        yield found
        await found.end("sla")
        await found.end("ticketing")


@pytest.fixture(autouse=True)
async def silent_until_told(house: House) -> AsyncIterator[None]:
    """Where all comes in a lump, sla hears nothing before a story's end."""
    yield
    if house.way == "lump":
        await house.end("sla")
