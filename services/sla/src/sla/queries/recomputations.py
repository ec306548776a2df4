"""Questions about recomputations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from common.db import Session
from sla.tables import Recomputation


def recomputations(states: Sequence[str]) -> Select[Recomputation]:
    """Recomputations in any of ``states``; all where none is named."""
    found = select(Recomputation)
    return found.where(col(Recomputation.state).in_(states)) if states else found


async def one(session: Session, recomputation_id: UUID) -> Recomputation | None:
    """The recomputation."""
    return await session.get(Recomputation, recomputation_id)
