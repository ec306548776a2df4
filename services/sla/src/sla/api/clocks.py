"""Clocks: lists, the board, one clock now or as it was known at any moment, and why it is due when it is."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.db import Session
from common.errors import Invalid
from common.events import instant
from common.paging import Sorts
from common.web.routes import Routes
from common.web.work import Work
from sla.api.clock_shapes import (
    AsOfQuery,
    BoardFilters,
    ClockFilters,
    ClockOut,
    ClockPage,
    CrossingOut,
    CrossingsOut,
    ExplanationOut,
    Shown,
)
from sla.domain.business_time.instants import SECOND, microseconds
from sla.domain.explanation import document_of, explain, sentences
from sla.queries import clocks as queries
from sla.queries.clocks import ClockFilter, Replayed
from sla.tables import Clock, Crossing

routes = Routes("clocks", "Promises that run, wait or ended, and what is due next.")

SORTS = Sorts(Clock.id, {"started_at": Clock.started_at, "due_at": Clock.due_revision})
BOARD_SORTS = Sorts(Clock.id, {"due_at": Clock.due_revision})
_NOT_FILTERS = {"limit", "cursor", "sort", "include_total"}


@routes.list("/v1/clocks", "clocks.read", ClockPage)
async def list_clocks(work: Work, filters: Annotated[ClockFilters, Query()]) -> Response:
    """Clocks by filter, latest due time first."""
    shown = Shown(work.now)
    told = ClockFilter(**filters.model_dump(exclude=_NOT_FILTERS))
    return await work.page(queries.clocks(told, work.now), SORTS, filters, shown.of, given=shown.load)


@routes.get("/v1/clocks/{clock_id:uuid}", "clocks.read", ClockOut, refuses=(422,))
async def get_clock(work: Work, clock_id: UUID, asked: Annotated[AsOfQuery, Query()]) -> Response:
    """One clock, now or as it was known at a moment."""
    as_of = _moment(asked.as_of, work.now)

    async def find(session: Session) -> ClockOut | None:
        row = await queries.one(session, clock_id)
        if row is None:
            return None
        if asked.as_of is None:
            shown = Shown(work.now)
            await shown.load(session)
            return shown.of(row)
        known = await queries.replayed(session, clock_id, as_of)
        return ClockOut.derived(row, known, as_of) if known else None

    return await work.read(find, lambda out: out)


@routes.get("/v1/clocks/{clock_id:uuid}/explanation", "clocks.read", ExplanationOut, refuses=(422,))
async def get_clock_explanation(work: Work, clock_id: UUID, asked: Annotated[AsOfQuery, Query()]) -> Response:
    """Why a clock is due when it is: clause, competition, windows, waits, changes, events, also in words."""
    as_of = _moment(asked.as_of, work.now)
    return await work.read(
        lambda s: queries.replayed(s, clock_id, as_of), lambda known: _explained(known, as_of)
    )


def _explained(known: Replayed, as_of: datetime) -> ExplanationOut:
    explanation = explain(known.clock, known.facts, as_of)
    return ExplanationOut(
        clock_id=known.clock.id,
        as_of=as_of,
        explanation=document_of(explanation),
        sentences={language: list(sentences(explanation, language)) for language in ("zh-CN", "en")},
    )


@routes.get("/v1/clocks/{clock_id:uuid}/crossings", "clocks.read", CrossingsOut)
async def list_clock_crossings(work: Work, clock_id: UUID) -> Response:
    """The thresholds that a clock crossed: when each was due, found out and announced."""

    async def find(session: Session) -> CrossingsOut | None:
        if await queries.one(session, clock_id) is None:
            return None
        rows = (await session.execute(queries.crossings(clock_id))).scalars()
        return CrossingsOut(clock_id=clock_id, items=[_crossing(row) for row in rows])

    return await work.read(find, lambda out: out)


def _crossing(row: Crossing) -> CrossingOut:
    late = None
    if row.announced_at is not None:
        late = (microseconds(row.announced_at) - microseconds(row.crosses_at)) / SECOND
    return CrossingOut.model_validate(vars(row) | {"lateness_seconds": late})


@routes.list("/v1/board", "board.read", ClockPage)
async def get_board(work: Work, filters: Annotated[BoardFilters, Query()]) -> Response:
    """What is due next: running clocks by due time, with the time that remains; overdue ones come first."""
    shown = Shown(work.now)
    told = ClockFilter(**filters.model_dump(exclude=_NOT_FILTERS))
    return await work.page(queries.board(told, work.now), BOARD_SORTS, filters, shown.of, given=shown.load)


def _moment(as_of: datetime | None, now: datetime) -> datetime:
    """The moment asked about.

    Raises:
        Invalid: ``occurred-in-future``.
    """
    if as_of is not None and as_of > now:
        raise Invalid("occurred-in-future", field="as_of", now=instant(now))
    return as_of or now
