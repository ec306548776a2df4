"""What may be done with a visit; every move is told as an event about its ticket."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from common.contracts import ticketing as events
from common.db import Session
from common.errors import NotFound
from common.locking import locked
from common.moves import Moment, Move, ask
from ticketing.commands import charges, dispatch, escalations, inspections, tickets
from ticketing.commands.moves import announce_visit
from ticketing.commands.texts import cleaned
from ticketing.domain import visits as rules
from ticketing.domain.coverage import check_agreed
from ticketing.domain.escalation import EscalationCause
from ticketing.policy import POLICY
from ticketing.queries import directory
from ticketing.tables import Ticket, Visit


async def _begin(session: Session, visit_id: UUID, action: str, at: Moment) -> tuple[Ticket, Visit, Move]:
    """Lock ticket, then visit, and ask whether ``action`` may be taken now, by this caller."""
    known = await session.get(Visit, visit_id)
    if known is None:
        raise NotFound("not-found")
    caller = session.context.caller
    rules.LIFECYCLE.check_permission(action, caller.roles, is_customer=caller.customer_id is not None)
    ticket = await locked(session, Ticket, known.ticket_id)
    visit = await locked(session, Visit, visit_id, at.version)
    return ticket, visit, ask(rules.LIFECYCLE, action, visit.state, at, floor=visit.state_changed_at)


async def offer(
    session: Session,
    visit_id: UUID,
    at: Moment,
    *,
    engineer_id: UUID,
    planned_at: datetime | None,
) -> Visit:
    """Offer the visit to an engineer; a supplier's technician may be one (§1.2.4)."""
    ticket, visit, move = await _begin(session, visit_id, "offer", at)
    visit.engineer_id, visit.planned_at = engineer_id, planned_at or visit.planned_at
    return announce_visit(session, ticket, visit, move, events.VisitOffered)


async def accept(session: Session, visit_id: UUID, at: Moment) -> Visit:
    """The engineer takes the visit."""
    ticket, visit, move = await _begin(session, visit_id, "accept", at)
    return announce_visit(session, ticket, visit, move, events.VisitAccepted)


async def decline(
    session: Session,
    visit_id: UUID,
    at: Moment,
    *,
    reason: str,
) -> Visit:
    """The engineer cannot come; the visit is open again."""
    ticket, visit, move = await _begin(session, visit_id, "decline", at)
    visit.engineer_id = None
    return announce_visit(
        session, ticket, visit, move, events.VisitDeclined, note=cleaned(reason), reason="declined"
    )


async def depart(session: Session, visit_id: UUID, at: Moment) -> Visit:
    """The engineer is on the way."""
    ticket, visit, move = await _begin(session, visit_id, "depart", at)
    visit.departed_at = move.occurred_at
    return announce_visit(session, ticket, visit, move, events.VisitDeparted)


async def arrive(
    session: Session,
    visit_id: UUID,
    at: Moment,
    *,
    position: Mapping[str, float] | None,
) -> Visit:
    """The engineer is on site; a position far from the site's is flagged, not refused."""
    ticket, visit, move = await _begin(session, visit_id, "arrive", at)
    visit.arrived_at = move.occurred_at
    visit.site_position = visit.site_position or await directory.position(session, ticket.site_id)
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
    at: Moment,
    *,
    checklist: list[str],
) -> Visit:
    """Work on site begins, with the checklist confirmed (§1.2.1.6) and its price agreed (§1.2.5).

    Raises:
        Invalid: ``checklist-incomplete``.
        Conflict: ``quote-not-accepted``.
    """
    ticket, visit, move = await _begin(session, visit_id, "begin", at)
    rules.check_checklist(checklist)
    check_agreed(ticket.coverage, await directory.quotes(session, ticket))
    visit.checklist, visit.work_began_at = checklist, move.occurred_at
    return announce_visit(session, ticket, visit, move, events.VisitWorkBegan)


async def complete(
    session: Session,
    visit_id: UUID,
    at: Moment,
    *,
    record: Mapping[str, Any],
) -> Visit:
    """The work on site is done: with the full record and the customer's signature (§1.2.1.6).

    Args:
        record: the on-site record as JSON values, its texts as typed.

    Raises:
        Invalid: the record's times or its explanation cannot stand.
    """
    ticket, visit, move = await _begin(session, visit_id, "complete", at)
    rules.check_record(
        _times(record),
        record.get("explained_to"),
        at.now,
        is_explanation_needed=record["is_explanation_needed"],
    )
    signature = record["signature"]
    rules.check_signature(
        datetime.fromisoformat(signature["signed_at"]),
        (signature.get("code"), signature.get("image_reference")),
        not_before=visit.arrived_at,
    )
    visit.record = {name: cleaned(v) if isinstance(v, str) else v for name, v in record.items()}
    visit.ended_at = move.occurred_at
    announce_visit(session, ticket, visit, move, events.VisitCompleted)
    await inspections.departed(session, ticket, move)
    return visit


def _times(record: Mapping[str, Any]) -> dict[str, datetime]:
    """What the on-site record says happened when, by place in it."""
    told = {
        "fault_occurred_at": record["fault_occurred_at"],
        "signature/signed_at": record["signature"]["signed_at"],
    }
    return {place: datetime.fromisoformat(at) for place, at in told.items()}


async def leave_unresolved(
    session: Session,
    visit_id: UUID,
    at: Moment,
    *,
    reason: str,
    customer_notice: str | None,
) -> Visit:
    """The engineer leaves without a solution: the customer is told, it climbs, another visit is due.

    The notice to the customer stands on the public timeline (§1.2.1.6); the second dispatch is by the
    vendor's own technicians (§1.2.4).
    """
    ticket, visit, move = await _begin(session, visit_id, "leaveUnresolved", at)
    visit.ended_at, visit.customer_notice = move.occurred_at, cleaned(customer_notice or reason)
    announce_visit(session, ticket, visit, move, events.VisitLeftUnresolved, note=visit.customer_notice)
    escalations.climb(
        session,
        ticket,
        to=POLICY.unresolved_visit_step,
        cause=EscalationCause.VISIT_UNRESOLVED,
        reason=cleaned(reason) or "",
        source_key=f"visit:{visit.id}",
        occurred_at=move.occurred_at,
        now=at.now,
    )
    await dispatch.again(session, ticket, move)
    await inspections.departed(session, ticket, move)
    return visit


async def record_satisfaction(
    session: Session,
    visit_id: UUID,
    at: Moment,
    *,
    is_satisfied: bool,
    note: str | None,
) -> Visit:
    """The customer's word on a finished visit; not satisfied starts a second dispatch (§1.2.4).

    A ticket that was resolved meanwhile is taken up again for it.

    Raises:
        Conflict: ``dissatisfaction-too-late``: the ticket is cancelled, or was resolved too long ago.
    """
    ticket, visit, move = await _begin(session, visit_id, "recordSatisfaction", at)
    visit.is_satisfied, visit.satisfaction_note = is_satisfied, cleaned(note)
    if is_satisfied:
        return announce_visit(session, ticket, visit, move, events.VisitSatisfactionRecorded)
    announce_visit(
        session, ticket, visit, move, events.VisitDissatisfactionRecorded, note=visit.satisfaction_note
    )
    await dispatch.again(session, ticket, await tickets.take_up_again(session, ticket, move))
    return visit


async def replace_engineer(
    session: Session,
    visit_id: UUID,
    at: Moment,
    *,
    reason: str,
) -> Visit:
    """The customer finds the engineer unfit; the visit is offered anew at the vendor's cost (§1.2.2).

    Raises:
        Conflict: ``visit-has-no-engineer``.
    """
    ticket, visit, move = await _begin(session, visit_id, "replaceEngineer", at)
    rules.check_engineer(visit.engineer_id)
    entry = {
        "engineer_id": str(visit.engineer_id),
        "reason": cleaned(reason),
        "at": move.occurred_at.isoformat(),
        "cost_party": "vendor",
    }
    visit.replacements = [*visit.replacements, entry]
    visit.engineer_id = visit.departed_at = visit.arrived_at = visit.work_began_at = None
    visit.position, visit.is_position_distant, visit.checklist = None, False, []
    announce_visit(session, ticket, visit, move, events.VisitEngineerReplaced, note=cleaned(reason))
    await charges.follow(session, ticket, move.occurred_at, at.now)
    await inspections.departed(session, ticket, move)
    return visit


async def cancel(
    session: Session,
    visit_id: UUID,
    at: Moment,
    *,
    reason: str,
) -> Visit:
    """The visit will not take place."""
    ticket, visit, move = await _begin(session, visit_id, "cancel", at)
    visit.ended_at, visit.cancel_reason = move.occurred_at, cleaned(reason)
    announce_visit(session, ticket, visit, move, events.VisitCancelled, note=visit.cancel_reason)
    await inspections.departed(session, ticket, move)
    return visit
