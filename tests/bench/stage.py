"""Where everything is measured: the embedded servers in a folder that goes away, databases, processes."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
from uuid_utils import uuid4

from aftercare import ports
from aftercare.embedded import EmbeddedBroker, EmbeddedPostgres
from aftercare.home import Home
from aftercare.keys import Keys
from aftercare.processes import PARTS, SERVICES, Service, ServiceProcess, Surroundings, migration
from aftercare.program import Launch, Program
from aftercare.tokens import Bearer, issue
from common.contracts.ticketing import TicketOpened
from tests.bench.load import Plan, Result

ROOT = Path(__file__).parents[2]
AGENTS = 120
"""Callers who share the load: each stays within the quota that everybody has."""

TICKETS_TOPIC = TicketOpened.topic
TICKET = {
    "kind": "incident",
    "title": "核心网络中断 Core network down at the Pudong branch",
    "description": "No counter can reach the host since this morning. 柜面无法连接主机。",
    "channel": "hotline",
    "severity": 1,
    "customer_id": "018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a10",
    "locality": "out_of_town",
    "distance_km": 120.5,
    "tags": ["core_network"],
}


class Script(Program):
    """A module of the bench as a process of its own, ready when its port answers (without one, at once)."""

    def __init__(self, folder: Path, module: str, *arguments: str, port: int | None = None) -> None:
        super().__init__(module, folder)
        self.port = port
        self._argv = (sys.executable, "-m", f"tests.bench.{module}", *arguments)

    def prepare(self) -> Launch:
        """From the repository's folder, where the modules are found."""
        return Launch(self._argv, ROOT)

    def is_ready(self) -> bool:
        """Whether it listens."""
        return self.port is None or ports.answers(self.port)


@dataclass(frozen=True, slots=True)
class Stage:
    """The servers and what is needed to use them."""

    home: Home
    keys: Keys
    postgres: EmbeddedPostgres
    broker: EmbeddedBroker

    @property
    def folder(self) -> Path:
        """For logs."""
        return self.home.folder

    def service(self, name: str) -> Service:
        """One of the product's services."""
        return next(service for service in SERVICES if service.name == name)

    def environment(self, service: Service, database: str, port: int = 0) -> dict[str, str]:
        """What a process of the service is told."""
        around = Surroundings(self.home, self.keys, self.broker.bootstrap, "", "json")
        return around.of(service, self.postgres.url(database), {"PORT": port, "WORKER_PORT": port})

    def token(self, subject: str, *roles: str) -> str:
        """A token of somebody of our own."""
        return token_of(self.keys, subject, *roles)

    def migrated(self, name: str, database: str) -> str:
        """A new database as the service's migrations make it; its URL."""
        self.create(database)
        service = self.service(name)
        launch = migration(service, self.environment(service, database), self.folder)
        subprocess.run(launch.argv, check=True, env=launch.variables(), cwd=self.folder, capture_output=True)
        return self.postgres.url(database)

    def create(self, database: str, template: str = "template1") -> str:
        """A new database; its URL."""
        asyncio.run(execute(self.postgres.url(), f'CREATE DATABASE "{database}" TEMPLATE "{template}"'))
        return self.postgres.url(database)

    def api(self, name: str, database: str) -> ServiceProcess:
        """The service's API as it runs in production."""
        service, port = self.service(name), ports.free_port()
        environment = self.environment(service, database, port)
        return ServiceProcess(service, PARTS[0], environment, self.home.service(name))


@contextmanager
def staged() -> Iterator[Stage]:
    """The embedded servers, durable, until the end of the block."""
    with TemporaryDirectory(prefix="aftercare-bench-") as folder:
        home = Home(Path(folder))
        home.folder.chmod(0o755)
        keys = Keys(home.keys)
        keys.create_missing()
        with EmbeddedPostgres(home.servers) as postgres, EmbeddedBroker(home.folder) as broker:
            yield Stage(home, keys, postgres, broker)


def token_of(keys: Keys, subject: str, *roles: str) -> str:
    """A token signed ES256."""
    return issue(Bearer(subject, list(roles)), keys.issuer_key(), now=datetime.now(UTC))


def agents(keys: Keys, role: str = "agent") -> list[str]:
    """Tokens of many people."""
    return [token_of(keys, f"agent-{n}", role) for n in range(AGENTS)]


def load(
    port: int,
    tokens: list[str],
    seconds: float,
    rate: float | None = None,
    path: str = "/v1/tickets",
    body: str = "",
) -> Result:
    """POST from a process of its own; what is left out opens tickets.

    Raises:
        RuntimeError: something was refused: the figures would say nothing.
    """
    text = body or json.dumps(TICKET, ensure_ascii=False)
    plan = Plan(port, path, tokens, text, seconds, rate=rate, run=uuid4().hex)
    command = [sys.executable, "-m", "tests.bench.load"]
    done = subprocess.run(
        command, input=json.dumps(asdict(plan)), stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT
    )
    result = Result(**json.loads(done.stdout))
    if result.refused:
        raise RuntimeError(f"{result.refused} requests were refused: {result.reason}")
    return result


def processor_seconds(pid: int) -> float:
    """Time that a process has had on a processor so far."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


async def execute(url: str, sql: str) -> None:
    """One statement on a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
