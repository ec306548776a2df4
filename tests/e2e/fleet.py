"""Two replicas of every process on servers of our own, each of which can be killed and started again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from aftercare import ports
from aftercare.databases import Login, provision
from aftercare.embedded import EmbeddedBroker, EmbeddedPostgres
from aftercare.home import Home
from aftercare.kafka import KafkaCluster
from aftercare.keys import Keys
from aftercare.processes import PARTS, SERVICES, ServiceProcess, Surroundings, migration
from aftercare.program import Program

REPLICAS = 2


class Victim(Protocol):
    """Something that dies by kill -9 and comes back."""

    def kill(self) -> None:
        """End it at once."""

    def revive(self) -> None:
        """Start it without waiting until it answers."""


class OneProgram:
    """A program that dies alone."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def kill(self) -> None:
        self.program.kill()

    def revive(self) -> None:
        self.program.launch()


class OneNode:
    """A node of the cluster."""

    def __init__(self, cluster: KafkaCluster, number: int) -> None:
        self.cluster, self.number = cluster, number

    def kill(self) -> None:
        self.cluster.kill(self.number)

    def revive(self) -> None:
        self.cluster.nodes[self.number].launch()


class Fleet:
    """All processes of a test, by name."""

    def __init__(self, folder: Path, bootstrap: str, bus: dict[str, Victim]) -> None:
        self.home = Home(folder)
        self.keys = Keys(self.home.keys)
        self.bootstrap = bootstrap
        self.postgres = EmbeddedPostgres(folder / "postgres")
        self.processes: list[ServiceProcess] = []
        self.victims: dict[str, Victim] = {"postgres": OneProgram(self.postgres), **bus}

    def database(self, service: str) -> str:
        """Where a service's rows are."""
        return self.postgres.url(service, service)

    def addresses(self, service: str) -> list[str]:
        """The replicas of a service's API."""
        return [one.address for one in self.processes if one.name == f"{service}-api"]

    async def begin(self) -> None:
        """Servers, databases, migrations, two replicas of everything."""
        self.keys.create_missing()
        self.postgres.start()
        logins = [Login.of(service.name, "secret") for service in SERVICES]
        await provision(self.postgres.url(), logins)
        for service in SERVICES:
            for replica in range(REPLICAS):
                folder = self.home.service(service.name)
                folder.mkdir(parents=True, exist_ok=True)
                numbers = {part.setting: ports.free_port() for part in PARTS}
                shared = Surroundings(self.home, self.keys, self.bootstrap, "", "json")
                environment = shared.of(service, self.database(service.name), numbers)
                if not replica:
                    await self._migrate(migration(service, environment, folder))
                for part in PARTS:
                    process = ServiceProcess(service, part, environment, folder / str(replica))
                    process.launch()
                    self.processes.append(process)
                    self.victims[f"{process.name}-{replica}"] = OneProgram(process)
        await self.ready()

    async def _migrate(self, launch) -> None:
        process = await asyncio.create_subprocess_exec(
            *launch.command(), cwd=launch.folder, env=launch.variables()
        )
        assert await process.wait() == 0

    async def ready(self) -> None:
        """Wait until every process answers."""
        async with asyncio.timeout(180):
            for process in self.processes:
                while not await asyncio.to_thread(process.is_ready):  # noqa: ASYNC110 - a process of its own
                    await asyncio.sleep(0.1)

    def stop_workers(self, service: str) -> None:
        """Stop the workers of a service as an operator does."""
        workers = [one for one in self.processes if one.name == f"{service}-worker"]
        for worker in workers:
            worker.ask_to_stop()
        for worker in workers:
            worker.stop()

    def end(self) -> None:
        """Stop everything, whatever state it is in."""
        for process in self.processes:
            process.kill()
        self.postgres.stop()
        self.postgres.release()


@asynccontextmanager
async def fleet_on_embedded(folder: Path) -> AsyncIterator[Fleet]:
    """With a broker that loses its memory whenever it dies."""
    with EmbeddedBroker(folder / "broker") as broker:
        fleet = Fleet(folder, broker.bootstrap, {"broker": OneProgram(broker)})
        try:
            await fleet.begin()
            yield fleet
        finally:
            fleet.end()


@asynccontextmanager
async def fleet_on_kafka(folder: Path) -> AsyncIterator[Fleet]:
    """With three nodes of Apache Kafka; the second one may die."""
    with KafkaCluster(folder / "kafka") as cluster:
        fleet = Fleet(folder, cluster.bootstrap, {"kafka-2": OneNode(cluster, 2)})
        try:
            await fleet.begin()
            yield fleet
        finally:
            fleet.end()
