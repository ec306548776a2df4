"""Software releases, the way to the newest, and what runs where."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.db import Session
from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import NOW, Act, ActWithReason
from common.web.work import Work
from warranty.api.release_shapes import (
    FleetFilters,
    FleetItemOut,
    FleetPage,
    FleetSummaryOut,
    InstallRelease,
    PublishRelease,
    ReleaseCreate,
    ReleaseFilters,
    ReleaseOut,
    ReleasePage,
    ReleaseUpdate,
    RunningOut,
    SoftwareInstallationFilters,
    SoftwareInstallationOut,
    SoftwareInstallationPage,
    UpgradePathOut,
)
from warranty.api.told import told_changes
from warranty.commands import releases as commands
from warranty.commands import upgrades
from warranty.domain.software.releases import SoftwareStanding
from warranty.queries import assets as asset_queries
from warranty.queries import software as queries
from warranty.queries.single import one
from warranty.tables.assets import Asset
from warranty.tables.software import SoftwareInstallation, SoftwareRelease

routes = Routes("releases", "Software: releases, the way to the newest, and what runs where.")

SORTS = Sorts(SoftwareRelease.id, {"created_at": SoftwareRelease.created_at})
INSTALLED_SORTS = Sorts(SoftwareInstallation.id, {"installed_at": SoftwareInstallation.installed_at})
FLEET_SORTS = Sorts(Asset.id, {"created_at": Asset.created_at})
PATH = "/v1/releases/{release_id:uuid}"
ASSET = "/v1/assets/{asset_id:uuid}"
FLEET = "/v1/products/{product_id:uuid}/fleet"


@routes.create("/v1/releases", "releases.write", ReleaseOut, conflicts=True)
async def create_release(work: Work, body: ReleaseCreate) -> Response:
    """Make a release known; it is in development at first."""
    return await work.write(
        lambda s: commands.create(s, body.told(), work.at(body.occurred_at)),
        lambda row: ReleaseOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/releases", "releases.read", ReleasePage)
async def list_releases(work: Work, filters: Annotated[ReleaseFilters, Query()]) -> Response:
    """Releases by filter, the latest first."""
    found = queries.releases(**filters.told())
    return await work.page(found, SORTS, filters, lambda row: ReleaseOut.of(row, work.caller))


@routes.get(PATH, "releases.read", ReleaseOut)
async def get_release(work: Work, release_id: UUID) -> Response:
    """One release."""
    return await work.read(
        lambda s: one(s, SoftwareRelease, release_id), lambda row: ReleaseOut.of(row, work.caller)
    )


@routes.patch(PATH, "releases.write", ReleaseOut)
async def update_release(work: Work, release_id: UUID, body: ReleaseUpdate) -> Response:
    """Correct a release; once it is out, only its notes."""
    return await work.write(
        lambda s: commands.update(s, release_id, told_changes(body), work.at()),
        lambda row: ReleaseOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:promote", "releases.write", ReleaseOut, refuses=(403,))
async def promote_release(work: Work, release_id: UUID, body: Act = NOW) -> Response:
    """The release may be tried out."""
    return await work.write(
        lambda s: commands.promote(s, release_id, work.at(body.occurred_at)),
        lambda row: ReleaseOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:release", "releases.write", ReleaseOut, refuses=(403,))
async def release_release(work: Work, release_id: UUID, body: PublishRelease) -> Response:
    """The release is out: offered to all, and shipped with new assets if it is the newest."""
    return await work.write(
        lambda s: commands.release(s, release_id, work.at(body.occurred_at), tested_on=body.tested_on),
        lambda row: ReleaseOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:withdraw", "releases.write", ReleaseOut, refuses=(403,))
async def withdraw_release(work: Work, release_id: UUID, body: ActWithReason) -> Response:
    """The release must not be used any more; the fleet shows what runs it."""
    return await work.write(
        lambda s: commands.withdraw(s, release_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: ReleaseOut.of(row, work.caller),
    )


@routes.get(f"{ASSET}/upgrade-path", "assets.read", UpgradePathOut)
async def get_asset_upgrade_path(work: Work, asset_id: UUID) -> Response:
    """The newest entitled release that fits the asset, and the hops to it."""
    return await work.read(lambda s: queries.way(s, asset_id), UpgradePathOut.of)


@routes.action(f"{ASSET}:installRelease", "assets.write", SoftwareInstallationOut, refuses=(403,))
async def install_asset_release(work: Work, asset_id: UUID, body: InstallRelease) -> Response:
    """A release was installed by a change; what that did to operation is kept with it."""
    told = upgrades.Told(**{name: value for name, value in dict(body).items() if name != "occurred_at"})
    return await work.write(
        lambda s: upgrades.install(s, asset_id, told, work.at(body.occurred_at)),
        SoftwareInstallationOut.model_validate,
    )


@routes.list(f"{ASSET}/software-installations", "assets.read", SoftwareInstallationPage)
async def list_asset_software_installations(
    work: Work, asset_id: UUID, filters: Annotated[SoftwareInstallationFilters, Query()]
) -> Response:
    """What was installed on an asset, the latest first."""
    return await work.page(
        queries.installations(asset_id),
        INSTALLED_SORTS,
        filters,
        SoftwareInstallationOut.model_validate,
        given=lambda s: asset_queries.ensure(s, asset_id),
    )


@routes.list(FLEET, "assets.read", FleetPage, refuses=(404,))
async def list_product_fleet(
    work: Work, product_id: UUID, filters: Annotated[FleetFilters, Query()]
) -> Response:
    """A product's assets in use, with what runs on them: who is behind, who is exposed to a withdrawn one."""
    standings: dict[UUID, tuple[SoftwareRelease, SoftwareStanding]] = {}

    async def known(session: Session) -> None:
        standings.update(await queries.standings(session, product_id))

    found = queries.fleet(product_id, **filters.told())
    return await work.page(
        found, FLEET_SORTS, filters, lambda row: FleetItemOut.of(row, standings), given=known
    )


@routes.get(f"{FLEET}-summary", "assets.read", FleetSummaryOut)
async def get_product_fleet_summary(work: Work, product_id: UUID) -> Response:
    """How many of a product's assets in use run which release, the newest first."""

    async def counted(session: Session) -> list[RunningOut]:
        standings = await queries.standings(session, product_id)
        found = []
        for row, standing in (*reversed(standings.values()), (None, SoftwareStanding.UNKNOWN)):
            count = await queries.running(session, product_id, None if row is None else row.id)
            found.append(
                RunningOut(
                    release_id=None if row is None else row.id,
                    release_version=None if row is None else row.release_version,
                    withdrawal_reason=None if row is None else row.withdrawal_reason,
                    standing=standing,
                    asset_count=count,
                    is_capped=count == queries.COUNT_CAP,
                )
            )
        return found

    return await work.read(counted, lambda rows: FleetSummaryOut(product_id=product_id, releases=rows))
