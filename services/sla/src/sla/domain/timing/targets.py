"""What a clock promises: an amount of open time, a number of working days, or an instant agreed on."""

from dataclasses import dataclass
from datetime import datetime

from common.errors import Invalid
from sla.domain.business_time import HORIZON, CompiledCalendar, DayEnd
from sla.domain.business_time.instants import SECOND, microseconds

MOST_SECONDS = HORIZON // SECOND
MOST_WORKING_DAYS = 3_653


@dataclass(frozen=True, slots=True)
class OpenSeconds:
    """Seconds of the calendar's open time.

    Raises:
        Invalid: ``target-out-of-range`` when not between one second and ten years (T3, T13).
    """

    seconds: int

    def __post_init__(self) -> None:
        if not 1 <= self.seconds <= MOST_SECONDS:
            raise Invalid("target-out-of-range", least=1, most=MOST_SECONDS, unit="seconds")


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Working days of the calendar, never turned into seconds (T4).

    Raises:
        Invalid: ``target-out-of-range`` when not between one day and ten years of days (T3, T13).
    """

    days: int
    day_end: DayEnd = "end_of_day"

    def __post_init__(self) -> None:
        if not 1 <= self.days <= MOST_WORKING_DAYS:
            raise Invalid("target-out-of-range", least=1, most=MOST_WORKING_DAYS, unit="working_days")


@dataclass(frozen=True, slots=True)
class FixedInstant:
    """An instant that the start itself names; pauses move it on as they move a day target (T6)."""

    at: datetime


Target = OpenSeconds | WorkingDays | FixedInstant


def unpaused_due(target: Target, origin: int, calendar: CompiledCalendar) -> int:
    """The due time of a target counted from an instant, without pauses, in microseconds (T2, T3, T4).

    Raises:
        Invalid: ``no-open-time-within-ten-years`` (T13).
    """
    match target:
        case OpenSeconds(seconds):
            return calendar.add(origin, seconds * SECOND)
        case WorkingDays(days, day_end):
            return calendar.working_days_due(origin, days, day_end)
        case FixedInstant(at):
            return microseconds(at)
