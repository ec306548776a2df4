"""Recomputations: which clocks a publication concerns, and how far deriving them anew has come."""

from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """What was published; it says which running clocks are concerned."""

    PLAN = "plan"
    CALENDAR = "calendar"
    AGREEMENT = "agreement"


class RecomputationState(StrEnum):
    """How far it is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"


def state_of(started_at: datetime | None, finished_at: datetime | None) -> RecomputationState:
    """The state that follows from when it began and when it ended."""
    if finished_at is not None:
        return RecomputationState.DONE
    return RecomputationState.QUEUED if started_at is None else RecomputationState.RUNNING
