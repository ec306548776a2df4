"""Orders under way: pieces that arrive for them, and transfers that carry them out or are cancelled."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import stock as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.locking import locked
from common.moves import Moment, announce, ask, audit, begin, land, touch
from common.outbox import publish
from warranty.commands.ledger import Entry
from warranty.domain.planning import LIFECYCLE, ProposalKind, ProposalState
from warranty.domain.stock import MovementKind
from warranty.queries.single import one
from warranty.tables.planning import ReorderProposal


async def arrived(session: Session, proposal_id: UUID, entry: Entry, at: Moment) -> None:
    """A receipt belongs to an order; with the last piece the order is done.

    Raises:
        Invalid: ``reorder-unknown``: no purchase of this part is on order for this warehouse under that id.
    """
    if entry.kind is not MovementKind.RECEIPT or await one(session, ReorderProposal, proposal_id) is None:
        raise Invalid("reorder-unknown", pointer="#/reorder_proposal_id")
    row = await locked(session, ReorderProposal, proposal_id)
    if not _awaits(row, entry):
        raise Invalid("reorder-unknown", pointer="#/reorder_proposal_id")
    row.received += entry.quantity
    if row.received >= row.quantity:
        _moved(session, row, "receive", at, events.ReorderReceived)
        return
    touch(session, row, at.now)
    event = events.ReorderProposalUpdated(**facts(row))
    publish(session, event, of=row, occurred_at=at.occurred_at or at.now, now=at.now)
    audit(session, "receivePart", row, at.now)


def _awaits(row: ReorderProposal, entry: Entry) -> bool:
    """Whether the pieces are those of an open purchase."""
    is_open_purchase = (row.kind, row.state) == (ProposalKind.PURCHASE, ProposalState.ORDERED)
    return is_open_purchase and (row.part_id, row.warehouse_id) == (entry.part_id, entry.warehouse_id)


async def cancel(session: Session, proposal_id: UUID, at: Moment, *, reason: str) -> ReorderProposal:
    """A purchase will not arrive; what is still missing is proposed again.

    Raises:
        Conflict: ``transfer-under-way``: it is the transfer that is cancelled.
    """
    row, move = await begin(session, ReorderProposal, proposal_id, LIFECYCLE, "cancel", at)
    if row.transfer_id is not None:
        raise Conflict("transfer-under-way", transfer_id=str(row.transfer_id))
    land(row, move)
    touch(session, row, move.now)
    return announce(session, row, move, events.ReorderCancelled(**facts(row)), note=reason)


async def transfer_arrived(session: Session, transfer_id: UUID, at: Moment) -> None:
    """The transfer that an order stood for was received: the order is done."""
    row = await _ordered_by(session, transfer_id)
    if row is not None:
        row.received = row.quantity
        _moved(session, row, "receive", at, events.ReorderReceived)


async def transfer_cancelled(session: Session, transfer_id: UUID, at: Moment, *, reason: str) -> None:
    """The transfer that an order stood for will not take place: neither will the order."""
    row = await _ordered_by(session, transfer_id)
    if row is not None:
        _moved(session, row, "cancel", at, events.ReorderCancelled, note=reason)


async def _ordered_by(session: Session, transfer_id: UUID) -> ReorderProposal | None:
    found = select(ReorderProposal).where(col(ReorderProposal.transfer_id) == transfer_id)
    return (await session.execute(found.with_for_update())).scalar_one_or_none()


def _moved(
    session: Session,
    row: ReorderProposal,
    action: str,
    at: Moment,
    event: type[events.ReorderProposalEvent],
    note: str | None = None,
) -> None:
    """The order follows what happened elsewhere, now: another thing's time is no time of its own."""
    move = ask(LIFECYCLE, action, row.state, Moment(at.now), floor=row.state_changed_at)
    land(row, move)
    touch(session, row, at.now)
    announce(session, row, move, event(**facts(row)), note=note)


def facts(row: ReorderProposal) -> dict[str, Any]:
    """What every event of a proposal tells."""
    return {
        "proposal_id": row.id,
        "kind": row.kind,
        "warehouse_id": row.warehouse_id,
        "from_warehouse_id": row.from_warehouse_id,
        "part_id": row.part_id,
        "quantity": row.quantity,
        "received": row.received,
        "state": row.state,
    }
