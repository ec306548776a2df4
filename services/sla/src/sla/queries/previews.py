"""What publishing a calendar would do to running clocks: counted in bulk, replayed where they have a past."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from common.db import Session
from common.inbox import fetch
from sla.domain.business_time import CompiledCalendar, instant, microseconds
from sla.domain.business_time.instants import SECOND
from sla.domain.clocks import CalendarRevision, Subject, World, replay
from sla.queries import facts, worlds

MOST_COUNTED = 50_000
"""Clocks that one preview counts, those that are due first."""
MOST_REPLAYED = 500
"""Subjects with a history that one preview replays."""

_PLAIN = """
pauses = '[]' AND reopenings = '[]' AND NOT jsonb_path_exists(retargets, '$[*] ? (@.policy != "from_start")')
"""
_RUNNING = f"""
SELECT id, subject_id, started_at, due_at, target, target_us, {_PLAIN} AS is_plain, subject_type
FROM clock WHERE calendar_id = $1 AND state = 'running' ORDER BY due_revision LIMIT $2
"""  # noqa: S608 - our own condition
_ALL = "SELECT count(*) FROM clock WHERE calendar_id = $1 AND state = 'running'"


@dataclass(frozen=True, slots=True)
class Shift:
    """A running clock and its due time before and after."""

    clock_id: UUID
    subject_id: UUID
    due_at: datetime
    new_due_at: datetime

    @property
    def seconds(self) -> float:
        """By how much it moves."""
        return (microseconds(self.new_due_at) - microseconds(self.due_at)) / SECOND


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen.

    Args:
        running: running clocks counted in the calendar.
        moved: those whose due time would be another.
        unknown: those that were not counted.
    """

    running: int
    moved: Sequence[Shift]
    unknown: int


async def preview(session: Session, calendar_id: str, compiled: CompiledCalendar, now: datetime) -> Preview:
    """Count the running clocks of a calendar as if ``compiled`` were published at ``now`` (T11)."""
    [(running,)] = await fetch(session, _ALL, calendar_id)
    rows = await fetch(session, _RUNNING, calendar_id, MOST_COUNTED)
    plain = [row for row in rows if row.is_plain]
    told = [row for row in rows if not row.is_plain]
    replayed = set(list(dict.fromkeys(row.subject_id for row in told))[:MOST_REPLAYED])
    due = _in_bulk(plain, compiled)
    subjects = {row.subject_id: row.subject_type for row in told if row.subject_id in replayed}
    due |= await _replayed(session, subjects, compiled, now)
    moved = [
        Shift(row.id, row.subject_id, row.due_at, due[row.id])
        for row in rows
        if row.id in due and due[row.id] != row.due_at
    ]
    return Preview(running, moved, running - len(due.keys() & {row.id for row in rows}))


def _in_bulk(rows: Sequence[Any], compiled: CompiledCalendar) -> dict[UUID, datetime]:
    """Due times of clocks that nothing happened to, all at once."""
    from sla.domain.business_time.bulk import BulkCalendar  # noqa: PLC0415 - numpy is large and rarely needed

    found: dict[UUID, datetime] = {}
    bulk = BulkCalendar(compiled)
    by_day_end: dict[str, list[Any]] = {}
    for row in rows:
        kind = "fixed" if "at" in row.target else _day_end(row.target)
        by_day_end.setdefault(kind, []).append(row)
    for kind, group in by_day_end.items():
        due: Iterable[Any]
        starts = [microseconds(row.started_at) for row in group]
        if kind == "seconds":
            due = bulk.add(starts, [row.target_us for row in group])
        elif kind == "fixed":
            due = [microseconds(row.due_at) for row in group]
        else:
            days = [row.target["working_days"] for row in group]
            due = bulk.working_days_due(starts, days, "same_time" if kind == "same_time" else "end_of_day")
        found |= {row.id: instant(int(at)) for row, at in zip(group, due, strict=True)}
    return found


def _day_end(target: Mapping[str, Any]) -> str:
    return str(target.get("day_end", "end_of_day")) if "working_days" in target else "seconds"


async def _replayed(
    session: Session, subjects: Mapping[UUID, str], compiled: CompiledCalendar, now: datetime
) -> dict[UUID, datetime]:
    if not subjects:
        return {}
    edition = await worlds.current(session)
    [(since,)] = await fetch(
        session, "SELECT min(first_recorded_at) FROM subject WHERE id = ANY($1::uuid[])", list(subjects)
    )
    told = await facts.of_subjects(session, list(subjects), since)
    world = _with(edition.world, compiled, now)
    clocks = (
        clock for id_, type_ in subjects.items() for clock in replay(Subject(type_, id_), told[id_], world)
    )
    return {clock.id: clock.due_at for clock in clocks if clock.is_open and clock.due_at is not None}


def _with(world: World, compiled: CompiledCalendar, now: datetime) -> World:
    """``world`` with one more revision of a calendar."""
    known = world.calendars[compiled.name]
    revision = CalendarRevision(compiled.name, known[-1].revision + 1, now, compiled)
    return replace(world, calendars={**world.calendars, compiled.name: (*known, revision)})
