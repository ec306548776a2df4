"""One PostgreSQL for the session, keys of our own, tokens for anybody, and the sample depot on top."""

import json
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey
from sqlalchemy.ext.asyncio import create_async_engine

import common.migrations  # noqa: F401 - brings the shared tables together
from aftercare.embedded import EmbeddedPostgres
from common.db import Database, connector
from common.rows import COMMON

from . import sample

KEY = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})


@dataclass
class Watch:
    """A clock that stands still until it is moved."""

    now: datetime = datetime(2026, 11, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def on(self, **by: float) -> None:
        self.now += timedelta(**by)


def claims(now: datetime, **changes: object) -> dict[str, object]:
    issued = int(now.timestamp())
    told = {
        "iss": "https://aftercare.local",
        "aud": "aftercare",
        "sub": "u1",
        "client_id": "tests",
        "jti": str(uuid4()),
        "iat": issued,
        "exp": issued + 1800,
        "roles": ["admin"],
        **changes,
    }
    return {name: value for name, value in told.items() if value is not ...}


def token(now: datetime, *, key=KEY, header=None, **changes: object) -> str:
    head = {"alg": "ES256", "typ": "at+jwt", "kid": "k1", **(header or {})}
    return jwt.encode({k: v for k, v in head.items() if v is not ...}, claims(now, **changes), key)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="session")
def keys_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    (folder / "jwks.json").write_text(json.dumps(KeySet([KEY]).as_dict(private=False)))
    (folder / "cursor.secret").write_text(secrets.token_hex(32))
    (folder / "audit.pem").write_bytes(OKPKey.generate_key("Ed25519").as_pem(private=True))
    return folder


@pytest.fixture(scope="session")
def settings(keys_folder) -> sample.SampleSettings:
    return sample.SampleSettings(
        jwks=str(keys_folder / "jwks.json"),
        cursor_secret=keys_folder / "cursor.secret",
        signing_key=keys_folder / "audit.pem",
    )


@pytest.fixture(scope="session")
def postgres(tmp_path_factory) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("pg"), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
async def dsn(postgres) -> str:
    url = postgres.url("postgres")
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connector(url, {}, "tests"))
    async with engine.begin() as connection:
        for metadata in (COMMON.metadata, sample.REGISTRY.metadata):
            await connection.run_sync(metadata.create_all)
    await engine.dispose()
    return url


@pytest.fixture(scope="session")
async def database(dsn) -> AsyncIterator[Database]:
    found = Database(dsn, "depot", {"uq_parcel_reference": "reference-taken"})
    yield found
    await found.close()


@pytest.fixture
def app(database, settings, watch):
    return sample.sample_app(
        database, settings, watch, routes=[sample.parcels, sample.shelves, sample.faults]
    )


@pytest.fixture
async def client(app, watch) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {token(watch.now)}", "Accept-Language": "en"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://depot", headers=headers) as found:
        app.health.started()
        yield found


@pytest.fixture
async def fresh(postgres, dsn):
    name = f"audit_{uuid4().hex}"
    admin = await asyncpg.connect(dsn)
    await admin.execute(f'CREATE DATABASE "{name}"')
    url = postgres.url(name)
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connector(url, {}, "tests"))
    async with engine.begin() as connection:
        await connection.run_sync(COMMON.metadata.create_all)
    await engine.dispose()
    database = Database(url, "audit")
    yield database
    await database.close()
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


@pytest.fixture
async def link(fresh):
    connection = await fresh.connect()
    yield connection
    await connection.close()
