"""Questions about software: what is offered, what an asset may go to, what runs where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import col

from common.db import Session
from common.errors import NotFound
from warranty.domain.software.releases import ReleaseState, SoftwareStanding, misfits
from warranty.domain.software.upgrading import (
    Advice,
    Candidate,
    Path,
    advice,
    entitled_until,
    upgrade_path,
    way_back,
)
from warranty.policy import DEFAULT_SOFTWARE_YEARS, DEFAULT_TIME_ZONE
from warranty.queries.single import narrowed, one
from warranty.tables.assets import Asset, Component
from warranty.tables.catalogue import Part, Product
from warranty.tables.contracts import Contract
from warranty.tables.software import SoftwareInstallation, SoftwareRelease

COUNT_CAP = 10_000


@dataclass(frozen=True, slots=True)
class Way:
    """Where an asset's software stands and where it can go.

    Args:
        asset: the asset.
        current: the release that runs on it, where that is known.
        until: last day on which a new release is its by right; ``None``: no end yet.
        path: hops, and what keeps newer releases away.
        back_to: where what runs was withdrawn and nothing newer may be installed, the release to go back to.
        releases: the releases named in ``path`` and ``back_to``, by id.
    """

    asset: Asset
    current: SoftwareRelease | None
    until: date | None
    path: Path
    back_to: UUID | None
    releases: dict[UUID, SoftwareRelease]

    @property
    def advice(self) -> Advice:
        """What to do about what runs."""
        return advice(
            is_known=self.current is not None,
            is_withdrawn=self.current is not None and self.current.state == ReleaseState.WITHDRAWN,
            has_hops=bool(self.path.hops),
            has_way_back=self.back_to is not None,
        )


def releases(**told: Any) -> Select[SoftwareRelease]:  # noqa: ANN401 - values of filters
    """Releases by product, state and version."""
    return narrowed(select(SoftwareRelease), SoftwareRelease, told)


def installations(asset_id: UUID) -> Select[SoftwareInstallation]:
    """What was installed on an asset."""
    return select(SoftwareInstallation).where(col(SoftwareInstallation.asset_id) == asset_id)


async def last_installation(session: Session, asset_id: UUID) -> SoftwareInstallation | None:
    """The newest installation on an asset."""
    newest_first = (col(SoftwareInstallation.installed_at).desc(), col(SoftwareInstallation.id).desc())
    found = installations(asset_id).order_by(*newest_first).limit(1)
    return (await session.execute(found)).scalar_one_or_none()


async def was_installed(session: Session, asset_id: UUID, release_id: UUID) -> bool:
    """Whether a release ran on an asset before."""
    released = col(SoftwareInstallation.release_id), col(SoftwareInstallation.previous_release_id)
    found = installations(asset_id).where(or_(*(one_ == release_id for one_ in released))).limit(1)
    return (await session.execute(found)).first() is not None


async def _ran(session: Session, asset_id: UUID) -> set[UUID]:
    """Every release that ran on an asset and was replaced, or was installed by a change."""
    pairs = installations(asset_id).with_only_columns(
        col(SoftwareInstallation.release_id), col(SoftwareInstallation.previous_release_id)
    )
    return {one_ for pair in await session.execute(pairs) for one_ in pair if one_ is not None}


async def newest_on(session: Session, product_id: UUID, day: date) -> SoftwareRelease | None:
    """The newest release of a product that was out on a day and not withdrawn by then."""
    withdrawn = col(SoftwareRelease.withdrawn_at)
    found = (
        select(SoftwareRelease)
        .where(
            col(SoftwareRelease.product_id) == product_id,
            col(SoftwareRelease.released_on) <= day,
            or_(withdrawn.is_(None), func.date(func.timezone(DEFAULT_TIME_ZONE, withdrawn)) > day),
        )
        .order_by(col(SoftwareRelease.order_key).desc())
        .limit(1)
    )
    return (await session.execute(found)).scalar_one_or_none()


async def way(session: Session, asset_id: UUID) -> Way | None:
    """The newest entitled release that fits the asset, and the hops to it (§1.2.3.1(2))."""
    asset = await one(session, Asset, asset_id)
    if asset is None:
        return None
    current = await one(session, SoftwareRelease, asset.software_release_id)
    until = await entitlement(session, asset)
    offered = await _offered(session, asset.product_id)
    inside = await _part_numbers(session, asset.id)
    candidates = [candidate(row, inside) for row in offered]
    path = upgrade_path(None if current is None else current.order_key, candidates, until)
    back_to = None
    if current is not None and current.state == ReleaseState.WITHDRAWN and not path.hops:
        ran = await _ran(session, asset.id)
        back_to = way_back(current.order_key, [one_ for one_ in candidates if one_.id in ran])
    return Way(asset, current, until, path, back_to, {row.id: row for row in offered})


async def entitlement(session: Session, asset: Asset) -> date | None:
    """The last day of an asset's entitlement to new releases: years after its acceptance."""
    contract = await one(session, Contract, asset.contract_id)
    if asset.accepted_at is None:
        return None
    zone = ZoneInfo(DEFAULT_TIME_ZONE if contract is None else contract.time_zone)
    years = DEFAULT_SOFTWARE_YEARS if contract is None else contract.software_years
    return entitled_until(asset.accepted_at.astimezone(zone).date(), years)


def candidate(row: SoftwareRelease, inside: Sequence[str]) -> Candidate:
    """A release as the way sees it, for an asset with these part numbers inside."""
    off = tuple(misfits(row.compatibility, inside))
    return Candidate(row.id, row.order_key, row.minimum_key, row.released_on or date.max, off)


async def candidate_for(session: Session, row: SoftwareRelease, asset_id: UUID) -> Candidate:
    """A release as the way of one asset sees it."""
    return candidate(row, await _part_numbers(session, asset_id))


async def _offered(session: Session, product_id: UUID) -> list[SoftwareRelease]:
    found = releases(product_id=product_id, state=ReleaseState.RELEASED.value)
    return list((await session.execute(found.order_by(col(SoftwareRelease.order_key)))).scalars())


async def _part_numbers(session: Session, asset_id: UUID) -> list[str]:
    inside = (
        select(col(Part.number))
        .join(Component, col(Component.part_id) == col(Part.id))
        .where(col(Component.asset_id) == asset_id, col(Component.removed_at).is_(None))
    )
    return list((await session.execute(inside.distinct())).scalars())


def _newest_key(product_id: UUID) -> Any:  # noqa: ANN401 - a scalar subquery
    found = select(func.max(col(SoftwareRelease.order_key))).where(
        col(SoftwareRelease.product_id) == product_id,
        col(SoftwareRelease.state) == ReleaseState.RELEASED.value,
    )
    return found.scalar_subquery()


def _stands(product_id: UUID, standing: SoftwareStanding) -> ColumnElement[bool]:
    """Assets of a product whose software stands like that."""
    runs = col(Asset.software_release_id)
    if standing is SoftwareStanding.UNKNOWN:
        return runs.is_(None)
    return runs.in_(_ids(product_id, standing))


def _ids(product_id: UUID, standing: SoftwareStanding) -> Select[Any]:
    key, newest = col(SoftwareRelease.order_key), _newest_key(product_id)
    is_withdrawn = col(SoftwareRelease.state) == ReleaseState.WITHDRAWN.value
    where = {
        SoftwareStanding.WITHDRAWN: is_withdrawn,
        SoftwareStanding.CURRENT: and_(~is_withdrawn, key == newest),
        SoftwareStanding.BEHIND: and_(~is_withdrawn, key < newest),
        SoftwareStanding.AHEAD: and_(~is_withdrawn, or_(key > newest, newest.is_(None))),
    }
    of_product = col(SoftwareRelease.product_id) == product_id
    return select(col(SoftwareRelease.id)).where(of_product, where[standing])


def fleet(product_id: UUID, standing: Sequence[SoftwareStanding] = (), **told: Any) -> Select[Asset]:  # noqa: ANN401 - filters
    """Assets of a product in use, by how their software stands, by release, customer and site."""
    found = narrowed(select(Asset), Asset, told).where(
        col(Asset.product_id) == product_id, col(Asset.state) != "retired"
    )
    return found.where(or_(*(_stands(product_id, one_) for one_ in standing))) if standing else found


async def standings(
    session: Session, product_id: UUID
) -> dict[UUID, tuple[SoftwareRelease, SoftwareStanding]]:
    """Every release of a product with how an asset stands that runs it.

    Raises:
        NotFound: no such product.
    """
    if await one(session, Product, product_id) is None:
        raise NotFound("not-found")
    found = releases(product_id=product_id).order_by(col(SoftwareRelease.order_key))
    rows = list((await session.execute(found)).scalars())
    out = [row.order_key for row in rows if row.state == ReleaseState.RELEASED]
    return {row.id: (row, _standing(row, max(out, default=""))) for row in rows}


def _standing(row: SoftwareRelease, newest: str) -> SoftwareStanding:
    if row.state == ReleaseState.WITHDRAWN:
        return SoftwareStanding.WITHDRAWN
    if row.order_key == newest:
        return SoftwareStanding.CURRENT
    return SoftwareStanding.BEHIND if row.order_key < newest else SoftwareStanding.AHEAD


async def running(session: Session, product_id: UUID, release_id: UUID | None) -> int:
    """How many assets of a product in use run a release (``None``: nobody knows which), up to a cap."""
    runs = col(Asset.software_release_id)
    which = runs.is_(None) if release_id is None else runs == release_id
    some = fleet(product_id).where(which).with_only_columns(col(Asset.id)).limit(COUNT_CAP).subquery()
    return int((await session.execute(select(func.count()).select_from(some))).scalar_one())
