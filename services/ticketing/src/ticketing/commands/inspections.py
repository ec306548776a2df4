"""A routine inspection sends somebody to the site, once; what becomes of it settles the request (§1.2.4)."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.db import Session
from common.locking import one_at_a_time
from common.moves import Moment, Move, amend
from common.rows import fresh
from ticketing.commands import dispatch, handling, tickets
from ticketing.commands.moves import on_its_own, remember
from ticketing.domain import inspections as rules
from ticketing.domain.inspections import OVER, InspectionState, Notice
from ticketing.domain.tickets import OPEN, Cause, Channel, Kind, NewTicket, Route, State
from ticketing.domain.visits import ON_SITE, Window
from ticketing.policy import POLICY
from ticketing.queries.inspections import was_asked_for
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
    _note(session, ticket, told, now)
    if ticket.state in OPEN.split():
        await _follow(session, ticket, row, told, now, is_moved=is_moved)


async def departed(session: Session, ticket: Ticket, leaving: Move) -> None:
    """Somebody is no longer at work on the locked ticket, or to come: what waited for that follows.

    It follows from the inspection, whoever left: a customer who had an engineer replaced settles nothing.
    """
    if ticket.routine_inspection_id is None or ticket.at_work_count or not ticket.awaits_inspection:
        return
    row = await _known(session, ticket.routine_inspection_id)
    if row is None:
        return
    with on_its_own(session):
        if row.state in OVER:
            await _settle(session, ticket, row, leaving.occurred_at, leaving.now)
        else:
            await _keep_day(session, ticket, row, leaving.occurred_at, leaving.now, is_new=False)


async def _request(session: Session, inspection_id: UUID) -> Ticket | None:
    """The request that was opened for the inspection, locked."""
    found = select(Ticket).where(col(Ticket.routine_inspection_id) == inspection_id)
    locking = found.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(locking)).scalar_one_or_none()


async def _known(session: Session, inspection_id: UUID) -> Inspection | None:
    """The inspection as it was told last, locked."""
    return await session.get(Inspection, inspection_id, with_for_update=True, populate_existing=True)


def _remembered(session: Session, known: Inspection | None, told: Notice) -> Inspection:
    facts = {"told_version": told.version, "state": told.state, "due_on": told.due_on, **asdict(told.window)}
    if known is not None:
        amend(known, facts)
        return known
    named = {"id": told.inspection_id, "customer_id": told.customer_id}
    row = fresh(Inspection, **named, **facts)
    session.insert(row)
    return row


async def _open(session: Session, told: Notice, now: datetime) -> Ticket:
    """A request of the vendor's own, with a visit on the agreed day for the dispatcher.

    Nobody waits for a first response to it, whatever plan its contract keeps to; where work began already,
    somebody is there.
    """
    ticket = await tickets.called_for(session, _report(told), Moment(now), verified_how=rules.PLANNED)
    await _acknowledge(session, ticket, told.occurred_at, now)
    if told.state == InspectionState.DUE:
        await dispatch.request(session, ticket, occurred_at=told.occurred_at, now=now)
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


def _note(session: Session, ticket: Ticket, told: Notice, now: datetime) -> None:
    """Say on the request's timeline what happened to its inspection."""
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
        await _keep_day(session, ticket, row, told.occurred_at, now, is_new=True)
    if told.state == InspectionState.IN_PROGRESS:
        await _begin(session, ticket, told.occurred_at, now)


async def _keep_day(
    session: Session, ticket: Ticket, row: Inspection, since: datetime, now: datetime, *, is_new: bool
) -> None:
    """Whoever is to come is asked anew for the agreed day; where nobody is, somebody is asked for.

    An engineer who is on site stays there, and the day is kept from the departure on; a visit for that very
    day that people called off by then, and that is no ``is_new`` day, is not asked for again.
    """
    window = Window(row.planned_at, row.due_at)
    visits = await dispatch.open_visits(session, ticket)
    for visit in visits:
        if visit.state not in ON_SITE and visit.due_at != row.due_at:
            dispatch.replan(session, ticket, visit, window, since, now)
    if visits or row.state != InspectionState.DUE:
        return
    if is_new or not await was_asked_for(session, ticket, row.due_at):
        then = max(since, ticket.reported_at)
        await dispatch.request(session, ticket, occurred_at=then, now=now)


async def _begin(session: Session, ticket: Ticket, since: datetime, now: datetime) -> None:
    """Work at the site began, whatever it waited for."""
    await _acknowledge(session, ticket, since, now)
    if ticket.state == State.WAITING:
        await handling.resume(session, ticket.id, _moment(ticket, since, now))
    elif ticket.state == State.ACKNOWLEDGED:
        await handling.start(session, ticket.id, _moment(ticket, since, now))


async def _acknowledge(session: Session, ticket: Ticket, since: datetime, now: datetime) -> None:
    if ticket.state == State.NEW:
        await handling.acknowledge(session, ticket.id, _moment(ticket, since, now))


async def _settle(session: Session, ticket: Ticket, row: Inspection, since: datetime, now: datetime) -> None:
    """The inspection is over, and so is its request, once nobody is at work on it (§1.2.1.6).

    A second dispatch that is owed after a visit outlives what was looked at, unless all is called off.
    """
    if ticket.at_work_count or await _is_owed_again(session, ticket, row):
        return
    ticket.awaits_inspection = False
    if row.state == InspectionState.CANCELLED:
        at = _moment(ticket, since, now)
        await tickets.cancel(session, ticket.id, at, reason=rules.CALLED_OFF)
        return
    await _acknowledge(session, ticket, since, now)
    at, told = _moment(ticket, since, now), rules.COMPLETED
    await tickets.resolve(session, ticket.id, at, cause_code=Cause.MAINTENANCE, fix=told, prevention=told)


async def _is_owed_again(session: Session, ticket: Ticket, row: Inspection) -> bool:
    if row.state == InspectionState.CANCELLED:
        return False
    return any(visit.is_redispatch for visit in await dispatch.open_visits(session, ticket))


def _moment(ticket: Ticket, since: datetime, now: datetime) -> Moment:
    """As of then, or of the ticket's last step; it is never refused for its time."""
    then = max(since, ticket.state_changed_at)
    return Moment(max(now, then), then)
