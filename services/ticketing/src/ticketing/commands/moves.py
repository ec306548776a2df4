"""How moves of tickets and visits are told: to timeline, audit and bus, with the facts of the ticket."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from common.context import system
from common.contracts.ticketing import TicketEvent, VisitEvent
from common.db import Session
from common.ids import new_id
from common.locking import locked
from common.moves import Moment, Move, ask, audit, land, touch
from common.outbox import publish
from ticketing.domain.tickets import LIFECYCLE
from ticketing.domain.timeline import visibility
from ticketing.domain.visits import ON_SITE
from ticketing.tables import Ticket, TimelineEntry, Visit

FACTS = tuple(name for name in TicketEvent.model_fields if name != "ticket_id")
TIMELINE: Table = TimelineEntry.__table__  # type: ignore[attr-defined]

ITSELF = system("ticketing").caller

Told = Any
"""An event's own field."""


async def begin(session: Session, ticket_id: UUID, action: str, at: Moment) -> tuple[Ticket, Move]:
    """Lock the ticket and ask whether ``action`` may be taken on it now, by this caller, at that time.

    A change of state builds on the last one; an action that leaves the state may lie back to the report.

    Raises:
        NotFound: no such ticket for this caller.
        Conflict: another version, or not possible in the present state.
        Forbidden: the caller's role does not include the action.
        Invalid: the time told cannot be true.
    """
    ticket = await locked(session, Ticket, ticket_id, at.version)
    caller = session.context.caller
    LIFECYCLE.check_permission(action, caller.roles, is_customer=caller.customer_id is not None)
    floor = ticket.state_changed_at if LIFECYCLE.transitions[action].target else ticket.reported_at
    return ticket, ask(LIFECYCLE, action, ticket.state, at, floor=floor)


@contextmanager
def on_its_own(session: Session) -> Iterator[None]:
    """What is done meanwhile follows by itself: nobody's roles permit it and nobody is named for it."""
    asked = session.context
    session.context = replace(asked, caller=ITSELF)
    try:
        yield
    finally:
        session.context = asked


def facts(ticket: Ticket) -> dict[str, Any]:
    """The facts that every event about ``ticket`` carries."""
    return {"ticket_id": ticket.id, **{name: getattr(ticket, name) for name in FACTS}}


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
    land(ticket, move)
    tell(session, ticket, event, move.occurred_at, move.now, note=note, **own)
    audit(session, move.action, ticket, move.now, note)
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
    was_on_site = visit.state in ON_SITE
    land(visit, move)
    ticket.at_work_count += (visit.state in ON_SITE) - was_on_site
    touch(session, visit, move.now)
    audit(session, move.action, visit, move.now, note)
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
