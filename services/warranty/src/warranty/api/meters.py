"""Meters of assets and components: what they showed, which decides terms by hours of operation."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.shapes import (
    Flag,
    ListQuery,
    Maybe,
    Occasion,
    OutInstant,
    OutShape,
    Page,
    Shape,
    sortable,
)
from common.web.told import ActWithReason
from common.web.work import Work
from warranty.commands import meters
from warranty.domain.terms.meters import MOST_HOURS
from warranty.queries import assets as asset_queries
from warranty.queries import meters as queries
from warranty.tables.meters import MeterReading

routes = Routes("meters", "Hours of operation as meters showed them.")

READINGS = "/v1/assets/{asset_id:uuid}/meter-readings"
SORTS = Sorts(MeterReading.id, {"read_at": MeterReading.read_at})


class MeterReadingCreate(Shape):
    """What a meter showed."""

    hours: Annotated[int, Field(ge=0, le=MOST_HOURS, description="Whole hours of operation.")]
    component_id: Annotated[Maybe[UUID], Field(description="Left out: the asset's own meter.")] = None
    read_at: Annotated[Maybe[Occasion], Field(description="When it showed that. Left out: now.")] = None


class MeterReadingOut(OutShape):
    """What a meter showed; a withdrawn reading does not count."""

    id: UUID
    customer_id: UUID
    asset_id: UUID
    component_id: UUID | None
    read_at: OutInstant
    hours: int
    reading_id: Annotated[UUID | None, Field(description="The inspection's reading that it is.")]
    withdrawn_at: OutInstant | None
    withdrawal_reason: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str


class MeterReadingPage(Page[MeterReadingOut]):
    """A page of readings."""


class MeterReadingFilters(ListQuery):
    """Filters of an asset's readings."""

    component_id: Maybe[UUID] = None
    is_withdrawn: Maybe[Flag] = None
    sort: Annotated[str, sortable("read_at")] = "-read_at"


@routes.create(READINGS, "assets.write", MeterReadingOut, conflicts=True, refuses=(404,))
async def create_asset_meter_reading(work: Work, asset_id: UUID, body: MeterReadingCreate) -> Response:
    """Write down what a meter showed; terms that count by it are settled."""
    return await work.write(
        lambda s: meters.read(s, asset_id, work.at(), **dict(body)),
        MeterReadingOut.model_validate,
        status=201,
    )


@routes.list(READINGS, "assets.read", MeterReadingPage)
async def list_asset_meter_readings(
    work: Work, asset_id: UUID, filters: Annotated[MeterReadingFilters, Query()]
) -> Response:
    """What the meters of an asset and of everything inside it showed, the latest first."""
    return await work.page(
        queries.readings(asset_id, filters.component_id, is_withdrawn=filters.is_withdrawn),
        SORTS,
        filters,
        MeterReadingOut.model_validate,
        given=lambda s: asset_queries.ensure(s, asset_id),
    )


@routes.action(f"{READINGS}/{{reading_id:uuid}}:withdraw", "assets.write", MeterReadingOut)
async def withdraw_asset_meter_reading(
    work: Work, asset_id: UUID, reading_id: UUID, body: ActWithReason
) -> Response:
    """A reading was mistaken; terms are settled without it."""
    return await work.write(
        lambda s: meters.withdraw(s, asset_id, reading_id, work.at(), reason=body.reason),
        MeterReadingOut.model_validate,
    )
