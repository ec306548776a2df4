"""Transfers between warehouses, and stock counts."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import NOW, Act, ActWithReason
from common.web.work import Work
from warranty.api.transfer_shapes import (
    CountCreate,
    CountFilters,
    CountOut,
    CountPage,
    TransferCreate,
    TransferFilters,
    TransferOut,
    TransferPage,
)
from warranty.commands import counts
from warranty.commands import transfers as commands
from warranty.queries import counts as queries
from warranty.queries.single import one
from warranty.tables.transfers import StockCount, StockTransfer

routes = Routes("transfers", "Parts that move between warehouses, and what is really there.")

SORTS = Sorts(StockTransfer.id, {"created_at": StockTransfer.created_at})
COUNT_SORTS = Sorts(StockCount.id, {"created_at": StockCount.created_at})
PATH = "/v1/stock-transfers/{transfer_id:uuid}"
COUNT = "/v1/stock-counts/{count_id:uuid}"


@routes.create("/v1/stock-transfers", "stock.write", TransferOut)
async def create_stock_transfer(work: Work, body: TransferCreate) -> Response:
    """Plan a transfer; nothing moves yet."""
    lines = [told.line() for told in body.lines]
    return await work.write(
        lambda s: commands.draft(
            s, body.from_warehouse_id, body.to_warehouse_id, lines, work.at(body.occurred_at)
        ),
        lambda row: TransferOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/stock-transfers", "stock.read", TransferPage)
async def list_stock_transfers(work: Work, filters: Annotated[TransferFilters, Query()]) -> Response:
    """Transfers by filter, the latest first."""
    found = queries.transfers(**filters.told())
    return await work.page(found, SORTS, filters, lambda row: TransferOut.of(row, work.caller))


@routes.get(PATH, "stock.read", TransferOut)
async def get_stock_transfer(work: Work, transfer_id: UUID) -> Response:
    """One transfer."""
    return await work.read(
        lambda s: one(s, StockTransfer, transfer_id), lambda row: TransferOut.of(row, work.caller)
    )


@routes.action(f"{PATH}:ship", "stock.write", TransferOut, refuses=(403,))
async def ship_stock_transfer(work: Work, transfer_id: UUID, body: Act = NOW) -> Response:
    """The pieces leave; until they are received they are in transit."""
    return await work.write(
        lambda s: commands.ship(s, transfer_id, work.at(body.occurred_at)),
        lambda row: TransferOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:receive", "stock.write", TransferOut, refuses=(403,))
async def receive_stock_transfer(work: Work, transfer_id: UUID, body: Act = NOW) -> Response:
    """The pieces are stock of the other warehouse."""
    return await work.write(
        lambda s: commands.receive(s, transfer_id, work.at(body.occurred_at)),
        lambda row: TransferOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:cancel", "stock.write", TransferOut, refuses=(403,))
async def cancel_stock_transfer(work: Work, transfer_id: UUID, body: ActWithReason) -> Response:
    """The transfer will not take place."""
    return await work.write(
        lambda s: commands.cancel(s, transfer_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: TransferOut.of(row, work.caller),
    )


@routes.create("/v1/stock-counts", "stock.write", CountOut)
async def create_stock_count(work: Work, body: CountCreate) -> Response:
    """Write down what was found; it stands beside what the ledger says for that moment."""
    lines = [told.line() for told in body.lines]
    return await work.write(
        lambda s: counts.count(s, body.warehouse_id, lines, work.at(body.occurred_at)),
        lambda row: CountOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/stock-counts", "stock.read", CountPage)
async def list_stock_counts(work: Work, filters: Annotated[CountFilters, Query()]) -> Response:
    """Stock counts by filter, the latest first."""
    found = queries.counts(**filters.told())
    return await work.page(found, COUNT_SORTS, filters, lambda row: CountOut.of(row, work.caller))


@routes.get(COUNT, "stock.read", CountOut)
async def get_stock_count(work: Work, count_id: UUID) -> Response:
    """One stock count."""
    return await work.read(lambda s: one(s, StockCount, count_id), lambda row: CountOut.of(row, work.caller))


@routes.action(f"{COUNT}:approve", "stock.write", CountOut, refuses=(403,))
async def approve_stock_count(work: Work, count_id: UUID, body: Act = NOW) -> Response:
    """A lead who did not count approves the differences; the ledger is adjusted by them."""
    return await work.write(
        lambda s: counts.approve(s, count_id, work.at(body.occurred_at)),
        lambda row: CountOut.of(row, work.caller),
    )


@routes.action(f"{COUNT}:discard", "stock.write", CountOut, refuses=(403,))
async def discard_stock_count(work: Work, count_id: UUID, body: ActWithReason) -> Response:
    """The count does not stand."""
    return await work.write(
        lambda s: counts.discard(s, count_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: CountOut.of(row, work.caller),
    )
