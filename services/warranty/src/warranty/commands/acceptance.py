"""The customer accepts what was installed: the specification stands, the warranty begins (§1.2.2, §1.2.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from common.contracts.warranty import assets as events_of_assets
from common.contracts.warranty import installations as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.locking import locked
from common.moves import Moment, Move, amend, announce, ask, audit, begin, check_time, land, touch
from common.outbox import publish
from warranty.commands import assets as asset_commands
from warranty.commands import terms
from warranty.commands.installations import asset_ids, facts
from warranty.commands.prolonging import settle
from warranty.domain import installations as rules
from warranty.domain import step_records
from warranty.domain.assets import LIFECYCLE as ASSET_LIFECYCLE
from warranty.domain.assets import check_correctable
from warranty.domain.installations import LIFECYCLE, StepKind
from warranty.domain.past import check_order, check_signature
from warranty.queries import installations as queries
from warranty.queries.single import one
from warranty.tables.assets import Asset
from warranty.tables.contracts import Contract
from warranty.tables.installations import Installation, InstallationAsset

Items = Sequence[Mapping[str, Any]]


async def accept(
    session: Session, installation_id: UUID, at: Moment, *, signature: Mapping[str, Any], items: Items
) -> Installation:
    """The customer accepts everything that is left.

    Args:
        session: the unit of work.
        installation_id: the installation.
        at: now, and when it was accepted.
        signature: who signed, when, and by what.
        items: the accepted specification; empty: what the performance test measured.

    Raises:
        Conflict: ``steps-open``, ``defects-open`` or ``nothing-to-accept``.
        Invalid: ``figure-out-of-range``, ``figure-not-required``, ``signed-too-early``,
            ``occurred-too-early`` (before the last step) or ``occurred-in-future``.
    """
    row, move = await begin(session, Installation, installation_id, LIFECYCLE, "accept", at)
    left = await _left(session, row)
    await _take(session, row, left, move, signature, items)
    row.accepted_at = move.occurred_at
    land(row, move)
    touch(session, row, at.now)
    about = facts(row, await asset_ids(session, row))
    ids = [one.asset_id for one in left]
    return announce(session, row, move, events.InstallationAccepted(**about, accepted_asset_ids=ids))


async def accept_partly(
    session: Session,
    installation_id: UUID,
    at: Moment,
    *,
    chosen: Sequence[UUID],
    signature: Mapping[str, Any],
    items: Items,
) -> Installation:
    """The customer accepts some of the assets of the delivery.

    Raises:
        Conflict: as for ``accept``; ``asset-accepted`` or ``accept-everything``.
        Invalid: ``asset-not-in-installation``, or as for ``accept``.
    """
    row, move = await begin(session, Installation, installation_id, LIFECYCLE, "acceptPartly", at)
    left = await _left(session, row)
    part = await _chosen(session, row, left, chosen)
    if len(part) == len(left):
        raise Conflict("accept-everything")
    await _take(session, row, part, move, signature, items)
    land(row, move)
    touch(session, row, at.now)
    about = facts(row, await asset_ids(session, row))
    event = events.InstallationPartlyAccepted(**about, accepted_asset_ids=list(chosen))
    return announce(session, row, move, event)


async def _left(session: Session, row: Installation) -> list[InstallationAsset]:
    left = [one for one in await queries.assets_of(session, row.id) if one.accepted_at is None]
    if not left:
        raise Conflict("nothing-to-accept")
    return left


async def _chosen(
    session: Session, row: Installation, left: Sequence[InstallationAsset], chosen: Sequence[UUID]
) -> list[InstallationAsset]:
    known = {one.asset_id for one in await queries.assets_of(session, row.id)}
    open_ = {one.asset_id: one for one in left}
    for number, asset_id in enumerate(chosen):
        pointer = f"#/asset_ids/{number}"
        if asset_id not in known:
            raise Invalid("asset-not-in-installation", pointer=pointer, asset_id=str(asset_id))
        if asset_id not in open_:
            raise Conflict("asset-accepted", pointer=pointer, asset_id=str(asset_id))
    return [open_[asset_id] for asset_id in dict.fromkeys(chosen)]


async def _take(
    session: Session,
    row: Installation,
    places: Sequence[InstallationAsset],
    move: Move,
    signature: Mapping[str, Any],
    items: Items,
) -> None:
    """Accept these assets: fix their specification, put them in service, begin their warranty."""
    check_signature(signature, move.now)
    step_records.check_required(items, "#/items")
    steps = await queries.steps_of(session, row.id)
    blocking = await queries.open_blocking(session, row.id, [one.asset_id for one in places])
    rules.check_ready([one.code for one in steps if one.completed_at is None], blocking)
    done_at = step_records.done_until(row.started_at, [one.completed_at for one in steps])
    check_time(move.occurred_at, not_before=done_at, now=move.now)
    step_records.check_signed(datetime.fromisoformat(signature["signed_at"]), done_at)
    tested = [one.record["items"] for one in steps if one.kind == StepKind.PERFORMANCE and one.record]
    specification = [dict(one) for one in items] or [item for found in tested for item in found]
    await _settle_retests(session, row, specification)
    for place in sorted(places, key=lambda one: one.asset_id):
        place.accepted_at, place.signature, place.is_under_way = move.occurred_at, dict(signature), False
        touch(session, place, move.now)
        audit(session, "accept", place, move.now)
        await _settle(session, place.asset_id, row, specification, move)


async def _settle_retests(session: Session, row: Installation, specification: list[dict[str, Any]]) -> None:
    """What was measured again after a repair stands in the accepted specification, in its range.

    Raises:
        Invalid: ``figure-out-of-range``.
    """
    found = (await session.execute(queries.defects(installation_id=row.id))).scalars()
    again = {one.item: one.measured for one in found if one.measured is not None}
    for number, item in enumerate(specification):
        item["measured"] = again.get(item["item"], item["measured"])
        if rules.failed([item]):
            pointer = f"#/items/{number}/measured"
            raise rules.out_of_range(pointer, item["measured"], item["required_min"], item["required_max"])


async def _settle(
    session: Session, asset_id: UUID, row: Installation, specification: list[dict[str, Any]], move: Move
) -> None:
    asset = await locked(session, Asset, asset_id)
    asset.contract_id = asset.contract_id or row.contract_id
    await _accept(session, asset, row.number, specification, move.occurred_at)
    if asset.state == "in_service":
        touch(session, asset, move.now)
        event = events_of_assets.AssetAcceptanceRecorded(
            **asset_commands.facts(asset), accepted_at=move.occurred_at
        )
        publish(session, event, of=asset, occurred_at=move.occurred_at, now=move.now)
    audit(session, "accept", asset, move.now)
    if asset.state != "in_service":
        await asset_commands.follow(session, asset, "putInService", move)
    await terms.start(session, asset, accepted_at=move.occurred_at, at=Moment(move.now, move.occurred_at))


async def _accept(
    session: Session,
    asset: Asset,
    reference: str,
    specification: list[dict[str, Any]],
    accepted_at: datetime,
) -> None:
    """Write the acceptance on the locked asset."""
    asset.accepted_at, asset.accepted_specification = accepted_at, specification
    asset.acceptance_reference = reference
    asset.installed_on = asset.installed_on or await _day_of(session, asset, accepted_at)


async def _day_of(session: Session, asset: Asset, accepted_at: datetime) -> date:
    """The day of an acceptance where the asset's contract counts."""
    contract = await one(session, Contract, asset.contract_id)
    return accepted_at.astimezone(terms.zone_of(contract)).date()


async def record(
    session: Session, asset_id: UUID, at: Moment, *, accepted_at: datetime, reference: str, items: Items
) -> Asset:
    """The asset was accepted before its installation was followed here: its warranty counts from then.

    Args:
        session: the unit of work.
        asset_id: the asset.
        at: now.
        accepted_at: when the customer accepted it.
        reference: the document that was signed.
        items: the accepted specification, as far as it is known.

    Raises:
        Conflict: ``asset-accepted-before`` or ``asset-installed-elsewhere``.
        Invalid: ``occurred-in-future``, ``accepted-before-shipped`` or ``days-out-of-order``.
    """
    asset, _ = await begin(session, Asset, asset_id, ASSET_LIFECYCLE, "recordAcceptance", at)
    if asset.accepted_at is not None:
        raise Conflict("asset-accepted-before")
    if await queries.is_under_way(session, asset_id):
        raise Conflict("asset-installed-elsewhere")
    await _check_day(session, asset, accepted_at, asset.installed_on, at)
    return await recorded(session, asset, at, accepted_at=accepted_at, reference=reference, items=items)


async def recorded(
    session: Session, asset: Asset, at: Moment, *, accepted_at: datetime, reference: str, items: Items = ()
) -> Asset:
    """Write an acceptance of before, which is in order, on the locked asset; its terms begin."""
    move = ask(ASSET_LIFECYCLE, "recordAcceptance", asset.state, Moment(at.now), floor=asset.state_changed_at)
    await _accept(session, asset, reference, [dict(one) for one in items], accepted_at)
    asset.is_acceptance_told = True
    then = replace(move, occurred_at=accepted_at)
    land(asset, then)
    touch(session, asset, at.now)
    event = events_of_assets.AssetAcceptanceRecorded(**asset_commands.facts(asset), accepted_at=accepted_at)
    announce(session, asset, then, event, note=reference)
    await terms.start(session, asset, accepted_at=accepted_at, at=Moment(at.now, accepted_at))
    return asset


async def correct(
    session: Session, asset_id: UUID, at: Moment, *, accepted_at: datetime, reference: str | None, reason: str
) -> Asset:
    """The acceptance that was recorded or imported was another day's: the terms are settled by it anew.

    The day of installation goes along where it was taken from the acceptance.

    Args:
        session: the unit of work.
        asset_id: the asset.
        at: now.
        accepted_at: when the customer accepted it in truth.
        reference: the document that was signed; ``None``: as it was told.
        reason: why it was told otherwise.

    Raises:
        Conflict: ``asset-not-accepted`` or ``acceptance-signed``.
        Invalid: ``occurred-in-future``, ``accepted-before-shipped`` or ``days-out-of-order``.
    """
    asset, move = await begin(session, Asset, asset_id, ASSET_LIFECYCLE, "correctAcceptance", at)
    former = asset.accepted_at
    check_correctable(is_accepted=former is not None, is_acceptance_told=asset.is_acceptance_told)
    told: dict[str, Any] = {"accepted_at": accepted_at, "installed_on": asset.installed_on}
    if former is not None and asset.installed_on == await _day_of(session, asset, former):
        told["installed_on"] = await _day_of(session, asset, accepted_at)
    await _check_day(session, asset, accepted_at, told["installed_on"], at)
    if asset.state_changed_at == former:
        asset.state_changed_at = accepted_at
    previous = amend(asset, told if reference is None else {**told, "acceptance_reference": reference})
    touch(session, asset, at.now)
    facts_ = asset_commands.facts(asset)
    event = events_of_assets.AssetUpdated(**facts_, previous=asset_commands.plain(previous))
    announce(session, asset, move, event, note=reason)
    await settle(session, asset, at)
    return asset


async def _check_day(
    session: Session, asset: Asset, accepted_at: datetime, installed_on: date | None, at: Moment
) -> None:
    """An acceptance that is told later has been, after everything that comes before one."""
    accepted_on = await _day_of(session, asset, accepted_at)
    rules.check_acceptance(accepted_at, accepted_on, asset.shipped_on, at.now)
    told = installed_on if installed_on != accepted_on else None
    days = {"delivered_on": asset.delivered_on, "installed_on": told}
    check_order({**days, "accepted_at": accepted_on}, {"accepted_at"})
