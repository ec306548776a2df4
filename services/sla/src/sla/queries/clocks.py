"""Questions about clocks: lists by filter, the board, one clock as it was known at any moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal_column, or_, select
from sqlmodel import col

from common.db import Session
from common.errors import Invalid
from common.events import instant
from common.inbox import fetch
from sla.domain.business_time import microseconds
from sla.domain.clocks import Clock as Derived
from sla.domain.clocks import ClockState, Fact, Subject, replay
from sla.domain.crossings import DUE
from sla.queries import facts, worlds
from sla.tables import Clock, Crossing

_RUNNING: ColumnElement[str] = literal_column("'running'")
"""Written out, so that partial indexes are recognised."""


@dataclass(frozen=True, slots=True)
class ClockFilter:
    """What a list of clocks is narrowed by; several values of one filter mean any of them."""

    subject_id: UUID | None = None
    subject_type: str | None = None
    customer_id: UUID | None = None
    state: Sequence[str] = ()
    metric: Sequence[str] = ()
    is_breached: bool | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None
    started_before: datetime | None = None
    started_after: datetime | None = None


def clocks(told: ClockFilter, now: datetime) -> Select[Clock]:
    """Clocks that fit the filter as of ``now``; periods are half open."""
    found = select(Clock)
    for name in ("subject_id", "subject_type", "customer_id"):
        if (value := getattr(told, name)) is not None:
            found = found.where(getattr(Clock, name) == value)
    if told.metric:
        found = found.where(col(Clock.metric).in_(told.metric))
    if told.state:
        found = found.where(or_(*(_in_state(state, now) for state in dict.fromkeys(told.state))))
    if told.is_breached is not None:
        is_late = _is_late(now)
        found = found.where(is_late if told.is_breached else ~is_late)
    if told.started_after is not None:
        found = found.where(col(Clock.started_at) >= told.started_after)
    if told.started_before is not None:
        found = found.where(col(Clock.started_at) < told.started_before)
    return _due(found, told)


def _due(found: Select[Clock], told: ClockFilter) -> Select[Clock]:
    """The due revision is the due time in microseconds, and the index that the list is sorted by."""
    if told.due_after is not None:
        since = microseconds(told.due_after)
        found = found.where(col(Clock.due_at) >= told.due_after, col(Clock.due_revision) >= since)
    if told.due_before is not None:
        until = microseconds(told.due_before)
        found = found.where(col(Clock.due_at) < told.due_before, col(Clock.due_revision) < until)
    return found


def _is_late(now: datetime) -> ColumnElement[bool]:
    """The due time passed with the promise open; a clock that waits is never late."""
    ended = col(Clock.state).in_([ClockState.MET_LATE, ClockState.CANCELLED])
    return _in_state(ClockState.BREACHED, now) | (ended & col(Clock.breaches_at).is_not(None))


def _in_state(state: str, now: datetime) -> ColumnElement[bool]:
    """A running clock is stored as running whether its due time has passed or not."""
    if state == ClockState.RUNNING:
        return (col(Clock.state) == _RUNNING) & (col(Clock.due_revision) >= microseconds(now))
    if state == ClockState.BREACHED:
        return (col(Clock.state) == _RUNNING) & (col(Clock.due_revision) < microseconds(now))
    return col(Clock.state) == state


def board(told: ClockFilter, now: datetime) -> Select[Clock]:
    """Clocks that run, to be ordered by their due time."""
    return clocks(told, now).where(col(Clock.state) == _RUNNING, col(Clock.due_at).is_not(None))


async def one(session: Session, clock_id: UUID) -> Clock | None:
    """The clock, where the caller may see it."""
    return await session.get(Clock, clock_id)


def crossings(clock_id: UUID) -> Select[Crossing]:
    """The decided crossings of a clock."""
    return (
        select(Crossing)
        .where(col(Crossing.clock_id) == clock_id)
        .order_by(col(Crossing.crosses_at), col(Crossing.percent))
    )


@dataclass(frozen=True, slots=True)
class Replayed:
    """A clock as it follows from what was known at a moment.

    Args:
        clock: the clock.
        facts: what it follows from.
        detected_at: when its breach had been found out by then.
    """

    clock: Derived
    facts: Sequence[Fact]
    detected_at: datetime | None


_SUBJECT = "SELECT type, first_recorded_at FROM subject WHERE id = $1"


async def replayed(session: Session, clock_id: UUID, as_of: datetime) -> Replayed | None:
    """The clock as the facts written down by ``as_of`` had it, under what was published by then.

    Raises:
        Invalid: ``not-known-then``, where the clock was not there yet.
    """
    row = await one(session, clock_id)
    if row is None:
        return None
    edition = await worlds.current(session)
    [(type_, since)] = await fetch(session, _SUBJECT, row.subject_id)
    told = (await facts.of_subjects(session, [row.subject_id], since))[row.subject_id]
    known = [fact for fact in told if fact.recorded_at <= as_of]
    derived = replay(Subject(type_, row.subject_id), known, edition.as_of(as_of))
    clock = next((one for one in derived if one.id == clock_id), None)
    if clock is None and as_of < row.created_at:
        raise Invalid("not-known-then", known_from=instant(row.created_at))
    return None if clock is None else Replayed(clock, known, await _detected_at(session, clock, as_of))


async def _detected_at(session: Session, clock: Derived, as_of: datetime) -> datetime | None:
    found = await session.execute(
        select(col(Crossing.announced_at)).where(
            col(Crossing.clock_id) == clock.id,
            col(Crossing.due_revision) == clock.due_revision,
            col(Crossing.percent) >= DUE,
            col(Crossing.kind) == "breached",
            col(Crossing.announced_at) <= as_of,
        )
    )
    return found.scalars().first()
