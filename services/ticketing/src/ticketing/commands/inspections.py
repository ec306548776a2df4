"""A routine inspection sends somebody to the site, once; what becomes of it settles the request (§1.2.4)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.db import Session
from common.locking import locked, one_at_a_time
from common.moves import Moment, amend
from common.rows import fresh
from ticketing.commands import dispatch, handling, tickets
from ticketing.commands.moves import remember
from ticketing.domain import inspections as rules
from ticketing.domain.inspections import InspectionState, Notice
from ticketing.domain.tickets import OPEN, Cause, Channel, Kind, NewTicket, Route, State
from ticketing.policy import POLICY
from ticketing.tables import Inspection, Ticket


async def hear(session: Session, told: Notice, now: datetime) -> None:
    """Have somebody go to an inspection that is due, and let its request follow what becomes of it.

    Events about an inspection may come doubled and in any order: the newest counts, and one that is over
    before anything was heard of it sends nobody. Advisory lock, ticket, inspection: always in this order.
    """
    await one_at_a_time(session, f"inspection:{told.inspection_id}")
    ticket = await _request(session, told.inspection_id)
    known = await _known(session, told.inspection_id)
    if known is not None and known.told_version >= told.version:
        return
    is_moved = known is not None and known.due_on != told.due_on
    row = _remembered(session, known, told)
    if ticket is None and not told.is_over:
        ticket = await _open(session, told, now)
    if ticket is None:
        return
    await _note(session, ticket, told, now)
    if ticket.state in OPEN.split():
        await _follow(session, ticket, row, told, now, is_moved=is_moved)


async def departed(session: Session, ticket: Ticket, now: datetime) -> None:
    """Somebody is no longer at work on the locked ticket: what waited for that follows."""
    if ticket.routine_inspection_id is None or ticket.at_work_count or ticket.state not in OPEN.split():
        return
    row = await _known(session, ticket.routine_inspection_id)
    if row is not None and row.waits_for_departure:
        await _settle(session, ticket, row, now, now)


async def _request(session: Session, inspection_id: UUID) -> Ticket | None:
    """The request that was opened for the inspection, locked."""
    found = select(Ticket).where(col(Ticket.routine_inspection_id) == inspection_id)
    locking = found.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(locking)).scalar_one_or_none()


async def _known(session: Session, inspection_id: UUID) -> Inspection | None:
    """The inspection as it was told last, locked."""
    return await session.get(Inspection, inspection_id, with_for_update=True, populate_existing=True)


def _remembered(session: Session, known: Inspection | None, told: Notice) -> Inspection:
    facts = {"told_version": told.version, "state": told.state, "due_on": told.due_on}
    if known is not None:
        amend(known, facts)
        return known
    named = {"id": told.inspection_id, "customer_id": told.customer_id}
    row = fresh(Inspection, **named, **facts, waits_for_departure=False)
    session.insert(row)
    return row


async def _open(session: Session, told: Notice, now: datetime) -> Ticket:
    """A request of the vendor's own, with a visit on the agreed day for the dispatcher."""
    ticket = await tickets.called_for(session, _report(told), Moment(now), verified_how=rules.PLANNED)
    dispatch.request(session, ticket, occurred_at=told.occurred_at, now=now, window=told.window)
    return ticket


def _report(told: Notice) -> NewTicket:
    return NewTicket(
        kind=Kind.SERVICE_REQUEST,
        title=rules.title(told),
        description="",
        channel=Channel.INSPECTION,
        severity=POLICY.inspection_severity,
        customer_id=told.customer_id,
        reported_at=told.occurred_at,
        site_id=told.site_id,
        asset_id=told.asset_id,
        tags=("routine_inspection",),
        route=Route.ONSITE,
        routine_inspection_id=told.inspection_id,
    )


async def _note(session: Session, ticket: Ticket, told: Notice, now: datetime) -> None:
    """Say on the request's timeline what happened to its inspection; a merged one goes on in the other."""
    while ticket.merged_into_id is not None:
        ticket = await locked(session, Ticket, ticket.merged_into_id)
    about = {
        "inspection_id": str(told.inspection_id),
        "number": told.number,
        "inspection_state": told.state,
        "due_on": told.due_on.isoformat(),
    }
    remember(session, ticket, told.event, told.occurred_at, now, about)


async def _follow(
    session: Session, ticket: Ticket, row: Inspection, told: Notice, now: datetime, *, is_moved: bool
) -> None:
    if told.is_over:
        await _settle(session, ticket, row, told.occurred_at, now)
        return
    if is_moved:
        await dispatch.replan(session, ticket, told.window, told.occurred_at, now)
    if told.state == InspectionState.IN_PROGRESS:
        await _begin(session, ticket, told.occurred_at, now)


async def _begin(session: Session, ticket: Ticket, since: datetime, now: datetime) -> None:
    """Work at the site began; nobody waits for a first response to the vendor's own request."""
    await _acknowledge(session, ticket, since, now)
    if ticket.state == State.ACKNOWLEDGED:
        await handling.start(session, ticket.id, _moment(ticket, since, now))


async def _acknowledge(session: Session, ticket: Ticket, since: datetime, now: datetime) -> None:
    if ticket.state == State.NEW:
        await handling.acknowledge(session, ticket.id, _moment(ticket, since, now))


async def _settle(session: Session, ticket: Ticket, row: Inspection, since: datetime, now: datetime) -> None:
    """The inspection is over, and so is its request, once nobody is at work on it (§1.2.1.6)."""
    row.waits_for_departure = ticket.at_work_count > 0
    if row.waits_for_departure:
        return
    if row.state == InspectionState.CANCELLED:
        at = _moment(ticket, since, now)
        await tickets.cancel(session, ticket.id, at, reason=rules.CALLED_OFF)
        return
    await _acknowledge(session, ticket, since, now)
    at, told = _moment(ticket, since, now), rules.COMPLETED
    await tickets.resolve(session, ticket.id, at, cause_code=Cause.MAINTENANCE, fix=told, prevention=told)


def _moment(ticket: Ticket, since: datetime, now: datetime) -> Moment:
    """As of then, or of the ticket's last step; it is never refused for its time."""
    then = max(since, ticket.state_changed_at)
    return Moment(max(now, then), then)
