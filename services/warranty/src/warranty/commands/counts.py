"""Stock counts: what was found beside what the ledger said, approved by another person."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from common.contracts.warranty import stock as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.moves import Moment, Move, announce, audit, begin, beginning, land, made, touch
from common.outbox import publish
from warranty.commands import ledger, reservations
from warranty.commands.ledger import Entry, When
from warranty.domain import transfers as rules
from warranty.domain.stock import MovementKind, Piece, Reference, Tracking
from warranty.domain.transfers import CountLine
from warranty.queries import counts as queries
from warranty.queries import stock as stock_queries
from warranty.queries.counts import Expected
from warranty.queries.single import one
from warranty.tables.stock import Warehouse
from warranty.tables.transfers import StockCount

REASON = "盘点短缺 / missing at stock count {count_id}"
"""Why a reservation ends that the stock does not cover."""


async def count(session: Session, warehouse_id: UUID, lines: Sequence[CountLine], at: Moment) -> StockCount:
    """Write down what was found, beside what the ledger says for that moment.

    Raises:
        Invalid: ``warehouse-unknown``, ``part-unknown``, or pieces are not told apart as their part demands.
    """
    counted_at = beginning(at)
    if await one(session, Warehouse, warehouse_id) is None:
        raise Invalid("warehouse-unknown", pointer="#/warehouse_id")
    parts = sorted({line.part_id for line in lines})
    tracked = await stock_queries.tracking_of(session, parts)
    if len(tracked) < len(parts):
        raise Invalid("part-unknown", pointer="#/lines")
    rules.check_count(lines, {part: (t.is_serialised, t.is_lot_tracked) for part, t in tracked.items()})
    expected = await queries.expected_at(session, warehouse_id, parts, counted_at)
    row = made(
        session,
        StockCount,
        at.now,
        state=rules.COUNT_LIFECYCLE.initial,
        state_changed_at=counted_at,
        warehouse_id=warehouse_id,
        counted_at=counted_at,
        **_reckoned(lines, expected),
    )
    publish(session, events.StockCounted(**_facts(row)), of=row, occurred_at=counted_at, now=at.now)
    audit(session, "create", row, at.now)
    return row


def _reckoned(lines: Sequence[CountLine], expected: Mapping[UUID, Expected]) -> dict[str, Any]:
    """The lines beside what was expected, and how many of them differ."""
    compared = [_compared(line, expected[line.part_id]) for line in lines]
    return {"lines": compared, "difference_count": sum(1 for line in compared if _differs(line))}


def _compared(line: CountLine, expected: Expected) -> dict[str, Any]:
    """A line with what was expected: of the part, of the lot, or its serial numbers."""
    should = expected.lots.get(line.lot, 0) if line.lot else expected.on_hand
    known = {piece.serial_number: piece.lot for piece in expected.pieces if piece.serial_number}
    return {
        "part_id": str(line.part_id),
        "lot": line.lot or None,
        "counted": line.counted,
        "expected": should,
        "difference": line.counted - should,
        "serials": sorted(line.serials),
        "missing_serials": sorted(set(known) - set(line.serials)) if known or line.serials else [],
        "found_serials": sorted(set(line.serials) - set(known)),
    }


def _differs(line: dict[str, Any]) -> bool:
    return bool(line["difference"] or line["missing_serials"] or line["found_serials"])


async def approve(session: Session, count_id: UUID, at: Moment) -> StockCount:
    """Adjust the ledger by the differences; what moved since the count stands beside them.

    The differences are those of the moment of counting, as the ledger knows that moment now: a movement
    after it neither hides nor doubles one, and what another count of the same stock found before is not
    booked again. Reservations that what is really there does not cover end, the newest first. Where pieces
    that were missing have left by now, nothing is adjusted.

    Raises:
        Forbidden: ``counter-may-not-approve``.
        Conflict: ``count-superseded``, ``count-overtaken`` or ``piece-not-here``.
    """
    row, move = await begin(session, StockCount, count_id, rules.COUNT_LIFECYCLE, "approve", at)
    approver = session.context.caller.subject
    rules.check_approver(row.created_by, approver)
    parts = {UUID(line["part_id"]) for line in row.lines}
    await ledger.hold(session, [(row.warehouse_id, part_id) for part_id in parts], at.now)
    await _reckon_anew(session, row, sorted(parts))
    tracked = await stock_queries.tracking_of(session, parts)
    for line in sorted(row.lines, key=lambda line: (line["part_id"], line["lot"] or "")):
        await _adjust(session, row, line, tracked[UUID(line["part_id"])], When(move.occurred_at, move.now))
    row.approved_by, row.approved_at = approver, move.occurred_at
    return _told(session, row, move, events.StockCountApproved)


async def _reckon_anew(session: Session, row: StockCount, parts: Sequence[UUID]) -> None:
    """Compare again, under the locks of the balances: other counts and late entries came in between."""
    later = await queries.booked_later(session, row)
    if later is not None:
        raise Conflict("count-superseded", count_id=str(later[0]), counted_at=later[1].isoformat())
    expected = await queries.expected_at(session, row.warehouse_id, parts, row.counted_at)
    lines = [
        CountLine(UUID(line["part_id"]), line["counted"], line["lot"] or "", tuple(line["serials"]))
        for line in row.lines
    ]
    for name, value in _reckoned(lines, expected).items():
        setattr(row, name, value)


async def _adjust(
    session: Session, row: StockCount, line: dict[str, Any], tracking: Tracking, when: When
) -> None:
    """Less first, then more: one movement each way."""
    for quantity, pieces in _changes(line, tracking):
        reference = Reference.COUNT, row.id
        entry = Entry(MovementKind.ADJUST, row.warehouse_id, UUID(line["part_id"]), quantity, None, reference)
        if quantity < 0:
            await _uncover(session, row, entry, Moment(when.now))
            await ledger.take_out(session, entry, when, tracking, pieces)
        else:
            await ledger.put_in(session, entry, when, pieces)


async def _uncover(session: Session, row: StockCount, entry: Entry, at: Moment) -> None:
    """The newest reservations end that what is really there does not cover.

    Raises:
        Conflict: ``count-overtaken``.
    """
    on_hand, reserved = await stock_queries.figures(session, entry.warehouse_id, entry.part_id)
    left = on_hand + entry.quantity
    if 0 <= left < reserved:
        reason = REASON.format(count_id=row.id)
        await reservations.uncover(
            session, entry.warehouse_id, entry.part_id, reserved - left, at, reason=reason
        )
        _, reserved = await stock_queries.figures(session, entry.warehouse_id, entry.part_id)
    if left < reserved:
        raise Conflict("count-overtaken", missing=-entry.quantity, on_hand=on_hand, held=reserved)


def _changes(line: dict[str, Any], tracking: Tracking) -> Iterable[tuple[int, list[Piece]]]:
    if tracking.is_serialised:
        missing = [Piece(1, "", serial) for serial in line["missing_serials"]]
        found = [Piece(1, "", serial) for serial in line["found_serials"]]
        changes = [(-len(missing), missing), (len(found), found)]
    else:
        lot = [Piece(abs(line["difference"]), line["lot"])] if line["lot"] else []
        changes = [(line["difference"], lot)]
    return [change for change in changes if change[0]]


async def discard(session: Session, count_id: UUID, at: Moment, *, reason: str) -> StockCount:
    """The count does not stand; it is made again."""
    row, move = await begin(session, StockCount, count_id, rules.COUNT_LIFECYCLE, "discard", at)
    return _told(session, row, move, events.StockCountDiscarded, reason)


def _told(
    session: Session,
    row: StockCount,
    move: Move,
    event: type[events.StockCountEvent],
    note: str | None = None,
) -> StockCount:
    land(row, move)
    touch(session, row, move.now)
    return announce(session, row, move, event(**_facts(row)), note=note)


def _facts(row: StockCount) -> dict[str, Any]:
    return {
        "count_id": row.id,
        "warehouse_id": row.warehouse_id,
        "state": row.state,
        "counted_at": row.counted_at,
        "line_count": len(row.lines),
        "difference_count": row.difference_count,
    }
