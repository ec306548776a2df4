"""What may be done with a visit; every move is told as an event about its ticket."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from common.contracts import ticketing as events
from common.db import Session
from common.errors import Forbidden, NotFound
from common.ids import new_id
from common.locking import locked
from ticketing.commands import escalations
from ticketing.commands.moves import Move, announce, announce_visit, ask, audit, tell, visit_facts
from ticketing.commands.texts import cleaned
from ticketing.domain import tickets as ticket_rules
from ticketing.domain import visits as rules
from ticketing.domain.escalation import EscalationCause
from ticketing.domain.tickets import Route
from ticketing.policy import POLICY
from ticketing.tables import Ticket, Visit


async def need_onsite(session: Session, ticket: Ticket, move: Move, *, note: str | None) -> None:
    """The locked ticket needs somebody on site: announce it and ask for a visit (§1.2.4)."""
    ticket.route = Route.ONSITE
    ticket.onsite_required_at = move.occurred_at
    announce(session, ticket, move, events.TicketOnsiteRequired, note=note)
    if not await _open_visits(session, ticket):
        request(session, ticket, occurred_at=move.occurred_at, now=move.now)


async def open_(
    session: Session,
    ticket_id: UUID,
    *,
    reason: str | None,
    planned_at: datetime | None,
    site_position: dict[str, float] | None,
    now: datetime,
) -> Visit:
    """Ask for a visit on a ticket that is not settled.

    Raises:
        NotFound: ``ticket-not-found``.
        Conflict: the ticket is settled.
    """
    try:
        ticket = await locked(session, Ticket, ticket_id)
    except NotFound as error:
        raise NotFound("ticket-not-found", pointer="#/ticket_id") from error
    ticket_rules.LIFECYCLE.ask("requireOnsite", ticket.state)
    visit = _new(session, ticket, occurred_at=now, now=now)
    visit.reason, visit.planned_at, visit.site_position = cleaned(reason), planned_at, site_position
    return _requested(session, ticket, visit, now)


def request(
    session: Session, ticket: Ticket, *, occurred_at: datetime, now: datetime, is_redispatch: bool = False
) -> Visit:
    """Ask for a visit on the locked ticket."""
    visit = _new(session, ticket, occurred_at=occurred_at, now=now)
    visit.is_redispatch = is_redispatch
    return _requested(session, ticket, visit, now)


def _new(session: Session, ticket: Ticket, *, occurred_at: datetime, now: datetime) -> Visit:
    by = session.context.caller.subject
    return Visit(
        id=new_id(),
        created_at=now,
        updated_at=now,
        created_by=by,
        updated_by=by,
        customer_id=ticket.customer_id,
        ticket_id=ticket.id,
        state=rules.LIFECYCLE.initial,
        state_changed_at=occurred_at,
        requested_at=occurred_at,
        is_redispatch=False,
        checklist=[],
        replacements=[],
    )


def _requested(session: Session, ticket: Ticket, visit: Visit, now: datetime) -> Visit:
    session.insert(visit)
    tell(session, ticket, events.VisitRequested, visit.requested_at, now, note=visit.reason, **visit_facts(visit))
    audit(session, "visit", "request", visit, now)
    return visit


async def _open_visits(session: Session, ticket: Ticket) -> list[Visit]:
    states = rules.OPEN_VISIT.split()
    found = select(Visit).where(Visit.ticket_id == ticket.id, Visit.state.in_(states)).order_by(Visit.id)  # type: ignore[attr-defined, arg-type]
    return list((await session.execute(found.with_for_update())).scalars())


async def call_off(
    session: Session, ticket: Ticket, *, reason: str, occurred_at: datetime, now: datetime
) -> None:
    """Cancel every visit of the locked ticket that is still open, because the ticket is settled."""
    for visit in await _open_visits(session, ticket):
        move = ask(
            rules.LIFECYCLE, "cancel", visit.state, floor=occurred_at, occurred_at=occurred_at, now=now
        )
        visit.ended_at = move.occurred_at
        announce_visit(session, ticket, visit, move, events.VisitCancelled, note=reason)


async def _begin(
    session: Session, visit_id: UUID, action: str, version: int | None, occurred_at: datetime | None, now: datetime
) -> tuple[Ticket, Visit, Move]:
    """Lock ticket, then visit, and ask whether ``action`` may be taken now, by this caller."""
    known = await session.get(Visit, visit_id)
    if known is None:
        raise NotFound("not-found")
    if session.context.caller.customer_id is not None and action not in rules.CUSTOMER_MAY:
        raise Forbidden("action-needs-role", action=action, roles=["agent", "engineer", "lead"])
    ticket = await locked(session, Ticket, known.ticket_id)
    visit = await locked(session, Visit, visit_id, version)
    floor = visit.state_changed_at
    return ticket, visit, ask(rules.LIFECYCLE, action, visit.state, floor=floor, occurred_at=occurred_at, now=now)


async def offer(
    session: Session,
    visit_id: UUID,
    *,
    engineer_id: UUID,
    planned_at: datetime | None,
    version: int | None,
    occurred_at: datetime | None,
    now: datetime,
) -> Visit:
    """Offer the visit to an engineer; a supplier's technician may be one (§1.2.4)."""
    ticket, visit, move = await _begin(session, visit_id, "offer", version, occurred_at, now)
    visit.engineer_id, visit.planned_at = engineer_id, planned_at or visit.planned_at
    return announce_visit(session, ticket, visit, move, events.VisitOffered)


async def accept(
    session: Session, visit_id: UUID, *, version: int | None, occurred_at: datetime | None, now: datetime
) -> Visit:
    """The engineer takes the visit."""
    ticket, visit, move = await _begin(session, visit_id, "accept", version, occurred_at, now)
    return announce_visit(session, ticket, visit, move, events.VisitAccepted)


async def decline(
    session: Session,
    visit_id: UUID,
    *,
    reason: str,
    version: int | None,
    occurred_at: datetime | None,
    now: datetime,
) -> Visit:
    """The engineer cannot come; the visit is open again."""
    ticket, visit, move = await _begin(session, visit_id, "decline", version, occurred_at, now)
    visit.engineer_id = None
    return announce_visit(
        session, ticket, visit, move, events.VisitDeclined, note=cleaned(reason), reason="declined"
    )


async def depart(
    session: Session, visit_id: UUID, *, version: int | None, occurred_at: datetime | None, now: datetime
) -> Visit:
    """The engineer is on the way."""
    ticket, visit, move = await _begin(session, visit_id, "depart", version, occurred_at, now)
    visit.departed_at = move.occurred_at
    return announce_visit(session, ticket, visit, move, events.VisitDeparted)


async def arrive(
    session: Session,
    visit_id: UUID,
    *,
    position: Mapping[str, float] | None,
    version: int | None,
    occurred_at: datetime | None,
    now: datetime,
) -> Visit:
    """The engineer is on site; a position far from the site's is flagged, not refused."""
    ticket, visit, move = await _begin(session, visit_id, "arrive", version, occurred_at, now)
    visit.arrived_at = move.occurred_at
    if position is not None:
        visit.position = dict(position)
        visit.is_position_distant = _is_distant(visit)
    return announce_visit(
        session, ticket, visit, move, events.VisitArrived, is_position_distant=visit.is_position_distant
    )


def _is_distant(visit: Visit) -> bool:
    if visit.position is None or visit.site_position is None:
        return False
    return rules.distance_km(visit.position, visit.site_position) > POLICY.arrival_distant_from_km


async def begin(
    session: Session,
    visit_id: UUID,
    *,
    checklist: list[str],
    version: int | None,
    occurred_at: datetime | None,
    now: datetime,
) -> Visit:
    """Work on site begins, with the checklist confirmed (§1.2.1.6).

    Raises:
        Invalid: ``checklist-incomplete``.
    """
    ticket, visit, move = await _begin(session, visit_id, "begin", version, occurred_at, now)
    rules.check_checklist(checklist)
    visit.checklist, visit.work_began_at = checklist, move.occurred_at
    return announce_visit(session, ticket, visit, move, events.VisitWorkBegan)


async def complete(
    session: Session,
    visit_id: UUID,
    *,
    record: Mapping[str, Any],
    version: int | None,
    occurred_at: datetime | None,
    now: datetime,
) -> Visit:
    """The work on site is done: with the full record and the customer's signature (§1.2.1.6).

    Args:
        record: the on-site record as JSON values, its texts as typed.

    Raises:
        Invalid: the record's times or its explanation cannot stand.
    """
    ticket, visit, move = await _begin(session, visit_id, "complete", version, occurred_at, now)
    rules.check_record(
        datetime.fromisoformat(record["fault_occurred_at"]),
        record["is_explanation_needed"],
        record.get("explained_to"),
        now,
    )
    visit.record = {name: cleaned(v) if isinstance(v, str) else v for name, v in record.items()}
    visit.ended_at = move.occurred_at
    return announce_visit(session, ticket, visit, move, events.VisitCompleted)


async def leave_unresolved(
    session: Session,
    visit_id: UUID,
    *,
    reason: str,
    customer_notice: str | None,
    version: int | None,
    occurred_at: datetime | None,
    now: datetime,
) -> Visit:
    """The engineer leaves without a solution: the customer is told, it climbs, and another visit is asked for.

    The notice to the customer stands on the public timeline (§1.2.1.6); the second dispatch is by the
    vendor's own technicians (§1.2.4).
    """
    ticket, visit, move = await _begin(session, visit_id, "leaveUnresolved", version, occurred_at, now)
    visit.ended_at, visit.customer_notice = move.occurred_at, cleaned(customer_notice or reason)
    note = cleaned(reason)
    announce_visit(session, ticket, visit, move, events.VisitLeftUnresolved, note=note)
    escalations.climb(
        session,
        ticket,
        to=POLICY.unresolved_visit_step,
        cause=EscalationCause.VISIT_UNRESOLVED,
        reason=note or "",
        source_key=f"visit:{visit.id}",
        occurred_at=move.occurred_at,
        now=now,
    )
    _dispatch_again(session, ticket, move)
    return visit


def _dispatch_again(session: Session, ticket: Ticket, move: Move) -> None:
    if ticket.state in ticket_rules.OPEN.split():
        request(session, ticket, occurred_at=move.occurred_at, now=move.now, is_redispatch=True)


async def record_satisfaction(
    session: Session,
    visit_id: UUID,
    *,
    is_satisfied: bool,
    note: str | None,
    version: int | None,
    occurred_at: datetime | None,
    now: datetime,
) -> Visit:
    """The customer's word on a finished visit; not satisfied starts a second dispatch (§1.2.4)."""
    ticket, visit, move = await _begin(session, visit_id, "recordSatisfaction", version, occurred_at, now)
    visit.is_satisfied, visit.satisfaction_note = is_satisfied, cleaned(note)
    if is_satisfied:
        return announce_visit(session, ticket, visit, move, events.VisitSatisfactionRecorded)
    announce_visit(
        session, ticket, visit, move, events.VisitDissatisfactionRecorded, note=visit.satisfaction_note
    )
    if not await _open_visits(session, ticket):
        _dispatch_again(session, ticket, move)
    return visit


async def replace_engineer(
    session: Session,
    visit_id: UUID,
    *,
    reason: str,
    version: int | None,
    occurred_at: datetime | None,
    now: datetime,
) -> Visit:
    """The customer finds the engineer unfit; the visit is offered anew at the vendor's cost (§1.2.2).

    Raises:
        Conflict: ``visit-has-no-engineer``.
    """
    ticket, visit, move = await _begin(session, visit_id, "replaceEngineer", version, occurred_at, now)
    rules.check_engineer(visit.engineer_id)
    entry = {
        "engineer_id": str(visit.engineer_id),
        "reason": cleaned(reason),
        "at": move.occurred_at.isoformat(),
        "cost_party": "vendor",
    }
    visit.replacements = [*visit.replacements, entry]
    visit.engineer_id = visit.departed_at = visit.arrived_at = visit.work_began_at = None
    return announce_visit(session, ticket, visit, move, events.VisitEngineerReplaced, note=cleaned(reason))


async def cancel(
    session: Session,
    visit_id: UUID,
    *,
    reason: str,
    version: int | None,
    occurred_at: datetime | None,
    now: datetime,
) -> Visit:
    """The visit will not take place."""
    ticket, visit, move = await _begin(session, visit_id, "cancel", version, occurred_at, now)
    visit.ended_at = move.occurred_at
    return announce_visit(session, ticket, visit, move, events.VisitCancelled, note=cleaned(reason))
