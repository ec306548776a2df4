"""Readings of assets as series, and their trends."""

from asyncio import to_thread
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.db import Session
from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import ActWithReason
from common.web.work import Work
from warranty.api.reading_shapes import (
    ReadingBatch,
    ReadingCreate,
    ReadingFilters,
    ReadingOut,
    ReadingPage,
    ReadingsAddedOut,
    TrendOut,
    TrendQuery,
    TrendsOut,
)
from warranty.commands import readings as commands
from warranty.commands.readings import Figure
from warranty.domain.trends import check_limits, trend_of
from warranty.policy import FEWEST_READINGS, MOST_READINGS, TREND_REACH
from warranty.queries import assets as asset_queries
from warranty.queries import readings as queries
from warranty.tables.readings import Reading, ReadingSeries

routes = Routes("readings", "What was read of assets, as series with their trends.")

SORTS = Sorts(Reading.id, {"read_at": Reading.read_at})
PATH = "/v1/assets/{asset_id:uuid}/readings"
MOST_SERIES = 50
SECONDS_PER_DAY = 86_400


@routes.create(PATH, "maintenance.write", ReadingOut, conflicts=True, refuses=(404,))
async def create_asset_reading(work: Work, asset_id: UUID, body: ReadingCreate) -> Response:
    """Add a reading to the series of its item."""
    told = _figure(work, asset_id, body, "#")
    return await work.write(
        lambda s: commands.add(s, asset_id, told, work.at()), ReadingOut.model_validate, status=201
    )


def _figure(work: Work, asset_id: UUID, told: ReadingCreate, pointer: str) -> Figure:
    return Figure(asset_id, told.item, told.unit, told.value, told.read_at or work.now, pointer)


@routes.action(f"{PATH}:record", "maintenance.write", ReadingsAddedOut)
async def record_asset_readings(work: Work, asset_id: UUID, body: ReadingBatch) -> Response:
    """Add many readings, all of them or none."""
    told = [_figure(work, asset_id, one, f"#/readings/{n}") for n, one in enumerate(body.readings)]
    return await work.write(
        lambda s: commands.record(s, asset_id, told, work.at()),
        lambda added: ReadingsAddedOut(added_count=len(added), known_count=len(told) - len(added)),
    )


@routes.list(PATH, "maintenance.read", ReadingPage)
async def list_asset_readings(
    work: Work, asset_id: UUID, filters: Annotated[ReadingFilters, Query()]
) -> Response:
    """Readings of an asset, the latest first; also those that were withdrawn."""
    return await work.page(
        queries.readings(asset_id, **filters.told()),
        SORTS,
        filters,
        ReadingOut.model_validate,
        given=lambda s: asset_queries.ensure(s, asset_id),
    )


@routes.action(f"{PATH}/{{reading_id:uuid}}:withdraw", "maintenance.write", ReadingOut)
async def withdraw_asset_reading(
    work: Work, asset_id: UUID, reading_id: UUID, body: ActWithReason
) -> Response:
    """A reading was mistaken: it stays visible, and counts no more; nor does what its meter showed."""
    return await work.write(
        lambda s: commands.withdraw(s, asset_id, reading_id, work.at(), reason=body.reason),
        ReadingOut.model_validate,
    )


@routes.get("/v1/assets/{asset_id:uuid}/trends", "maintenance.read", TrendsOut)
async def get_asset_trends(work: Work, asset_id: UUID, asked: Annotated[TrendQuery, Query()]) -> Response:
    """Where an asset's readings go, and when they will reach a limit, as far as that can be said."""
    check_limits(asked.limit_min, asked.limit_max)

    async def found(session: Session) -> TrendsOut:
        await asset_queries.ensure(session, asset_id)
        series = queries.series(asset_id, asked.item).order_by(ReadingSeries.item).limit(MOST_SERIES)
        rows = (await session.execute(series)).scalars().all()
        return TrendsOut(asset_id=asset_id, items=[await _trend(session, row, asked) for row in rows])

    return await work.read(found, lambda shown: shown)


async def _trend(session: Session, row: ReadingSeries, asked: TrendQuery) -> TrendOut:
    points = await queries.latest(session, row.id, asked.since, MOST_READINGS)
    low = row.expected_min if asked.limit_min is None else asked.limit_min
    high = row.expected_max if asked.limit_max is None else asked.limit_max
    days = [((at - points[0][0]).total_seconds() / SECONDS_PER_DAY, value) for at, value in points]
    trend = await to_thread(trend_of, days, low, high, fewest=FEWEST_READINGS, reach=TREND_REACH)
    return TrendOut.of(row, list(points), (low, high), trend)
