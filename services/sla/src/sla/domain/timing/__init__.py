"""Timing: where a promise stands, derived from its start and the ordered facts after it (T1–T13)."""

from sla.domain.timing.course import Course
from sla.domain.timing.facts import (
    CalendarChanged,
    Fact,
    Paused,
    Reopened,
    ReopenPolicy,
    Resumed,
    Retargeted,
    RetargetPolicy,
    Stopped,
)
from sla.domain.timing.fold import fold
from sla.domain.timing.result import ClosedDay, DueSpan, PauseInterval, Timing, TimingState, Window
from sla.domain.timing.targets import FixedInstant, OpenSeconds, Target, WorkingDays

__all__ = [
    "CalendarChanged",
    "ClosedDay",
    "Course",
    "DueSpan",
    "Fact",
    "FixedInstant",
    "OpenSeconds",
    "PauseInterval",
    "Paused",
    "ReopenPolicy",
    "Reopened",
    "Resumed",
    "RetargetPolicy",
    "Retargeted",
    "Stopped",
    "Target",
    "Timing",
    "TimingState",
    "Window",
    "WorkingDays",
    "fold",
]
