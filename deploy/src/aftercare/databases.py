"""One database and one role for each service, on the embedded server or an outside one."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

PATIENCE_SECONDS = 10.0
OLDEST = 150_000  # PostgreSQL 15, as the server counts its versions


class DatabaseRefused(Exception):  # noqa: N818  says what happened, as the other errors do
    """The server will not do for us; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Login:
    """A service's role, which owns the database of the same name."""

    name: str
    password: str

    @classmethod
    def of(cls, name: str, secret: str) -> "Login":
        """The login of a service: its password follows from this copy's secret."""
        return cls(name, hmac.new(secret.encode(), name.encode(), hashlib.sha256).hexdigest())

    def url(self, admin_url: str) -> str:
        """The address of the service's database on the server that `admin_url` leads to."""
        parts = urlsplit(admin_url)
        address = parts.netloc.rpartition("@")[2]
        netloc = f"{quote(self.name)}:{self.password}@{address}"
        return urlunsplit(parts._replace(netloc=netloc, path=f"/{quote(self.name)}"))


async def provision(admin_url: str, logins: Sequence[Login]) -> None:
    """Create roles and databases that are missing; existing ones keep their content.

    Raises:
        DatabaseRefused: the server is out of reach, too old, or the user of `admin_url` lacks a right.
    """
    try:
        connection = await asyncpg.connect(admin_url, timeout=PATIENCE_SECONDS)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseRefused(f"Cannot connect to {_without_password(admin_url)}: {error}") from error
    try:
        await _require_version(connection)
        for login in logins:
            await _ensure_role(connection, login)
            await _ensure_database(connection, login)
    except asyncpg.InsufficientPrivilegeError as error:
        raise DatabaseRefused(
            f"{_without_password(admin_url)}: {error}. The user of DATABASE_URL must be a superuser or have "
            "CREATEROLE and CREATEDB."
        ) from error
    finally:
        await connection.close()


async def _require_version(connection: asyncpg.Connection) -> None:
    number = int(await connection.fetchval("SHOW server_version_num"))
    if number < OLDEST:
        raise DatabaseRefused(f"PostgreSQL 15 or newer is needed; the server is {number // 10_000}.")


async def _ensure_role(connection: asyncpg.Connection, login: Login) -> None:
    role = _identifier(login.name)
    exists = await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", login.name)
    verb = "ALTER" if exists else "CREATE"
    await connection.execute(f"{verb} ROLE {role} LOGIN PASSWORD '{login.password}'")
    if not exists:
        await connection.execute(f"GRANT {role} TO CURRENT_USER")  # to create a database it owns


async def _ensure_database(connection: asyncpg.Connection, login: Login) -> None:
    name = _identifier(login.name)
    if await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", login.name):
        return
    await connection.execute(f"CREATE DATABASE {name} OWNER {name} ENCODING 'UTF8' TEMPLATE template0")
    await connection.execute(f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    who, at, address = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=who.partition(":")[0] + at + address))
