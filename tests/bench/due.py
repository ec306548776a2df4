"""A million running clocks, ten thousand of them due in one minute: found and announced."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from statistics import median

import asyncpg

from common.bus import in_course_of
from common.context import system
from common.db import Database
from common.inbox import execute, fetch
from common.sweeps import sweep_now
from sla.commands import facts
from sla.commands.crossings import _TAKE as TAKE
from sla.commands.crossings import SOURCES
from sla.policy import POLICY
from sla.sweeps import SWEEPS
from tests.bench.copies import copies
from tests.bench.events import opened
from tests.bench.figures import UNKNOWN, Figure
from tests.bench.stage import Stage
from tests.bench.stage import execute as run_statement

DUE = 10_000
RUNNING = 1_000_000
BATCH = 500
LOOKS = 15
MOST_SECONDS = 5.0
SAME = 0.2
SLA = system("sla")

# Clocks of other tickets, like the first one, due long after; they are running and nothing else.
_MORE = """
CREATE TEMPORARY TABLE more AS SELECT gen_random_uuid() AS clock_id, gen_random_uuid() AS subject_id,
    now() + interval '30 days' + n * interval '1 second' AS next_at FROM generate_series(1, $1::int) n;
"""
_LIKE = {
    "subject": ("SELECT * FROM subject LIMIT 1", {"id": "more.subject_id"}),
    "clock": (
        "SELECT * FROM clock WHERE state = 'running' LIMIT 1",
        {
            "id": "more.clock_id",
            "subject_id": "more.subject_id",
            "due_at": "more.next_at",
            "due_revision": "(extract(epoch FROM more.next_at) * 1000000)::bigint",
        },
    ),
    "watch": (
        "SELECT * FROM watch LIMIT 1",
        {"clock_id": "more.clock_id", "subject_id": "more.subject_id", "next_at": "more.next_at"},
    ),
}


def measure(stage: Stage) -> list[Figure]:
    """Announced by the sweep as the worker runs it, in this process; until the last commit."""
    url = stage.migrated("sla", "sla_due")
    return asyncio.run(_measure(url))


async def _measure(url: str) -> list[Figure]:
    database = Database(url, "sla-worker", statement_timeout_ms=60_000)
    try:
        await _open(database)
        await run_statement(url, "VACUUM ANALYZE")
        due_at = await _due_at(database)
        few = await _find(database, due_at)
        await _load(url)
        many = await _find(database, due_at)
        seconds, count = await _announce(database, due_at)
    finally:
        await database.close()
    change = many / few - 1
    return [
        Figure(
            f"{count:,} due of a million: announced",
            f"{seconds:.1f} s",
            UNKNOWN,
            f"{count / seconds:,.0f}/s",
            f"≤ {MOST_SECONDS:g} s",
            seconds <= MOST_SECONDS and count >= DUE,
        ),
        Figure(
            "  finding a batch of them, of 10,000",
            f"{many * 1000:.1f} ms",
            f"{few * 1000:.1f} ms",
            f"{change:+.0%}",
            "± 20 %",
            abs(change) <= SAME or many < few,
        ),
    ]


async def _open(database: Database) -> None:
    """Ten thousand tickets reported in one minute, taken up as the consumer takes them up."""
    now = datetime.now(UTC)
    heard = [one.envelope(now) for one in opened(DUE, now)]
    for first in range(0, DUE, BATCH):
        async with database.transaction(SLA) as session:
            await facts.take_up(session, heard[first : first + BATCH], in_course_of)


async def _due_at(database: Database) -> datetime:
    """The instant at which one clock of every ticket has crossed its first threshold."""
    async with database.read(SLA) as session:
        sql = "SELECT next_at FROM watch WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1 OFFSET $1"
        [(at,)] = await fetch(session, sql, DUE - 1)
    found: datetime = at
    return found


async def _find(database: Database, due_at: datetime) -> float:
    """Seconds that it takes to find and lock one batch of what is due."""
    took: list[float] = []
    for _ in range(LOOKS):
        async with database.transaction(SLA) as session:
            began = time.perf_counter()
            await fetch(session, TAKE, due_at, POLICY.due_batch)
            took.append(time.perf_counter() - began)
    return median(took)


async def _load(url: str) -> None:
    """The other clocks; indexes are built afterwards, which is quicker than keeping them up."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET maintenance_work_mem = '512MB'; SET synchronous_commit = off")
        more = RUNNING - await connection.fetchval("SELECT count(*) FROM clock WHERE state = 'running'")
        await connection.execute(_MORE.replace("$1", str(more)))
        indexes = await connection.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'clock' AND indexname LIKE 'ix%'"
        )
        for name, _ in indexes:
            await connection.execute(f"DROP INDEX {name}")
        for table, (like, changes) in _LIKE.items():
            await connection.execute(await copies(connection, table, like, changes))
        for _, definition in indexes:
            await connection.execute(definition)
        await connection.execute("VACUUM ANALYZE clock, watch, subject")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def _announce(database: Database, due_at: datetime) -> tuple[float, int]:
    """Seconds until everything due is announced, and how many announcements that were."""
    now = due_at + timedelta(seconds=1)
    async with database.transaction(SLA) as session:
        sql = "INSERT INTO watermark SELECT unnest($1::text[]), $2, 'cluster', '{}'::jsonb, $2"
        await execute(session, sql, list(SOURCES), now)
    sweep = next(sweep for sweep in SWEEPS if sweep.name == "crossings_due")
    began = time.perf_counter()
    await sweep_now(database, "sla", sweep, now)
    seconds = time.perf_counter() - began
    async with database.read(SLA) as session:
        [(count,)] = await fetch(session, "SELECT count(*) FROM crossing WHERE outcome = 'announced'")
    return seconds, int(count)
