"""Every operation of both services fuzzed by its own document, with every check there is."""

import asyncio
import json
import os
import sys
from pathlib import Path
from uuid import UUID

import pytest

from aftercare.keys import Keys
from common.processes import prepare
from common.testing import Templates

from .serving import SERVICES, served, settings_of, token_of

pytestmark = pytest.mark.slow

EXAMPLES = os.environ.get("AFTERCARE_FUZZ_EXAMPLES", "20")
CONFIG = Path(__file__).with_name("schemathesis.toml")
PEERS = {"of_a": UUID(int=0xA), "of_b": UUID(int=0xB)}


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
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=folder,
    )
    said, _ = await fuzz.communicate()
    (folder / "said.txt").write_bytes(said)
    return fuzz.returncode, said.decode()[-20_000:]


@pytest.mark.parametrize("name", SERVICES)
async def test_every_check_passes(name: str, templates: Templates, keys: Keys, tmp_path: Path):
    service = SERVICES[name]
    await templates.template(
        f"fuzz_{name}", lambda url: prepare(service, settings_of(service, keys, url, tmp_path))
    )
    url = await templates.clone(f"fuzz_{name}")
    bearer = f"Authorization: Bearer {token_of(keys, 'fuzzer', 'admin')}"
    async with served(service, settings_of(service, keys, url, tmp_path)) as address:
        status, said = await st(
            tmp_path, CONFIG, f"{address}/openapi.json", "-c", "all", "-n", EXAMPLES, "-H", bearer
        )
    assert status == 0, said


@pytest.mark.parametrize("name", SERVICES)
async def test_no_customer_gets_at_anothers_objects(
    name: str, templates: Templates, keys: Keys, tmp_path: Path
):
    """Two customers' tokens, each of which must not see what the other made."""
    service = SERVICES[name]
    await templates.template(
        f"fuzz_{name}", lambda url: prepare(service, settings_of(service, keys, url, tmp_path))
    )
    url = await templates.clone(f"fuzz_{name}")
    peers = [
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
    config.write_text(f'[auth.wfc]\npath = "{tmp_path}/peers.json"\npeers = [{names}]\n')
    checks = ("-c", "object_level_authorization,not_a_server_error")
    async with served(service, settings_of(service, keys, url, tmp_path)) as address:
        status, said = await st(tmp_path, config, f"{address}/openapi.json", *checks, "-n", EXAMPLES)
    assert status == 0, said
