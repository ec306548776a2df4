"""What tests of every service need: a clock that is moved, waiting with a deadline, databases, doors."""

import asyncio
import inspect
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, overload
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey

from common.db import Database
from common.events import SOURCE_PREFIX, Envelope, Event
from common.ids import new_id
from common.settings import ServiceSettings

T = TypeVar("T")
S = TypeVar("S", bound=ServiceSettings)

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday, 2 March 2026, 09:00 in Beijing."""

POLL_SECONDS = 0.01


class VariableClock:
    """A clock that stands still until it is moved; call it for the time.

    Args:
        start: where it stands at first.
    """

    def __init__(self, start: datetime = START) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """The present."""
        return self.now

    def advance(self, by: timedelta) -> datetime:
        """Let ``by`` pass; the new present."""
        self.now += by
        return self.now

    def set(self, to: datetime) -> None:
        """Go to an instant."""
        self.now = to


@dataclass
class RunningClock:
    """A clock that runs with real time from wherever it is set."""

    offset: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """The present."""
        return datetime.now(UTC) + self.offset

    def advance(self, by: timedelta) -> datetime:
        """Let ``by`` pass at once; the new present."""
        self.offset += by
        return self()


@overload
async def eventually(condition: Callable[[], Awaitable[T | None]], within: float = ...) -> T: ...
@overload
async def eventually(condition: Callable[[], T | None], within: float = ...) -> T: ...
async def eventually(condition: Callable[[], Any], within: float = 10.0) -> Any:
    """Wait until ``condition`` gives something true, and give it.

    Args:
        condition: asked again and again; may be asynchronous.
        within: seconds after which waiting ends.

    Raises:
        AssertionError: it has not come true.
    """
    deadline = asyncio.get_running_loop().time() + within
    while True:
        found = condition()
        value = await found if inspect.isawaitable(found) else found
        if value:
            return value
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"not within {within} s: {inspect.getsource(condition).strip()}")
        await asyncio.sleep(POLL_SECONDS)


def arriving(
    kind: type[Event], key: object, told: dict[str, Any], now: datetime, version: int = 1
) -> Envelope:
    """An event as it comes from the bus.

    Args:
        kind: which one.
        key: id of the aggregate.
        told: its fields.
        now: when it happened, was written down and is taken up.
        version: of the aggregate after it.
    """
    return Envelope(
        id=new_id(),
        source=SOURCE_PREFIX + kind.service(),
        type=kind.type,
        version=kind.version,
        topic=kind.topic,
        key=str(key),
        subject=f"{kind.collection}/{key}",
        occurred_at=now,
        recorded_at=now,
        aggregate_version=version,
        correlation_id=str(new_id()),
        causation_id="",
        traceparent="",
        auth_type="system",
        auth_id=kind.service(),
        data=json.loads(kind.model_validate(told).model_dump_json()),
        received_at=now,
    )


_GAPS = """
SELECT type || ' ' || aggregateid || ': ' || before || ' -> ' || version FROM (
    SELECT type, aggregatetype, aggregateid, seq, version, coalesce(lag(version) OVER stream, 0) AS before
    FROM outbox, CAST(headers ->> 'ce_aggregateversion' AS int) AS version
    WINDOW stream AS (PARTITION BY aggregatetype, aggregateid ORDER BY seq)
) AS told WHERE version <> before + 1 AND NOT aggregatetype = ANY($1) ORDER BY seq
"""


async def gaps_in_versions(database: Database, *but: str) -> list[str]:
    """Published events whose aggregate's counter is not one more than that of the event before.

    Args:
        database: whose outbox is looked at.
        but: collections whose counter also counts something else.
    """
    return [str(row[0]) for row in await database.fetch(_GAPS, list(but))]


class Templates:
    """Databases for tests: migrated once, cloned for each test in a few hundredths of a second.

    Args:
        admin_url: a database of a server on which databases may be created.
    """

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._run = uuid4().hex[:8]
        self._made: set[str] = set()

    async def template(self, name: str, migrate: Callable[[str], Awaitable[None]]) -> None:
        """Create the template ``name`` with ``migrate`` unless it is there."""
        database = f"template_{name}_{self._run}"
        if database in self._made:
            return
        await self._do(f'CREATE DATABASE "{database}"')
        self._made.add(database)
        await migrate(self._url(database))

    async def clone(self, name: str) -> str:
        """A fresh copy of the template ``name``; its URL."""
        database = f"test_{name}_{uuid4().hex}"
        await self._do(f'CREATE DATABASE "{database}" TEMPLATE "template_{name}_{self._run}"')
        return self._url(database)

    async def drop(self, url: str) -> None:
        """Remove a copy, whoever is connected to it."""
        await self._do(f'DROP DATABASE IF EXISTS "{urlsplit(url).path[1:]}" WITH (FORCE)')

    async def close(self) -> None:
        """Remove the templates."""
        for database in self._made:
            await self._do(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        self._made.clear()

    def _url(self, database: str) -> str:
        return urlunsplit(urlsplit(self._admin_url)._replace(path=f"/{database}"))

    async def _do(self, sql: str) -> None:
        connection = await asyncpg.connect(self._admin_url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


class Doors:
    """Keys of a service under test, and clients that come in through its HTTP door signed in.

    Args:
        folder: where the keys are put.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
        (folder / "jwks.json").write_text(json.dumps(KeySet([self._key]).as_dict(private=False)))
        (folder / "cursor.secret").write_text(secrets.token_hex(32))
        (folder / "audit.pem").write_bytes(OKPKey.generate_key("Ed25519").as_pem(private=True))

    def settings(self, kind: type[S]) -> S:
        """Settings of a service that is given its database by hand and has no bus."""
        return kind(
            database_url="postgresql://",
            kafka_bootstrap="127.0.0.1:1",
            port=0,
            worker_port=0,
            home=self._folder,
            jwks=str(self._folder / "jwks.json"),
            cursor_secret=self._folder / "cursor.secret",
            signing_key=self._folder / "audit.pem",
        )

    def token(self, now: datetime, **claims: object) -> str:
        """A token issued now, of an agent unless the claims say otherwise."""
        issued = int(now.timestamp())
        said: dict[str, object] = {
            "iss": "https://aftercare.local",
            "aud": "aftercare",
            "sub": "agent-1",
            "client_id": "tests",
            "jti": str(uuid4()),
            "iat": issued,
            "exp": issued + 3600,
            "roles": ["agent"],
            **claims,
        }
        return str(jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "k1"}, said, self._key))

    def client(self, app: Any, clock: Callable[[], datetime], **claims: object) -> httpx.AsyncClient:  # noqa: ANN401 - any ASGI application
        """A client of ``app`` that signs in with ``claims`` at each request; its caller closes it."""

        async def sign(request: httpx.Request) -> None:
            request.headers.setdefault("Authorization", f"Bearer {self.token(clock(), **claims)}")

        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://service",
            headers={"Accept-Language": "en"},
            event_hooks={"request": [sign]},
        )
