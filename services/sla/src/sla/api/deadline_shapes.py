"""What is told and answered of a calculation."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from common.web.shapes import Instant, Maybe, OutInstant, OutShape, Shape
from sla.api.calendar_shapes import CalendarDefinition
from sla.api.told import CalendarId
from sla.domain.business_time.definition import DayReason
from sla.domain.timing import TimingState
from sla.policy import POLICY

Whole = Annotated[int, Field(ge=1, le=400_000_000)]
Share = Annotated[float, Field(gt=0, le=10_000_000)]


class TargetIn(Shape):
    """How much time there is: exactly one of `seconds`, `minutes`, `hours`, `working_days`."""

    seconds: Maybe[Whole] = None
    minutes: Maybe[Share] = None
    hours: Annotated[Maybe[Share], Field(examples=[8])] = None
    working_days: Maybe[Annotated[int, Field(ge=1, le=4_000)]] = None
    day_end: Annotated[
        Maybe[Literal["end_of_day", "same_time"]],
        Field(description="For working days; end of day by default."),
    ] = None


CalendarIn = TypeAliasType("CalendarIn", CalendarId | CalendarDefinition)


class Moment(Shape):
    """The clock waits, goes on or stops."""

    at: Instant
    kind: Literal["pause", "resume", "stop"]


class RetargetFact(Shape):
    """Another target applies, and where given another calendar."""

    at: Instant
    kind: Literal["retarget"]
    target: TargetIn
    calendar: Maybe[CalendarIn] = None
    policy: Literal["from_start", "from_change", "better_for_customer"] = "from_start"


class CalendarFact(Shape):
    """A new version of the calendar is published."""

    at: Instant
    kind: Literal["calendar"]
    calendar: CalendarIn


FactIn = TypeAliasType("FactIn", Annotated[Moment | RetargetFact | CalendarFact, Field(discriminator="kind")])


class ComputeDeadline(Shape):
    """A start, a target, a calendar, and what happened since, in order."""

    calendar: CalendarIn
    start: Annotated[Instant, Field(examples=["2026-10-09T09:00:00Z"])]
    target: TargetIn
    facts: Annotated[list[FactIn], Field(max_length=POLICY.most_facts)] = []
    at: Annotated[
        Maybe[Instant], Field(description="As of when; left out: the last fact, else the start.")
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
