"""A used database that is given out again is like a fresh one, or it is another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from common.testing import Templates

MADE = """
CREATE TABLE depot (id int PRIMARY KEY, name text NOT NULL, length int GENERATED ALWAYS AS (length(name)) STORED);
CREATE TABLE parcel (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, depot int NOT NULL REFERENCES depot, weight serial
);
CREATE TABLE entry (at int, what text) PARTITION BY RANGE (at);
CREATE TABLE entry_past PARTITION OF entry FOR VALUES FROM (0) TO (100);
CREATE TABLE entry_default PARTITION OF entry DEFAULT;
CREATE FUNCTION is_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'final'; END $$;
CREATE TRIGGER entry_is_final BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION is_final();
CREATE TRIGGER entry_is_kept BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION is_final();
CREATE SCHEMA "Other";
CREATE TABLE "Other"."Thing" ("Name" text);
CREATE SEQUENCE number START 5;
INSERT INTO depot VALUES (2, 'Pudong'), (1, 'Hongqiao');
INSERT INTO parcel (depot) VALUES (2), (1), (2);
DELETE FROM parcel WHERE seq = 3;
INSERT INTO entry VALUES (7, 'begun');
"""
USED = """
INSERT INTO depot SELECT n, 'depot ' || n FROM generate_series(3, 300) AS n;
UPDATE depot SET name = 'Minhang' WHERE id = 2;
INSERT INTO parcel (depot) SELECT 2 FROM generate_series(1, 500);
DELETE FROM parcel WHERE seq = 1;
INSERT INTO entry VALUES (8, 'past'), (800, 'later');
INSERT INTO "Other"."Thing" VALUES ('one');
SELECT nextval('number'), setval('parcel_weight_seq', 90);
"""
SAID = {
    "depots": "SELECT ctid::text, id, name, length FROM depot",
    "parcels": "SELECT ctid::text, seq, depot, weight FROM parcel",
    "entries": "SELECT tableoid::regclass::text, at, what FROM entry",
    "things": 'SELECT * FROM "Other"."Thing"',
    "sequences": "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2",
    "statistics": """
        SELECT relname, relpages, reltuples, relallvisible FROM pg_class
        WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY 1
    """,
    "use": "SELECT relname FROM pg_stat_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0",
    "next": """
        INSERT INTO parcel (depot) VALUES (1) RETURNING seq, weight, nextval('number')
    """,
}
"""What is asked of a database, in this order: the last one changes it."""

CHANGES = [
    "CREATE TABLE more ()",
    "CREATE TABLE entry_next PARTITION OF entry FOR VALUES FROM (200) TO (300)",
    "DROP TABLE entry_past",
    "ALTER TABLE depot ALTER name DROP NOT NULL",
    "ALTER TABLE entry DISABLE TRIGGER USER",
    "ALTER TABLE depot RENAME name TO title",
    "ALTER SEQUENCE number INCREMENT 2",
    "ALTER TABLE entry DISABLE TRIGGER USER; ALTER TABLE entry ENABLE TRIGGER USER",
    "CREATE OR REPLACE FUNCTION is_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "GRANT SELECT ON depot TO public",
    "COMMENT ON TABLE depot IS 'where parcels lie'",
    "CREATE INDEX ON depot (name)",
    "CREATE DOMAIN short AS text",
    'DROP SCHEMA "Other" CASCADE',
    "TRUNCATE parcel",
    "ANALYZE depot",
    "SELECT lo_create(0)",
    "CREATE TEMPORARY TABLE passing ()",
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''1MB''', current_database()); END $$",
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 50', current_database()); END $$",
    "INSERT INTO entry SELECT n, repeat('long', 500) FROM generate_series(1, 10000) AS n",
]

Said = dict[str, list[tuple[object, ...]]]


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


async def run(url: str, sql: str) -> None:
    async with connected(url) as connection:
        await connection.execute(sql)


async def said(url: str) -> Said:
    async with connected(url) as connection:
        return {what: [tuple(row) for row in await connection.fetch(sql)] for what, sql in SAID.items()}


async def number(url: str) -> int:
    """By which the server knows a database whatever its name."""
    async with connected(url) as connection:
        return await connection.fetchval(
            "SELECT oid::bigint FROM pg_database WHERE datname = current_database()"
        )


async def make(url: str) -> None:
    await run(url, MADE)


@pytest.fixture(scope="module")
async def depots(admin_url: str) -> AsyncIterator[Templates]:
    found = Templates(admin_url)
    await found.template("depot", make)
    yield found
    await found.close()


@pytest.fixture(scope="module")
async def fresh(admin_url: str) -> Said:
    """What a copy says that was never used."""
    unused = Templates(admin_url)
    await unused.template("depot", make)
    found = await said(await unused.clone("depot"))
    await unused.close()
    return found


async def is_used_again(depots: Templates, fresh: Said, use: str) -> bool:
    """Whether a database is given out again after ``use``; what is given out is always like a fresh one."""
    url = await depots.clone("depot")
    first = await number(url)
    await run(url, use)
    await depots.drop(url)
    url = await depots.clone("depot")
    second = await number(url)
    assert await said(url) == fresh
    await depots.drop(url)
    return first == second


async def test_a_used_database_is_like_a_fresh_one(depots: Templates, fresh: Said):
    for _ in range(3):
        assert await is_used_again(depots, fresh, USED)


@pytest.mark.parametrize("change", CHANGES)
async def test_a_database_that_was_defined_anew_is_not_used_again(
    depots: Templates, fresh: Said, change: str
):
    assert not await is_used_again(depots, fresh, change)


async def test_a_definition_that_was_rolled_back_changed_nothing(depots: Templates, fresh: Said):
    assert await is_used_again(depots, fresh, "BEGIN; CREATE TABLE more (); DROP TABLE entry; ROLLBACK")


async def test_two_at_once_are_two(depots: Templates, fresh: Said):
    one, other = await asyncio.gather(depots.clone("depot"), depots.clone("depot"))
    await run(one, USED)
    assert await said(other) == fresh
    numbers = {await number(one), await number(other)}
    await asyncio.gather(depots.drop(one), depots.drop(other))
    again = [await depots.clone("depot"), await depots.clone("depot")]
    assert {await number(url) for url in again} == numbers
    assert [await said(url) for url in again] == [fresh, fresh]
    await asyncio.gather(*map(depots.drop, again))


async def test_whoever_is_still_connected_has_no_part_in_it(depots: Templates):
    url = await depots.clone("depot")
    left = await asyncpg.connect(url)
    await left.execute("BEGIN; SELECT pg_advisory_lock(1); INSERT INTO depot VALUES (9, 'left')")
    await depots.drop(url)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(url)
    with pytest.raises((asyncpg.AdminShutdownError, ConnectionError, asyncpg.InterfaceError)):
        await left.execute("COMMIT")
    url = await depots.clone("depot")
    async with connected(url) as connection:
        assert await connection.fetchval("SELECT pg_try_advisory_lock(1)")
        assert await connection.fetchval("SELECT count(*) FROM depot") == 2
    await depots.drop(url)


async def test_templates_of_one_name_are_made_once(depots: Templates):
    async def never(_: str) -> None:
        raise AssertionError

    await depots.template("depot", never)
    url = await depots.clone("depot")
    async with connected(url) as connection:
        assert await connection.fetchval("SELECT count(*) FROM depot") == 2
    await depots.drop(url)


async def test_nothing_is_left_on_the_server(admin_url: str):
    names = "SELECT array_agg(datname::text ORDER BY datname) FROM pg_database"
    async with connected(admin_url) as server:
        before = await server.fetchval(names)
        depots = Templates(admin_url)
        await depots.template("depot", make)
        idle, changed, lent = [await depots.clone("depot") for _ in range(3)]
        await run(changed, "CREATE TABLE more ()")
        await depots.drop(idle)
        await depots.drop(changed)
        assert await number(lent)
        await depots.close()
        assert await server.fetchval(names) == before
