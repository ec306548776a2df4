"""Tickets about the same matter become one."""

from uuid import UUID

from common.contracts import ticketing as events
from common.db import Session
from common.errors import NotFound
from common.locking import locked
from common.moves import Moment
from ticketing.commands import dispatch
from ticketing.commands.moves import announce, begin
from ticketing.domain.settling import check_merge
from ticketing.tables import Ticket


async def merge(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    into_id: UUID,
) -> Ticket:
    """The ticket is about the same matter as another, which goes on.

    A visit that was to come to this one is owed by the other, unless somebody goes there anyway.

    Raises:
        NotFound: the other ticket does not exist for this caller, ``merge-target-not-found``.
        Invalid: it is this one, or another customer's.
        Conflict: it is settled; one of the two is for an inspection, ``merge-of-inspection``; or somebody
            is at work on this one, ``engineer-on-site`` or ``session-running``.
    """
    survivor = await _survivor(session, ticket_id, into_id)
    ticket, move = await begin(session, ticket_id, "merge", at)
    check_merge(
        ticket.id,
        survivor.id,
        same_customer=survivor.customer_id == ticket.customer_id,
        into_state=survivor.state,
        is_for_inspection=any(one.routine_inspection_id for one in (ticket, survivor)),
    )
    called_off = await dispatch.settle(session, ticket, move)
    ticket.merged_into_id, ticket.cancelled_at, ticket.waiting_reason = survivor.id, move.occurred_at, None
    announce(session, ticket, move, events.TicketMerged, into_id=survivor.id)
    await dispatch.hand_on(session, ticket, survivor, called_off, move.now)
    return ticket


async def _survivor(session: Session, ticket_id: UUID, into_id: UUID) -> Ticket:
    """The ticket that goes on; both are locked in the order of their ids, against deadlocks."""
    if ticket_id < into_id:
        await locked(session, Ticket, ticket_id)
    try:
        return await locked(session, Ticket, into_id)
    except NotFound as error:
        raise NotFound("merge-target-not-found", pointer="#/into_id") from error
