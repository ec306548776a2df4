"""Questions about warranty terms and coverage decisions, also as they were known at a past moment."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import aliased
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
    """The terms of one item by what was known at ``known_at``: those that stood, and those that had ended.

    A term that ended with its item stays true for the days before.
    """
    of_item = col(WarrantyTerm.component_id)
    found = (
        select(WarrantyTerm)
        .where(
            col(WarrantyTerm.asset_id) == asset_id,
            of_item.is_(None) if component_id is None else of_item == component_id,
            col(WarrantyTerm.created_at) <= known_at,
            or_(
                col(WarrantyTerm.superseded_at).is_(None),
                col(WarrantyTerm.superseded_at) > known_at,
                col(WarrantyTerm.ended_on).is_not(None),
            ),
        )
        .order_by(col(WarrantyTerm.starts_on), col(WarrantyTerm.id))
    )
    return list((await session.execute(found)).scalars())


def decisions(**told: Any) -> Select[CoverageDecision]:  # noqa: ANN401 - values of filters
    """Decisions by asset, component, ticket, claim, customer and outcome."""
    return narrowed(select(CoverageDecision), CoverageDecision, told)


def standing_decision(
    ticket_id: UUID | None = None, *, claim_id: UUID | None = None
) -> Select[CoverageDecision]:
    """The decision on a ticket, or on a claim, that no other has taken the place of."""
    later = aliased(CoverageDecision)
    of_claim = col(CoverageDecision.claim_id) == claim_id
    return select(CoverageDecision).where(
        of_claim if ticket_id is None else col(CoverageDecision.ticket_id) == ticket_id,
        ~exists().where(col(later.supersedes_id) == col(CoverageDecision.id)),
    )


async def is_superseded(session: Session, decision_id: UUID) -> bool:
    """Whether another decision has taken the place of this one."""
    later = select(col(CoverageDecision.id)).where(col(CoverageDecision.supersedes_id) == decision_id)
    return (await session.execute(later.limit(1))).first() is not None


async def next_notice_at(session: Session, now: datetime) -> datetime | None:
    """The next instant after ``now`` at which there is something to tell of a term."""
    ahead = select(func.min(col(WarrantyTerm.notice_at))).where(col(WarrantyTerm.notice_at) > now)
    return (await session.execute(ahead)).scalar_one_or_none()
