"""What is told and answered of a calculation."""

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema
from typing_extensions import TypeAliasType

from common.web.shapes import Instant, Maybe, OutInstant, OutShape, Shape
from sla.api.calendar_shapes import CalendarDefinition
from sla.api.told import CalendarId
from sla.domain.business_time.definition import DayReason
from sla.domain.timing import TimingState
from sla.domain.timing.targets import MOST_SECONDS, MOST_WORKING_DAYS
from sla.policy import POLICY

FIRST_YEAR, LAST_YEAR = 1971, 2188
"""Ten years less than calendars are laid out, so that whatever starts within them falls due within those."""

_COUNTED_SCHEMA = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^(197[1-9]|19[89]\d|20\d\d|21[0-7]\d|218[0-8])-",
    "description": f"Of the years {FIRST_YEAR} to {LAST_YEAR}, in UTC.",
    "examples": ["2026-10-09T09:00:00Z"],
}
Counted = Annotated[Instant, WithJsonSchema(_COUNTED_SCHEMA)]
"""An instant of the years that are counted; others are refused together with what else is out of bounds."""


class TargetIn(Shape):
    """How much time there is: exactly one of `seconds`, `minutes`, `hours`, `working_days`."""

    seconds: Maybe[Annotated[int, Field(ge=1, le=MOST_SECONDS)]] = None
    minutes: Maybe[Annotated[float, Field(gt=0, le=MOST_SECONDS / 60)]] = None
    hours: Maybe[Annotated[float, Field(gt=0, le=MOST_SECONDS / 3600, examples=[8])]] = None
    working_days: Maybe[Annotated[int, Field(ge=1, le=MOST_WORKING_DAYS)]] = None
    day_end: Annotated[
        Maybe[Literal["end_of_day", "same_time"]],
        Field(description="For working days; end of day by default."),
    ] = None


CalendarIn = TypeAliasType("CalendarIn", CalendarId | CalendarDefinition)


class Moment(Shape):
    """The clock waits, goes on or stops."""

    at: Counted
    kind: Literal["pause", "resume", "stop"]


class RetargetFact(Shape):
    """Another target applies, and where given another calendar."""

    at: Counted
    kind: Literal["retarget"]
    target: TargetIn
    calendar: Maybe[CalendarIn] = None
    policy: Literal["from_start", "from_change", "better_for_customer"] = "from_start"


class CalendarFact(Shape):
    """A new version of the calendar is published."""

    at: Counted
    kind: Literal["calendar"]
    calendar: CalendarIn


FactIn = TypeAliasType("FactIn", Annotated[Moment | RetargetFact | CalendarFact, Field(discriminator="kind")])


class ComputeDeadline(Shape):
    """A start, a target, a calendar, and what happened since, in order."""

    calendar: CalendarIn
    start: Counted
    target: TargetIn
    facts: Annotated[list[FactIn], Field(max_length=POLICY.most_facts)] = []
    at: Annotated[
        Maybe[Counted], Field(description="As of when; left out: the last fact, else the start.")
    ] = None


class WindowOut(OutShape):
    """Time that counts, and the rule of the calendar that opened it."""

    opens_at: OutInstant
    closes_at: OutInstant
    counted_seconds: float
    reason: DayReason
    is_given_back: Annotated[
        bool, Field(description="It follows on the days of a target in working days, for pauses within them.")
    ]


class DeadlineOut(OutShape):
    """Where the clock stands as of the moment asked about."""

    due_at: OutInstant | None
    state: TimingState
    elapsed_seconds: float
    remaining_seconds: float
    is_provisional: bool
    windows: list[WindowOut]
