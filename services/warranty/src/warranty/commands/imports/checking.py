"""Checking a file: its rows are kept as read, matched with what is known, and nothing else is changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from common.db import Session
from common.ids import new_id
from common.inbox import execute, fetch
from common.moves import Moment
from warranty.commands.imports.claims import Claim, give_sign, hold
from warranty.commands.imports.kinds import KINDS
from warranty.commands.imports.matching import View, plan_anew
from warranty.commands.imports.steps import fail, go
from warranty.domain.imports import kinds
from warranty.domain.imports.life import counted
from warranty.domain.imports.records import ERASED_ROW, Fault, Record, names_of
from warranty.policy import IMPORT_PROBLEMS
from warranty.queries import imports as queries
from warranty.tables.imports import NAMES, PROBLEMS, ROWS, Import

_DOUBLES = """
WITH placed AS (
    SELECT "row" AS place, first_value("row") OVER (PARTITION BY name ORDER BY "row") AS other
    FROM import_name WHERE import_id = $1 AND is_unique
), doubles AS (
    SELECT place, min(other) AS other FROM placed WHERE place <> other GROUP BY place
), marked AS (
    UPDATE import_row r SET outcome = 'wrong' FROM doubles d WHERE r.import_id = $1 AND r."row" = d.place
)
SELECT place, other, (SELECT count(*) FROM doubles) AS total FROM doubles ORDER BY place LIMIT $2
"""


async def begin_anew(session: Session, held: Claim) -> None:
    """Forget what an earlier run has read."""
    await hold(session, held)
    await execute(session, "DELETE FROM import_row WHERE import_id = $1", held.import_id)
    read = 'DELETE FROM import_name WHERE import_id = $1 AND "row" > $2'
    await execute(session, read, held.import_id, ERASED_ROW)
    await execute(session, "DELETE FROM import_problem WHERE import_id = $1", held.import_id)
    await execute(session, "UPDATE import SET problem_count = 0 WHERE id = $1", held.import_id)


async def keep(
    session: Session, held: Claim, records: Sequence[Record], *, done: int, share: float, now: datetime
) -> None:
    """Keep some rows with their outcome and what is wrong with them.

    Args:
        session: the unit of work.
        held: the import and the run.
        records: the rows.
        done: rows read with these.
        share: which part of the file that is.
        now: the present.

    Raises:
        ClaimLost: the import is no longer this run's; nothing is kept.
    """
    await give_sign(session, held, done=done, share=share, now=now)
    await plan_anew(session)
    matches = await KINDS[held.kind].match(session, records, View(now, held.import_id))
    for one in matches:
        record = one.record
        place = {"import_id": held.import_id, "row": record.row}
        session.collect(ROWS, {**place, "values": dict(record.values), "outcome": one.outcome})
        for name in names_of(held.kind, {**record.values, **one.forms}):
            session.collect(NAMES, {**place, "name": name.text, "is_unique": name.is_unique})
    faults = [(one.record.row, fault) for one in matches for fault in (*one.record.faults, *one.faults)]
    await _tell(session, held, faults, len(faults))


async def _tell(session: Session, held: Claim, faults: Iterable[tuple[int, Fault]], count: int) -> None:
    """Count what is wrong, and keep it as far as there is room."""
    if not count:
        return
    counts = "UPDATE import SET problem_count = problem_count + $2 WHERE id = $1 RETURNING problem_count"
    [(total,)] = await fetch(session, counts, held.import_id, count)
    room = max(0, IMPORT_PROBLEMS - (total - count))
    for row, fault in list(faults)[:room]:
        session.collect(PROBLEMS, _problem(held, row, fault))


def _problem(held: Claim, row: int, fault: Fault) -> dict[str, Any]:
    value = "" if kinds.KINDS[held.kind].is_personal else fault.value
    told = {"column": fault.column, "code": fault.code, "value": value, "facts": dict(fault.facts)}
    return {"id": new_id(), "import_id": held.import_id, "row": row, **told}


async def report(session: Session, held: Claim, now: datetime) -> Import:
    """All rows were read: doubles are marked, outcomes counted, and it is told what may come of it.

    A dry run ends here; a file without faults goes on to be written; one with faults fails.
    """
    row = await hold(session, held)
    doubles = await fetch(session, _DOUBLES, held.import_id, IMPORT_PROBLEMS)
    faults = [(one.place, _double(one.other)) for one in doubles]
    await _tell(session, held, faults, doubles[0].total if doubles else 0)
    await session.refresh(row, ["problem_count"])
    found = await queries.outcomes(session, held.import_id)
    for name, count in counted(found).items():
        setattr(row, name, count)
    row.row_count, row.leased_until, row.claim_id = sum(found.values()), None, None
    return _concluded(session, row, Moment(now))


def _double(other_row: int) -> Fault:
    if other_row == ERASED_ROW:
        return Fault(None, "import-row-erased")
    return Fault(None, "import-row-twice", facts={"other_row": other_row})


def _concluded(session: Session, row: Import, at: Moment) -> Import:
    if row.is_dry_run:
        return go(session, row, "report", at)
    if row.wrong_count:
        told = {"code": "import-has-problems", "facts": {"wrong_count": row.wrong_count}}
        return fail(session, row, told, at)
    return go(session, go(session, row, "report", at), "run", at)


async def refuse(session: Session, held: Claim, code: str, facts: dict[str, Any], now: datetime) -> Import:
    """The file as a whole cannot be read, or no longer fits what is known; nothing was changed."""
    return fail(session, await hold(session, held), {"code": code, "facts": facts}, Moment(now))
