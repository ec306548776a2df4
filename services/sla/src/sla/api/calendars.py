"""Calendars: published as revisions, tried out before."""

from collections.abc import Awaitable
from dataclasses import replace
from typing import Annotated, TypeVar

from fastapi import Query
from starlette.responses import Response

from common.db import Session
from common.errors import NotFound
from common.paging import Sorts
from common.web.routes import Routes
from common.web.work import Work
from sla.api.calendar_shapes import (
    CalendarCreate,
    CalendarDetailOut,
    CalendarFilters,
    CalendarOut,
    CalendarPage,
    CalendarPreviewOut,
    CalendarVersionCreate,
    CalendarVersionFilters,
    CalendarVersionOut,
    CalendarVersionPage,
    MovedClock,
    PreviewCalendar,
)
from sla.commands import calendars as commands
from sla.domain.business_time import CalendarRefused, CompiledCalendar, definition_of
from sla.policy import POLICY
from sla.queries import calendars as queries
from sla.queries import previews
from sla.queries.previews import Preview
from sla.tables import Calendar, CalendarRevision

routes = Routes("calendars", "Service hours, holidays and make-up workdays that deadlines are counted in.")
PATH = "/v1/calendars/{calendar_id:slug}"
SORTS = Sorts(Calendar.id, {"created_at": Calendar.created_at})
VERSION_SORTS = Sorts(CalendarRevision.id, {"published_at": CalendarRevision.published_at})

T = TypeVar("T")
Pair = tuple[Calendar, CalendarRevision]


@routes.list("/v1/calendars", "calendars.read", CalendarPage)
async def list_calendars(work: Work, filters: Annotated[CalendarFilters, Query()]) -> Response:
    """All calendars."""
    return await work.page(queries.calendars(), SORTS, filters, CalendarOut.model_validate)


@routes.create("/v1/calendars", "calendars.write", CalendarDetailOut, conflicts=True)
async def create_calendar(work: Work, body: CalendarCreate) -> Response:
    """Publish a new calendar."""
    document = body.definition.document()
    return await work.write(
        lambda s: _within(commands.create(s, body.id, body.titles, document, work.now)),
        lambda pair: _detail(pair, work),
        status=201,
    )


@routes.get(PATH, "calendars.read", CalendarDetailOut)
async def get_calendar(work: Work, calendar_id: str) -> Response:
    """One calendar with the definition in force."""
    return await work.read(lambda s: queries.one(s, calendar_id), lambda pair: _detail(pair, work))


@routes.list(f"{PATH}/versions", "calendars.read", CalendarVersionPage)
async def list_calendar_versions(
    work: Work, calendar_id: str, filters: Annotated[CalendarVersionFilters, Query()]
) -> Response:
    """The published revisions of a calendar, latest first."""
    return await work.page(
        queries.revisions(calendar_id),
        VERSION_SORTS,
        filters,
        CalendarVersionOut.model_validate,
        given=lambda s: queries.ensure(s, calendar_id),
    )


@routes.create(f"{PATH}/versions", "calendars.write", CalendarDetailOut, if_match="optional")
async def create_calendar_version(work: Work, calendar_id: str, body: CalendarVersionCreate) -> Response:
    """Publish the next revision of a calendar; running clocks are counted again in the background."""
    document = body.definition.document()
    return await work.write(
        lambda s: _within(
            commands.publish_revision(s, calendar_id, document, version=work.if_match, now=work.now)
        ),
        lambda pair: _detail(pair, work),
        status=201,
        location=f"/v1/calendars/{calendar_id}",
    )


@routes.compute(f"{PATH}:preview", "calendars.read", CalendarPreviewOut)
async def preview_calendar(work: Work, calendar_id: str, body: PreviewCalendar) -> Response:
    """Which running clocks would move, and by how much, were this definition published now."""

    async def count(session: Session) -> Preview:
        if await queries.one(session, calendar_id) is None:
            raise NotFound("not-found")
        definition = definition_of(body.definition.document(), around=work.now.date())
        return await previews.preview(
            session, calendar_id, CompiledCalendar(definition, calendar_id), work.now
        )

    return await work.read(
        lambda s: _within(count(s)), lambda found: _preview(calendar_id, found, body, work)
    )


def _preview(calendar_id: str, found: Preview, body: PreviewCalendar, work: Work) -> CalendarPreviewOut:
    furthest = sorted(found.moved, key=lambda shift: -abs(shift.seconds))[: body.examples]
    return CalendarPreviewOut(
        calendar_id=calendar_id,
        running=found.running,
        moved=len(found.moved),
        earlier=sum(shift.new_due_at < shift.due_at for shift in found.moved),
        breached=sum(shift.new_due_at < work.now <= shift.due_at for shift in found.moved),
        unknown=found.unknown,
        examples=[
            MovedClock(
                clock_id=shift.clock_id,
                subject_id=shift.subject_id,
                due_at=shift.due_at,
                new_due_at=shift.new_due_at,
                moves_by_seconds=shift.seconds,
            )
            for shift in furthest
        ],
    )


def _detail(pair: Pair, work: Work) -> CalendarDetailOut:
    calendar, revision = pair
    return CalendarDetailOut.model_validate(
        vars(calendar)
        | {
            "definition": revision.definition,
            "published_at": revision.published_at,
            "published_by": revision.published_by,
            "published_through": revision.definition.get("published_through"),
            "missing_schedule_year": queries.missing_schedule_year(
                revision.definition, work.now.date(), POLICY.warn_from
            ),
        }
    )


async def _within(refusing: Awaitable[T]) -> T:
    """Have refusals of a definition point into the request's body."""
    try:
        return await refusing
    except CalendarRefused as refused:
        issues = (replace(one, pointer=f"#/definition{one.pointer[1:]}") for one in refused.issues)
        raise CalendarRefused(tuple(issues)) from refused
