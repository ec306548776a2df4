"""When somebody is to come for a routine inspection (§1.2.4)."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from common.db import Session
from ticketing.domain.inspections import OVER
from ticketing.domain.visits import Window
from ticketing.tables import Inspection, Ticket, Visit


async def agreed_day(session: Session, ticket: Ticket, at: datetime) -> Window | None:
    """The day agreed with the customer for the inspection of the locked ticket, as of ``at``.

    None once the inspection is over and its day past: another was not agreed.
    """
    if ticket.routine_inspection_id is None:
        return None
    row = await session.get(Inspection, ticket.routine_inspection_id)
    if row is None or (row.state in OVER and row.due_at <= at):
        return None
    return Window(row.planned_at, row.due_at)


async def was_asked_for(session: Session, ticket: Ticket, due_at: datetime) -> bool:
    """Whether a visit on the ticket, whatever became of it, is or was for the day that ends then."""
    found = select(col(Visit.id)).where(col(Visit.ticket_id) == ticket.id, col(Visit.due_at) == due_at)
    return (await session.execute(found.limit(1))).scalar_one_or_none() is not None
