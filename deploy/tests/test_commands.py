import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from base64 import b64decode
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import httpx
import pytest
import yaml
from typer.testing import CliRunner

from aftercare import ports
from aftercare.cli import app
from aftercare.desk import Desk
from aftercare.home import Home
from aftercare.processes import PARTS, SERVICES
from common.testing import PATIENCE_SECONDS
from sla import schedule_check
from sla.plan_files import reference_text

WEEK = "time_zone: Asia/Shanghai\nweekly:\n  mon: [[09:00, 18:00]]\n"
ENTRY = f"id: desk\ntitles: {{en: Desk}}\ndefinition:\n{''.join('  ' + row for row in WEEK.splitlines(True))}"


def call(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def passes(*words):
    found = call(*words)
    assert found.exit_code == 0, found.output
    return found.output


def fails(*words):
    found = call(*words)
    assert found.exit_code == 1, (found.output, found.exception)
    return found.output


@pytest.fixture
def written(tmp_path):
    def write(text):
        file = tmp_path / "document.yaml"
        file.write_text(text)
        return file

    return write


def test_the_shipped_plan_is_in_order(written):
    assert "nothing is wrong" in passes("plan", "check", written(reference_text()))


def test_faults_of_a_plan_are_told_with_their_lines(written):
    form = written(reference_text().replace("  subject: ticket\n", "  subjekt: ticket\n", 1))
    told = fails("plan", "check", form)
    line = form.read_text().splitlines().index("  subjekt: ticket") + 1
    assert f"{form}:{line}: Unknown key subjekt" in told
    content = written(reference_text().replace("ticketing.ticket.acknowledged", "ticketing.ticket.nodded", 1))
    assert "ticketing.ticket.nodded" in fails("plan", "check", content)
    assert ":2: Not valid YAML" in fails("plan", "check", written("id: x\n}"))


@pytest.mark.parametrize("text", [WEEK, ENTRY])
def test_a_sound_calendar_passes(written, text):
    assert "nothing is wrong" in passes("calendar", "check", written(text))


@pytest.mark.parametrize(("text", "line"), [(WEEK, 4), (ENTRY, 7)])
def test_faults_of_a_calendar_are_told_with_their_lines(written, text, line):
    indent = "  " if text is ENTRY else ""
    file = written(f"{text}{indent}holidays: [2026-02-30]\n")
    assert f"{file}:{line}: #/holidays/0: 2026-02-30 is no date" in fails("calendar", "check", file)


def test_the_shipped_schedule_is_compared(monkeypatch):
    assert "agree on every date" in passes("calendar", "check")
    monkeypatch.setattr(schedule_check, "check", lambda: ["2026-01-01: a day off only in our data"])
    assert "2026-01-01: a day off only in our data" in fails("calendar", "check")

    def missing():
        raise ModuleNotFoundError("no", name="holidays")

    monkeypatch.setattr(schedule_check, "check", missing)
    assert "development package holidays is missing" in fails("calendar", "check")


def test_documents_are_printed():
    assert json.loads(passes("openapi", "sla"))["openapi"].startswith("3.")
    assert yaml.safe_load(passes("asyncapi", "ticketing"))["asyncapi"]
    assert "services are ticketing, sla" in fails("openapi", "nobody")


@pytest.mark.parametrize(
    "words",
    ["sla replay", "stock verify", "audit verify", "audit keys", "parked list", "plan export reference"],
)
def test_without_a_running_copy_it_is_said_what_to_do(words, tmp_path):
    assert "Start it with `make up`" in fails(*words.split(), "--home", tmp_path)


@pytest.fixture(scope="module")
def home(tmp_path_factory, eventually):
    """The data folder of a running copy in which one ticket was opened and has its clocks."""
    folder = tmp_path_factory.mktemp("commands")
    numbers = {
        f"AFTERCARE_{s.name.upper()}_{p.setting}": str(ports.free_port()) for s in SERVICES for p in PARTS
    }
    command = [sys.executable, "-m", "aftercare", "up", "--home", str(folder), "--with-parent"]
    with (folder / "up.log").open("wb") as log:
        copy = subprocess.Popen(command, env={**os.environ, **numbers}, stdout=log, stderr=log)
    try:
        found = eventually(lambda: Home(folder).running() or copy.poll(), 90)
        assert not isinstance(found, int), (folder / "up.log").read_text()
        seed(Desk(Home(folder), found, "test", ["admin"]), eventually)
        yield folder
    finally:
        copy.terminate()
        copy.wait(30)


def seed(desk, eventually):
    bank = {"code": "BANK", "name_zh": "银行", "name_en": "Bank", "industry": "banking"}
    customer = desk.post("warranty", "/v1/customers", bank)
    report = {
        "kind": "incident",
        "title": "Branch offline",
        "description": "No counter can reach the host.",
        "channel": "hotline",
        "severity": 1,
        "customer_id": customer["id"],
        "reported_at": datetime.now(UTC).isoformat(),
    }
    ticket = desk.post("ticketing", "/v1/tickets", report)
    eventually(lambda: desk.get("sla", "/v1/clocks", subject_id=ticket["id"])["items"], 30)


def test_the_api_serves_the_document_that_the_command_prints(home):
    address = Home(home).running().addresses["sla-api"]
    served = httpx.get(f"{address}/openapi.json", timeout=PATIENCE_SECONDS).raise_for_status()
    assert served.headers["content-type"] == "application/json"
    assert served.json() == json.loads(passes("openapi", "sla"))


def test_a_plan_is_loaded_published_and_exported(home, written):
    exported = passes("plan", "export", "reference", "--home", home)
    file = written(exported.replace("id: reference", "id: gold", 1))
    assert "gold: drafted" in passes("plan", "load", file, "--home", home)
    assert "gold: revision 1 is in force" in passes("plan", "load", file, "--publish", "--home", home)
    assert passes("plan", "export", "gold", "--home", home) == file.read_text()
    assert "not found" in fails("plan", "export", "nothing", "--home", home).lower()
    broken = written(file.read_text().replace("ticketing.ticket.acknowledged", "ticketing.ticket.nodded", 1))
    assert "ticketing.ticket.nodded" in fails("plan", "load", broken, "--home", home)


def test_a_calendar_is_imported(home, written):
    assert "Add --id" in fails("calendar", "import", written(WEEK), "--home", home)
    assert "There is no calendar c" in fails("calendar", "import", written(WEEK), "--id", "c", "--home", home)
    assert "desk: revision 1" in passes("calendar", "import", written(ENTRY), "--home", home)
    assert "desk: revision 2" in passes("calendar", "import", written(WEEK), "--id", "desk", "--home", home)


def test_clocks_follow_from_their_facts(home):
    assert "as it follows" in passes("sla", "replay", "--home", home)
    database = Home(home).running().databases["sla"]
    target = "UPDATE clock SET due_at = due_at + interval '1 hour'"
    asyncio.run(alter(database, target))
    assert "due_at is" in fails("sla", "replay", "--home", home)
    asyncio.run(alter(database, target.replace("+ interval", "- interval")))


def test_stock_follows_from_its_ledger(home):
    desk = Desk(Home(home), Home(home).running(), "test", ["admin"])
    place = {"code": "SH-1", "name": "Shanghai", "kind": "central", "city": "Shanghai"}
    warehouse = desk.post("warranty", "/v1/warehouses", place)
    module = {"number": "PM-1", "name_zh": "功率模块", "name_en": "Power module"}
    part = desk.post("warranty", "/v1/parts", module)
    receipt = {"kind": "receipt", "warehouse_id": warehouse["id"], "part_id": part["id"], "quantity": 5}
    desk.post("warranty", "/v1/stock-movements", receipt)
    told = passes("stock", "verify", "--home", home)
    assert "1 movements compared with 1 balances" in told
    assert "as it follows from its ledger" in told
    database = Home(home).running().databases["warranty"]
    asyncio.run(alter(database, "UPDATE stock_balance SET on_hand = on_hand + 1"))
    assert "SH-1 PM-1: on_hand is 6, the ledger says 5" in fails("stock", "verify", "--home", home)
    asyncio.run(alter(database, "UPDATE stock_balance SET on_hand = on_hand - 1"))


def test_the_keys_of_the_heads_are_told(home):
    keys = [line.split("+", 2) for line in passes("audit", "keys", "--home", home).split()]
    assert [name.split("/")[2] for name, _, _ in keys] == ["ticketing", "sla", "warranty"]
    assert all(len(b64decode(key)) == 33 for _, _, key in keys)


def test_nothing_is_parked(home):
    assert "No event is parked" in passes("parked", "list", "--home", home)
    assert "No event" in fails("parked", "retry", uuid4(), "--home", home)
    assert "its services are sla, ticketing" in fails("parked", "list", "--service", "x", "--home", home)


WITNESSED = re.compile(
    r"ticketing: intact: \d+ entries, (\d+) published heads compared \(\1 in the file, \1 on the bus\)"
)
"""As many heads as there are, everywhere."""


def test_an_altered_entry_is_named(home, eventually):
    database = Home(home).running().databases["ticketing"]
    eventually(lambda: asyncio.run(alter(database, "SELECT seq FROM audit_entry WHERE seq = 1")))
    eventually(lambda: WITNESSED.search(passes("audit", "verify", "--home", home)))
    change = "UPDATE audit_entry SET action = action || 'x' WHERE seq = 1"
    asyncio.run(alter(database, change))
    told = fails("audit", "verify", "--home", home)
    assert "ticketing: BROKEN: entry 1 was altered" in told
    assert "sla: intact" in told
    asyncio.run(alter(database, "UPDATE audit_entry SET action = left(action, -1) WHERE seq = 1"))


def test_a_worker_that_ends_signs_what_it_sealed(home, eventually):
    """Within the hour of the head before, and as a whole: signal, server, worker, sealer, file."""
    running = Home(home).running()
    eventually(lambda: behind_last_head(home) == 0)
    desk = Desk(Home(home), running, "test", ["admin"])
    ticket = desk.get("ticketing", "/v1/tickets")["items"][0]
    for _ in range(2):
        desk.post("ticketing", f"/v1/tickets/{ticket['id']}/comments", {"body": "on it"})
    eventually(lambda: behind_last_head(home) == 2)
    heads = len(signed(home))
    os.kill(running.processes["ticketing-worker"], signal.SIGTERM)
    eventually(lambda: behind_last_head(home) == 0)
    assert len(signed(home)) > heads


def signed(home):
    """The heads in ticketing's file."""
    return (Home(home).service("ticketing") / "audit-heads.txt").read_text().splitlines()


def behind_last_head(home):
    """How many of ticketing's entries no published head covers."""
    told = passes("audit", "verify", "--home", home)
    return int(re.search(r"ticketing: intact: .* (\d+) entries lie behind the last head", told)[1])


async def alter(database, statement):
    """Do what only a superuser can, past every trigger."""
    connection = await asyncpg.connect(re.sub("//[^@]*@", "//postgres@", database))
    try:
        await connection.execute("SET session_replication_role = replica")
        return await connection.fetch(statement)
    finally:
        await connection.close()
