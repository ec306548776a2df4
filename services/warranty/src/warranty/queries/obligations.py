"""Questions about inspections that contracts owe, and the visits that keep them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlmodel import col

from common.db import Session
from warranty.domain.inspections import InspectionState
from warranty.domain.obligations import ObligationState
from warranty.queries.single import narrowed
from warranty.tables.contracts import Contract
from warranty.tables.maintenance import Inspection
from warranty.tables.obligations import InspectionObligation


@dataclass(frozen=True, slots=True)
class Done:
    """A completed inspection, as far as it keeps something."""

    id: UUID
    completed_at: datetime


def obligations(
    *,
    now: datetime,
    is_overdue: bool | None = None,
    **told: Any,  # noqa: ANN401 - values of filters
) -> Select[InspectionObligation]:
    """Obligations by contract, its year, customer, state, and whether they are overdue by now."""
    found = narrowed(select(InspectionObligation), InspectionObligation, told)
    if is_overdue is None:
        return found
    is_open = col(InspectionObligation.state) == ObligationState.OPEN.value
    due_at = col(InspectionObligation.due_at)
    if is_overdue:
        return found.where(is_open, due_at < now)
    return found.where(or_(~is_open, due_at >= now))


def standing(contract_id: UUID) -> Select[InspectionObligation]:
    """What was and is owed under a contract and not withdrawn, in the order of the periods."""
    return (
        select(InspectionObligation)
        .where(
            col(InspectionObligation.contract_id) == contract_id,
            col(InspectionObligation.state) != ObligationState.WITHDRAWN.value,
        )
        .order_by(col(InspectionObligation.from_on), col(InspectionObligation.id))
    )


async def uncounted(session: Session, contract_id: UUID) -> Sequence[Done]:
    """Completed inspections under a contract that keep nothing yet, the earliest first."""
    counted = select(col(InspectionObligation.id)).where(
        col(InspectionObligation.inspection_id) == col(Inspection.id)
    )
    found = (
        select(col(Inspection.id), col(Inspection.completed_at))
        .where(
            col(Inspection.contract_id) == contract_id,
            col(Inspection.state) == InspectionState.COMPLETED.value,
            ~counted.exists(),
        )
        .order_by(col(Inspection.completed_at), col(Inspection.id))
    )
    return [Done(row_id, at) for row_id, at in await session.execute(found) if at is not None]


async def is_counted(session: Session, inspection_id: UUID) -> bool:
    """Whether an inspection keeps something that was owed."""
    found = select(col(InspectionObligation.id)).where(
        col(InspectionObligation.inspection_id) == inspection_id
    )
    return (await session.execute(found)).first() is not None


async def only_promise(session: Session, customer_id: UUID, day: date, at: datetime) -> UUID | None:
    """The customer's contract that promised inspections and was in force on ``day``, where there is just one.

    Args:
        session: the unit of work.
        customer_id: whose.
        day: the day.
        at: an instant of that day; what ended after it was in force.
    """
    ended_later = and_(col(Contract.state) == "ended", col(Contract.state_changed_at) > at)
    found = (
        select(col(Contract.id))
        .where(
            col(Contract.customer_id) == customer_id,
            or_(col(Contract.state) == "active", ended_later),
            col(Contract.inspections_per_year) > 0,
            col(Contract.starts_on) <= day,
            or_(col(Contract.ends_on).is_(None), col(Contract.ends_on) >= day),
        )
        .limit(2)
    )
    ids = (await session.execute(found)).scalars().all()
    return ids[0] if len(ids) == 1 else None


def beginning(now: datetime) -> Select[Contract]:
    """Contracts under which another inspection is owed by now, the longest waiting first."""
    return (
        select(Contract)
        .where(col(Contract.next_inspection_at) <= now)
        .order_by(col(Contract.next_inspection_at), col(Contract.id))
    )


async def next_beginning(session: Session) -> datetime | None:
    """When the next period begins in which an inspection is owed."""
    first: datetime | None = (
        await session.execute(select(func.min(col(Contract.next_inspection_at))))
    ).scalar_one()
    return first
