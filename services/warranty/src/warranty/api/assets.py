"""Assets and what is inside them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.db import Session
from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import NOW, Act, ActWithReason
from common.web.work import Work
from warranty.api.asset_shapes import (
    AssetCreate,
    AssetFilters,
    AssetOut,
    AssetPage,
    AssetUpdate,
    ComponentOut,
    ComponentPage,
    ComponentTreeOut,
    CorrectAcceptance,
    HistoryFilters,
    InstallComponent,
    MoveAsset,
    RecordAcceptance,
    RemoveComponent,
    ReplaceComponent,
    TreeQuery,
    tree,
)
from warranty.api.told import stored
from warranty.commands import acceptance, components, holding, replacing
from warranty.commands import assets as commands
from warranty.domain.assets import NewAsset, NewComponent
from warranty.queries import assets as queries
from warranty.queries.single import one
from warranty.tables.assets import Asset, Component

routes = Routes("assets", "Installed items, their life, and what is inside them at any time.")

SORTS = Sorts(Asset.id, {"created_at": Asset.created_at})
HISTORY_SORTS = Sorts(Component.id, {"installed_at": Component.installed_at})
PATH = "/v1/assets/{asset_id:uuid}"


@routes.create("/v1/assets", "assets.write", AssetOut, conflicts=True)
async def create_asset(work: Work, body: AssetCreate) -> Response:
    """Make an asset known."""
    told = NewAsset(**dict(body))
    return await work.write(
        lambda s: commands.register(s, told, work.at()),
        lambda row: AssetOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/assets", "assets.read", AssetPage)
async def list_assets(work: Work, filters: Annotated[AssetFilters, Query()]) -> Response:
    """Assets by filter, the latest first."""
    found = queries.assets(**filters.told())
    return await work.page(found, SORTS, filters, lambda row: AssetOut.of(row, work.caller))


@routes.get(PATH, "assets.read", AssetOut)
async def get_asset(work: Work, asset_id: UUID) -> Response:
    """One asset."""
    return await work.read(lambda s: one(s, Asset, asset_id), lambda row: AssetOut.of(row, work.caller))


@routes.patch(PATH, "assets.write", AssetOut)
async def update_asset(work: Work, asset_id: UUID, body: AssetUpdate) -> Response:
    """Correct what is known of an asset."""
    return await work.write(
        lambda s: commands.update(s, asset_id, body.changes(), work.at()),
        lambda row: AssetOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:move", "assets.write", AssetOut, refuses=(403,))
async def move_asset(work: Work, asset_id: UUID, body: MoveAsset) -> Response:
    """The asset stands at another site of its customer."""
    return await work.write(
        lambda s: commands.move_site(
            s, asset_id, work.at(body.occurred_at), site_id=body.site_id, reason=body.reason
        ),
        lambda row: AssetOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:beginInstallation", "assets.write", AssetOut, refuses=(403,))
async def begin_asset_installation(work: Work, asset_id: UUID, body: Act = NOW) -> Response:
    """Installation begins."""
    return await work.write(
        lambda s: commands.move(s, asset_id, "beginInstallation", work.at(body.occurred_at)),
        lambda row: AssetOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:putInService", "assets.write", AssetOut, refuses=(403,))
async def put_asset_in_service(work: Work, asset_id: UUID, body: Act = NOW) -> Response:
    """The asset works for the customer."""
    return await work.write(
        lambda s: commands.move(s, asset_id, "putInService", work.at(body.occurred_at)),
        lambda row: AssetOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:recordAcceptance", "assets.write", AssetOut, refuses=(403,))
async def record_asset_acceptance(work: Work, asset_id: UUID, body: RecordAcceptance) -> Response:
    """The asset was accepted before its installation was followed here; its warranty counts from then."""
    return await work.write(
        lambda s: acceptance.record(
            s,
            asset_id,
            work.at(),
            accepted_at=body.accepted_at,
            reference=body.reference,
            items=[stored(item) for item in body.items],
        ),
        lambda row: AssetOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:correctAcceptance", "assets.write", AssetOut, refuses=(403,))
async def correct_asset_acceptance(work: Work, asset_id: UUID, body: CorrectAcceptance) -> Response:
    """A recorded or imported acceptance was at another time: the terms are settled by it anew."""
    return await work.write(
        lambda s: acceptance.correct(
            s,
            asset_id,
            work.at(),
            accepted_at=body.accepted_at,
            reference=body.reference,
            reason=body.reason,
        ),
        lambda row: AssetOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:takeForRepair", "assets.write", AssetOut, refuses=(403,))
async def take_asset_for_repair(work: Work, asset_id: UUID, body: ActWithReason) -> Response:
    """The vendor holds the device; its terms stand still where the contract says so."""
    return await work.write(
        lambda s: holding.take(s, asset_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: AssetOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:returnToService", "assets.write", AssetOut, refuses=(403,))
async def return_asset_to_service(work: Work, asset_id: UUID, body: Act = NOW) -> Response:
    """The device is back; terms that stood still end as much later."""
    return await work.write(
        lambda s: holding.give_back(s, asset_id, work.at(body.occurred_at)),
        lambda row: AssetOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:retire", "assets.write", AssetOut, refuses=(403,))
async def retire_asset(work: Work, asset_id: UUID, body: ActWithReason) -> Response:
    """The asset is out of use for good."""
    return await work.write(
        lambda s: commands.move(s, asset_id, "retire", work.at(body.occurred_at), reason=body.reason),
        lambda row: AssetOut.of(row, work.caller),
    )


@routes.get(f"{PATH}/components", "assets.read", ComponentTreeOut)
async def get_asset_components(
    work: Work, asset_id: UUID, filters: Annotated[TreeQuery, Query()]
) -> Response:
    """What was inside the asset at an instant."""
    at = filters.at or work.now

    async def inside(session: Session) -> list[ComponentOut]:
        await queries.ensure(session, asset_id)
        rows = await queries.components_at(session, asset_id, at)
        return tree(rows, await queries.placements(session, asset_id))

    return await work.read(inside, lambda items: ComponentTreeOut(asset_id=asset_id, at=at, items=items))


@routes.list(f"{PATH}/component-history", "assets.read", ComponentPage)
async def list_asset_component_history(
    work: Work, asset_id: UUID, filters: Annotated[HistoryFilters, Query()]
) -> Response:
    """Everything that was ever inside the asset, in order of installation."""
    return await work.page(
        queries.history(asset_id),
        HISTORY_SORTS,
        filters,
        ComponentOut.model_validate,
        given=lambda s: queries.ensure(s, asset_id),
    )


@routes.action(f"{PATH}:installComponent", "assets.write", ComponentOut, refuses=(403,))
async def install_asset_component(work: Work, asset_id: UUID, body: InstallComponent) -> Response:
    """Put a component in the asset; the answer is the component."""
    told = NewComponent(**{name: v for name, v in dict(body).items() if name != "occurred_at"})
    return await work.write(
        lambda s: components.install(s, asset_id, told, work.at(body.occurred_at)),
        ComponentOut.model_validate,
    )


@routes.action(f"{PATH}:removeComponent", "assets.write", ComponentOut, refuses=(403,))
async def remove_asset_component(work: Work, asset_id: UUID, body: RemoveComponent) -> Response:
    """Take a component out, with everything inside it; the answer is the component."""
    return await work.write(
        lambda s: components.remove(
            s, asset_id, body.component_id, work.at(body.occurred_at), reason=body.reason
        ),
        ComponentOut.model_validate,
    )


@routes.action(f"{PATH}:replaceComponent", "assets.write", ComponentOut, refuses=(403,))
async def replace_asset_component(work: Work, asset_id: UUID, body: ReplaceComponent) -> Response:
    """Another component takes its place, and is the answer; a key part's warranty starts anew."""
    told = NewComponent(
        part_id=body.part_id,
        position="",
        serial_number=body.serial_number,
        lot=body.lot,
        is_key_part=body.is_key_part,
    )
    return await work.write(
        lambda s: replacing.component(
            s, asset_id, body.component_id, told, work.at(body.occurred_at), reason=body.reason
        ),
        ComponentOut.model_validate,
    )
