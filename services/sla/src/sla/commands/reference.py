"""What is there from the first start: the reference calendars and plan, published once per content."""

from datetime import datetime

from common.db import Session
from common.inbox import execute
from sla.commands import calendars, plans
from sla.data import reference_calendars
from sla.domain.plans import document_of
from sla.plan_files import read_text, reference_text
from sla.queries import calendars as known_calendars
from sla.queries import plans as known_plans

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('sla reference data', 0))"


async def publish_reference(session: Session, now: datetime) -> list[str]:
    """Publish what is missing, and a packaged plan that never was; starting processes take turns.

    What was published here by hand since is left alone: an operator knows holidays that the package does not.

    Returns:
        What was published.
    """
    await execute(session, _LOCK)
    return [*await _calendars(session, now), *await _plan(session, now)]


async def _calendars(session: Session, now: datetime) -> list[str]:
    known = await known_calendars.ids(session)
    missing = [calendar for calendar in reference_calendars() if calendar.id not in known]
    for calendar in missing:
        await calendars.create(session, calendar.id, calendar.names, dict(calendar.document), now)
    return [calendar.id for calendar in missing]


async def _plan(session: Session, now: datetime) -> list[str]:
    text = reference_text()
    reading = read_text(text)
    content = await plans.check(session, reading)
    if await known_plans.was_published(session, content.id, document_of(content)):
        return []
    if await known_plans.one(session, content.id) is None:
        await plans.draft(session, reading, text, now)
    else:
        await plans.redraft(session, content.id, reading, text, version=None, now=now)
    await plans.publish(session, content.id, version=None, now=now)
    return [content.id]
