"""Something takes another's place: tree, serials and terms change in one transaction (§1.2.3.1(3))."""

from uuid import UUID

from common.db import Session
from common.locking import locked
from common.moves import Moment, audit
from warranty.commands import assets, components, terms
from warranty.domain.assets import NewAsset, NewComponent
from warranty.tables.assets import Asset, Component


async def component(
    session: Session,
    asset_id: UUID,
    component_id: UUID,
    told: NewComponent,
    at: Moment,
    *,
    reason: str,
    claim_id: UUID | None = None,
) -> Component:
    """Another component takes a component's place: a key part's term starts anew."""
    asset, old, new = await components.replace(
        session, asset_id, component_id, told, at, reason=reason, claim_id=claim_id
    )
    await terms.restart(session, asset, new, old, replaced_at=new.installed_at, at=at)
    return new


async def whole_asset(session: Session, asset_id: UUID, told: NewAsset, at: Moment, *, reason: str) -> Asset:
    """Another asset takes an asset's place, with its full term anew."""
    old = await locked(session, Asset, asset_id)
    new = await assets.replace_asset(session, old, told, at, reason=reason)
    replaced_at = at.occurred_at or at.now
    if old.accepted_at is not None:
        new.accepted_at, new.accepted_specification = replaced_at, old.accepted_specification
        audit(session, "accept", new, at.now)
    await terms.restart(session, new, None, old, replaced_at=replaced_at, at=at)
    return new
