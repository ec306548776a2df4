"""What is stored of subjects before they are derived again: facts, clocks and decided crossings."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from common.db import Session
from common.inbox import fetch
from sla.domain.crossings import Decided, Outcome


class Standing(NamedTuple):
    """What is stored of a clock that cannot be derived.

    Args:
        version: of its row.
        created_at: when the row was first written.
        detected_at: when its breach was found out.
        next_at: when it is to be looked at next.
    """

    version: int
    created_at: datetime
    detected_at: datetime | None
    next_at: datetime | None


_CLOCKS = """
SELECT c.id, c.version, c.created_at, c.detected_at, w.next_at
FROM clock c LEFT JOIN watch w ON w.clock_id = c.id WHERE c.subject_id = ANY($1::uuid[])
"""
_DECIDED = """
SELECT x.clock_id, x.percent, x.due_revision, x.outcome, x.is_withdrawn
FROM clock c JOIN crossing x ON x.clock_id = c.id WHERE c.subject_id = ANY($1::uuid[])
"""


async def clocks(session: Session, subjects: Collection[UUID]) -> Mapping[UUID, Standing]:
    """The stored clocks of ``subjects`` by id."""
    rows = await fetch(session, _CLOCKS, list(subjects)) if subjects else ()
    return {row[0]: Standing(*row[1:]) for row in rows}


async def decided(session: Session, subjects: Collection[UUID]) -> Mapping[UUID, Sequence[Decided]]:
    """The decided crossings of the clocks of ``subjects``, by clock."""
    found: defaultdict[UUID, list[Decided]] = defaultdict(list)
    for clock_id, percent, revision, outcome, is_withdrawn in (
        await fetch(session, _DECIDED, list(subjects)) if subjects else ()
    ):
        found[clock_id].append(Decided(percent, revision, Outcome(outcome), is_withdrawn))
    return found
