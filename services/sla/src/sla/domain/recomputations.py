"""Recomputations: which clocks a publication concerns, and how far deriving them anew has come."""

from enum import StrEnum

from common.lifecycle import Lifecycle, step


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


LIFECYCLE = Lifecycle(
    "recomputation_state",
    RecomputationState.QUEUED,
    {
        "advance": step("queued running", "running", ""),
        "finish": step("queued running", "done", ""),
    },
)
