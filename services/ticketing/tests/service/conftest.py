"""Ticketing on a real database: its API through HTTP, its listeners event by event."""

import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey

from common.db import Database
from common.migrations import migrate
from common.testing import Templates, VariableClock, gaps_in_versions
from common.web.app import create_app
from ticketing.main import CONFLICTS, SCRIPTS, describe
from ticketing.settings import Settings

from .desk import CUSTOMER, Desk
from .town_hall import TownHall

KEY = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})


def token(now, **changes: object) -> str:
    issued = int(now.timestamp())
    claims = {
        "iss": "https://aftercare.local",
        "aud": "aftercare",
        "sub": "agent-1",
        "client_id": "tests",
        "jti": str(uuid4()),
        "iat": issued,
        "exp": issued + 3600,
        "roles": ["agent"],
        **changes,
    }
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "k1"}, claims, KEY)


async def migrated(url: str) -> None:
    await migrate(url, SCRIPTS)


@pytest.fixture
async def database_url(templates: Templates) -> AsyncIterator[str]:
    await templates.template("ticketing", migrated)
    url = await templates.clone("ticketing")
    yield url
    await templates.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    found = Database(database_url, "ticketing", CONFLICTS)
    yield found
    assert await gaps_in_versions(found) == []
    await found.close()


@pytest.fixture(scope="session")
def settings(tmp_path_factory) -> Settings:
    folder = tmp_path_factory.mktemp("keys")
    (folder / "jwks.json").write_text(json.dumps(KeySet([KEY]).as_dict(private=False)))
    (folder / "cursor.secret").write_text(secrets.token_hex(32))
    (folder / "audit.pem").write_bytes(OKPKey.generate_key("Ed25519").as_pem(private=True))
    return Settings(
        database_url="postgresql://",
        kafka_bootstrap="127.0.0.1:1",
        port=0,
        worker_port=0,
        home=folder,
        jwks=str(folder / "jwks.json"),
        cursor_secret=folder / "cursor.secret",
        signing_key=folder / "audit.pem",
    )


Connect = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
def services() -> dict[str, object]:
    """Ways to the outside; a test that has one gives it here."""
    return {}


@pytest.fixture
async def connect(
    database: Database, settings: Settings, clock: VariableClock, services: dict[str, object]
) -> AsyncIterator[Connect]:
    """Makes a client that signs in with the given claims."""
    described = describe(database)
    api = replace(described, services={**described.services, **services})
    transport = httpx.ASGITransport(create_app(api, database=database, settings=settings, clock=clock))
    made: list[httpx.AsyncClient] = []

    async def connect(**claims: object) -> httpx.AsyncClient:
        async def sign(request: httpx.Request) -> None:
            request.headers.setdefault("Authorization", f"Bearer {token(clock.now, **claims)}")

        client = httpx.AsyncClient(
            transport=transport,
            base_url="http://ticketing",
            headers={"Accept-Language": "en"},
            event_hooks={"request": [sign]},
        )
        made.append(client)
        return client

    yield connect
    for client in made:
        await client.aclose()


@pytest.fixture
async def desk(connect: Connect, database: Database, clock: VariableClock) -> Desk:
    """An agent at work."""
    return Desk(await connect(), database, clock)


@pytest.fixture
def hall(desk: Desk) -> TownHall:
    """What warranty tells of the organisation that the desk opens tickets for."""
    return TownHall(desk)


@pytest.fixture
async def lead(connect: Connect) -> httpx.AsyncClient:
    return await connect(sub="lead-1", roles=["lead"])


@pytest.fixture
async def customer(connect: Connect) -> httpx.AsyncClient:
    """A user of the organisation that the desk opens tickets for."""
    return await connect(sub="user-1", roles=["customer"], customer_id=str(CUSTOMER))


@pytest.fixture
async def stranger(connect: Connect) -> httpx.AsyncClient:
    """A user of another organisation."""
    return await connect(sub="user-2", roles=["customer"], customer_id=str(uuid4()))
