"""Signed heads outside the database: on the bus and in a file, whole and once, and what they give away."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from common.audit.chain import EMPTY, head_of, seal
from common.audit.heads import HeadsFile, Outside, notes_on
from common.audit.notes import open_note, signer_of
from common.audit.sealer import Sealer
from common.bus import Bus
from common.relay import Relay
from common.retention import Retention
from common.testing import eventually

from .conftest import token
from .sample import sample_app
from .trail import DepotCheckpointSigned, unguarded, write


@pytest.fixture
def signer(keys_folder):
    return signer_of(keys_folder / "audit.pem", "depot")


@pytest.fixture
def file(tmp_path):
    return HeadsFile(tmp_path / "depot")


@pytest.fixture
def outside(file, bus):
    return Outside(file, bus, DepotCheckpointSigned)


@pytest.fixture
def sealer(fresh, signer, file, watch):
    return Sealer(fresh, signer, file, DepotCheckpointSigned, clock=watch, every=timedelta(minutes=10))


@asynccontextmanager
async def at_work(*works):
    tasks = [asyncio.create_task(work()) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def sealed(link, size):
    async def is_sealed():
        return (await head_of(link)).size >= size

    await eventually(is_sealed)


def sizes(notes, signer):
    return [open_note(note, signer.public_key).size for note in notes]


async def test_a_head_is_told_once_in_its_interval_and_at_the_end(fresh, link, watch, file, signer, sealer):
    async with at_work(sealer.run):
        await write(fresh, watch, 2)
        await eventually(file.notes)
        await write(fresh, watch, 1)
        await sealed(link, 3)
        watch.on(minutes=10)
        await eventually(lambda: len(file.notes()) > 1)
        await write(fresh, watch, 1)
        await sealed(link, 4)
    told = sizes(file.notes(), signer)
    assert told[-2:] == [3, 4]
    assert len(told) == 3
    assert await link.fetchval("SELECT count(*) FROM outbox") == 3


async def test_an_end_between_two_steps_leaves_nothing_untold(fresh, link, watch, file, signer, sealer):
    """The note is committed with its event; a file that was lost, or left half written, is made whole."""
    await write(fresh, watch, 2)
    async with at_work(sealer.run):
        await eventually(file.notes)
    told = file.notes()
    file.path.write_text(told[0][:40])
    assert file.notes() == []
    again = Sealer(fresh, signer, file, DepotCheckpointSigned, clock=watch)
    async with at_work(again.run):
        await eventually(file.notes)
    assert file.notes() == told
    assert await link.fetchval("SELECT count(*) FROM outbox") == len(told)


async def test_heads_come_to_the_bus_and_stay_there(fresh, watch, file, bus, sealer, outside):
    assert await notes_on(bus, DepotCheckpointSigned) == []
    relay = Relay(fresh, bus, "depot", [DepotCheckpointSigned], watch, Retention())
    await write(fresh, watch, 3)
    async with at_work(sealer.run, relay.run):
        await eventually(file.notes)

        async def are_sent():
            return await notes_on(bus, DepotCheckpointSigned) == file.notes()

        await eventually(are_sent)
    assert await outside.notes() == {"file": file.notes(), "bus": file.notes()[:1]}


async def test_a_bus_that_is_away_is_told(file):
    assert await Outside(file, Bus("127.0.0.1:1"), DepotCheckpointSigned).notes() == {}
    assert await Outside(file, Bus(""), DepotCheckpointSigned).notes() == {}


async def verdict(fresh, settings, watch, heads):
    app = sample_app(fresh, settings, watch, heads=heads)
    bearer = {"Authorization": f"Bearer {token(watch.now)}"}
    door = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=door, base_url="http://depot", headers=bearer) as client:
        response = await client.post("/v1/audit-entries:verify")
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_trail_rewritten_with_its_notes_is_given_away_by_the_bus(
    fresh, link, watch, file, bus, sealer, outside, settings
):
    """Whoever owns the database and the host rewrites chain, notes and file; the bus remembers."""
    relay = Relay(fresh, bus, "depot", [DepotCheckpointSigned], watch, Retention())
    await write(fresh, watch, 3)
    async with at_work(sealer.run):
        await eventually(file.notes)
    async with at_work(relay.run):
        await eventually(lambda: notes_on(bus, DepotCheckpointSigned))
    told = await verdict(fresh, settings, watch, outside.notes)
    assert (told["is_intact"], told["compared_with"]) == (True, ["database", "file", "bus"])
    size = (await head_of(link)).size
    await unguarded(link, "UPDATE audit_entry SET seq = NULL, hash = NULL, reason = 'x'")
    await seal(link, EMPTY, 10)
    await link.execute("DELETE FROM audit_checkpoint")
    file.path.unlink()
    told = await verdict(fresh, settings, watch, outside.notes)
    assert (told["is_intact"], told["broken_seq"], told["reason"]) == (False, size, "checkpoint")
    away = Outside(file, Bus("127.0.0.1:1"), DepotCheckpointSigned)
    told = await verdict(fresh, settings, watch, away.notes)
    assert (told["is_intact"], told["compared_with"]) == (True, ["database"])
