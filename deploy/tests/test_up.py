import json
import os
import signal

import asyncpg
import httpx
import pytest

from aftercare import ports
from aftercare.home import Home
from common.testing import PATIENCE_SECONDS

PROCESSES = {"postgres", "broker", "desk-api", "desk-worker"}


@pytest.fixture
def home(tmp_path):
    return tmp_path / "家 home"


def running(home):
    return Home(home).running()


@pytest.fixture
def up(copies, eventually):
    """Starts a copy and waits until it says that it runs."""

    def start(home, **variables):
        copy = copies.start(home, **variables)
        found = eventually(lambda: running(home) or copy.poll())
        assert not isinstance(found, int), copy.stdout.read().decode()
        return copy, found

    return start


async def test_everything_comes_up_and_goes_away(up, home, is_alive):
    copy, found = up(home)
    assert found.processes.keys() == PROCESSES
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        assert (await client.get(found.addresses["desk-api"] + "/readyz")).status_code == 200
    connection = await asyncpg.connect(found.databases["desk"])
    assert await connection.fetchval("SELECT current_user || current_database()") == "deskdesk"
    await connection.close()
    copy.send_signal(signal.SIGTERM)
    said = [json.loads(line) for line in copy.stdout.read().splitlines()]
    assert copy.wait() == 0
    assert not any(is_alive(pid) for pid in found.processes.values())
    assert running(home) is None
    (ready,) = [line for line in said if line.get("event") == "ready"]
    assert ready["token"].count(".") == 2
    hello = [line["told"] for line in said if line["event"] == "hello from migrate"]
    assert hello[0]["DESK_JWKS"] == str(home / "keys" / "jwks.json")


@pytest.mark.parametrize("victim", sorted(PROCESSES))
def test_a_killed_process_is_replaced(up, home, eventually, victim):
    _, before = up(home)
    os.kill(before.processes[victim], signal.SIGKILL)
    after = eventually(lambda: (now := running(home)).processes != before.processes and now)
    assert after.processes.keys() == PROCESSES
    eventually(lambda: ports.answers(int(after.bus.rpartition(":")[2])))


def test_killed_itself_it_leaves_nobody_and_can_start_again(up, home, eventually, is_alive):
    copy, before = up(home)
    copy.kill()
    copy.wait()
    eventually(lambda: not any(is_alive(pid) for pid in before.processes.values()))
    _, after = up(home)
    assert after.processes.keys() == PROCESSES


def test_two_copies_run_side_by_side_but_not_on_one_folder(up, copies, home, tmp_path):
    up(home)
    up(tmp_path / "other")
    third = copies.start(home)
    assert third.wait() == 1
    assert b"in use by another running copy" in third.stdout.read()


def test_a_port_that_is_taken_is_named(up, copies, home, tmp_path):
    _, found = up(home)
    taken = int(found.addresses["desk-api"].rpartition(":")[2])
    other = copies.start(tmp_path / "other", AFTERCARE_DESK_PORT=str(taken))
    assert other.wait() == 1
    assert f"Port {taken} is taken: set AFTERCARE_DESK_PORT" in other.stdout.read().decode()


def test_an_outside_database_is_used(up, home, postgres):
    copy, found = up(home, DATABASE_URL=postgres.url())
    assert found.processes.keys() == PROCESSES - {"postgres"}
    assert f"port={postgres.port}" in found.databases["desk"]
    copy.send_signal(signal.SIGINT)
    copy.stdout.read()
    assert copy.wait() == 0
