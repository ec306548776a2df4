import asyncpg
import pytest

from aftercare.databases import DatabaseRefused, Login, provision
from aftercare.embedded import EmbeddedPostgres


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """A server of its own, since roles and databases belong to a whole server."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("outside"), durable=False) as server:
        yield server


LOGINS = [Login.of("ticketing", "secret"), Login.of("sla", "secret")]


async def run(url, statement):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def by_password(server, user, password):
    """The address of the server by way of TCP, where a password is needed."""
    await run(server.url(), f"ALTER ROLE {user} PASSWORD '{password}'")
    return f"postgresql://{user}:{password}@127.0.0.1:{server.port}/postgres"


async def test_each_service_gets_a_database_it_owns_and_keeps(outside):
    admin = await by_password(outside, "postgres", "pw")
    await provision(admin, LOGINS)
    await run(LOGINS[0].url(admin), "CREATE TABLE kept AS SELECT 1 AS one")
    await provision(admin, LOGINS)
    assert await run(LOGINS[0].url(admin), "SELECT one FROM kept") == 1


async def test_a_service_cannot_enter_anothers_database(outside):
    admin = await by_password(outside, "postgres", "pw")
    await provision(admin, LOGINS)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run(LOGINS[0].url(admin).rpartition("/")[0] + "/sla", "SELECT 1")


async def test_a_user_who_may_create_roles_and_databases_is_enough(outside):
    await run(outside.url(), "CREATE ROLE founder LOGIN CREATEROLE CREATEDB")
    admin = await by_password(outside, "founder", "pw")
    other = Login.of("warranty", "secret")
    await provision(admin, [other])
    assert await run(other.url(admin), "SELECT current_user") == "warranty"


async def test_a_user_without_these_rights_is_told_so(outside):
    await run(outside.url(), "CREATE ROLE visitor LOGIN")
    admin = await by_password(outside, "visitor", "pw")
    with pytest.raises(DatabaseRefused, match="CREATEDB"):
        await provision(admin, [Login.of("feedback", "secret")])


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
async def test_a_server_that_cannot_be_used_is_named_without_its_password(scheme):
    with pytest.raises(DatabaseRefused, match=r"127\.0\.0\.1") as refused:
        await provision(f"{scheme}://postgres:geheim@127.0.0.1:1/postgres", LOGINS)
    assert "geheim" not in str(refused.value)
