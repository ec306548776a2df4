"""Questions about agreements."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlmodel import col

from common.db import Session
from sla.tables import Agreement


@dataclass(frozen=True, slots=True)
class AgreementFilter:
    """What a list of agreements is narrowed by."""

    customer_id: UUID | None = None
    plan_id: str | None = None
    in_force_at: datetime | None = None
    contract_id: UUID | None = None
    is_plan_unknown: bool | None = None


def agreements(told: AgreementFilter) -> Select[Agreement]:
    """Agreements that fit the filter."""
    found = select(Agreement)
    if told.customer_id is not None:
        found = found.where(col(Agreement.customer_id) == told.customer_id)
    if told.plan_id is not None:
        found = found.where(col(Agreement.plan_id) == told.plan_id)
    if told.contract_id is not None:
        found = found.where(col(Agreement.contract_id) == told.contract_id)
    if told.is_plan_unknown is not None:
        is_unknown = col(Agreement.is_plan_unknown)
        found = found.where(is_unknown if told.is_plan_unknown else ~is_unknown)
    if told.in_force_at is not None:
        is_open = or_(col(Agreement.ends_at).is_(None), col(Agreement.ends_at) > told.in_force_at)
        found = found.where(col(Agreement.starts_at) <= told.in_force_at, is_open)
    return found


async def one(session: Session, agreement_id: UUID) -> Agreement | None:
    """The agreement, where the caller may see it."""
    return await session.get(Agreement, agreement_id)


async def counting(
    session: Session, customer_id: UUID, starts_at: datetime, ends_at: datetime | None
) -> Agreement | None:
    """Of the customer's agreements that reach into a period, the one recorded last, which counts."""
    found = select(Agreement).where(
        col(Agreement.customer_id) == customer_id,
        or_(
            col(Agreement.ends_at).is_(None),
            and_(col(Agreement.ends_at) > starts_at, col(Agreement.ends_at) > col(Agreement.starts_at)),
        ),
    )
    if ends_at is not None:
        found = found.where(col(Agreement.starts_at) < ends_at)
    latest = found.order_by(col(Agreement.updated_at).desc(), col(Agreement.id).desc()).limit(1)
    return (await session.execute(latest)).scalar_one_or_none()
