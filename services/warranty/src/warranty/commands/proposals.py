"""Reorder proposals: computed, ordered, dismissed, and received piece by piece."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import stock as events
from common.db import Session
from common.errors import Invalid
from common.locking import locked
from common.moves import Moment, announce, ask, audit, begin, land, made, touch
from common.outbox import publish
from warranty.commands import levels, transfers
from warranty.commands.ledger import Entry
from warranty.domain import planning as rules
from warranty.domain.planning import Need, ProposalKind, ProposalState, Shelf
from warranty.domain.transfers import TransferLine
from warranty.queries import planning as queries
from warranty.queries.single import one
from warranty.tables.planning import ReorderProposal
from warranty.tables.stock_view import StockView

Key = tuple[UUID, UUID, UUID | None]
"""Warehouse, part, and the warehouse that gives."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a look at all stock came to.

    Args:
        level_count: levels that changed.
        proposal_count: proposals that are open now.
    """

    level_count: int
    proposal_count: int


async def plan(session: Session, now: datetime) -> Planned:
    """Compute levels, tell of crossings, and propose what should be moved and bought."""
    changed = await levels.recompute(session, now)
    await levels.watch(session, now)
    return Planned(changed, await propose(session, now))


async def propose(session: Session, now: datetime) -> int:
    """Bring the open proposals in line with what is missing now; how many there are.

    Surplus above the target elsewhere comes first, the rest is bought. A dismissal stands until the part has
    recovered or more is missing.
    """
    views = {(view.warehouse_id, view.part_id): view for view in await _stock(session)}
    wanted = {
        (need.warehouse_id, part_id, need.from_warehouse_id): need
        for part_id, shelves in (await _shelves(session, views)).items()
        for need in rules.needs(shelves)
    }
    for key, quantity in (await queries.dismissed(session)).items():
        if key in wanted and wanted[key].quantity <= quantity:
            del wanted[key]
    count = len(wanted)
    open_ones = select(ReorderProposal).where(col(ReorderProposal.state) == rules.LIFECYCLE.initial)
    rows = (await session.execute(open_ones.order_by(col(ReorderProposal.id)).with_for_update())).scalars()
    known = {(row.warehouse_id, row.part_id, row.from_warehouse_id): row for row in rows}
    for key, row in known.items():
        _followed(session, row, wanted.pop(key, None), views.get((key[0], key[1])), now)
    for key, need in wanted.items():
        _proposed(session, key, need, views[key[0], key[1]], now)
    return count


async def _stock(session: Session) -> list[StockView]:
    return await queries.shelves(session, await queries.places(session))


async def _shelves(session: Session, views: Mapping[tuple[UUID, UUID], StockView]) -> dict[UUID, list[Shelf]]:
    """Per part the shelves as they will be once the drafted transfers have moved."""
    leaving: dict[tuple[UUID, UUID], int] = defaultdict(int)
    arriving: dict[tuple[UUID, UUID], int] = defaultdict(int)
    for from_id, to_id, part_id, quantity in await queries.drafted(session):
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
    publish(session, events.ReorderProposed(**_facts(row)), of=row, occurred_at=now, now=now)
    audit(session, "create", row, now)


def _followed(
    session: Session, row: ReorderProposal, need: Need | None, view: StockView | None, now: datetime
) -> None:
    """An open proposal follows what is missing; it lapses where nothing is."""
    if need is None or view is None:
        move = ask(rules.LIFECYCLE, "lapse", row.state, Moment(now), floor=row.state_changed_at)
        land(row, move)
        touch(session, row, now)
        announce(session, row, move, events.ReorderLapsed(**_facts(row)))
    elif need.quantity != row.quantity:
        row.quantity = need.quantity
        for name, value in _grounds(view).items():
            setattr(row, name, value)
        touch(session, row, now)
        publish(session, events.ReorderProposalUpdated(**_facts(row)), of=row, occurred_at=now, now=now)
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
    event = events.ReorderOrdered(**_facts(row), transfer_id=row.transfer_id)
    return announce(session, row, move, event)


async def dismiss(session: Session, proposal_id: UUID, at: Moment, *, reason: str) -> ReorderProposal:
    """It is decided not to order; that stands until the part has recovered or more is missing."""
    row, move = await begin(session, ReorderProposal, proposal_id, rules.LIFECYCLE, "dismiss", at)
    land(row, move)
    touch(session, row, move.now)
    return announce(session, row, move, events.ReorderDismissed(**_facts(row)), note=reason)


async def arrived(session: Session, proposal_id: UUID, entry: Entry, at: Moment) -> None:
    """A receipt belongs to an order; with the last piece the order is done.

    Raises:
        Invalid: ``reorder-unknown``: no purchase of this part is on order for this warehouse under that id.
    """
    if await one(session, ReorderProposal, proposal_id) is None:
        raise Invalid("reorder-unknown", pointer="#/reorder_proposal_id")
    row = await locked(session, ReorderProposal, proposal_id)
    is_it = (row.part_id, row.warehouse_id, row.kind, row.state) == (
        entry.part_id,
        entry.warehouse_id,
        ProposalKind.PURCHASE,
        ProposalState.ORDERED,
    )
    if not is_it:
        raise Invalid("reorder-unknown", pointer="#/reorder_proposal_id")
    row.received += entry.quantity
    touch(session, row, at.now)
    if row.received < row.quantity:
        audit(session, "receivePart", row, at.now)
        return
    move = ask(rules.LIFECYCLE, "receive", row.state, Moment(at.now), floor=row.state_changed_at)
    land(row, move)
    announce(session, row, move, events.ReorderReceived(**_facts(row)))


def _facts(row: ReorderProposal) -> dict[str, Any]:
    return {
        "proposal_id": row.id,
        "kind": row.kind,
        "warehouse_id": row.warehouse_id,
        "from_warehouse_id": row.from_warehouse_id,
        "part_id": row.part_id,
        "quantity": row.quantity,
        "state": row.state,
    }
