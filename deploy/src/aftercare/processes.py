"""The processes of each service as data, and what each is told."""

import http.client
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aftercare import ports
from aftercare.home import Home
from aftercare.keys import Keys
from aftercare.program import Launch, Program
from aftercare.tokens import AUDIENCE, ISSUER

READY_TIMEOUT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Service:
    """A package of ours that runs as processes; its ports stand at an offset from the copy's first port."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Part:
    """One of the processes of a service: `python -m <service> <part>`."""

    name: str
    setting: str
    shift: int


READS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ticketing": ("warranty", ("customers.read", "assets.read")),
}
"""Which service reads which other's API, and what it may read there."""

SERVICES = (Service("ticketing", 1), Service("sla", 2), Service("warranty", 3))
PARTS = (Part("api", "PORT", 0), Part("worker", "WORKER_PORT", 100))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the processes of one copy share; ``apis`` are the addresses of the services' APIs, by name."""

    home: Home
    keys: Keys
    bootstrap: str
    bus_prefix: str
    log_format: str
    apis: Mapping[str, str] = field(default_factory=dict)

    def of(self, service: Service, database_url: str, numbers: Mapping[str, int]) -> dict[str, str]:
        """The settings of a service as environment variables."""
        settings = {
            "DATABASE_URL": database_url,
            "KAFKA_BOOTSTRAP": self.bootstrap,
            "BUS_PREFIX": self.bus_prefix,
            "HOST": ports.LOOPBACK,
            "JWKS": str(self.keys.jwks),
            "ISSUER": ISSUER,
            "AUDIENCE": AUDIENCE,
            "SIGNING_KEY": str(self.keys.audit),
            "CURSOR_SECRET": str(self.keys.cursors),
            "LOG_FORMAT": self.log_format,
            "HOME": str(self.home.service(service.name)),
            **{setting: str(number) for setting, number in numbers.items()},
            **self._read_by(service),
        }
        return {f"{service.name.upper()}_{name}": value for name, value in settings.items()}

    def _read_by(self, service: Service) -> dict[str, str]:
        """Where the service finds the API that it reads, and its pass for it."""
        owner, _ = READS.get(service.name, ("", ()))
        if owner not in self.apis:
            return {}
        return {
            f"{owner.upper()}_URL": self.apis[owner],
            f"{owner.upper()}_TOKEN": str(self.keys.pass_of(service.name)),
        }


def migration(service: Service, environment: Mapping[str, str], folder: Path) -> Launch:
    """Brings a service's database to the newest shape and ends."""
    return Launch((sys.executable, "-m", service.name, "migrate"), folder, environment)


class ServiceProcess(Program):
    """One process of a service; it is ready when its `/readyz` says so."""

    def __init__(self, service: Service, part: Part, environment: Mapping[str, str], folder: Path) -> None:
        super().__init__(f"{service.name}-{part.name}", folder)
        self.port = int(environment[f"{service.name.upper()}_{part.setting}"])
        self._module = service.name
        self._part = part.name
        self._environment = environment

    @property
    def address(self) -> str:
        """Where it serves HTTP."""
        return f"http://{ports.LOOPBACK}:{self.port}"

    def prepare(self) -> Launch:
        """Each process works in the service's own folder under the data folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return Launch((sys.executable, "-m", self._module, self._part), self.folder, self._environment)

    def is_ready(self) -> bool:
        """Whether `/readyz` answers 200."""
        connection = http.client.HTTPConnection(ports.LOOPBACK, self.port, timeout=READY_TIMEOUT_SECONDS)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
