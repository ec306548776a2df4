"""Documents that are made when they are first asked for: once, and again where that failed."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from common.web.documents import Make, apart, document


def client_of(make: Make) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=[document("/told.json", make)]))
    return httpx.AsyncClient(transport=transport, base_url="http://service")


async def test_whoever_asks_at_the_same_time_has_it_made_once():
    made: list[int] = []

    async def make() -> bytes:
        await asyncio.sleep(0)
        made.append(1)
        return b'{"told": true}'

    async with client_of(make) as client:
        answers = await asyncio.gather(*(client.get("/told.json") for _ in range(5)))
    assert [answer.json() for answer in answers] == [{"told": True}] * 5
    assert len(made) == 1


async def test_one_that_could_not_be_made_is_made_for_the_next():
    outcomes = iter([RuntimeError("not now"), b"{}"])

    async def make() -> bytes:
        outcome = next(outcomes)
        if isinstance(outcome, bytes):
            return outcome
        raise outcome

    async with client_of(make) as client:
        with pytest.raises(RuntimeError, match="not now"):
            await client.get("/told.json")
        assert (await client.get("/told.json")).json() == {}


async def test_what_a_process_prints_is_the_document():
    assert await apart("json.tool", "--help")() != b""


async def test_a_process_that_fails_is_named():
    with pytest.raises(RuntimeError, match=r"common\.nothing openapi ended with 1"):
        await apart("common.nothing", "openapi")()
