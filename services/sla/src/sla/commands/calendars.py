"""Calendars: made, and published anew as a whole; revisions are never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlmodel import col

from common.audit import record
from common.contracts.sla import CalendarPublished
from common.db import Session
from common.errors import Conflict, NotFound
from common.ids import new_id
from sla.commands import recomputations
from sla.commands.measures import SCHEDULES_MISSING
from sla.commands.publishing import About, announce, check_version, next_moment, raise_world, signed, touch
from sla.domain.business_time import definition_of
from sla.domain.recomputations import Scope
from sla.policy import POLICY
from sla.queries import calendars as queries
from sla.tables import Calendar, CalendarRevision

log = structlog.get_logger()

Document = dict[str, Any]


async def create(
    session: Session, calendar_id: str, titles: Mapping[str, str], definition: Document, now: datetime
) -> tuple[Calendar, CalendarRevision]:
    """Publish the first revision of a new calendar.

    Raises:
        Conflict: ``calendar-exists``.
        CalendarRefused: the definition breaks a rule (T9, T10, T13).
    """
    definition_of(definition, around=now.date())
    if await session.get(Calendar, calendar_id) is not None:
        raise Conflict("calendar-exists", calendar_id=calendar_id)
    world = await raise_world(session)
    calendar = Calendar(id=calendar_id, titles=dict(titles), revision=1, **signed(session, now))
    session.insert(calendar)
    return calendar, _publish(session, calendar, definition, now, world, now)


async def publish_revision(
    session: Session, calendar_id: str, definition: Document, *, version: int | None, now: datetime
) -> tuple[Calendar, CalendarRevision]:
    """Publish another revision; running clocks are counted again under it, in the background (T11).

    Raises:
        NotFound: no such calendar.
        Conflict: ``precondition-failed``.
        CalendarRefused: the definition breaks a rule.
    """
    definition_of(definition, around=now.date())
    world = await raise_world(session)
    calendar = await _locked(session, calendar_id)
    check_version(calendar, version)
    current = await queries.revision(session, calendar_id, calendar.revision or 0)
    calendar.revision = (calendar.revision or 0) + 1
    touch(calendar, session, now)
    at = next_moment(current, now)
    row = _publish(session, calendar, definition, at, world, now)
    recomputations.order(session, Scope.CALENDAR, calendar_id, calendar.revision, now)
    return calendar, row


async def _locked(session: Session, calendar_id: str) -> Calendar:
    found = await session.execute(select(Calendar).where(col(Calendar.id) == calendar_id).with_for_update())
    calendar = found.scalar_one_or_none()
    if calendar is None:
        raise NotFound("not-found")
    return calendar


def _publish(
    session: Session, calendar: Calendar, definition: Document, at: datetime, world: int, now: datetime
) -> CalendarRevision:
    number = calendar.revision or 1
    row = CalendarRevision(
        calendar_id=calendar.id,
        revision=number,
        id=new_id(),
        definition=definition,
        published_at=at,
        published_by=session.context.caller.subject,
        world_revision=world,
    )
    session.insert(row)
    event = CalendarPublished(
        calendar_id=calendar.id,
        revision=number,
        published_at=at,
        published_through=definition.get("published_through"),
    )
    announce(session, Scope.CALENDAR, About(calendar.id, calendar.version), event, world, now)
    changes = {"revision": (number - 1 or None, number)}
    record(session, "calendar.publish", "calendar", calendar.id, calendar.version, changes=changes, now=now)
    return row


async def warn_of_missing_schedules(session: Session, now: datetime) -> list[str]:
    """Tell the operator which calendars should know next year's statutory schedule and do not (T12)."""
    missing = [
        revision.calendar_id
        for revision in await queries.in_force(session)
        if queries.missing_schedule_year(revision.definition, now.date(), POLICY.warn_from)
    ]
    SCHEDULES_MISSING.set(len(missing))
    if missing:
        log.warning("next year's statutory schedule is missing; publish a new revision", calendars=missing)
    return missing
