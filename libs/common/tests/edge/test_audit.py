"""The trail: final, chained, sealed, signed, and broken ones found out."""

import asyncio
import json

import asyncpg
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

import common.migrations  # noqa: F401
from common.audit import committed, erase_personal, record
from common.audit.chain import EMPTY, canonical, head_of, seal, verify
from common.audit.heads import HeadsFile
from common.audit.notes import BadNote, Checkpoint, Signer, open_note, signer_of, verifier_line
from common.audit.sealer import Sealer
from common.context import system
from common.testing import eventually

from .trail import DepotCheckpointSigned, unguarded, write


async def test_sealed_in_order_and_whole(fresh, link, watch):
    changes = {"state": ("new", None), "names": (["甲"], {"é": 1}), "cost": (1.5, 2**60)}
    await write(fresh, watch, 7, changes=changes)
    head = await seal(link, EMPTY, 5)
    assert head.size == 5
    head = await seal(link, head, 5)
    assert head == await head_of(link)
    assert (head.size, await seal(link, head, 5)) == (7, head)
    verdict = await verify(link)
    assert (verdict.is_intact, verdict.checked, verdict.unsealed) == (True, 7, 0)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET action = 'other'",
        "UPDATE audit_entry SET seq = 1, hash = '\\x00', reason = 'other'",
        "UPDATE audit_entry SET seq = NULL, hash = NULL",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
async def test_the_database_refuses_changes(fresh, link, watch, sql):
    await write(fresh, watch, 1)
    for _ in range(2):  # unsealed, then sealed
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await link.execute(sql)
        await seal(link, await head_of(link), 10)


@pytest.mark.parametrize(
    ("sql", "seq", "reason"),
    [
        ("UPDATE audit_entry SET reason = 'x' WHERE seq = 4", 4, "altered"),
        ("UPDATE audit_entry SET changes = '{}' WHERE seq = 1", 1, "altered"),
        ("UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE seq = 6", 6, "altered"),
        ("DELETE FROM audit_entry WHERE seq = 3", 3, "missing"),
        ("DELETE FROM audit_entry WHERE seq >= 5", 5, "cut_off"),
        ("UPDATE audit_entry SET hash = '\\x00' WHERE seq = 6", 6, "altered"),
    ],
)
async def test_a_break_is_pointed_to(fresh, link, watch, sql, seq, reason):
    await write(fresh, watch, 6, changes={"a": (1, 2)})
    head = await seal(link, EMPTY, 10)
    published = [Checkpoint("o", head.size, head.hash)]
    assert (await verify(link, published)).is_intact
    await unguarded(link, sql)
    verdict = await verify(link, published)
    assert (verdict.broken_seq, verdict.reason) == (seq, reason)


async def test_a_rewritten_chain_does_not_match_its_published_head(fresh, link, watch):
    await write(fresh, watch, 4)
    head = await seal(link, EMPTY, 10)
    await unguarded(link, "UPDATE audit_entry SET seq = NULL, hash = NULL, reason = 'x'")
    await seal(link, EMPTY, 10)
    assert (await verify(link)).is_intact
    verdict = await verify(link, [Checkpoint("o", head.size, head.hash)])
    assert (verdict.broken_seq, verdict.reason) == (4, "checkpoint")


async def test_concurrent_writers_and_two_sealers(fresh, link, watch, tmp_path, keys_folder):
    signer = signer_of(keys_folder / "audit.pem", "depot")
    file = HeadsFile(tmp_path)
    sealers = [
        asyncio.create_task(Sealer(fresh, signer, file, DepotCheckpointSigned, clock=watch).run())
        for _ in range(2)
    ]
    await asyncio.gather(*(write(fresh, watch, 10) for _ in range(8)))

    async def is_sealed() -> bool:
        return (await head_of(link)).size == 80

    await eventually(is_sealed)
    await write(fresh, watch, 1)
    for sealer in sealers:
        sealer.cancel()
    await asyncio.gather(*sealers, return_exceptions=True)
    heads = [open_note(note, signer.public_key) for note in file.notes()]
    assert heads[-1].size == 81
    sent = await link.fetch("SELECT topic, aggregateid, payload FROM outbox ORDER BY seq")
    assert [json.loads(row["payload"])["checkpoint"] for row in sent] == file.notes()
    assert {(row["topic"], row["aggregateid"]) for row in sent} == {("audit.checkpoint.v1", "depot")}
    assert (await verify(link, heads)).checked == 81


async def test_the_other_sealer_takes_over(fresh, link, watch, tmp_path, keys_folder):
    signer = signer_of(keys_folder / "audit.pem", "depot")
    first, second = (
        asyncio.create_task(
            Sealer(fresh, signer, HeadsFile(tmp_path), DepotCheckpointSigned, clock=watch).run()
        )
        for _ in range(2)
    )
    await write(fresh, watch, 1)

    async def size(wanted: int) -> bool:
        return (await head_of(link)).size == wanted

    await eventually(lambda: size(1))
    await link.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    await write(fresh, watch, 2)
    await eventually(lambda: size(3))
    for task in (first, second):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    assert (await verify(link)).is_intact


async def test_personal_values_can_be_forgotten(fresh, link, watch):
    async with fresh.transaction(system("tests")) as session:
        promise = committed(session, "13800138000", "contact-1", watch.now)
        record(session, "contact.changed", "contact", "c", changes={"phone": (None, promise)}, now=watch.now)
    await seal(link, EMPTY, 10)
    assert await link.fetchval("SELECT value FROM audit_personal_value") == "13800138000"
    async with fresh.transaction(system("tests")) as session:
        assert await erase_personal(session, "contact-1") == 1
    assert await link.fetchval("SELECT count(*) FROM audit_personal_value") == 0
    assert (await verify(link)).is_intact
    assert "13800138000" not in await link.fetchval("SELECT changes::text FROM audit_entry")


class TestNotes:
    signer = Signer(
        Ed25519PrivateKey.from_private_bytes(bytes(range(32))), "aftercare.local/audit/depot/hash-chain"
    )
    head = Checkpoint("aftercare.local/audit/depot/hash-chain", 7, bytes(32))

    def test_form(self):
        lines = self.signer.sign(self.head).split("\n")
        assert lines[:4] == [self.head.origin, "7", "A" * 43 + "=", ""]
        assert lines[4].startswith("— aftercare.local/audit/depot/hash-chain ")
        assert verifier_line(self.head.origin, self.signer.public_key).count("+") >= 2

    def test_round_trip(self):
        assert open_note(self.signer.sign(self.head), self.signer.public_key) == self.head

    @pytest.mark.parametrize(
        ("old", "new"), [("\n7\n", "\n8\n"), ("depot", "desk"), ("— ", "- "), ("\n\n", "\n")]
    )
    def test_altered(self, old, new):
        with pytest.raises(BadNote):
            open_note(self.signer.sign(self.head).replace(old, new, 1), self.signer.public_key)

    def test_another_key(self):
        with pytest.raises(BadNote):
            open_note(self.signer.sign(self.head), Ed25519PrivateKey.generate().public_key())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), json_values))
def test_the_quick_canonical_form_is_the_form(value):
    assert canonical(value) == rfc8785.dumps(value)
