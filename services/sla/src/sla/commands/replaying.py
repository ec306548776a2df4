"""Replaying everything: clocks derived from the stored facts again and compared with the stored ones."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from common.db import Session
from common.inbox import fetch
from sla.commands.clock_rows import values_of
from sla.domain.clocks import Fact, Subject, replay
from sla.domain.comparison import Difference, Kept, compare, ordered
from sla.domain.crossings import Outcome
from sla.queries import facts, worlds
from sla.queries.subjects import Standing
from sla.queries.worlds import Edition

PAGE = 500
_NOT_DERIVED = frozenset({"version", "created_at", "updated_at", "detected_at", "next_at"})
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_NOWHERE = Standing(0, _NEVER, None, None)

_COLUMNS = "id, type, first_recorded_at, world_revision, fact_count"
_PAGE = f"SELECT {_COLUMNS} FROM subject WHERE id > $1 ORDER BY id LIMIT $2"  # noqa: S608 - our columns
_HELD = f"SELECT {_COLUMNS} FROM subject WHERE id = ANY($1::uuid[]) ORDER BY id FOR SHARE"  # noqa: S608
_CLOCKS = """
SELECT c.*, w.next_at FROM clock c LEFT JOIN watch w ON w.clock_id = c.id WHERE c.subject_id = ANY($1::uuid[])
"""
_CROSSINGS = """
SELECT x.clock_id, x.percent, x.due_revision, x.crosses_at, x.outcome, x.is_withdrawn
FROM clock c JOIN crossing x ON x.clock_id = c.id WHERE c.subject_id = ANY($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Checked:
    """What one page gave.

    Args:
        count: subjects on it.
        last: where the next one begins.
        suspects: subjects that differ, or were being changed meanwhile.
    """

    count: int
    last: UUID
    suspects: Collection[UUID]


async def check_page(session: Session, after: UUID) -> Checked:
    """Compare the subjects behind ``after``; whoever differs is to be looked at again while held."""
    rows = await fetch(session, _PAGE, after, PAGE)
    if not rows:
        return Checked(0, after, ())
    found = await _differences(session, rows)
    return Checked(len(rows), rows[-1].id, {one.subject_id for one in found})


async def check_held(session: Session, subjects: Collection[UUID]) -> Sequence[Difference]:
    """What differs for ``subjects``, none of which changes meanwhile."""
    return await _differences(session, await fetch(session, _HELD, list(subjects)))


async def _differences(session: Session, rows: Sequence[Any]) -> Sequence[Difference]:
    ids = [row.id for row in rows]
    edition = await worlds.current(session)
    told = await facts.of_subjects(session, ids, min(row.first_recorded_at for row in rows))
    kept = await _kept(session, ids)
    found: list[Difference] = []
    for row in rows:
        count = len({fact.event_id for fact in told[row.id]})
        if count != row.fact_count:
            found.append(Difference(row.id, None, "facts", str(count), str(row.fact_count)))
        found += _compared(row, told[row.id], edition, kept.get(row.id, {}))
    return ordered(found)


def _compared(
    row: Any,  # noqa: ANN401 - a row of the subjects' statement
    told: Sequence[Fact],
    edition: Edition,
    kept: Mapping[UUID, Kept],
) -> Sequence[Difference]:
    clocks = replay(Subject(row.type, row.id), told, edition.at_revision(row.world_revision))
    derived = {clock.id: (clock, _derivable(values_of(clock, _NOWHERE, _NEVER))) for clock in clocks}
    return list(compare(row.id, derived, kept))


def _derivable(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in _NOT_DERIVED}


async def _kept(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, Mapping[UUID, Kept]]:
    crossings: defaultdict[UUID, dict[tuple[int, int], tuple[datetime, Outcome, bool]]] = defaultdict(dict)
    for clock_id, percent, revision, at, outcome, is_withdrawn in await fetch(session, _CROSSINGS, ids):
        crossings[clock_id][percent, revision] = (at, Outcome(outcome), is_withdrawn)
    found: defaultdict[UUID, dict[UUID, Kept]] = defaultdict(dict)
    for row in await fetch(session, _CLOCKS, ids):
        values = _derivable(dict(row._mapping))  # noqa: SLF001 - SQLAlchemy's public name for it
        found[row.subject_id][row.id] = Kept(values, row.next_at, crossings[row.id])
    return found


async def suspects_of(session: Session) -> AsyncIterator[Checked]:
    """All subjects, page by page."""
    after = UUID(int=0)
    while (checked := await check_page(session, after)).count:
        yield checked
        after = checked.last
