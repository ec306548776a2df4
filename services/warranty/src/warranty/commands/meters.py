"""Meters: read, and readings withdrawn that were mistaken; terms by hours are settled by them."""

from datetime import datetime
from uuid import UUID

from common.contracts.warranty import assets as events
from common.db import Session
from common.errors import Conflict, NotFound
from common.locking import locked
from common.moves import Moment, audit, made, touch
from common.outbox import publish
from warranty.commands import assets, prolonging
from warranty.commands.needs import component_of
from warranty.domain import assets as rules
from warranty.domain.past import check_moment
from warranty.domain.terms.meters import Shown, check_between, check_pace, whole_hours
from warranty.policy import METER_SLACK_HOURS
from warranty.queries import meters as queries
from warranty.tables.assets import Asset
from warranty.tables.meters import MeterReading
from warranty.tables.readings import Reading


async def read(
    session: Session,
    asset_id: UUID,
    at: Moment,
    *,
    hours: int,
    component_id: UUID | None = None,
    read_at: datetime | None = None,
) -> MeterReading:
    """Write down what a meter showed, and settle the terms that count by it.

    Args:
        session: the unit of work.
        asset_id: the asset.
        at: when that is told.
        hours: whole hours of operation.
        component_id: the component whose meter it is; ``None``: the asset's own.
        read_at: when it showed that; left out: now.

    Raises:
        NotFound: no such asset.
        Invalid: ``component-unknown``, ``occurred-in-future``, ``meter-runs-backwards`` or
            ``meter-runs-ahead``.
        Conflict: ``component-removed``; ``meter-read-already``, where it was read at that instant already.
    """
    asset = await locked(session, Asset, asset_id)
    shown_at = read_at or at.now
    check_moment(shown_at, "#/read_at", at.now)
    if component_id is not None:
        await _check_component(session, asset, component_id, shown_at)
    await _check_among(session, asset_id, component_id, Shown(shown_at, hours), "#/hours")
    return await _kept(session, asset, at, component_id=component_id, read_at=shown_at, hours=hours)


async def read_on_visit(session: Session, told: Reading, pointer: str, at: Moment) -> None:
    """An inspection read the asset's own hour meter: it counts like any reading of it, and once.

    Args:
        session: the unit of work.
        told: the reading, as it stands in its series; its asset is locked.
        pointer: where its figure stands in the request.
        at: now.

    Raises:
        Invalid: ``hours-unfit``, ``meter-runs-backwards`` or ``meter-runs-ahead``.
        Conflict: ``meter-read-already``, where other hours are known of that instant.
    """
    asset = await locked(session, Asset, told.asset_id)
    hours = whole_hours(told.value, pointer)
    known = await queries.shown(session, asset.id, told.read_at)
    if known == hours:
        return
    if known is not None:
        raise Conflict("meter-read-already", pointer=pointer)
    await _check_among(session, asset.id, None, Shown(told.read_at, hours), pointer)
    await _kept(session, asset, at, read_at=told.read_at, hours=hours, reading_id=told.id)


async def _check_among(
    session: Session, asset_id: UUID, component_id: UUID | None, told: Shown, pointer: str
) -> None:
    """The reading fits those around it: the meter neither runs backwards nor faster than a clock."""
    after, before = await queries.around(session, asset_id, component_id, told.at)
    least, most = (None if one is None else one.hours for one in (before, after))
    check_between(told.hours, least, most, pointer)
    check_pace(told, before, after, METER_SLACK_HOURS, pointer)


async def _kept(session: Session, asset: Asset, at: Moment, **told: object) -> MeterReading:
    row = _written(session, asset, at, **told)
    await _told(session, asset, row, at)
    return row


def _written(session: Session, asset: Asset, at: Moment, **told: object) -> MeterReading:
    row = made(session, MeterReading, at.now, customer_id=asset.customer_id, asset_id=asset.id, **told)
    audit(session, "create", row, at.now)
    return row


async def _check_component(session: Session, asset: Asset, component_id: UUID, shown_at: datetime) -> None:
    removed_at = (await component_of(session, asset.id, component_id)).removed_at
    rules.check_inside(removed_at if removed_at is not None and removed_at <= shown_at else None)


async def withdraw(
    session: Session, asset_id: UUID, reading_id: UUID, at: Moment, *, reason: str
) -> MeterReading:
    """A reading was mistaken: it counts no longer, and terms are settled without it.

    Where an inspection read the same hours at that instant, its own word for them counts instead.

    Raises:
        NotFound, Conflict: no such reading, another version, or ``reading-withdrawn``.
    """
    asset = await locked(session, Asset, asset_id)
    row = await locked(session, MeterReading, reading_id, at.version)
    if row.asset_id != asset_id:
        raise NotFound("not-found")
    if row.withdrawn_at is not None:
        raise Conflict("reading-withdrawn")
    row.withdrawn_at, row.withdrawal_reason = at.now, reason
    touch(session, row, at.now)
    audit(session, "withdraw", row, at.now, reason)
    await session.flush()
    stands = await _standing_in(session, asset, row, at)
    await _told(session, asset, row, at)
    if stands is not None:
        await _told(session, asset, stands, at)
    return row


async def _standing_in(
    session: Session, asset: Asset, withdrawn: MeterReading, at: Moment
) -> MeterReading | None:
    """The hours as an inspection read them, in place of a reading told by itself that it only repeated."""
    if withdrawn.reading_id is not None or withdrawn.component_id is not None:
        return None
    found = await queries.on_visits(session, asset.id, withdrawn.read_at)
    read = next((one for one in found if int(one.value) == withdrawn.hours), None)
    if read is None:
        return None
    hours = {"read_at": withdrawn.read_at, "hours": withdrawn.hours}
    return _written(session, asset, at, **hours, reading_id=read.id)


async def withdraw_shown(session: Session, told: Reading, at: Moment, *, reason: str) -> None:
    """The reading of an inspection was mistaken: what it said of an hour meter counts no longer."""
    for row in await queries.taken_from(session, told.id):
        await withdraw(session, told.asset_id, row.id, at, reason=reason)


async def _told(session: Session, asset: Asset, row: MeterReading, at: Moment) -> None:
    touch(session, asset, at.now)
    event = events.AssetMeterRead(
        **assets.facts(asset),
        component_id=row.component_id,
        hours=row.hours,
        read_at=row.read_at,
        is_withdrawn=row.withdrawn_at is not None,
    )
    publish(session, event, of=asset, occurred_at=at.now, now=at.now)
    await prolonging.settle(session, asset, at)
