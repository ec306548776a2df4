"""The vendor holds a device for repair, and gives it back: its terms may stand still meanwhile."""

from uuid import UUID

from common.contracts.warranty import claims as events
from common.db import Session
from common.locking import locked
from common.moves import Moment, audit, begin, touch
from common.outbox import publish
from warranty.commands import assets, prolonging
from warranty.commands.claim_facts import facts
from warranty.domain.assets import LIFECYCLE, AssetState
from warranty.queries import claims as queries
from warranty.tables.assets import Asset


async def take(session: Session, asset_id: UUID, at: Moment, *, reason: str) -> Asset:
    """The device is out of operation and with the vendor."""
    asset, move = await begin(session, Asset, asset_id, LIFECYCLE, "takeForRepair", at)
    assets.moved(session, asset, move, reason=reason)
    await prolonging.suspend(session, asset, suspended_at=move.occurred_at, at=at)
    return asset


async def give_back(session: Session, asset_id: UUID, at: Moment) -> Asset:
    """The device works for the customer again; the claim that it was taken for holds it no longer."""
    claims = await queries.alive_for_update(session, asset_id)
    asset = await _returned(session, asset_id, at)
    for claim in claims:
        if claim.is_device_taken:
            claim.is_device_taken = False
            touch(session, claim, at.now)
            event = events.ClaimDeviceReturned(**facts(claim))
            publish(session, event, of=claim, occurred_at=asset.state_changed_at, now=at.now)
            audit(session, "returnDevice", claim, at.now)
    return asset


async def _returned(session: Session, asset_id: UUID, at: Moment) -> Asset:
    asset, move = await begin(session, Asset, asset_id, LIFECYCLE, "returnToService", at)
    assets.moved(session, asset, move)
    await prolonging.resume(session, asset, resumed_at=move.occurred_at, at=at)
    return asset


async def end(session: Session, asset_id: UUID, at: Moment) -> None:
    """The claim holds the device no longer: it goes back, unless it was told to be back already."""
    asset = await locked(session, Asset, asset_id)
    if asset.state == AssetState.UNDER_REPAIR:
        await _returned(session, asset_id, at)
