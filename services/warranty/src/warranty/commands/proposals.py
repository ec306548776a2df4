"""Planning, part by part: levels are computed, reorders proposed, ordered or dismissed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import stock as events
from common.db import Session
from common.inbox import execute, fetch
from common.moves import Moment, announce, ask, audit, begin, land, made, touch
from common.outbox import publish
from warranty.commands import ledger, levels, transfers
from warranty.commands.orders import facts
from warranty.domain import planning as rules
from warranty.domain.planning import Need, ProposalKind, Shelf
from warranty.domain.transfers import TransferLine
from warranty.policy import PLAN_BATCH
from warranty.queries import planning as queries
from warranty.tables.planning import ReorderProposal
from warranty.tables.stock_view import StockView

"""Parts that are planned in one transaction."""

Key = tuple[UUID, UUID, UUID | None]
"""Warehouse, part, and the warehouse that gives."""
Views = Mapping[tuple[UUID, UUID], StockView]
"""Stock by warehouse and part."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What planning came to.

    Args:
        level_count: levels that changed.
        proposal_count: proposals that are open now.
    """

    level_count: int
    proposal_count: int


_TAKE_DUE = """
SELECT part_id FROM planned_part WHERE due_at <= $1 ORDER BY due_at, part_id LIMIT $2
FOR UPDATE SKIP LOCKED
"""
_NEXT = "UPDATE planned_part SET due_at = $2 WHERE part_id = ANY($1)"


async def plan_due(session: Session, now: datetime) -> int:
    """Plan the next few parts whose turn it is; how many there were.

    A part is planned in all warehouses at once, since one's surplus serves another's shortage, and no two
    plan the same part at a time.
    """
    part_ids = [row[0] for row in await fetch(session, _TAKE_DUE, now, PLAN_BATCH)]
    if part_ids:
        await _plan(session, part_ids, now)
    return len(part_ids)


async def plan_part(session: Session, part_id: UUID, now: datetime) -> Planned:
    """Plan one part now.

    Raises:
        Invalid: ``part-unknown``.
    """
    await ledger.known(session, part_id, None)
    await levels.soon(session, [part_id], now)
    return await _plan(session, [part_id], now)


async def _plan(session: Session, part_ids: Sequence[UUID], now: datetime) -> Planned:
    """Compute the levels of these parts and propose what should be moved and bought."""
    changed = await levels.recompute(session, part_ids, now)
    count = await _propose(session, part_ids, now)
    await execute(session, _NEXT, part_ids, now + timedelta(days=1))
    return Planned(changed, count)


async def _propose(session: Session, part_ids: Sequence[UUID], now: datetime) -> int:
    """Bring the open proposals in line with what is missing now; how many there are."""
    places = await queries.places(session)
    stock = await queries.shelves(session, places, part_ids, ledger.day_of(now))
    views = {(view.warehouse_id, view.part_id): view for view in stock}
    wanted = await _wanted(session, views, part_ids)
    count = len(wanted)
    open_ones = select(ReorderProposal).where(
        col(ReorderProposal.part_id).in_(part_ids), col(ReorderProposal.state) == rules.LIFECYCLE.initial
    )
    rows = (await session.execute(open_ones.order_by(col(ReorderProposal.id)).with_for_update())).scalars()
    known = {(row.warehouse_id, row.part_id, row.from_warehouse_id): row for row in rows}
    for key, row in known.items():
        _followed(session, row, wanted.pop(key, None), views.get((key[0], key[1])), now)
    for key, need in wanted.items():
        _proposed(session, key, need, views[key[0], key[1]], now)
    return count


async def _wanted(session: Session, views: Views, part_ids: Sequence[UUID]) -> dict[Key, Need]:
    """What is missing: surplus above the target elsewhere comes first, the rest is bought.

    A dismissal stands until the part has recovered or more is missing.
    """
    wanted = {
        (need.warehouse_id, part_id, need.from_warehouse_id): need
        for part_id, shelves in (await _shelves(session, views, part_ids)).items()
        for need in rules.needs(shelves)
    }
    dismissed = await queries.dismissed(session, part_ids)
    return {key: need for key, need in wanted.items() if need.quantity > dismissed.get(key, 0)}


async def _shelves(session: Session, views: Views, part_ids: Sequence[UUID]) -> dict[UUID, list[Shelf]]:
    """Per part the shelves as they will be once the drafted transfers have moved."""
    leaving: dict[tuple[UUID, UUID], int] = defaultdict(int)
    arriving: dict[tuple[UUID, UUID], int] = defaultdict(int)
    for from_id, to_id, part_id, quantity in await queries.drafted(session, part_ids):
        leaving[from_id, part_id] += quantity
        arriving[to_id, part_id] += quantity
    found: dict[UUID, list[Shelf]] = defaultdict(list)
    for key, view in sorted(views.items()):
        coming = view.on_order + view.in_transit + arriving[key]
        available = view.available - leaving[key]
        found[key[1]].append(Shelf(key[0], available, coming, view.min_level, view.target_level))
    return found


def _proposed(session: Session, key: Key, need: Need, view: StockView, now: datetime) -> None:
    kind = ProposalKind.PURCHASE if need.from_warehouse_id is None else ProposalKind.TRANSFER
    row = made(
        session,
        ReorderProposal,
        now,
        state=rules.LIFECYCLE.initial,
        state_changed_at=now,
        warehouse_id=key[0],
        part_id=key[1],
        from_warehouse_id=key[2],
        kind=kind.value,
        quantity=need.quantity,
        **_grounds(view),
    )
    publish(session, events.ReorderProposed(**facts(row)), of=row, occurred_at=now, now=now)
    audit(session, "create", row, now)


def _followed(
    session: Session, row: ReorderProposal, need: Need | None, view: StockView | None, now: datetime
) -> None:
    """An open proposal follows what is missing; it lapses where nothing is."""
    if need is None or view is None:
        move = ask(rules.LIFECYCLE, "lapse", row.state, Moment(now), floor=row.state_changed_at)
        land(row, move)
        touch(session, row, now)
        announce(session, row, move, events.ReorderLapsed(**facts(row)))
    elif need.quantity != row.quantity:
        row.quantity = need.quantity
        for name, value in _grounds(view).items():
            setattr(row, name, value)
        touch(session, row, now)
        publish(session, events.ReorderProposalUpdated(**facts(row)), of=row, occurred_at=now, now=now)
        audit(session, "update", row, now)


def _grounds(view: StockView) -> dict[str, int]:
    """What a proposal rests on."""
    return {
        "available": view.available,
        "coming": view.on_order + view.in_transit,
        "min_level": view.min_level,
        "target_level": view.target_level,
        "lead_time_days": view.lead_time_days or 0,
    }


async def order(session: Session, proposal_id: UUID, at: Moment) -> ReorderProposal:
    """The pieces are ordered; where another warehouse gives them, their transfer is drafted."""
    row, move = await begin(session, ReorderProposal, proposal_id, rules.LIFECYCLE, "order", at)
    if row.from_warehouse_id is not None:
        line = TransferLine(row.part_id, row.quantity)
        transfer = await transfers.draft(
            session, row.from_warehouse_id, row.warehouse_id, [line], Moment(at.now)
        )
        row.transfer_id = transfer.id
    land(row, move)
    touch(session, row, move.now)
    event = events.ReorderOrdered(**facts(row), transfer_id=row.transfer_id)
    return announce(session, row, move, event)


async def dismiss(session: Session, proposal_id: UUID, at: Moment, *, reason: str) -> ReorderProposal:
    """It is decided not to order; that stands until the part has recovered or more is missing."""
    row, move = await begin(session, ReorderProposal, proposal_id, rules.LIFECYCLE, "dismiss", at)
    land(row, move)
    touch(session, row, move.now)
    return announce(session, row, move, events.ReorderDismissed(**facts(row)), note=reason)
