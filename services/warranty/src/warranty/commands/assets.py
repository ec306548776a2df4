"""Assets: made known, corrected, moved through their life."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from common.contracts.warranty import assets as events
from common.db import Session
from common.errors import Invalid
from common.locking import locked
from common.moves import Moment, Move, amend, announce, ask, begin, corrected, land, made, touch
from common.search import terms
from warranty.commands.needs import begun, contract_of, needed
from warranty.commands.prolonging import settle
from warranty.commands.shipped import check_newest
from warranty.commands.terms import zone_of
from warranty.domain.assets import LIFECYCLE, NewAsset
from warranty.domain.past import check_days, check_order
from warranty.domain.zones import begins_at
from warranty.policy import DEFAULT_TIME_ZONE
from warranty.tables.assets import Asset
from warranty.tables.catalogue import Product
from warranty.tables.directory import Site

MILESTONES = frozenset({"shipped_on", "delivered_on", "installed_on", "invoiced_on"})
"""Days that terms may count from; each has come when it is told."""

MOVES: Mapping[str, type[events.AssetEvent]] = {
    "beginInstallation": events.AssetInstallationBegun,
    "putInService": events.AssetPutInService,
    "takeForRepair": events.AssetTakenForRepair,
    "returnToService": events.AssetReturnedToService,
    "retire": events.AssetRetired,
}
"""What each verb announces that needs nothing but, perhaps, a reason."""


async def register(session: Session, told: NewAsset, at: Moment) -> Asset:
    """Make an asset known; it belongs to its site's customer.

    Raises:
        Invalid: ``site-unknown``, ``product-unknown``, ``contract-unknown``, ``contract-of-another``,
            ``day-in-future``, ``days-out-of-order`` or ``release-unknown``.
        Conflict: ``release-not-newest``: what is shipped with an asset is the newest release (§1.2.3.1(2)).
    """
    site = await needed(session, Site, told.site_id, "site-unknown", "#/site_id")
    product = await needed(session, Product, told.product_id, "product-unknown", "#/product_id")
    contract = await contract_of(session, told.contract_id, site.customer_id)
    check_days(asdict(told), MILESTONES, at.now, zone_of(contract))
    check_order(asdict(told), MILESTONES)
    if told.software_release_id is not None:
        day = told.shipped_on or at.now.astimezone(ZoneInfo(DEFAULT_TIME_ZONE)).date()
        await check_newest(session, told.software_release_id, product.id, day, "#/software_release_id")
    return make(session, told, site, product, at)


def make(session: Session, told: NewAsset, site: Site, product: Product, at: Moment) -> Asset:
    """Make an asset known whose site, product and contract are, and fit each other."""
    row = made(
        session,
        Asset,
        at.now,
        state=LIFECYCLE.initial,
        state_changed_at=_since(told, at),
        customer_id=site.customer_id,
        search_terms=terms(f"{product.name_zh} {product.name_en}", told.serial_number, product.code),
        **asdict(told),
    )
    return begun(session, row, events.AssetRegistered(**facts(row)), at)


def _since(told: NewAsset, at: Moment) -> datetime:
    """From when an asset has a history: an installed base is told long after it was shipped."""
    day = told.shipped_on or told.installed_on
    return at.now if day is None else min(at.now, begins_at(day, ZoneInfo(DEFAULT_TIME_ZONE)))


async def update(session: Session, asset_id: UUID, told: Mapping[str, Any], at: Moment) -> Asset:
    """Correct what is known of an asset; terms that count from what was told are settled by it.

    Raises:
        NotFound, Conflict: no such asset, or another version.
        Invalid: ``contract-unknown``, ``contract-of-another``, ``day-in-future`` or ``days-out-of-order``.
    """
    row = await locked(session, Asset, asset_id, at.version)
    contract = await contract_of(session, told.get("contract_id", row.contract_id), row.customer_id)
    check_days(told, MILESTONES, at.now, zone_of(contract))
    if MILESTONES & told.keys():
        check_order({**milestones(row, zone_of(contract)), **told}, told.keys())
    return await correct(session, row, told, at)


def milestones(row: Asset, zone: ZoneInfo) -> dict[str, date | None]:
    """The days that are known of an asset, its acceptance as the day that it is in ``zone``."""
    accepted_on = None if row.accepted_at is None else row.accepted_at.astimezone(zone).date()
    return {**{name: getattr(row, name) for name in MILESTONES}, "accepted_at": accepted_on}


async def correct(session: Session, row: Asset, told: Mapping[str, Any], at: Moment) -> Asset:
    """Correct the locked asset by what was found to be true; terms that count from it are settled."""
    previous = amend(row, told)
    corrected(session, row, at, lambda: events.AssetUpdated(**facts(row), previous=plain(previous)))
    if previous.keys() & MILESTONES:
        await settle(session, row, at)
    return row


async def move_site(session: Session, asset_id: UUID, at: Moment, *, site_id: UUID, reason: str) -> Asset:
    """The asset stands at another site of its customer.

    Raises:
        Invalid: ``site-unknown`` or ``site-of-another``.
    """
    row, move = await begin(session, Asset, asset_id, LIFECYCLE, "move", at)
    site = await needed(session, Site, site_id, "site-unknown", "#/site_id")
    if site.customer_id != row.customer_id:
        raise Invalid("site-of-another", pointer="#/site_id")
    previous = amend(row, {"site_id": site_id})
    touch(session, row, at.now)
    event = events.AssetUpdated(**facts(row), previous=plain(previous))
    return announce(session, row, move, event, note=reason)


async def move(
    session: Session, asset_id: UUID, action: str, at: Moment, *, reason: str | None = None
) -> Asset:
    """Take the asset to the next part of its life: one of ``MOVES``."""
    row, step = await begin(session, Asset, asset_id, LIFECYCLE, action, at)
    return moved(session, row, step, reason=reason)


async def follow(session: Session, asset: Asset, action: str, cause: Move) -> Asset:
    """Take the locked asset along with what happened to it, as of then or as early as its own life allows."""
    then = max(cause.occurred_at, asset.state_changed_at)
    return await move(session, asset.id, action, Moment(cause.now, then, said_as=cause.action))


def moved(session: Session, row: Asset, move: Move, *, reason: str | None = None) -> Asset:
    """Write a verb of ``MOVES`` on the locked asset."""
    land(row, move)
    touch(session, row, move.now)
    return announce(session, row, move, MOVES[move.action](**facts(row)), note=reason)


async def replace_asset(session: Session, asset: Asset, told: NewAsset, at: Moment, *, reason: str) -> Asset:
    """Another asset takes the locked one's place; the old one is retired and points to it.

    Whoever may replace it needs no leave to retire it besides.
    """
    retiring = ask(LIFECYCLE, "retire", asset.state, at, floor=asset.state_changed_at)
    successor = await register(session, told, at)
    await session.write_collected()
    asset.replaced_by_id = successor.id
    land(asset, retiring)
    touch(session, asset, at.now)
    event = events.AssetRetired(**facts(asset), replaced_by_id=successor.id)
    announce(session, asset, retiring, event, note=reason)
    return successor


def facts(row: Asset) -> dict[str, Any]:
    """The facts that every event about an asset carries."""
    names = (name for name in events.AssetEvent.model_fields if name != "asset_id")
    return {"asset_id": row.id, **{name: getattr(row, name) for name in names}}


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Former values of an asset as JSON has them."""
    return {name: v if v is None or isinstance(v, (str, bool, int)) else str(v) for name, v in values.items()}
