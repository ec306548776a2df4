"""How every action goes: asked of the lifecycle, written on the row, told to timeline, audit and bus."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, inspect
from sqlmodel import SQLModel

from common.audit import record
from common.contracts.ticketing import TicketEvent, VisitEvent
from common.db import Session
from common.ids import new_id
from common.lifecycle import Lifecycle, Transition
from common.locking import locked
from common.outbox import publish
from common.rows import Resource
from ticketing.domain import tickets as rules
from ticketing.domain.timeline import visibility
from ticketing.tables import Ticket, TimelineEntry, Visit

FACTS = tuple(name for name in TicketEvent.model_fields if name != "ticket_id")
TIMELINE: Table = TimelineEntry.__table__  # type: ignore[attr-defined]


Told = Any
"""An event's own field."""


@dataclass(frozen=True, slots=True)
class Move:
    """An action under way: what it is called, where it leads, when it happened and when it was told."""

    action: str
    transition: Transition
    occurred_at: datetime
    now: datetime


async def begin(
    session: Session,
    ticket_id: UUID,
    action: str,
    *,
    version: int | None,
    occurred_at: datetime | None,
    now: datetime,
) -> tuple[Ticket, Move]:
    """Lock the ticket and ask whether ``action`` may be taken on it now, by this caller, at that time.

    Raises:
        NotFound: no such ticket for this caller.
        Conflict: another version, or not possible in the present state.
        Forbidden: the caller's role does not include the action.
        Invalid: the time told cannot be true.
    """
    ticket = await locked(session, Ticket, ticket_id, version)
    caller = session.context.caller
    rules.check_permission(action, caller.roles, is_customer=caller.customer_id is not None)
    floor = _floor(rules.LIFECYCLE, action, ticket.state_changed_at, ticket.reported_at)
    return ticket, ask(rules.LIFECYCLE, action, ticket.state, floor=floor, occurred_at=occurred_at, now=now)


def _floor(lifecycle: Lifecycle, action: str, state_changed_at: datetime, since: datetime) -> datetime:
    """Earliest time an action may have: a change of state builds on the last one, others on the beginning."""
    row = lifecycle.transitions[action]
    return state_changed_at if row.target else since


def ask(
    lifecycle: Lifecycle,
    action: str,
    state: str,
    *,
    floor: datetime,
    occurred_at: datetime | None,
    now: datetime,
) -> Move:
    """The move of ``action`` from ``state``; not told when, it happens now.

    Raises:
        Conflict: ``invalid-state-transition``.
        Invalid: ``occurred-in-future`` or ``occurred-too-early``.
    """
    transition = lifecycle.ask(action, state)
    if occurred_at is not None:
        rules.check_time(occurred_at, not_before=floor, now=now)
    return Move(action, transition, occurred_at or max(now, floor), now)


def facts(ticket: Ticket) -> dict[str, Any]:
    """The facts that every event about ``ticket`` carries."""
    return {"ticket_id": ticket.id, **{name: getattr(ticket, name) for name in FACTS}}


def changes(row: SQLModel) -> dict[str, tuple[Any, Any]]:
    """Columns changed in this unit of work: name to old and new value."""
    old = inspect(row).committed_state
    return {
        name: (before, getattr(row, name)) for name, before in old.items() if before != getattr(row, name)
    }


def touch(session: Session, row: Resource, now: datetime) -> None:
    """A new version of ``row``, by the caller, now."""
    row.version += 1
    row.updated_at = now
    row.updated_by = session.context.caller.subject


def announce(
    session: Session,
    ticket: Ticket,
    move: Move,
    event: type[TicketEvent],
    *,
    note: str | None = None,
    **own: Told,
) -> Ticket:
    """Write the move on the ticket and tell timeline, audit and bus.

    Args:
        session: the unit of work.
        ticket: the locked row.
        move: what was asked.
        event: class of the event to publish.
        note: free text for the timeline and the audit; it does not leave ticketing.
        own: the event's own fields.
    """
    if move.transition.target:
        ticket.state = move.transition.lands_in(ticket.state)
        ticket.state_changed_at = move.occurred_at
    tell(session, ticket, event, move.occurred_at, move.now, note=note, **own)
    audit(session, "ticket", move.action, ticket, move.now, note)
    return ticket


def tell(
    session: Session,
    ticket: Ticket,
    event: type[TicketEvent],
    occurred_at: datetime,
    now: datetime,
    *,
    note: str | None = None,
    shown: str | None = None,
    **own: Told,
) -> None:
    """Raise the ticket's version and tell timeline and bus of ``event``."""
    touch(session, ticket, now)
    publish(session, event(**facts(ticket), **own), of=ticket, occurred_at=occurred_at, now=now)
    told = {**_plain(own), **({"note": note} if note else {})}
    remember(session, ticket, event.type, occurred_at, now, told, shown=shown)


def audit(
    session: Session, kind: str, action: str, row: Resource, now: datetime, note: str | None = None
) -> None:
    """Record for the audit what ``action`` changed on ``row``."""
    record(session, f"{kind}.{action}", kind, row.id, row.version, changes=changes(row), reason=note, now=now)


def announce_visit(
    session: Session,
    ticket: Ticket,
    visit: Visit,
    move: Move,
    event: type[VisitEvent],
    *,
    note: str | None = None,
    **own: Told,
) -> Visit:
    """Write the move on the visit and tell it as an event about its ticket."""
    if move.transition.target:
        visit.state = move.transition.lands_in(visit.state)
        visit.state_changed_at = move.occurred_at
    touch(session, visit, move.now)
    audit(session, "visit", move.action, visit, move.now, note)
    tell(session, ticket, event, move.occurred_at, move.now, note=note, **visit_facts(visit), **own)
    return visit


def visit_facts(visit: Visit) -> dict[str, Any]:
    """The facts that every event about a visit carries beside its ticket's."""
    return {
        "visit_id": visit.id,
        "visit_version": visit.version,
        "visit_state": visit.state,
        "visit_engineer_id": visit.engineer_id,
        "is_redispatch": visit.is_redispatch,
    }


def remember(
    session: Session,
    ticket: Ticket,
    type_: str,
    occurred_at: datetime,
    now: datetime,
    told: dict[str, Any],
    *,
    shown: str | None = None,
) -> None:
    """Put an entry on the ticket's timeline; ``shown`` overrides who may read it."""
    session.collect(
        TIMELINE,
        {
            "id": new_id(),
            "ticket_id": ticket.id,
            "customer_id": ticket.customer_id,
            "ticket_version": ticket.version,
            "visibility": shown or visibility(type_),
            "type": type_,
            "occurred_at": occurred_at,
            "recorded_at": now,
            "actor": session.context.caller.subject,
            "facts": told,
        },
    )


def _plain(own: dict[str, Any]) -> dict[str, Any]:
    """Event fields as JSON values."""
    return {name: str(v) if isinstance(v, (UUID, datetime)) else v for name, v in own.items()}
