"""Warehouses, what they hold, and the ledger of its movements."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.work import Work
from warranty.api.stock_shapes import (
    LotFilters,
    LotOut,
    LotPage,
    MovementCreate,
    MovementFilters,
    MovementOut,
    MovementPage,
    StockFilters,
    StockOut,
    StockPage,
    WarehouseCreate,
    WarehouseFilters,
    WarehouseOut,
    WarehousePage,
    WarehouseUpdate,
)
from warranty.api.told import told_changes, told_place
from warranty.commands import stock as commands
from warranty.commands import warehouses
from warranty.commands.ledger import day_of
from warranty.commands.stock import NewMovement
from warranty.domain.stock import NewWarehouse
from warranty.queries import stock as queries
from warranty.queries.single import one
from warranty.tables.stock import StockLot, StockMovement, Warehouse
from warranty.tables.stock_view import StockView

routes = Routes("stock", "Warehouses and engineers' cars, what is in them, and the ledger it follows from.")

WAREHOUSE_SORTS = Sorts(Warehouse.id, {"created_at": Warehouse.created_at, "code": Warehouse.code})
STOCK_SORTS = Sorts(StockView.id, {"part_id": StockView.part_id})
LOT_SORTS = Sorts(StockLot.id, {"received_on": StockLot.received_on})
MOVEMENT_SORTS = Sorts(StockMovement.id, {"recorded_at": StockMovement.recorded_at})
WAREHOUSE = "/v1/warehouses/{warehouse_id:uuid}"


@routes.create("/v1/warehouses", "stock.write", WarehouseOut, conflicts=True)
async def create_warehouse(work: Work, body: WarehouseCreate) -> Response:
    """Make a warehouse or an engineer's car known."""
    told = NewWarehouse(**{**dict(body), "position": told_place(body.position)})
    return await work.write(
        lambda s: warehouses.create_warehouse(s, told, work.at()), WarehouseOut.model_validate, status=201
    )


@routes.list("/v1/warehouses", "stock.read", WarehousePage)
async def list_warehouses(work: Work, filters: Annotated[WarehouseFilters, Query()]) -> Response:
    """Warehouses by filter."""
    found = queries.warehouses(**filters.told())
    return await work.page(found, WAREHOUSE_SORTS, filters, WarehouseOut.model_validate)


@routes.get(WAREHOUSE, "stock.read", WarehouseOut)
async def get_warehouse(work: Work, warehouse_id: UUID) -> Response:
    """One warehouse."""
    return await work.read(lambda s: one(s, Warehouse, warehouse_id), WarehouseOut.model_validate)


@routes.patch(WAREHOUSE, "stock.write", WarehouseOut)
async def update_warehouse(work: Work, warehouse_id: UUID, body: WarehouseUpdate) -> Response:
    """Correct what is known of a warehouse, or hand a car to another engineer."""
    return await work.write(
        lambda s: warehouses.update_warehouse(s, warehouse_id, told_changes(body), work.at()),
        WarehouseOut.model_validate,
    )


@routes.list("/v1/stock", "stock.read", StockPage)
async def list_stock(work: Work, filters: Annotated[StockFilters, Query()]) -> Response:
    """What is where: on hand, reserved, available, on its way, and how much there should be."""
    found = queries.stock(day_of(work.now), **filters.told())
    return await work.page(found, STOCK_SORTS, filters, StockOut.model_validate)


@routes.get("/v1/stock/{stock_id:uuid}", "stock.read", StockOut)
async def get_stock(work: Work, stock_id: UUID) -> Response:
    """One part in one warehouse."""
    today = day_of(work.now)
    return await work.read(lambda s: queries.stock_of(s, stock_id, today), StockOut.model_validate)


@routes.list("/v1/stock-lots", "stock.read", LotPage)
async def list_stock_lots(work: Work, filters: Annotated[LotFilters, Query()]) -> Response:
    """Lots and serial numbers on hand, with their shelf lives."""
    return await work.page(queries.lots(**filters.told()), LOT_SORTS, filters, LotOut.model_validate)


@routes.create("/v1/stock-movements", "stock.write", MovementOut, conflicts=True)
async def create_stock_movement(work: Work, body: MovementCreate) -> Response:
    """Write down a receipt, a return, an adjustment or scrapping."""
    told = {name: value for name, value in dict(body).items() if name != "occurred_at"}
    return await work.write(
        lambda s: commands.move(s, NewMovement(**told), work.at(body.occurred_at)),
        MovementOut.model_validate,
        status=201,
    )


@routes.list("/v1/stock-movements", "stock.read", MovementPage)
async def list_stock_movements(work: Work, filters: Annotated[MovementFilters, Query()]) -> Response:
    """The ledger by filter, the latest entry first."""
    found = queries.movements(**filters.told())
    return await work.page(found, MOVEMENT_SORTS, filters, MovementOut.model_validate)


@routes.get("/v1/stock-movements/{movement_id:uuid}", "stock.read", MovementOut)
async def get_stock_movement(work: Work, movement_id: UUID) -> Response:
    """One entry of the ledger."""
    return await work.read(lambda s: queries.movement(s, movement_id), MovementOut.model_validate)
