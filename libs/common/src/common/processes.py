"""What ``python -m <service> api|worker|migrate|openapi|asyncapi`` does, the same for every service."""

import argparse
import asyncio
import gc
import secrets
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Generic, TypeVar

import orjson
import uvicorn
import uvloop
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from uvicorn.server import HANDLED_SIGNALS

from common import logs, telemetry
from common.audit.heads import HeadsFile, Outside
from common.audit.notes import signer_of
from common.audit.sealer import Sealer
from common.bus import Bus
from common.clock import Clock, wall_clock
from common.contracts.audit import BY_SERVICE as CHECKPOINTS
from common.db import Database
from common.retention import Retention
from common.settings import ServiceSettings
from common.web.app import Api, Application, create_app
from common.web.documents import apart
from common.web.health import Health
from common.worker import Reactions, Worker

S = TypeVar("S", bound=ServiceSettings)

SHUTDOWN_SECONDS = 8
"""How long requests under way may take to finish; a process ends within ten seconds of SIGTERM."""

WORKER_STATEMENT_MS = 60_000
"""Bound of one statement in the background, where batches are larger than a request's work."""


COLLECT_AFTER = (20_000, 20, 20)
"""Allocations before the youngest generation is collected: a batch or a request leaves hardly any cycles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Generic[S]):
    """One service as its processes see it.

    Args:
        name: ``ticketing``.
        settings: reads the settings from the environment.
        scripts: folder of the migrations.
        conflicts: constraint name to the code its violation means.
        describe: what the API is made of, given the database.
        reactions: what the worker does, given the database.
        prepare: what is done once after every migration (reference data); idempotent.
        gateways: what operations find in ``work.services`` besides: ways to the outside, given the settings.
    """

    name: str
    settings: Callable[[], S]
    scripts: Path
    conflicts: dict[str, str]
    describe: Callable[[Database], Api]
    reactions: Callable[[Database], Reactions]
    prepare: Callable[[Database], Awaitable[None]] | None = None
    gateways: Callable[[S], Mapping[str, Any]] | None = None


async def serve_api(service: Service[S], settings: S) -> None:
    """Answer HTTP until a signal; requests under way are finished."""
    database = Database(settings.database_url, f"{service.name}-api", service.conflicts)
    app = application(service, settings, database)
    settle_memory()
    try:
        await _server(app, settings.host, settings.port).serve()
    finally:
        await database.close()


async def serve_worker(service: Service[S], settings: S) -> None:
    """Relay, hear, sweep and seal until a signal; answers only probes and metrics."""
    database = Database(
        settings.database_url,
        f"{service.name}-worker",
        service.conflicts,
        statement_timeout_ms=WORKER_STATEMENT_MS,
    )
    worker = worker_of(service, settings, database)
    health = Health({"worker": worker.check_ready}, {"worker": worker.check})
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    health.started()
    settle_memory()
    try:
        await _server(health, settings.host, settings.worker_port).serve()
    finally:
        health.drain()
        stop.set()
        await running
        await database.close()


def worker_of(service: Service[S], settings: S, database: Database) -> Worker:
    """The worker on the bus that the settings name.

    Raises:
        ValueError: the retention times do not keep what a consumer may need.
    """
    retention = Retention(
        timedelta(days=settings.inbox_days),
        timedelta(days=settings.outbox_days),
        timedelta(days=settings.outage_days),
    )
    signer = signer_of(settings.signing_key, service.name)
    settings.home.mkdir(parents=True, exist_ok=True)
    sealer = Sealer(
        database,
        signer,
        HeadsFile(settings.home),
        CHECKPOINTS[service.name],
        clock=wall_clock,
        every=timedelta(minutes=settings.audit_head_minutes),
    )
    return Worker(
        service=service.name,
        database=database,
        bus=Bus(settings.kafka_bootstrap, settings.bus_prefix),
        clock=wall_clock,
        reactions=service.reactions(database),
        tasks={"audit-sealer": sealer.run},
        retention=retention,
    )


def settle_memory() -> None:
    """Leave what is there from the start out of every collection to come, and make collections rarer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


class _Server(uvicorn.Server):
    """A server that ends on a signal and leaves the process to whoever runs it, who has more to finish."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Hear the signals for good; uvicorn's own way raises them again afterwards, which is the end."""
        for number in HANDLED_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self.handle_exit, number, None)
        yield


def _server(app: object, host: str, port: int) -> uvicorn.Server:
    return _Server(
        uvicorn.Config(
            app,  # type: ignore[arg-type]
            host,
            port,
            http="httptools",
            loop="none",
            access_log=False,
            log_config=None,
            lifespan="on",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
    )


async def prepare(service: Service[S], settings: S) -> None:
    """Bring the database to the newest revision and put the reference data in."""
    from common.migrations import migrate  # noqa: PLC0415 - Alembic occupies memory that nobody else needs

    await migrate(settings.database_url, service.scripts)
    if service.prepare is not None:
        database = Database(
            settings.database_url, f"{service.name}-prepare", statement_timeout_ms=WORKER_STATEMENT_MS
        )
        try:
            await service.prepare(database)
        finally:
            await database.close()


def run(service: Service[S], arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog=f"python -m {service.name}")
    parser.add_argument("process", choices=["api", "worker", "migrate", "openapi", "asyncapi"])
    process = parser.parse_args(arguments).process
    if process in ("openapi", "asyncapi"):
        sys.stdout.write(document_of(service, process))
        return
    settings = service.settings()
    logs.configure(settings.log_format, f"{service.name}-{process}")
    telemetry.export_spans(f"{service.name}-{process}")
    act = {"api": serve_api, "worker": serve_worker, "migrate": prepare}[process]
    uvloop.run(act(service, settings))


def application(
    service: Service[S], settings: S, database: Database, clock: Clock = wall_clock
) -> Application:
    """The service's web application on ``database``, whose caller closes it."""
    api = service.describe(database)
    if service.gateways is not None:
        api = replace(api, services={**api.services, **service.gateways(settings)})
    bus = Bus(settings.kafka_bootstrap, settings.bus_prefix)
    outside = Outside(HeadsFile(settings.home), bus, CHECKPOINTS[service.name])
    return create_app(
        api,
        database=database,
        settings=settings,
        clock=clock,
        heads=outside.notes,
        openapi=apart(service.name, "openapi"),
    )


def document_of(service: Service[S], kind: str) -> str:
    """The OpenAPI document as JSON, or the AsyncAPI document as YAML; needs neither servers nor settings."""
    with TemporaryDirectory() as folder:
        settings = _paper_settings(Path(folder))
        app = create_app(
            service.describe(Database("postgresql://", service.name)),
            database=Database("postgresql://", service.name),
            settings=settings,
        )
    if kind == "openapi":
        return orjson.dumps(app.openapi()).decode() + "\n"
    return str(yaml.safe_dump(app.asyncapi(), allow_unicode=True, sort_keys=False))


def _paper_settings(folder: Path) -> ServiceSettings:
    """Settings of a service that will never run, with keys made for the moment."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    (folder / "cursor.secret").write_text(secrets.token_hex(32))
    return ServiceSettings(
        database_url="postgresql://",
        kafka_bootstrap="",
        port=0,
        worker_port=0,
        jwks=str(folder / "jwks.json"),
        signing_key=folder / "key.pem",
        cursor_secret=folder / "cursor.secret",
        home=folder,
    )
