"""Questions about recomputations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlmodel import col

from common.db import Session
from sla.domain.recomputations import RecomputationState
from sla.tables import Recomputation

_IS_DONE = col(Recomputation.finished_at).is_not(None)
_IS_BEGUN = col(Recomputation.started_at).is_not(None)
_IN_STATE = {
    RecomputationState.QUEUED: ~_IS_BEGUN,
    RecomputationState.RUNNING: _IS_BEGUN & ~_IS_DONE,
    RecomputationState.DONE: _IS_DONE,
}


def recomputations(states: Sequence[str]) -> Select[Recomputation]:
    """Recomputations in any of ``states``; all where none is named."""
    found = select(Recomputation)
    return found.where(or_(*(_IN_STATE[RecomputationState(state)] for state in states))) if states else found


async def one(session: Session, recomputation_id: UUID) -> Recomputation | None:
    """The recomputation."""
    return await session.get(Recomputation, recomputation_id)
