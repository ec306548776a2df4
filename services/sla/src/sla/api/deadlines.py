"""Deadlines: a pure calculation, for partners and tests; nothing is stored."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from starlette.responses import Response

from common.db import Session
from common.errors import Invalid
from common.events import instant
from common.web.routes import Routes
from common.web.work import Work
from sla.api.calendar_shapes import CalendarDefinition
from sla.api.deadline_shapes import (
    FIRST_YEAR,
    LAST_YEAR,
    CalendarFact,
    CalendarIn,
    ComputeDeadline,
    DeadlineOut,
    FactIn,
    Moment,
    RetargetFact,
    TargetIn,
    WindowOut,
)
from sla.domain.business_time import CalendarRefused, CompiledCalendar, definition_of
from sla.domain.timing import (
    CalendarChanged,
    Fact,
    OpenSeconds,
    Paused,
    Resumed,
    Retargeted,
    Stopped,
    Target,
    Timing,
    WorkingDays,
    fold,
)
from sla.policy import POLICY
from sla.queries import worlds
from sla.queries.worlds import Edition

routes = Routes("deadlines", "When something is due, counted in a calendar, with what happened meanwhile.")
_MOMENTS: Mapping[str, type[Paused | Resumed | Stopped]] = {
    "pause": Paused,
    "resume": Resumed,
    "stop": Stopped,
}


@routes.compute("/v1/deadlines:compute", "deadlines.read", DeadlineOut, max_body=POLICY.most_bytes)
async def compute_deadline(work: Work, body: ComputeDeadline) -> Response:
    """When a target is due in a calendar, given what happened meanwhile; a pure calculation."""
    _check_bounds(body)
    return await work.read(lambda s: _computed(s, body), _told)


async def _computed(session: Session, body: ComputeDeadline) -> Timing:
    """The timing, counted beside the event loop: a large calendar takes its time."""
    return await asyncio.to_thread(_timing, body, await worlds.current(session))


def _check_bounds(body: ComputeDeadline) -> None:
    """A calculation spans a bounded time in countable years, and is not asked for before its start.

    Raises:
        Invalid: ``instant-out-of-range``, ``calculation-too-long`` or ``before-start``.
    """
    moments = {"#/start": body.start}
    moments |= {f"#/facts/{number}/at": fact.at for number, fact in enumerate(body.facts)}
    moments |= {"#/at": body.at} if body.at else {}
    for pointer, moment in moments.items():
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise Invalid("instant-out-of-range", pointer=pointer, first_year=FIRST_YEAR, last_year=LAST_YEAR)
    latest = max(moments, key=moments.__getitem__)
    if moments[latest] - min(moments.values()) > timedelta(days=366 * POLICY.most_years):
        raise Invalid("calculation-too-long", pointer=latest, most_years=POLICY.most_years)
    if body.at is not None and body.at < body.start:
        raise Invalid("before-start", pointer="#/at", start=instant(body.start))


def _timing(body: ComputeDeadline, edition: Edition) -> Timing:
    calendars = _Calendars(edition, body.start)
    facts = [_fact(fact, f"#/facts/{number}", calendars) for number, fact in enumerate(body.facts)]
    calendar = calendars.of(body.calendar, "#/calendar")
    return fold(body.start, _target(body.target, "#/target"), calendar, facts, body.at)


class _Calendars:
    """The calendars of one calculation: published ones by id, others by their definition.

    Args:
        edition: what is published.
        start: the calculation's start, from which definitions are looked through.
    """

    def __init__(self, edition: Edition, start: datetime) -> None:
        self._published = edition.world.calendars
        self._around = start.date()

    def of(self, told: CalendarIn, pointer: str) -> CompiledCalendar:
        """The calendar that is meant.

        Raises:
            Invalid: ``unknown-calendar``.
            CalendarRefused: the definition breaks a rule.
        """
        if isinstance(told, CalendarDefinition):
            return self._defined(told, pointer)
        found = self._published.get(told)
        if found is None:
            raise Invalid("unknown-calendar", pointer=pointer, calendar=told)
        return found[-1].compiled

    def _defined(self, told: CalendarDefinition, pointer: str) -> CompiledCalendar:
        try:
            return CompiledCalendar(definition_of(told.document(), around=self._around))
        except CalendarRefused as refused:
            issues = (replace(one, pointer=pointer + one.pointer[1:]) for one in refused.issues)
            raise CalendarRefused(tuple(issues)) from refused


def _fact(told: FactIn, pointer: str, calendars: _Calendars) -> Fact:
    match told:
        case CalendarFact():
            return CalendarChanged(told.at, calendars.of(told.calendar, f"{pointer}/calendar"))
        case RetargetFact():
            calendar = calendars.of(told.calendar, f"{pointer}/calendar") if told.calendar else None
            return Retargeted(told.at, _target(told.target, f"{pointer}/target"), told.policy, calendar)
        case Moment():
            return _MOMENTS[told.kind](told.at)


def _target(told: TargetIn, pointer: str) -> Target:
    """The target, whichever way it is written.

    Raises:
        Invalid: ``target-ambiguous`` or ``target-not-whole``.
    """
    given = [
        name for name in ("seconds", "minutes", "hours", "working_days") if getattr(told, name) is not None
    ]
    if len(given) != 1 or (told.day_end and given != ["working_days"]):
        raise Invalid("target-ambiguous", pointer=pointer)
    if told.working_days is not None:
        return WorkingDays(told.working_days, told.day_end or "end_of_day")
    seconds = (told.seconds or 0) + (told.minutes or 0) * 60 + (told.hours or 0) * 3600
    if seconds != int(seconds):
        raise Invalid("target-not-whole", pointer=pointer)
    return OpenSeconds(int(seconds))


def _told(timing: Timing) -> DeadlineOut:
    return DeadlineOut(
        due_at=timing.due_at,
        state=timing.state,
        elapsed_seconds=timing.elapsed_seconds,
        remaining_seconds=timing.remaining_seconds,
        is_provisional=timing.is_provisional,
        windows=[WindowOut.model_validate(window) for window in timing.windows()],
    )
