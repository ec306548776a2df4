"""Lists and searches of a million assets: how long a page takes, and that no plan reads a whole table."""

import asyncio
import time
from collections.abc import Mapping
from hashlib import md5
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from tests.bench.copies import copies
from tests.bench.figures import UNKNOWN, Figure, percentile
from tests.bench.owning import asset_of_its_own
from tests.bench.stage import Stage, agents

ASSETS = 1_000_000
CUSTOMERS, SITES, PRODUCTS = 1_000, 10_000, 50
ASKED = 200
MOST_MS = 50.0
PATIENCE_SECONDS = 10.0
STATES = ("shipped", "in_installation", "in_service", "under_repair", "retired")

# Ids that are computed from a number, so that the questions know them.
_ID = "md5('{kind}' || {number})::uuid"
_MORE = "CREATE TEMPORARY TABLE more AS SELECT n FROM generate_series(1, {count}) n"


def _id(kind: str, number: str) -> str:
    return _ID.format(kind=kind, number=number)


_STATE = f"(ARRAY{list(STATES)})[1 + more.n % {len(STATES)}]"
_SITE = f"(more.n % {SITES})"
_TABLES: Mapping[str, tuple[int, dict[str, str]]] = {
    "customer": (
        CUSTOMERS,
        {
            "id": _id("customer", "more.n - 1"),
            "customer_id": _id("customer", "more.n - 1"),
            "code": "'C-' || more.n",
        },
    ),
    "site": (
        SITES,
        {
            "id": _id("site", "more.n - 1"),
            "customer_id": _id("customer", f"(more.n - 1) % {CUSTOMERS}"),
            "code": "'S-' || more.n",
        },
    ),
    "product": (PRODUCTS, {"id": _id("product", "more.n - 1"), "code": "'P-' || more.n"}),
    "asset": (
        ASSETS,
        {
            "id": "gen_random_uuid()",
            "customer_id": _id("customer", f"{_SITE} % {CUSTOMERS}"),
            "site_id": _id("site", _SITE),
            "product_id": _id("product", f"more.n % {PRODUCTS}"),
            "serial_number": "'SN-' || more.n",
            "state": _STATE,
            "created_at": "pattern.created_at + more.n * interval '1 second'",
            "search_terms": "pattern.search_terms || jsonb_build_array('s', 'sn') || (SELECT jsonb_agg("
            "left(more.n::text, length)) FROM generate_series(1, length(more.n::text)) AS length)",
        },
    ),
}


def measure(stage: Stage) -> list[Figure]:
    """Each kind of question many times over HTTP, one after the other."""
    url = stage.migrated("warranty", "warranty_lists")
    with stage.api("warranty", "warranty_lists") as api:
        asyncio.run(asset_of_its_own(api.address, stage))
        asyncio.run(_load(url))
        return asyncio.run(_measure(url, api.address, agents(stage.keys)))


async def _load(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET maintenance_work_mem = '512MB'; SET synchronous_commit = off")
        for table, (count, changes) in _TABLES.items():
            await connection.execute(_MORE.format(count=count))
            like = f"SELECT * FROM {table} LIMIT 1"
            await connection.execute(await copies(connection, table, like, changes))
            await connection.execute("DROP TABLE more")
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def _questions(random: Random) -> dict[str, dict[str, Any]]:
    """One question of each kind."""
    number = random.randrange(1, ASSETS)
    customer = _known("customer", number % CUSTOMERS)
    return {
        "the latest": {},
        "of a customer": {"customer_id": customer},
        "of a site, in a state": {"site_id": _known("site", number % SITES), "state": "in_service"},
        "of a product": {"product_id": _known("product", number % PRODUCTS)},
        "by serial number": {"serial_number": f"SN-{number}"},
        "by words that few have": {"q": f"UPS {number}"},
        "by words that all have": {"q": "不间断电源"},
        "by words, of a customer": {"q": "不间断", "customer_id": customer},
    }


def _known(kind: str, number: int) -> str:
    return str(UUID(md5(f"{kind}{number}".encode(), usedforsecurity=False).hexdigest()))


async def _measure(url: str, address: str, tokens: list[str]) -> list[Figure]:
    random = Random(7)
    took: dict[str, list[float]] = {}
    before = await _scans(url)
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:
        for turn in range(ASKED):
            headers = {"Authorization": f"Bearer {tokens[turn % len(tokens)]}"}
            for kind, query in _questions(random).items():
                began = time.perf_counter()
                (await http.get("/v1/assets", params=query, headers=headers)).raise_for_status()
                took.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
    whole = await _whole_reads(url, before)
    figures = [_figure(kind, milliseconds) for kind, milliseconds in took.items()]
    told = Figure("  reads of the whole table", str(whole), UNKNOWN, UNKNOWN, "none", whole == 0)
    return [*figures, told]


def _figure(kind: str, milliseconds: list[float]) -> Figure:
    p99 = percentile(milliseconds, 0.99)
    return Figure(
        f"a page of {ASSETS:,} assets, {kind}: p99",
        f"{p99:.1f} ms",
        bar=f"≤ {MOST_MS:g} ms",
        is_kept=p99 <= MOST_MS,
    )


async def _scans(url: str) -> tuple[int, int]:
    """How often the table was read as a whole so far, and how often by an index."""
    connection = await asyncpg.connect(url)
    try:
        sql = "SELECT seq_scan, coalesce(idx_scan, 0) i FROM pg_stat_user_tables WHERE relname = 'asset'"
        row = await connection.fetchrow(sql)
        return row["seq_scan"], row["i"]
    finally:
        await connection.close()


async def _whole_reads(url: str, before: tuple[int, int]) -> int:
    """Reads of the whole table since ``before``; the server's counters come a moment late."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while True:
        now = await _scans(url)
        if now[0] + now[1] - before[0] - before[1] >= ASKED * len(_questions(Random(0))):
            return now[0] - before[0]
        if time.monotonic() > limit:
            raise TimeoutError
        await asyncio.sleep(0.2)
