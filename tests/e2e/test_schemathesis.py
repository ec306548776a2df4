"""Every operation of the services fuzzed by its own document, with every check there is."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from aftercare.keys import Keys
from common.bus.records import Record, Unreadable
from common.context import system
from common.db import Database
from common.parked import park_unreadable
from common.processes import prepare
from common.testing import PATIENCE_SECONDS, Templates

from .serving import SERVICES, served, settings_of, token_of
from .walking import Walk

pytestmark = pytest.mark.slow

EXAMPLES = os.environ.get("AFTERCARE_FUZZ_EXAMPLES", "20")
HERE = Path(__file__).parent
CONFIG = HERE / "schemathesis.toml"
PEERS = {"of_a": UUID(int=0xA), "of_b": UUID(int=0xB)}
PARKED = 60

ELSEWHERE = {
    "GET /v1/clocks/{clock_id}",
    "GET /v1/clocks/{clock_id}/crossings",
    "GET /v1/clocks/{clock_id}/explanation",
    "POST /v1/plans",
    "POST /v1/plans/{plan_id}:publish",
    "PUT /v1/plans/{plan_id}/draft",
    "POST /v1/imports/{import_id}:run",
}
"""What cannot go well here: clocks begin with events, plans have a language of their own, imports need a worker.

The services' own tests take them there.
"""

MOSTLY = 0.9
"""Share of all others that has to go well at least once; the rest are the ends of ways that chance seldom takes."""


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    made = Keys(tmp_path / "keys")
    made.create_missing()
    return made


async def st(folder: Path, config: Path, *arguments: str) -> tuple[int | None, str]:
    """Run schemathesis; its exit status and what it said."""
    program = Path(sys.executable).with_name("st")
    fuzz = await asyncio.create_subprocess_exec(
        *(str(program), "--config-file", str(config), "run", *arguments, "--seed", "1"),
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=folder,
    )
    said, _ = await fuzz.communicate()
    (folder / "said.txt").write_bytes(said)
    return fuzz.returncode, said.decode()[-20_000:]


@asynccontextmanager
async def fresh(name: str, templates: Templates, keys: Keys, home: Path) -> AsyncIterator[str]:
    """The service on a database of its own, in which some events are parked; its address."""
    service = SERVICES[name]
    await templates.template(
        f"fuzz_{name}", lambda url: prepare(service, settings_of(service, keys, url, home))
    )
    url = await templates.clone(f"fuzz_{name}")
    await park(url)
    async with served(service, settings_of(service, keys, url, home)) as address:
        yield address


async def park(url: str) -> None:
    """Records on the bus that nobody could read."""
    database = Database(url, "fuzz")
    async with database.transaction(system("fuzz")) as session:
        for position in range(PARKED):
            record = Record("elsewhere", 0, position, f"key-{position}", [], b"?")
            unreadable = Unreadable(record, "urn:aftercare:elsewhere", uuid4(), "elsewhere.told", "not JSON")
            park_unreadable(session, unreadable, datetime.now(UTC))
    await database.close()


async def walk(address: str, keys: Keys, folder: Path) -> Walk:
    """Objects in as many states as the document leads to, left for the fuzz to find."""
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                httpx.AsyncClient(
                    base_url=address,
                    headers={**bearer(keys, who), "If-Match": "*"},
                    timeout=PATIENCE_SECONDS,
                    trust_env=False,
                )
            )
            for who in ("fuzzer", "walker")
        ]
        document = (await clients[0].get("/openapi.json")).json()
        walked = Walk(clients, document, Random(1))
        (await walked.go()).kept(folder / "objects.json")
    return walked


def bearer(keys: Keys, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(keys, who, 'admin')}"}


def operations(name: str) -> set[str]:
    """Method and path of everything that the committed document of a service offers."""
    document = json.loads((HERE.parents[1] / "docs" / "openapi" / f"{name}.json").read_text())
    return {f"{method.upper()} {path}" for path, told in document["paths"].items() for method in told}


@pytest.mark.parametrize("name", SERVICES)
async def test_every_check_passes(name: str, templates: Templates, keys: Keys, tmp_path: Path):
    async with fresh(name, templates, keys, tmp_path) as address:
        walked = await walk(address, keys, tmp_path)
        header = f"Authorization: {bearer(keys, 'fuzzer')['Authorization']}"
        status, said = await st(
            tmp_path, CONFIG, f"{address}/openapi.json", "-c", "all", "-n", EXAMPLES, "-H", header
        )
    assert status == 0, said
    answers: dict[str, list[int]] = json.loads((tmp_path / "reached.json").read_text())
    assert set(answers) == operations(name), "not every operation was asked"
    went_well = {operation for operation, found in answers.items() if min(found) < 300}
    went_well |= {f"{method.upper()} {path}" for method, path in walked.went_well}
    expected = operations(name) - ELSEWHERE
    assert len(expected & went_well) >= MOSTLY * len(expected), sorted(expected - went_well)


@pytest.mark.parametrize("name", SERVICES)
async def test_no_customer_gets_at_anothers_objects(
    name: str, templates: Templates, keys: Keys, tmp_path: Path
):
    """Two customers' tokens, each of which must not see what the other made."""
    peers: list[dict[str, Any]] = [
        {
            "name": peer,
            "fixedHeaders": [
                {
                    "name": "Authorization",
                    "value": f"Bearer {token_of(keys, peer, 'customer', customer_id=customer)}",
                }
            ],
        }
        for peer, customer in PEERS.items()
    ]
    (tmp_path / "peers.json").write_text(json.dumps({"auth": peers}))
    names = ", ".join(f'"{peer}"' for peer in PEERS)
    config = tmp_path / "peers.toml"
    config.write_text(
        f'hooks = "tests.e2e.formats"\n[auth.wfc]\npath = "{tmp_path}/peers.json"\npeers = [{names}]\n'
    )
    checks = ("-c", "object_level_authorization,not_a_server_error")
    async with fresh(name, templates, keys, tmp_path) as address:
        status, said = await st(tmp_path, config, f"{address}/openapi.json", *checks, "-n", EXAMPLES)
    assert status == 0, said
