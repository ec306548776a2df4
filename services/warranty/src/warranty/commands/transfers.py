"""Transfers: drafted, shipped, received; between the two their pieces are in transit."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from common.contracts.warranty import stock as events
from common.db import Session
from common.errors import Invalid
from common.inbox import execute
from common.moves import Moment, Move, announce, audit, begin, beginning, land, made, touch
from common.outbox import publish
from warranty.commands import ledger, orders
from warranty.commands.ledger import Entry, When
from warranty.domain import transfers as rules
from warranty.domain.stock import MovementKind, Piece, Reference, Tracking, check_named
from warranty.domain.transfers import TransferLine
from warranty.queries import stock as queries
from warranty.queries.single import one
from warranty.tables.stock import Warehouse
from warranty.tables.transfers import StockTransfer

_ON_THE_WAY = """
UPDATE stock_balance SET in_transit = in_transit + $3, changed_at = $4
WHERE warehouse_id = $1 AND part_id = $2
"""


async def draft(
    session: Session, from_id: UUID, to_id: UUID, lines: Sequence[TransferLine], at: Moment
) -> StockTransfer:
    """Plan a transfer, perhaps one of the past; nothing moves yet, and nothing is reserved.

    Raises:
        Invalid: ``occurred-in-future``, ``warehouse-unknown``, ``part-unknown``, ``transfer-to-itself``,
            ``part-repeated``, or pieces are not named as their part demands.
    """
    drafted_at = beginning(at)
    rules.check_transfer(from_id, to_id, lines)
    for warehouse_id, pointer in ((from_id, "#/from_warehouse_id"), (to_id, "#/to_warehouse_id")):
        if await one(session, Warehouse, warehouse_id) is None:
            raise Invalid("warehouse-unknown", pointer=pointer)
    tracked = await queries.tracking_of(session, [line.part_id for line in lines])
    for line in lines:
        _check_line(line, tracked)
    row = made(
        session,
        StockTransfer,
        at.now,
        state=rules.TRANSFER_LIFECYCLE.initial,
        state_changed_at=drafted_at,
        from_warehouse_id=from_id,
        to_warehouse_id=to_id,
        lines=[_stored(line) for line in lines],
    )
    publish(session, events.StockTransferDrafted(**_facts(row)), of=row, occurred_at=drafted_at, now=at.now)
    audit(session, "create", row, at.now)
    return row


def _check_line(line: TransferLine, tracked: dict[UUID, Tracking]) -> None:
    if line.part_id not in tracked:
        raise Invalid("part-unknown", pointer="#/lines")
    if line.pieces:
        check_named(tracked[line.part_id], line.quantity, line.pieces)


async def ship(session: Session, transfer_id: UUID, at: Moment) -> StockTransfer:
    """The pieces leave, and are in transit.

    Raises:
        Conflict: ``stock-short`` or ``piece-not-here``: nothing at all leaves.
    """
    row, move = await begin(session, StockTransfer, transfer_id, rules.TRANSFER_LIFECYCLE, "ship", at)
    tracked = await queries.tracking_of(session, [line.part_id for line in _lines(row)])
    when = When(move.occurred_at, move.now)
    await _hold(session, row, move.now)
    shipped = []
    for line in _lines(row):
        entry = _entry(row, MovementKind.TRANSFER_OUT, row.from_warehouse_id, line)
        moved = await ledger.take_out(session, entry, when, tracked[line.part_id], line.pieces)
        shipped.append({"part_id": str(line.part_id), "quantity": line.quantity, "pieces": moved.pieces})
        await execute(session, _ON_THE_WAY, row.to_warehouse_id, line.part_id, line.quantity, move.now)
    row.lines, row.shipped_at = shipped, move.occurred_at
    return _told(session, row, move, events.StockTransferShipped)


async def receive(session: Session, transfer_id: UUID, at: Moment) -> StockTransfer:
    """The pieces arrived as they were shipped; what is missing or broken is adjusted or scrapped there."""
    row, move = await begin(session, StockTransfer, transfer_id, rules.TRANSFER_LIFECYCLE, "receive", at)
    when = When(move.occurred_at, move.now)
    await _hold(session, row, move.now)
    for line in _lines(row):
        entry = _entry(row, MovementKind.TRANSFER_IN, row.to_warehouse_id, line)
        await ledger.put_in(session, entry, when, line.pieces)
        await execute(session, _ON_THE_WAY, row.to_warehouse_id, line.part_id, -line.quantity, move.now)
    row.received_at = move.occurred_at
    await orders.transfer_arrived(session, row.id, at)
    return _told(session, row, move, events.StockTransferReceived)


async def cancel(session: Session, transfer_id: UUID, at: Moment, *, reason: str) -> StockTransfer:
    """The transfer will not take place, nor will what it was ordered for."""
    row, move = await begin(session, StockTransfer, transfer_id, rules.TRANSFER_LIFECYCLE, "cancel", at)
    await orders.transfer_cancelled(session, row.id, at, reason=reason)
    return _told(session, row, move, events.StockTransferCancelled, reason)


async def _hold(session: Session, row: StockTransfer, now: datetime) -> None:
    """Take the balances on both sides before any is changed: transfers the other way do the same."""
    places = row.from_warehouse_id, row.to_warehouse_id
    await ledger.hold(session, [(place, line.part_id) for place in places for line in _lines(row)], now)


def _told(
    session: Session,
    row: StockTransfer,
    move: Move,
    event: type[events.StockTransferEvent],
    note: str | None = None,
) -> StockTransfer:
    land(row, move)
    touch(session, row, move.now)
    return announce(session, row, move, event(**_facts(row)), note=note)


def _entry(row: StockTransfer, kind: MovementKind, warehouse_id: UUID, line: TransferLine) -> Entry:
    return Entry(kind, warehouse_id, line.part_id, line.quantity, None, (Reference.TRANSFER, row.id))


def _stored(line: TransferLine) -> dict[str, Any]:
    pieces = ledger.as_stored(line.pieces)
    return {"part_id": str(line.part_id), "quantity": line.quantity, "pieces": pieces}


def _lines(row: StockTransfer) -> Iterator[TransferLine]:
    """The lines in the order of their parts, in which all transfers take the balances."""
    for line in sorted(row.lines, key=lambda one: str(one["part_id"])):
        pieces: tuple[Piece, ...] = tuple(ledger.as_pieces(line["pieces"]))
        yield TransferLine(UUID(line["part_id"]), line["quantity"], pieces)


def _facts(row: StockTransfer) -> dict[str, Any]:
    return {
        "transfer_id": row.id,
        "from_warehouse_id": row.from_warehouse_id,
        "to_warehouse_id": row.to_warehouse_id,
        "state": row.state,
        "part_ids": [line["part_id"] for line in row.lines],
        "quantities": [line["quantity"] for line in row.lines],
    }
