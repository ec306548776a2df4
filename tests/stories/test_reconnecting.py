"""The database was away: the first requests to every service after it is back are answered."""

import asyncio

import asyncpg
import pytest

from common.testing import eventually
from tests.stories.town import Body, Town

ENDED = """
SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
LEFT = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1::int[])"
LISTS = {"ticketing": "/v1/tickets", "sla": "/v1/agreements", "warranty": "/v1/customers"}


async def end_connections(url: str) -> None:
    """As a restart of the server does it."""
    link = await asyncpg.connect(url)
    try:
        ended = [row["pid"] for row in await link.fetch(ENDED)]
        assert ended

        async def are_gone() -> bool:
            return not await link.fetchval(LEFT, ended)

        await eventually(are_gone)
    finally:
        await link.close()


@pytest.mark.parametrize("service", LISTS)
async def test_the_first_requests_after_a_restart_succeed(town: Town, service: str) -> None:
    incident = {"kind": "incident", "title": "branch dark", "channel": "hotline", "severity": 1}
    bank = {"name_zh": "银行", "name_en": "Bank", "industry": "banking"}
    agreement = {
        "customer_id": str(town.customer),
        "plan_id": "reference",
        "starts_at": "2026-03-02T01:00:00Z",
    }
    posts: dict[str, tuple[str, list[Body]]] = {
        "ticketing": ("/v1/tickets", [incident | {"customer_id": str(town.customer)}] * 3),
        "sla": ("/v1/agreements", [agreement]),
        "warranty": ("/v1/customers", [bank | {"code": f"BANK{number}"} for number in range(3)]),
    }
    path, bodies = posts[service]
    lists = [town.say(service, "GET", LISTS[service]) for _ in range(5)]
    assert {answer.status_code for answer in await asyncio.gather(*lists)} == {200}
    if service != "sla":
        assert (await town.say(service, "POST", path, bodies[0])).status_code == 201
    await end_connections(town.houses[service].database.dsn)
    assert (await town.say(service, "GET", LISTS[service])).status_code == 200
    made = await town.say(service, "POST", path, bodies[-1])
    assert made.status_code == 201, made.text
