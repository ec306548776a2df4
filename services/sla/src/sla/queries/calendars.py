"""Questions about calendars and their revisions."""

from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from common.db import Session
from common.errors import NotFound
from sla.tables import Calendar, CalendarRevision


def calendars() -> Select[Calendar]:
    """All calendars."""
    return select(Calendar)


async def one(session: Session, calendar_id: str) -> tuple[Calendar, CalendarRevision] | None:
    """The calendar with the revision in force."""
    found = await session.execute(
        select(Calendar, CalendarRevision)
        .join(CalendarRevision, col(CalendarRevision.calendar_id) == col(Calendar.id))
        .where(col(Calendar.id) == calendar_id, col(CalendarRevision.revision) == col(Calendar.revision))
    )
    row = found.one_or_none()
    return None if row is None else (row[0], row[1])


def revisions(calendar_id: str) -> Select[CalendarRevision]:
    """The revisions of a calendar."""
    return select(CalendarRevision).where(col(CalendarRevision.calendar_id) == calendar_id)


async def revision(session: Session, calendar_id: str, number: int) -> CalendarRevision | None:
    """One revision of a calendar."""
    return await session.get(CalendarRevision, (calendar_id, number))


async def ensure(session: Session, calendar_id: str) -> None:
    """The calendar exists.

    Raises:
        NotFound: it does not.
    """
    if await session.get(Calendar, calendar_id) is None:
        raise NotFound("not-found")


async def in_force(session: Session) -> list[CalendarRevision]:
    """Every calendar's revision in force."""
    found = await session.execute(
        select(CalendarRevision)
        .join(Calendar, col(CalendarRevision.calendar_id) == col(Calendar.id))
        .where(col(CalendarRevision.revision) == col(Calendar.revision))
        .order_by(col(CalendarRevision.calendar_id))
    )
    return list(found.scalars())


async def ids(session: Session) -> frozenset[str]:
    """The slugs of all calendars."""
    return frozenset((await session.execute(select(col(Calendar.id)))).scalars())


def missing_schedule_year(definition: dict[str, Any], today: date, warn_from: tuple[int, int]) -> int | None:
    """The year whose schedule should have been announced by ``today`` and is not in the calendar (T12)."""
    through = definition.get("published_through")
    if through is None:
        return None
    year = today.year + ((today.month, today.day) >= warn_from)
    return year if date.fromisoformat(through) < date(year, 12, 31) else None
