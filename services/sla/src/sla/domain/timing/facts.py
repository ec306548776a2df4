"""What happens to a clock after its start, as timing sees it: only when, and what is counted from then on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sla.domain.business_time import CompiledCalendar
from sla.domain.timing.targets import Target

RetargetPolicy = Literal["from_start", "from_change", "better_for_customer"]
ReopenPolicy = Literal["continue", "restart"]


@dataclass(frozen=True, slots=True)
class Paused:
    """The clock waits from here on (T5); a no-op while it already waits."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Resumed:
    """The clock goes on (T5); a no-op unless it waits."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was promised is done (T8); a no-op once stopped."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Retargeted:
    """Another target, and where given another calendar, applies (T7).

    ``from_start``: same start, same pauses. ``from_change``: the whole target again from here.
    ``better_for_customer``: as ``from_start``, unless what applied so far falls due earlier: then that stays.
    """

    at: datetime
    target: Target
    policy: RetargetPolicy = "from_start"
    calendar: CompiledCalendar | None = None


@dataclass(frozen=True, slots=True)
class CalendarChanged:
    """A new version of the calendar is published; a running clock is counted again under it (T11).

    With ``replaces`` it concerns only a clock whose calendar in effect has that name.
    """

    at: datetime
    calendar: CompiledCalendar
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Reopened:
    """A stopped clock goes on (T7).

    ``continue``: the time since the stop does not count. ``restart``: the whole target again from here.
    Targets and calendars that changed while it was stopped apply from here.
    """

    at: datetime
    policy: ReopenPolicy = "continue"


Fact = Paused | Resumed | Stopped | Retargeted | CalendarChanged | Reopened
