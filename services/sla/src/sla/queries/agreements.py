"""Questions about agreements."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
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


def agreements(told: AgreementFilter) -> Select[Agreement]:
    """Agreements that fit the filter."""
    found = select(Agreement)
    if told.customer_id is not None:
        found = found.where(col(Agreement.customer_id) == told.customer_id)
    if told.plan_id is not None:
        found = found.where(col(Agreement.plan_id) == told.plan_id)
    if told.contract_id is not None:
        found = found.where(col(Agreement.contract_id) == told.contract_id)
    if told.in_force_at is not None:
        is_open = or_(col(Agreement.ends_at).is_(None), col(Agreement.ends_at) > told.in_force_at)
        found = found.where(col(Agreement.starts_at) <= told.in_force_at, is_open)
    return found


async def one(session: Session, agreement_id: UUID) -> Agreement | None:
    """The agreement, where the caller may see it."""
    return await session.get(Agreement, agreement_id)
