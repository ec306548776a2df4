"""`aftercare up` with the real services: all answer, a token opens the door, and it comes back after any end."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import httpx
import pytest

from aftercare import ports
from aftercare.home import Home, Running
from aftercare.keys import Keys
from common.testing import PATIENCE_SECONDS, eventually
from tests.e2e.serving import token_of

pytestmark = pytest.mark.slow

STOP_SECONDS = 10.0


async def start(home: Path, *told: str) -> tuple[asyncio.subprocess.Process, Running]:
    """Start a copy, told some more, and wait until it says what runs."""
    with (home.parent / "said.log").open("ab") as log:
        copy = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "ignore", "-m", "aftercare", "up"),
            *("--home", str(home), "--port-base", str(ports.free_port()), *told),
            stdout=log,
            stderr=log,
        )
    return copy, await eventually(Home(home).running, within=240)


async def test_it_starts_works_comes_back_and_stops_in_time(tmp_path: Path):
    home = tmp_path / "家 home"
    copy, found = await start(home)
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        for address in found.addresses.values():
            assert (await client.get(f"{address}/readyz")).status_code == 200
        headers = {"Authorization": f"Bearer {token_of(Keys(home / 'keys'), 'wang', 'agent')}"}
        tickets = f"{found.addresses['ticketing-api']}/v1/tickets"
        assert (await client.get(tickets)).status_code == 401
        body = {"kind": "incident", "title": "dark", "channel": "hotline", "severity": 1}
        unknown = {**body, "customer_id": "018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a10"}
        refused = await client.post(tickets, json=unknown, headers=headers)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["code"] == "customer-unknown"
        bank = {"code": "BANK", "name_zh": "银行", "name_en": "Bank", "industry": "banking"}
        customers = f"{found.addresses['warranty-api']}/v1/customers"
        customer = (await client.post(customers, json=bank, headers=headers)).json()
        told = await client.post(tickets, json={**body, "customer_id": customer["id"]}, headers=headers)
        assert told.status_code == 201
        assert told.json()["is_directory_unverified"] is False

        async def clock() -> bool:
            clocks = f"{found.addresses['sla-api']}/v1/clocks?subject_id={told.json()['id']}"
            return bool((await client.get(clocks, headers=headers)).json()["items"])

        await eventually(clock)
    os.kill(found.pid, signal.SIGKILL)
    await copy.wait()
    copy, found = await start(home)
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        kept = await client.get(f"{found.addresses['ticketing-api']}/v1/tickets", headers=headers)
        assert [item["id"] for item in kept.json()["items"]] == [told.json()["id"]]
    began = time.monotonic()
    os.kill(found.pid, signal.SIGTERM)
    assert await copy.wait() == 0
    assert time.monotonic() - began < STOP_SECONDS + 2
