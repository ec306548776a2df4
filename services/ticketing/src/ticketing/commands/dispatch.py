"""Visits asked for, handed on and called off."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts import ticketing as events
from common.db import Session
from common.errors import NotFound
from common.locking import locked
from common.moves import Moment, Move, amend, ask, audit, made, touch
from ticketing.commands import charges
from ticketing.commands.moves import announce, announce_visit, tell, visit_facts
from ticketing.commands.texts import cleaned
from ticketing.domain import tickets as ticket_rules
from ticketing.domain import visits as rules
from ticketing.domain.settling import check_nobody_at_work
from ticketing.domain.support import SessionState
from ticketing.domain.tickets import Route
from ticketing.domain.visits import Window
from ticketing.queries import inspections as queries
from ticketing.tables import SupportSession, Ticket, Visit

REQUEST = "requestVisit"
"""What a refusal calls asking for a visit, which the ticket's ``requireOnsite`` decides on."""


async def need_onsite(session: Session, ticket: Ticket, move: Move, *, note: str | None) -> None:
    """The locked ticket needs somebody on site: announce it and ask for a visit (§1.2.4)."""
    ticket.route = Route.ONSITE
    ticket.onsite_required_at = move.occurred_at
    announce(session, ticket, move, events.TicketOnsiteRequired, note=note)
    if not await open_visits(session, ticket):
        await request(session, ticket, occurred_at=move.occurred_at, now=move.now)


async def owe(session: Session, ticket: Ticket, since: datetime, now: datetime, *, note: str) -> None:
    """The locked ticket needs somebody on site as of then, or of its report; somebody may be on the way.

    Args:
        session: the unit of work.
        ticket: the locked row, open.
        since: when the need arose; it is never refused for its time.
        now: the present instant.
        note: why, for timeline and audit.
    """
    if await open_visits(session, ticket):
        return
    then = max(since, ticket.reported_at)
    at = Moment(max(now, then), then)
    move = ask(ticket_rules.LIFECYCLE, "requireOnsite", ticket.state, at, floor=ticket.reported_at)
    await need_onsite(session, ticket, move, note=note)


async def open_(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    reason: str | None,
    planned_at: datetime | None,
    site_position: dict[str, float] | None,
) -> Visit:
    """Ask for a visit on a ticket that is not settled, as of now or of when it was asked for.

    Raises:
        Forbidden: a customer's caller, who asks by the ticket and not by dispatch.
        NotFound: ``ticket-not-found``.
        Conflict: the ticket is settled, or ``visit-open`` with the id of the visit.
        Invalid: the time told lies ahead, or before the ticket's report.
    """
    caller = session.context.caller
    ticket_rules.LIFECYCLE.check_permission(
        "requireOnsite", caller.roles, is_customer=caller.customer_id is not None, said_as=REQUEST
    )
    try:
        ticket = await locked(session, Ticket, ticket_id)
    except NotFound as error:
        raise NotFound("ticket-not-found", pointer="#/ticket_id") from error
    asked = Moment(at.now, at.occurred_at, said_as=REQUEST)
    move = ask(ticket_rules.LIFECYCLE, "requireOnsite", ticket.state, asked, floor=ticket.reported_at)
    rules.check_none_open([visit.id for visit in await open_visits(session, ticket)])
    visit = await _new(session, ticket, occurred_at=move.occurred_at, now=at.now)
    visit.reason, visit.site_position = cleaned(reason), site_position
    visit.planned_at = planned_at or visit.planned_at
    return _requested(session, ticket, visit, at.now)


async def request(
    session: Session,
    ticket: Ticket,
    *,
    occurred_at: datetime,
    now: datetime,
    is_redispatch: bool = False,
) -> Visit:
    """Ask for a visit on the locked ticket, on the day agreed with the customer where there is one."""
    visit = await _new(session, ticket, occurred_at=occurred_at, now=now)
    visit.is_redispatch = is_redispatch
    return _requested(session, ticket, visit, now)


def replan(
    session: Session, ticket: Ticket, visit: Visit, window: Window, occurred_at: datetime, now: datetime
) -> None:
    """The customer agreed to another day: whoever was to come on the locked visit is asked anew."""
    then = max(occurred_at, visit.state_changed_at)
    at = Moment(max(now, then), then)
    move = ask(rules.LIFECYCLE, "replan", visit.state, at, floor=visit.state_changed_at)
    engineer_id, day = visit.engineer_id, asdict(window)
    visit.engineer_id = visit.departed_at = None
    amend(visit, day)
    announce_visit(
        session, ticket, visit, move, events.VisitReplanned, previous_engineer_id=engineer_id, **day
    )


async def again(session: Session, ticket: Ticket, move: Move) -> None:
    """Somebody comes again to the locked ticket: the visit that is still to come, else a new one (§1.2.4)."""
    visits = await open_visits(session, ticket)
    coming = next((visit for visit in visits if visit.state not in rules.ON_SITE), None)
    if coming is None:
        await request(session, ticket, occurred_at=move.occurred_at, now=move.now, is_redispatch=True)
    elif not coming.is_redispatch:
        await _redispatch(session, ticket, coming, move)


async def ask_again(session: Session, ticket: Ticket, move: Move) -> None:
    """The locked ticket is reopened: the visit that its resolution called off is owed still (§1.2.4)."""
    latest = (
        select(Visit)
        .where(col(Visit.ticket_id) == ticket.id)
        .order_by(col(Visit.requested_at).desc(), col(Visit.id).desc())
        .limit(1)
    )
    visit = (await session.execute(latest)).scalar_one_or_none()
    if visit is not None and visit.cancel_reason == rules.CALLED_OFF["resolve"]:
        then, is_redispatch = move.occurred_at, visit.is_redispatch
        await request(session, ticket, occurred_at=then, now=move.now, is_redispatch=is_redispatch)


async def _redispatch(session: Session, ticket: Ticket, visit: Visit, move: Move) -> None:
    visit.is_redispatch = True
    touch(session, visit, move.now)
    audit(session, "redispatch", visit, move.now)
    tell(session, ticket, events.VisitRedispatched, move.occurred_at, move.now, **visit_facts(visit))
    await charges.follow(session, ticket, move.occurred_at, move.now)


async def _new(session: Session, ticket: Ticket, *, occurred_at: datetime, now: datetime) -> Visit:
    window = await queries.agreed_day(session, ticket, occurred_at)
    return made(
        session,
        Visit,
        now,
        customer_id=ticket.customer_id,
        ticket_id=ticket.id,
        state=rules.LIFECYCLE.initial,
        state_changed_at=occurred_at,
        requested_at=occurred_at,
        planned_at=window and window.planned_at,
        due_at=window and window.due_at,
        is_redispatch=False,
        checklist=[],
        replacements=[],
    )


def _requested(session: Session, ticket: Ticket, visit: Visit, now: datetime) -> Visit:
    tell(
        session,
        ticket,
        events.VisitRequested,
        visit.requested_at,
        now,
        note=visit.reason,
        **visit_facts(visit),
    )
    audit(session, "request", visit, now)
    return visit


async def open_visits(session: Session, ticket: Ticket) -> list[Visit]:
    """Visits of the locked ticket on which somebody still has to come or to finish."""
    states = rules.OPEN_VISIT.split()
    found = (
        select(Visit)
        .where(col(Visit.ticket_id) == ticket.id, col(Visit.state).in_(states))
        .order_by(col(Visit.id))
    )
    return list((await session.execute(found.with_for_update())).scalars())


async def settle(session: Session, ticket: Ticket, move: Move) -> list[Visit]:
    """The locked ticket is being settled: nobody is at work on it, and visits still to come are called off.

    Returns:
        The visits that were called off.

    Raises:
        Conflict: ``engineer-on-site`` or ``session-running``; told a customer, ``work-under-way``.
    """
    visits = await open_visits(session, ticket)
    if ticket.at_work_count:
        on_site = next((visit.id for visit in visits if visit.state in rules.ON_SITE), None)
        is_customer = session.context.caller.customer_id is not None
        running = await _running(session, ticket)
        check_nobody_at_work(on_site, running, is_customer=is_customer)
    for visit in visits:
        _call_off(session, ticket, visit, move)
    return visits


async def hand_on(
    session: Session, ticket: Ticket, survivor: Ticket, called_off: Sequence[Visit], now: datetime
) -> None:
    """What the merged ticket owed on site, its survivor owes as of then; both are locked (§1.2.4)."""
    owed = [
        visit.requested_at if visit.is_redispatch else ticket.onsite_required_at or visit.requested_at
        for visit in called_off
    ]
    if owed:
        await owe(session, survivor, min(owed), now, note=rules.HANDED_ON.format(number=ticket.number))


async def _running(session: Session, ticket: Ticket) -> UUID | None:
    """A support session of the locked ticket that runs."""
    found = select(SupportSession).where(
        col(SupportSession.ticket_id) == ticket.id, col(SupportSession.state) == SessionState.RUNNING
    )
    running = (await session.execute(found.limit(1))).scalar_one_or_none()
    return None if running is None else running.id


def _call_off(session: Session, ticket: Ticket, visit: Visit, settling: Move) -> None:
    at = Moment(settling.now, settling.occurred_at)
    move = ask(rules.LIFECYCLE, "cancel", visit.state, at, floor=settling.occurred_at)
    visit.ended_at, visit.cancel_reason = move.occurred_at, rules.CALLED_OFF[settling.action]
    announce_visit(session, ticket, visit, move, events.VisitCancelled, note=visit.cancel_reason)
