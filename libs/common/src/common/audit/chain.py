"""The chain: each entry's hash covers the one before, so that a change anywhere shows from there on."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import asyncpg
import orjson
import rfc8785

from common.audit.notes import Checkpoint
from common.events import instant

GENESIS = bytes(32)
"""What stands before the first entry."""

COLUMNS = (
    "id, seq, at, actor_type, actor_id, client_id, action, resource_type, resource_id, resource_version, "
    "outcome, reason, request_id, trace_id, changes::text AS changes, hash"
)
"""As text, whatever the connection makes of JSON otherwise."""
PAGE = 2000


def canonical(value: Mapping[str, Any]) -> bytes:
    """``value`` in the one form of RFC 8785; the quick way where it comes to the same."""
    if _is_simple(value):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return rfc8785.dumps(value)


def _is_simple(value: object) -> bool:
    """Whether sorting by code points is sorting by UTF-16 units, and no number is a fraction."""
    if isinstance(value, Mapping):
        return all(name.isascii() and _is_simple(item) for name, item in value.items())
    return all(map(_is_simple, value)) if isinstance(value, list) else not isinstance(value, float)


def content(row: Mapping[str, Any], seq: int) -> dict[str, Any]:
    """What the hash of an entry covers, of its row and its place in the chain."""
    return {
        "seq": seq,
        "id": str(row["id"]),
        "at": instant(row["at"]),
        "actor": {"type": row["actor_type"], "id": row["actor_id"], "client_id": row["client_id"]},
        "action": row["action"],
        "resource": {
            "type": row["resource_type"],
            "id": row["resource_id"],
            "version": row["resource_version"],
        },
        "outcome": row["outcome"],
        "reason": row["reason"],
        "request_id": row["request_id"],
        "trace_id": row["trace_id"],
        "changes": orjson.loads(row["changes"]),
    }


def link(before: bytes, row: Mapping[str, Any], seq: int) -> bytes:
    """The hash of an entry at place ``seq`` behind an entry with the hash ``before``."""
    return sha256(before + canonical(content(row, seq))).digest()


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain.

    Args:
        size: number of entries in it.
        hash: hash of the last one.
    """

    size: int
    hash: bytes


EMPTY = Head(0, GENESIS)


async def head_of(connection: asyncpg.Connection) -> Head:
    """The end of the stored chain."""
    row = await connection.fetchrow(
        "SELECT seq, hash FROM audit_entry WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1"
    )
    return Head(row["seq"], row["hash"]) if row else EMPTY


_UNSEALED = f"SELECT {COLUMNS} FROM audit_entry WHERE seq IS NULL ORDER BY id LIMIT $1"  # noqa: S608 - our columns
_SEAL = """
UPDATE audit_entry AS entry SET seq = sealed.seq, hash = sealed.hash
FROM unnest($1::uuid[], $2::bigint[], $3::bytea[]) AS sealed(id, seq, hash) WHERE entry.id = sealed.id
"""


async def seal(connection: asyncpg.Connection, head: Head, limit: int) -> Head:
    """Put up to ``limit`` committed entries behind ``head``; only the holder of the sealer's lock may.

    Returns:
        The new end of the chain; the same where nothing was waiting.
    """
    rows = await connection.fetch(_UNSEALED, limit)
    if not rows:
        return head
    seqs, hashes = _linked(head, rows)
    await connection.execute(_SEAL, [row["id"] for row in rows], seqs, hashes)
    return Head(seqs[-1], hashes[-1])


def _linked(head: Head, rows: Sequence[Mapping[str, Any]]) -> tuple[list[int], list[bytes]]:
    seqs = list(range(head.size + 1, head.size + 1 + len(rows)))
    hashes: list[bytes] = []
    before = head.hash
    for seq, row in zip(seqs, rows, strict=True):
        before = link(before, row, seq)
        hashes.append(before)
    return seqs, hashes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found.

    Args:
        checked: entries that fit.
        broken_seq: first place where the chain does not hold; ``None`` where it holds throughout.
        reason: ``missing``, ``altered``, ``cut_off`` or ``checkpoint``.
        head: end of the part that holds.
        unsealed: entries that wait to be sealed.
        oldest_unsealed_at: when the oldest of them was written.
        checkpoints: signed heads that were compared.
        published: entries that the last of these heads covers.
    """

    checked: int
    broken_seq: int | None
    reason: str | None
    head: Head
    unsealed: int
    oldest_unsealed_at: datetime | None
    checkpoints: int
    published: int

    @property
    def unpublished(self) -> int:
        """Entries that fit and lie behind the last head: only the database itself vouches for them."""
        return max(0, self.checked - self.published)

    @property
    def is_intact(self) -> bool:
        """Whether the chain holds throughout."""
        return self.broken_seq is None


_SEALED = f"SELECT {COLUMNS} FROM audit_entry WHERE seq > $1 ORDER BY seq LIMIT {PAGE}"  # noqa: S608 - our columns


async def _sealed(connection: asyncpg.Connection) -> AsyncIterator[Mapping[str, Any]]:
    last = 0
    while rows := await connection.fetch(_SEALED, last):
        for row in rows:
            yield row
        last = rows[-1]["seq"]


async def verify(connection: asyncpg.Connection, checkpoints: Iterable[Checkpoint] = ()) -> Verdict:
    """Walk the whole chain, page by page, and compare it with heads that were published outside the database.

    Args:
        connection: any connection that may read; best in a repeatable-read transaction.
        checkpoints: heads whose signatures were checked already.
    """
    heads: dict[int, set[bytes]] = {}
    for checkpoint in checkpoints:
        if checkpoint.size:
            heads.setdefault(checkpoint.size, set()).add(checkpoint.head)
    head, broken = EMPTY, None
    async for row in _sealed(connection):
        broken = _fault(head, row, heads)
        if broken:
            break
        head = Head(row["seq"], row["hash"])
    published = max(heads, default=0)
    if broken is None and published > head.size:
        broken = (head.size + 1, "cut_off")
    waiting = await connection.fetchrow("SELECT count(*), min(at) FROM audit_entry WHERE seq IS NULL")
    seq, reason = broken or (None, None)
    return Verdict(head.size, seq, reason, head, waiting[0], waiting[1], len(heads), published)


def _fault(head: Head, row: Mapping[str, Any], heads: Mapping[int, set[bytes]]) -> tuple[int, str] | None:
    seq = head.size + 1
    if row["seq"] != seq:
        return seq, "missing"
    if link(head.hash, row, seq) != row["hash"]:
        return seq, "altered"
    return (seq, "checkpoint") if heads.get(seq, set()) - {row["hash"]} else None
