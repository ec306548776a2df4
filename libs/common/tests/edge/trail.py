"""A trail to write, and what only somebody with power over the database can do to it."""

from typing import ClassVar
from uuid import uuid4

from common.audit import record
from common.context import Caller, Context
from common.contracts.audit import CheckpointSigned
from common.db import Database

WHO = Context(Caller("u1", client_id="desk"), request_id="r1", traceparent=f"00-{'a' * 32}-{'b' * 16}-01")


class DepotCheckpointSigned(CheckpointSigned):
    """The head of the depot's audit chain was signed."""

    type: ClassVar[str] = "depot.audit_checkpoint.signed"


async def write(database: Database, watch, count: int, **changes) -> None:
    for _ in range(count):
        async with database.transaction(WHO) as session:
            record(session, "thing.done", "thing", uuid4(), 1, now=watch.now, **changes)


async def unguarded(link, sql: str, *values: object) -> None:
    """What only somebody with power over the database can do."""
    await link.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    await link.execute(sql, *values)
    await link.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
