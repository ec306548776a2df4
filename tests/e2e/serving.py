"""A service's API on a port of its own inside the test process, on a database that its migrations made."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import uvicorn

import sla.main
import ticketing.main
import warranty.main
from aftercare.keys import Keys
from aftercare.tokens import Bearer, issue
from common.db import Database
from common.processes import Service, application

SERVICES: dict[str, Service[Any]] = {
    "ticketing": ticketing.main.SERVICE,
    "sla": sla.main.SERVICE,
    "warranty": warranty.main.SERVICE,
}


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Signals are the test runner's."""


def settings_of(service: Service[Any], keys: Keys, database_url: str, home: Path, **more: str) -> Any:
    """Settings as the environment would give them."""
    settings: Any = service.settings  # takes by name what it would read from the environment
    return settings(
        database_url=database_url,
        kafka_bootstrap=more.get("bootstrap", ""),
        bus_prefix=more.get("prefix", ""),
        port=0,
        worker_port=0,
        jwks=str(keys.jwks),
        signing_key=keys.audit,
        cursor_secret=keys.cursors,
        home=home / service.name,
    )


def token_of(keys: Keys, subject: str, *roles: str, customer_id: UUID | None = None) -> str:
    """A token good for an hour."""
    return issue(Bearer(subject, roles, customer_id), keys.issuer_key(), now=datetime.now(UTC))


def _listening() -> socket.socket:
    """A free port; asyncio answers without Nagle's delay only on sockets that name their protocol."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    return listening


@asynccontextmanager
async def served(service: Service[Any], settings: Any) -> AsyncIterator[str]:
    """The service's API without rate limits; its address."""
    database = Database(settings.database_url, f"{service.name}-api", service.conflicts)
    unlimited = replace(service, describe=lambda db: replace(service.describe(db), quotas={}))
    app = application(unlimited, settings, database)
    listening = _listening()
    config = uvicorn.Config(app, log_level="error", http="httptools", access_log=False, log_config=None)
    server = _Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        await database.close()
