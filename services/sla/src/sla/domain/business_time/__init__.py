"""Counting time in a service calendar: definitions, their rules (T9–T13) and the compiled arithmetic."""

from sla.domain.business_time.compiled import HORIZON, CompiledCalendar, DayEnd
from sla.domain.business_time.definition import CalendarDefinition, DayPlan, DayReason, Hours, YearlyHoliday
from sla.domain.business_time.instants import instant, microseconds
from sla.domain.business_time.issues import CalendarRefused, Issue
from sla.domain.business_time.rules import definition_of, issues_of
from sla.domain.business_time.zones import ZONE_DATA_VERSION

__all__ = [
    "HORIZON",
    "ZONE_DATA_VERSION",
    "CalendarDefinition",
    "CalendarRefused",
    "CompiledCalendar",
    "DayEnd",
    "DayPlan",
    "DayReason",
    "Hours",
    "Issue",
    "YearlyHoliday",
    "definition_of",
    "instant",
    "issues_of",
    "microseconds",
]
