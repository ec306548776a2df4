"""When somebody is to come for a routine inspection (§1.2.4)."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from common.db import Session
from ticketing.domain.inspections import OVER
from ticketing.domain.visits import Window
from ticketing.tables import Inspection, Ticket, Visit


async def agreed_day(session: Session, ticket: Ticket) -> Window | None:
    """The day agreed with the customer for the inspection of the locked ticket, while that is not over."""
    if ticket.routine_inspection_id is None:
        return None
    row = await session.get(Inspection, ticket.routine_inspection_id)
    return None if row is None or row.state in OVER else Window(row.planned_at, row.due_at)


async def was_asked_for(session: Session, ticket: Ticket, due_at: datetime) -> bool:
    """Whether a visit on the ticket, whatever became of it, is or was for the day that ends then."""
    found = select(col(Visit.id)).where(col(Visit.ticket_id) == ticket.id, col(Visit.due_at) == due_at)
    return (await session.execute(found.limit(1))).scalar_one_or_none() is not None
