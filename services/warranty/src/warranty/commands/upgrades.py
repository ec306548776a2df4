"""Software on assets: installed by a change, with what that did to operation."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from common.contracts.warranty import assets as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.moves import Moment, Move, announce, audit, begin, check_time, made, touch
from warranty.commands import assets
from warranty.commands.needs import needed
from warranty.commands.shipped import check_newest
from warranty.domain.assets import LIFECYCLE
from warranty.domain.software.releases import Effect, ReleaseState, check_change
from warranty.domain.software.upgrading import steps_up
from warranty.policy import DEFAULT_TIME_ZONE
from warranty.queries import software as queries
from warranty.queries.single import one
from warranty.tables.assets import Asset
from warranty.tables.software import SoftwareInstallation, SoftwareRelease

POINTER = "#/release_id"


@dataclass(frozen=True, slots=True)
class Told:
    """An installation as it is told; see ``SoftwareInstallation``."""

    release_id: UUID
    effect: Effect
    downtime_minutes: int = 0
    change_id: UUID | None = None
    change_reference: str | None = None
    is_rollback: bool = False
    note: str | None = None


async def install(session: Session, asset_id: UUID, told: Told, at: Moment) -> SoftwareInstallation:
    """A release was installed on an asset.

    Until acceptance only the newest may be; afterwards a newer one that fits, that the asset is entitled to
    and that upgrades from what runs. A rollback goes back to what ran before.

    Raises:
        NotFound, Conflict: no such asset, another version, or what the rules below refuse.
        Invalid: ``release-unknown``, ``change-missing``, or a time that cannot be true.
    """
    asset, move = await begin(session, Asset, asset_id, LIFECYCLE, "installRelease", at)
    check_change(told.change_id, told.change_reference)
    release = await needed(session, SoftwareRelease, told.release_id, "release-unknown", POINTER)
    if release.product_id != asset.product_id:
        raise Invalid("release-unknown", pointer=POINTER)
    last = await queries.last_installation(session, asset_id)
    if last is not None:
        check_time(move.occurred_at, not_before=last.installed_at, now=at.now)
    await _check(session, asset, release, move, is_rollback=told.is_rollback)
    return _installed(session, asset, release, told, move)


async def _check(
    session: Session, asset: Asset, release: SoftwareRelease, move: Move, *, is_rollback: bool
) -> None:
    if is_rollback:
        if not await queries.was_installed(session, asset.id, release.id):
            raise Conflict("rollback-unknown", pointer=POINTER)
        return
    if release.state != ReleaseState.RELEASED:
        raise Conflict("release-not-offered", pointer=POINTER, release_state=release.state)
    if asset.accepted_at is None:
        day = move.occurred_at.astimezone(ZoneInfo(DEFAULT_TIME_ZONE)).date()
        await check_newest(session, release.id, asset.product_id, day, POINTER)
        return
    await _check_upgrade(session, asset, release)


async def _check_upgrade(session: Session, asset: Asset, release: SoftwareRelease) -> None:
    """Refuse what is no upgrade, does not fit, is not the asset's by right, or needs another one first."""
    current = await one(session, SoftwareRelease, asset.software_release_id)
    if current is not None and release.order_key <= current.order_key:
        raise Conflict("release-not-newer", pointer=POINTER, current=current.release_version)
    found = await queries.candidate_for(session, release, asset.id)
    if found.misfits:
        raise Conflict("release-incompatible", pointer=POINTER, parts=list(found.misfits))
    until = await queries.entitlement(session, asset)
    if until is not None and found.released_on > until:
        raise Conflict("release-not-entitled", pointer=POINTER, entitled_until=until.isoformat())
    if not steps_up(None if current is None else current.order_key, found):
        raise Conflict("release-needs-hop", pointer=POINTER, minimum_version=release.minimum_version)


def _installed(
    session: Session, asset: Asset, release: SoftwareRelease, told: Told, move: Move
) -> SoftwareInstallation:
    row = made(
        session,
        SoftwareInstallation,
        move.now,
        customer_id=asset.customer_id,
        asset_id=asset.id,
        release_id=release.id,
        previous_release_id=asset.software_release_id,
        installed_at=move.occurred_at,
        change_id=told.change_id,
        change_reference=told.change_reference,
        effect=told.effect.value,
        downtime_minutes=told.downtime_minutes,
        is_rollback=told.is_rollback,
        note=told.note,
    )
    audit(session, "create", row, move.now)
    asset.software_release_id = release.id
    touch(session, asset, move.now)
    event = events.AssetReleaseInstalled(
        **assets.facts(asset),
        installation_id=row.id,
        release_id=release.id,
        release_version=release.release_version,
        previous_release_id=row.previous_release_id,
        change_id=row.change_id,
        effect=row.effect,
        downtime_minutes=row.downtime_minutes,
        is_rollback=row.is_rollback,
        installed_at=row.installed_at,
    )
    announce(session, asset, move, event)
    return row
