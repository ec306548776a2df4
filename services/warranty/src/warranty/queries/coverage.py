"""Questions about warranty terms and coverage decisions, also as they were known at a past moment."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlmodel import col

from common.db import Session
from warranty.queries.single import narrowed
from warranty.tables.coverage import CoverageDecision, WarrantyTerm


def terms(
    asset_id: UUID, component_id: UUID | None = None, *, is_current: bool | None = None
) -> Select[WarrantyTerm]:
    """The whole chain of terms of an asset, or only what stands now (or no longer)."""
    found = select(WarrantyTerm).where(col(WarrantyTerm.asset_id) == asset_id)
    if component_id is not None:
        found = found.where(col(WarrantyTerm.component_id) == component_id)
    if is_current is None:
        return found
    superseded = col(WarrantyTerm.superseded_at)
    return found.where(superseded.is_(None) if is_current else superseded.is_not(None))


async def standing(
    session: Session, asset_id: UUID, component_id: UUID | None, known_at: datetime
) -> list[WarrantyTerm]:
    """The terms of one item that stood as it was known at ``known_at``."""
    of_item = col(WarrantyTerm.component_id)
    found = (
        select(WarrantyTerm)
        .where(
            col(WarrantyTerm.asset_id) == asset_id,
            of_item.is_(None) if component_id is None else of_item == component_id,
            col(WarrantyTerm.created_at) <= known_at,
            or_(col(WarrantyTerm.superseded_at).is_(None), col(WarrantyTerm.superseded_at) > known_at),
        )
        .order_by(col(WarrantyTerm.starts_on), col(WarrantyTerm.id))
    )
    return list((await session.execute(found)).scalars())


def decisions(**told: Any) -> Select[CoverageDecision]:  # noqa: ANN401 - values of filters
    """Decisions by asset, component, ticket, claim, customer and outcome."""
    return narrowed(select(CoverageDecision), CoverageDecision, told)


async def latest_of_ticket(session: Session, ticket_id: UUID) -> CoverageDecision | None:
    """The newest decision on a ticket."""
    found = (
        select(CoverageDecision)
        .where(col(CoverageDecision.ticket_id) == ticket_id)
        .order_by(col(CoverageDecision.created_at).desc(), col(CoverageDecision.id).desc())
        .limit(1)
    )
    return (await session.execute(found)).scalar_one_or_none()
