"""Questions about maintenance plans, inspections and what they found."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import col

from common.db import Session
from warranty.domain.inspections import InspectionState
from warranty.domain.maintenance import PlanState
from warranty.queries.single import narrowed
from warranty.tables.maintenance import Inspection, InspectionFinding, MaintenancePlan


def plans(**told: Any) -> Select[MaintenancePlan]:  # noqa: ANN401 - values of filters
    """Plans by number, customer, site, asset, contract and state."""
    return narrowed(select(MaintenancePlan), MaintenancePlan, told)


def inspections(
    *,
    due_after: date | None = None,
    due_before: date | None = None,
    **told: Any,  # noqa: ANN401 - values of filters
) -> Select[Inspection]:
    """Inspections by number, plan, contract, customer, site, asset and state, and by the day they are due."""
    found = narrowed(select(Inspection), Inspection, told)
    if due_after is not None:
        found = found.where(col(Inspection.due_on) >= due_after)
    return found if due_before is None else found.where(col(Inspection.due_on) <= due_before)


def findings(**told: Any) -> Select[InspectionFinding]:  # noqa: ANN401 - values of filters
    """Findings by inspection, customer and asset."""
    return narrowed(select(InspectionFinding), InspectionFinding, told)


def appearing(now: datetime) -> Select[MaintenancePlan]:
    """Plans whose next visit is to appear, or which are to end, the longest waiting first."""
    return (
        select(MaintenancePlan)
        .where(col(MaintenancePlan.state) == PlanState.ACTIVE.value, col(MaintenancePlan.next_at) <= now)
        .order_by(col(MaintenancePlan.next_at), col(MaintenancePlan.id))
    )


async def next_appearance(session: Session) -> datetime | None:
    """When the next visit is to appear."""
    found = select(func.min(col(MaintenancePlan.next_at))).where(
        col(MaintenancePlan.state) == PlanState.ACTIVE.value
    )
    first: datetime | None = (await session.execute(found)).scalar_one()
    return first


async def is_planned(session: Session, plan_id: UUID, day: date) -> bool:
    """Whether the plan's visit of a day has appeared."""
    found = select(col(Inspection.id)).where(
        col(Inspection.plan_id) == plan_id,
        col(Inspection.planned_on) == day,
        col(Inspection.state) != InspectionState.CANCELLED.value,
    )
    return (await session.execute(found)).first() is not None


def unsent() -> Select[Inspection]:
    """Inspections of before anybody was sent to one, not yet told again."""
    return select(Inspection).where(col(Inspection.is_unsent)).order_by(col(Inspection.id))


def untouched(plan_id: UUID) -> Select[Inspection]:
    """Visits of the plan on which no work has begun, in a fixed order."""
    return (
        select(Inspection)
        .where(col(Inspection.plan_id) == plan_id, col(Inspection.state) == InspectionState.DUE.value)
        .order_by(col(Inspection.id))
    )
