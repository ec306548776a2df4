"""Facts of subjects, as they are replayed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from common.db import Session
from common.inbox import fetch
from sla.domain.clocks import Fact

_COLUMNS = "subject_id, event_id, type, occurred_at, recorded_at, version, data, source, actor"

# The months before the first fact of all these subjects are never looked into.
_OF_SUBJECTS = f"SELECT {_COLUMNS} FROM fact WHERE subject_id = ANY($1::uuid[]) AND recorded_at >= $2"  # noqa: S608


async def of_subjects(
    session: Session, subjects: Collection[UUID], since: datetime
) -> Mapping[UUID, Sequence[Fact]]:
    """All facts of ``subjects``; none of them was recorded before ``since``."""
    found: defaultdict[UUID, list[Fact]] = defaultdict(list)
    if subjects:
        for row in await fetch(session, _OF_SUBJECTS, list(subjects), since):
            found[row[0]].append(_fact(row))
    return found


def _fact(row: Sequence[Any]) -> Fact:
    _, event_id, type_, occurred_at, recorded_at, version, data, source, actor = row
    return Fact(event_id, type_, occurred_at, recorded_at, version, data, source, actor)
