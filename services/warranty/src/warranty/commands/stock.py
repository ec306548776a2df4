"""Movements that people write down: receipts, returns, adjustments and scrapping."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from common.audit import record
from common.contracts.warranty import stock as events
from common.db import Session
from common.errors import Conflict
from common.moves import Moment, beginning
from common.outbox import publish
from warranty.commands import ledger, orders
from warranty.commands.ledger import Entry, When
from warranty.commands.needs import needed
from warranty.domain import stock as rules
from warranty.domain.stock import MovementKind, Piece, Reference, ToldKind, Tracking
from warranty.queries import inside
from warranty.queries import stock as queries
from warranty.queries.single import one
from warranty.tables.catalogue import Part
from warranty.tables.claims import Claim
from warranty.tables.stock import StockMovement


@dataclass(frozen=True, slots=True)
class NewMovement:
    """A movement as it is told; ``expires_on`` is computed from the shelf life where it is left out."""

    kind: ToldKind
    warehouse_id: UUID
    part_id: UUID
    quantity: int
    serials: Sequence[str] = ()
    lot: str | None = None
    expires_on: date | None = None
    reason: str | None = None
    claim_id: UUID | None = None
    reorder_proposal_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    id: UUID
    version: int = 1


async def move(session: Session, told: NewMovement, at: Moment) -> StockMovement:
    """Write a movement down, with what it changes.

    Raises:
        Invalid: quantity, reason, serial numbers or lot are not as the kind and the part demand, or the claim
            is unknown.
        Conflict: ``stock-short``, ``piece-not-here``, ``serial-in-stock``, ``piece-installed`` or
            ``return-not-issued``.
    """
    rules.check_told(told.kind, told.quantity, told.reason)
    occurred_at = beginning(at)
    await ledger.known(session, told.part_id, told.warehouse_id)
    if told.claim_id is not None:
        await needed(session, Claim, told.claim_id, "claim-unknown", "#/claim_id")
    entry = Entry(
        MovementKind(told.kind.value),
        told.warehouse_id,
        told.part_id,
        told.quantity,
        told.reason,
        _reference(told),
    )
    if told.reorder_proposal_id is not None:
        await orders.arrived(session, told.reorder_proposal_id, entry, at)
    row = await _entered(session, entry, told, When(occurred_at, at.now))
    return _told(session, row, at)


async def _entered(session: Session, entry: Entry, told: NewMovement, when: When) -> StockMovement:
    part = await one(session, Part, told.part_id)
    assert part is not None  # noqa: S101 - known before
    tracking = Tracking(part.is_serialised, part.is_lot_tracked)
    pieces = _pieces(told, _expiry(told, part, when))
    if entry.quantity > 0 and entry.kind is not MovementKind.SCRAP:
        rules.check_pieces(tracking, told.quantity, pieces)
        await _check_not_installed(session, told)
        if entry.kind is MovementKind.RETURN:
            await _check_was_out(session, entry, pieces, when)
        return await ledger.put_in(session, entry, when, pieces)
    rules.check_named(tracking, abs(told.quantity), pieces)
    return await ledger.take_out(session, entry, when, tracking, pieces)


async def _check_not_installed(session: Session, told: NewMovement) -> None:
    """A piece is in one place: what is inside an asset is removed there before it is stock."""
    pieces = [(told.part_id, serial) for serial in told.serials]
    installed = await inside.holders(session, pieces)
    if installed:
        serials, holders = [serial for _, serial in installed], [str(one) for one in installed.values()]
        raise Conflict("piece-installed", pointer="#/serials", pieces=serials, asset_ids=holders)


async def _check_was_out(session: Session, entry: Entry, pieces: Sequence[Piece], when: When) -> None:
    """What comes back had been issued: this piece, or so many from this warehouse; looked at one by one."""
    await ledger.hold(session, [(entry.warehouse_id, entry.part_id)], when.now)
    serials = {piece.serial_number for piece in pieces if piece.serial_number}
    if serials:
        known = await queries.serials_out(session, entry.part_id, serials)
        return rules.check_returned(len(serials), len(known), serials - known)
    lot = pieces[0].lot if pieces else ""
    out = await queries.out(session, entry.warehouse_id, entry.part_id, lot)
    return rules.check_returned(entry.quantity, out, [lot])


def _pieces(told: NewMovement, expires_on: date | None) -> list[Piece]:
    if told.serials:
        return [Piece(1, told.lot or "", serial, expires_on) for serial in told.serials]
    return [Piece(abs(told.quantity), told.lot, "", expires_on)] if told.lot else []


def _expiry(told: NewMovement, part: Part, when: When) -> date | None:
    """The date that is told, else the day of receipt and the shelf life."""
    if told.expires_on is not None or part.shelf_life_days is None:
        return told.expires_on
    return ledger.day_of(when.occurred_at) + timedelta(days=part.shelf_life_days)


def _reference(told: NewMovement) -> tuple[Reference, UUID] | None:
    if told.reorder_proposal_id is not None:
        return Reference.REORDER, told.reorder_proposal_id
    return None if told.claim_id is None else (Reference.CLAIM, told.claim_id)


def _told(session: Session, row: StockMovement, at: Moment) -> StockMovement:
    """Tell audit and bus; an entry of the ledger never has another version than its first."""
    event = events.StockMoved(
        movement_id=row.id,
        kind=row.kind,
        warehouse_id=row.warehouse_id,
        part_id=row.part_id,
        quantity=row.on_hand,
        reference_kind=row.reference_kind,
        reference_id=row.reference_id,
    )
    publish(session, event, of=_Told(row.id), occurred_at=row.occurred_at, now=at.now)
    record(session, f"stock_movement.{row.kind}", "stock_movement", row.id, 1, reason=row.reason, now=at.now)
    return row
