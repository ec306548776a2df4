"""One copy of the whole product: its servers, its services, and the order in which they come and go."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiokafka.errors import KafkaError

from aftercare import ports
from aftercare.databases import DatabaseRefused, Login, provision
from aftercare.embedded import EmbeddedBroker, EmbeddedPostgres
from aftercare.home import Home, Running
from aftercare.keys import Keys
from aftercare.output import Output
from aftercare.passes import Passes
from aftercare.processes import PARTS, READS, SERVICES, Service, ServiceProcess, Surroundings, migration
from aftercare.program import StartFailed
from aftercare.supervisor import Supervisor
from common.bus.cluster import Bus, meet


@dataclass(frozen=True, slots=True)
class Numbers:
    """The ports of one copy; a variable that sets one is named after what listens there."""

    base: int
    variables: Mapping[str, str]

    def of(self, service: Service) -> dict[str, int]:
        """The port of each part of a service, by the name of its setting."""
        return {
            part.setting: self._set(f"{service.name.upper()}_{part.setting}")
            or self.base + service.offset + part.shift
            for part in PARTS
        }

    def postgres(self) -> int | None:
        """The embedded database's port, if one is asked for."""
        return self._set("POSTGRES_PORT")

    def broker(self) -> int | None:
        """The embedded broker's port, if one is asked for."""
        return self._set("BROKER_PORT")

    def require_free(self, services: Sequence[Service]) -> None:
        """Raises StartFailed that names every port that is taken, and what to set."""
        wanted = {
            f"{service.name.upper()}_{setting}": number
            for service in services
            for setting, number in self.of(service).items()
        }
        wanted |= {"POSTGRES_PORT": self.postgres() or 0, "BROKER_PORT": self.broker() or 0}
        taken = [
            f"Port {number} is taken: set AFTERCARE_{name} to another, or move all with --port-base."
            for name, number in wanted.items()
            if not ports.is_free(number)
        ]
        if taken:
            raise StartFailed("\n".join(taken))

    def _set(self, name: str) -> int | None:
        text = self.variables.get(f"AFTERCARE_{name}", "")
        if text and not text.isdigit():
            raise StartFailed(f"AFTERCARE_{name} must be a port number, not {text!r}.")
        return int(text) if text else None


@dataclass(frozen=True, slots=True)
class Choices:
    """What the caller decides about one copy; servers that are left out are the embedded ones."""

    home: Home
    numbers: Numbers
    bus: str | None = None
    database_url: str | None = None
    bus_prefix: str = ""
    services: Sequence[Service] = SERVICES


class Suite:
    """One copy while it runs."""

    def __init__(self, choices: Choices, output: Output) -> None:
        self._choices = choices
        self._output = output
        self._home = choices.home
        self._keys = Keys(choices.home.keys)
        scopes = {name: may for name, (_, may) in READS.items()}
        self._passes = Passes(self._keys, scopes, lambda: datetime.now(UTC))
        self._supervisor = Supervisor(output, self._note_processes)
        self._running: Running | None = None

    async def run(self, welcome: Callable[[Running, Keys], None]) -> None:
        """Bring everything up, call `welcome`, keep it running until this task is cancelled.

        Raises:
            StartFailed: something did not come up; what did is stopped again.
        """
        lock = self._home.lock()
        lock.take()
        self._home.forget()
        keeping = asyncio.create_task(self._passes.keep())
        try:
            self._running = await self._bring_up()
            self._note_processes(self._supervisor.processes())
            welcome(self._running, self._keys)
            await asyncio.Event().wait()
        finally:
            self._output.say("stopping")
            keeping.cancel()
            await self._supervisor.stop()
            self._home.forget()
            lock.give_back()

    def kill(self) -> None:
        """End everything at once."""
        self._supervisor.kill()

    async def _bring_up(self) -> Running:
        services = self._choices.services
        self._keys.create_missing()
        self._passes.renew()
        self._choices.numbers.require_free(services)
        databases, bootstrap = await asyncio.gather(self._databases(), self._bus())
        environments = self._environments(databases, bootstrap)
        await asyncio.gather(*(self._migrate(service, environments[service.name]) for service in services))
        processes = [
            ServiceProcess(service, part, environments[service.name], self._home.service(service.name))
            for service in services
            for part in PARTS
        ]
        self._output.say(f"starting {', '.join(process.name for process in processes)}")
        await self._supervisor.start(*processes)
        addresses = {process.name: process.address for process in processes}
        return Running(os.getpid(), addresses, bootstrap, databases, bus_prefix=self._choices.bus_prefix)

    def _environments(self, databases: Mapping[str, str], bootstrap: str) -> dict[str, dict[str, str]]:
        log_format = "console" if self._output.is_terminal else "json"
        numbers = {service.name: self._choices.numbers.of(service) for service in self._choices.services}
        apis = {name: f"http://{ports.LOOPBACK}:{found['PORT']}" for name, found in numbers.items()}
        prefix = self._choices.bus_prefix
        shared = Surroundings(self._home, self._keys, bootstrap, prefix, log_format, apis)
        return {
            service.name: shared.of(service, databases[service.name], numbers[service.name])
            for service in self._choices.services
        }

    async def _migrate(self, service: Service, environment: Mapping[str, str]) -> None:
        folder = self._home.service(service.name)
        folder.mkdir(parents=True, exist_ok=True)
        await self._supervisor.run_to_end(f"{service.name}-migrate", migration(service, environment, folder))

    async def _databases(self) -> dict[str, str]:
        """The address of each service's database."""
        secret = self._keys.databases.read_text()
        logins = [Login.of(service.name, secret) for service in self._choices.services]
        if self._choices.database_url:
            await _provision(self._choices.database_url, logins)
            return {login.name: login.url(self._choices.database_url) for login in logins}
        postgres = EmbeddedPostgres(self._home.servers, self._choices.numbers.postgres())
        self._output.say(f"starting PostgreSQL in {postgres.folder}")
        await self._supervisor.start(postgres)
        await _provision(postgres.url(), logins)
        return {login.name: postgres.url(login.name, login.name) for login in logins}

    async def _bus(self) -> str:
        """Where the bus is; the services create their topics there."""
        if self._choices.bus:
            await _require_bus(self._choices.bus)
            return self._choices.bus
        broker = EmbeddedBroker(self._home.folder, self._choices.numbers.broker())
        self._output.say(f"starting the broker on {broker.bootstrap}")
        await self._supervisor.start(broker)
        return broker.bootstrap

    def _note_processes(self, processes: dict[str, int]) -> None:
        if self._running:
            self._home.note(replace(self._running, processes=processes))


async def _provision(admin_url: str, logins: Sequence[Login]) -> None:
    try:
        await provision(admin_url, logins)
    except DatabaseRefused as error:
        raise StartFailed(str(error)) from error


async def _require_bus(bootstrap: str) -> None:
    try:
        await meet(Bus(bootstrap), ())
    except (OSError, ValueError, KafkaError) as error:
        raise StartFailed(f"No bus answers at {bootstrap} ({error}): check BUS=host:port,…") from error
