"""A claim is made good: repaired or replaced, measured again, the tree and the terms follow (§1.2.3.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from common.contracts.warranty import claims as events
from common.db import Session
from common.locking import locked
from common.moves import Moment, Move
from warranty.commands import assets, claim_parts, holding, ledger, replacing
from warranty.commands.claim_facts import entry, started, told
from warranty.commands.ledger import Entry, When
from warranty.commands.made_good import check_item, check_may_be_made_good
from warranty.commands.terms import zone_of
from warranty.domain import fulfilment as rules
from warranty.domain.assets import NewAsset, NewComponent
from warranty.domain.claims import Remedy, check_agreed, check_refunded, check_remedy
from warranty.domain.fulfilment import Issued, NewUnit, Swap
from warranty.domain.made_good import Sought
from warranty.domain.stock import MovementKind, Piece, Reference
from warranty.queries import claims as queries
from warranty.queries.single import one
from warranty.tables.assets import Asset, Component
from warranty.tables.claims import Claim
from warranty.tables.contracts import Contract

REPAIRED = frozenset({Remedy.REPAIR})
REPLACED = frozenset({Remedy.REPLACE})
REFUNDED = frozenset({Remedy.REFUND})


async def start_repair(
    session: Session, claim_id: UUID, at: Moment, *, takes_device: bool, note: str | None
) -> Claim:
    """The repair begins; the parts kept for it leave the warehouses, and perhaps the vendor takes the device.

    Raises:
        Conflict: ``remedy-differs``, ``coverage-open``, ``quote-not-accepted`` or ``stock-not-issuable``.
    """
    row, move = await started(session, claim_id, "startRepair", at)
    check_remedy(row.remedy, REPAIRED)
    await _check_agreed(session, row)
    await claim_parts.issue(session, row.id, at)
    if takes_device:
        await holding.take(session, row.asset_id, at.following("startRepair"), reason=note or row.number)
        row.is_device_taken = True
        row.out_of_operation_at = row.out_of_operation_at or move.occurred_at
    return told(session, row, move, events.ClaimRepairStarted, note=note, is_device_taken=takes_device)


async def ship(
    session: Session, claim_id: UUID, at: Moment, *, carrier: str, tracking_reference: str | None
) -> Claim:
    """What replaces the defective item leaves for the site, from stock or straight from the maker.

    Raises:
        Conflict: ``remedy-differs``, ``coverage-open``, ``quote-not-accepted`` or ``stock-not-issuable``.
    """
    row, move = await started(session, claim_id, "ship", at)
    check_remedy(row.remedy, REPLACED)
    await _check_agreed(session, row)
    await claim_parts.issue(session, row.id, at)
    row.shipment = entry(session, move, carrier=carrier, tracking_reference=tracking_reference)
    return told(session, row, move, events.ClaimShipped)


async def _check_agreed(session: Session, row: Claim) -> None:
    check_agreed(row.coverage, is_quote_accepted=await queries.is_quote_accepted(session, row.id))


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """How a claim was made good.

    Args:
        items: figures measured again, with their ranges where they are told.
        checked_by: who measured.
        note: what was done, in words.
        swaps: components that were replaced.
        unit: the unit that took the whole asset's place.
    """

    items: Sequence[Mapping[str, Any]]
    checked_by: str
    note: str | None
    swaps: Sequence[Swap]
    unit: NewUnit | None


async def fulfil(session: Session, claim_id: UUID, done: Fulfilment, at: Moment) -> Claim:
    """The item meets its figures again; what was replaced is replaced in the tree, with its term anew.

    Everything happens in this one transaction: swap, retirement of the old serial, new term, ledger, claim.

    Raises:
        Invalid: ``check-incomplete``, ``figure-out-of-range``, or the replacements do not fit the approval.
        Conflict: ``part-not-issued``, ``component-removed``, ``claim-made-good``, ``claim-promised``, or
            another version.
    """
    row, move = await started(session, claim_id, "fulfil", at)
    asset = await locked(session, Asset, row.asset_id)
    contract = await one(session, Contract, row.contract_id)
    bid = [] if contract is None else contract.bid_figures
    rules.check_measured(done.items, rules.required(row.ground, asset.accepted_specification, bid))
    rules.check_replaced(row.remedy, row.component_id, done.swaps, done.unit)
    await _check_once(session, row, done.swaps)
    row.checked = entry(session, move, items=[dict(item) for item in done.items], checked_by=done.checked_by)
    await _replace(session, row, asset, done, at, zone_of(contract))
    if row.is_device_taken:
        await holding.end(session, row.asset_id, at.following("fulfil"))
        row.is_device_taken = False
    row.fulfilled_at = move.occurred_at
    return _fulfilled(session, row, move, done.note)


async def _check_once(session: Session, row: Claim, swaps: Sequence[Swap]) -> None:
    """Neither the claimed item nor what else is replaced is another claim's to be made good."""
    items = [Sought(Remedy(row.remedy or ""), row.component_id)]
    items += [
        Sought(Remedy.REPLACE, one.component_id) for one in swaps if one.component_id != row.component_id
    ]
    for sought in items:
        await check_item(session, row, sought)


async def _replace(
    session: Session, row: Claim, asset: Asset, done: Fulfilment, at: Moment, zone: ZoneInfo
) -> None:
    issued = await queries.issued(session, row.id)
    reason = f"{row.number}: {row.ground}"
    if done.unit is not None:
        day = (at.occurred_at or at.now).astimezone(zone).date()
        await _replace_unit(session, row, asset, done.unit, issued, at, reason, installed_on=day)
    for number, swap in enumerate(done.swaps):
        issued = await _swap(session, row, swap, issued, at, reason, f"#/replacements/{number}")
    await claim_parts.release(session, row.id, at, reason=reason)


async def _swap(
    session: Session, row: Claim, swap: Swap, issued: list[Issued], at: Moment, reason: str, pointer: str
) -> list[Issued]:
    """Replace one component by an issued piece, or by one that came from the maker; what is left of them."""
    piece: Issued | None = None
    if swap.is_from_stock:
        piece, issued = rules.take(issued, swap.part_id, swap.serial_number, swap.lot, pointer)
        await _use(session, row, piece, at)
    old = await locked(session, Component, swap.component_id)
    new_piece = NewComponent(
        part_id=swap.part_id,
        position="",
        serial_number=swap.serial_number or (piece.serial_number or None if piece else None),
        lot=swap.lot or (piece.lot or None if piece else None),
    )
    new = await replacing.component(
        session, row.asset_id, old.id, new_piece, at.following("fulfil"), reason=reason, claim_id=row.id
    )
    row.replacements = [*row.replacements, _replaced(old.id, old.serial_number, new, piece)]
    return issued


def _replaced(
    old_id: UUID | None, old_serial: str | None, new: Component | Asset, piece: Issued | None
) -> dict[str, Any]:
    return {
        "component_id": old_id and str(old_id),
        "serial_number": old_serial,
        "new_id": str(new.id),
        "new_serial_number": new.serial_number,
        "reservation_id": None if piece is None else str(piece.reservation_id),
    }


async def _replace_unit(
    session: Session,
    row: Claim,
    asset: Asset,
    unit: NewUnit,
    issued: Sequence[Issued],
    at: Moment,
    reason: str,
    *,
    installed_on: date,
) -> None:
    piece: Issued | None = None
    if unit.part_id is not None:
        piece, _ = rules.take(issued, unit.part_id, unit.serial_number, None, "#/new_unit")
        await _use(session, row, piece, at)
    serial = rules.serial_of(unit, piece)
    new_unit = NewAsset(
        serial_number=serial,
        product_id=unit.product_id or asset.product_id,
        site_id=asset.site_id,
        contract_id=asset.contract_id,
        installed_on=installed_on,
    )
    new = await replacing.whole_asset(session, asset.id, new_unit, at.following("fulfil"), reason=reason)
    await session.flush()
    await assets.move(session, new.id, "putInService", at.following("fulfil"))
    row.replacement_asset_id = new.id
    row.replacements = [_replaced(None, asset.serial_number, new, piece)]


async def _use(session: Session, row: Claim, piece: Issued, at: Moment) -> None:
    """A piece that lies in an engineer's car leaves its stock now; others left when they were issued."""
    if piece.car_id is None:
        return
    leaving = Entry(MovementKind.ISSUE, piece.car_id, piece.part_id, 1, reference=(Reference.CLAIM, row.id))
    named = [Piece(1, piece.lot, piece.serial_number)] if piece.lot or piece.serial_number else []
    tracking = await ledger.tracking(session, piece.part_id)
    when = When(at.occurred_at or at.now, at.now)
    await ledger.take_out(session, leaving, when, tracking, named)


def _fulfilled(session: Session, row: Claim, move: Move, note: str | None) -> Claim:
    swapped = [done for done in row.replacements if done["component_id"] is not None]
    return told(
        session,
        row,
        move,
        events.ClaimFulfilled,
        note=note,
        replaced_component_ids=[done["component_id"] for done in swapped],
        new_component_ids=[done["new_id"] for done in swapped],
        replacement_asset_id=row.replacement_asset_id,
        is_return_expected=bool(row.replacements),
    )


async def refund(
    session: Session, claim_id: UUID, at: Moment, *, amount: Decimal, currency: str, reference: str
) -> Claim:
    """The price of the part was paid back, as approved.

    Raises:
        Conflict: ``remedy-differs``, ``claim-made-good``, ``claim-promised`` or ``claimed-item-gone``.
        Invalid: ``refund-differs``.
    """
    row, move = await started(session, claim_id, "refund", at)
    check_remedy(row.remedy, REFUNDED)
    check_refunded(amount, currency, row.refund_amount, row.refund_currency)
    await check_may_be_made_good(session, row, Remedy.REFUND)
    row.refund_reference, row.fulfilled_at = reference, move.occurred_at
    row.checked = entry(session, move, items=[], refund_reference=reference)
    return told(session, row, move, events.ClaimRefunded, amount=str(amount), currency=currency)


async def receive_return(
    session: Session, claim_id: UUID, at: Moment, *, items: Sequence[Mapping[str, Any]]
) -> Claim:
    """What was replaced came back and was inspected.

    Raises:
        Conflict: ``no-return-expected``.
        Invalid: ``return-unknown``, ``return-serial-differs`` or ``return-incomplete``.
    """
    row, move = await started(session, claim_id, "receiveReturn", at)
    rules.check_returned(row.replacements, items)
    row.returns = [entry(session, move, **item) for item in items]
    return told(
        session,
        row,
        move,
        events.ClaimReturnReceived,
        component_ids=[item["component_id"] for item in items],
        conditions=[item["condition"] for item in items],
    )
