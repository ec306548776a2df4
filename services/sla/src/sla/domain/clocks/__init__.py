"""Clocks as a pure function of a subject's facts and of what was published."""

from sla.domain.clocks.facts import Fact, Subject
from sla.domain.clocks.finish import clock_id
from sla.domain.clocks.replay import replay
from sla.domain.clocks.state import (
    Cause,
    Clock,
    ClockState,
    Judged,
    Pause,
    Reopening,
    Retarget,
    breached_at,
    state_at,
    timing_at,
)
from sla.domain.clocks.world import Agreement, CalendarRevision, PlanRevision, World

__all__ = [
    "Agreement",
    "CalendarRevision",
    "Cause",
    "Clock",
    "ClockState",
    "Fact",
    "Judged",
    "Pause",
    "PlanRevision",
    "Reopening",
    "Retarget",
    "Subject",
    "World",
    "breached_at",
    "clock_id",
    "replay",
    "state_at",
    "timing_at",
]
