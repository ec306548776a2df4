"""Writing a checked file: every row in one transaction, so that all of them are in or none is."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from common.db import Session
from common.errors import Conflict
from common.moves import Moment
from warranty.commands.imports.claims import Claim, hold
from warranty.commands.imports.kinds import KINDS
from warranty.commands.imports.matching import View, plan_anew
from warranty.commands.imports.steps import go
from warranty.domain.imports.life import Outcome, counted
from warranty.policy import IMPORT_WRITE_BATCH
from warranty.queries import imports as queries
from warranty.tables.imports import Import

Sign = Callable[[int], Awaitable[None]]
"""Says how many rows are written, outside the transaction that writes them."""


async def write_all(session: Session, held: Claim, sign: Sign, now: datetime) -> Import:
    """Write every row as it was read, and end the import in the same transaction.

    What is known may have changed since the check: rows are matched once more, and what is matched stays
    as it is until the end.

    Raises:
        Conflict: ``import-outdated``: a row no longer fits what is known.
        ClaimLost: the import is no longer this run's.
    """
    rows, at = KINDS[held.kind], Moment(now)
    counts = dict.fromkeys(Outcome, 0)
    await plan_anew(session)
    row = done = 0
    while records := await queries.records_after(session, held.import_id, row, IMPORT_WRITE_BATCH):
        matches = await rows.match(session, records, View(now))
        for one in matches:
            if one.outcome == Outcome.WRONG:
                raise Conflict("import-outdated", row=one.record.row)
            counts[one.outcome] += 1
        await rows.write(session, matches, at)
        await session.write_collected()
        await session.flush()
        session.expunge_all()
        row, done = records[-1].row, done + len(records)
        await sign(done)
    return await _ended(session, held, counts, at)


async def _ended(session: Session, held: Claim, counts: dict[Outcome, int], at: Moment) -> Import:
    ending = await hold(session, held)
    for name, count in counted(counts).items():
        setattr(ending, name, count)
    return go(session, ending, "succeed", at)
