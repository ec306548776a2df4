"""The service on a real database: its API through HTTP, and what a worker would do, step by step."""

import json
import secrets
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey

from common.context import system
from common.db import Database
from common.migrations import migrate
from common.testing import START, Templates, VariableClock
from common.web.app import create_app
from sla.commands import months, reference
from sla.main import CONFLICTS, SCRIPTS, describe
from sla.settings import Settings

from .desk import Desk

KEY = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})


def token(now, **changes: object) -> str:
    issued = int(now.timestamp())
    claims = {
        "iss": "https://aftercare.local",
        "aud": "aftercare",
        "sub": "u1",
        "client_id": "tests",
        "jti": str(uuid4()),
        "iat": issued,
        "exp": issued + 3600,
        "roles": ["admin"],
        **changes,
    }
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "k1"}, claims, KEY)


async def migrated(url: str) -> None:
    await migrate(url, SCRIPTS)


async def prepared(url: str) -> None:
    await migrated(url)
    database = Database(url, "template")
    async with database.transaction(system("sla")) as session:
        await months.make_months(session, START, 1)
        await reference.publish_reference(session, START)
    await database.close()


@pytest.fixture(scope="session")
async def sla_template(templates: Templates) -> Templates:
    await templates.template("sla", prepared)
    return templates


@pytest.fixture
async def database_url(sla_template: Templates) -> AsyncIterator[str]:
    url = await sla_template.clone("sla")
    yield url
    await sla_template.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    found = Database(database_url, "sla", CONFLICTS)
    yield found
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


@pytest.fixture
async def client(
    database: Database, settings: Settings, clock: VariableClock
) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(describe(database), database=database, settings=settings, clock=clock)

    def sign(request: httpx.Request) -> httpx.Request:
        request.headers.setdefault("Authorization", f"Bearer {token(clock.now)}")
        return request

    async def signed(request: httpx.Request) -> None:
        sign(request)

    transport = httpx.ASGITransport(app)
    headers = {"Accept-Language": "en"}
    hooks = {"request": [signed]}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sla", headers=headers, event_hooks=hooks
    ) as found:
        yield found


@pytest.fixture
def desk(database: Database, clock: VariableClock) -> Desk:
    return Desk(database, clock)
