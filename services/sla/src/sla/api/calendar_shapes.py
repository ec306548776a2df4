"""What is told and shown of calendars."""

from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from common.web.shapes import ListQuery, Maybe, OutInstant, OutShape, Page, Shape, sortable
from sla.api.told import CalendarId, Titles
from sla.domain.business_time.definition import DAY_NAMES

Time = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", examples=["09:00"])]
Window = Annotated[list[Time], Field(min_length=2, max_length=2, examples=[["09:00", "18:00"]])]
Windows = Annotated[list[Window], Field(max_length=12)]
Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-10-01"])]
MonthDay = Annotated[str, Field(pattern=r"^\d{2}-\d{2}$", examples=["12-31"])]
DayName = Annotated[str, Field(pattern=f"^({'|'.join(DAY_NAMES)})$", examples=["mon"])]


class YearlyHoliday(Shape):
    """Days off in every year, both included."""

    first: MonthDay
    last: Maybe[MonthDay] = None


class CalendarDefinition(Shape):
    """Opening hours in local time; per date an override rules over a holiday, a make-up workday, the week."""

    time_zone: Annotated[str, Field(max_length=64, examples=["Asia/Shanghai"])]
    weekly: Annotated[
        dict[DayName, Windows], Field(max_length=7, examples=[{"mon": [["09:00", "18:00"]]}])
    ] = {}
    holidays: Annotated[list[Date], Field(max_length=5000)] = []
    workdays: Annotated[list[Date], Field(max_length=5000)] = []
    workday_hours: Windows = []
    overrides: Annotated[dict[Date, Windows], Field(max_length=5000)] = {}
    yearly_holidays: Annotated[list[YearlyHoliday], Field(max_length=100)] = []
    published_through: Annotated[
        Date | None, Field(description="Last date of which days off are announced; null: none have to be.")
    ] = None

    def document(self) -> dict[str, Any]:
        """The definition as it is stored: what was told, and nothing else."""
        return self.model_dump(mode="json", exclude_unset=True)


class CalendarCreate(Shape):
    """A new calendar."""

    id: CalendarId
    titles: Titles
    definition: CalendarDefinition


class CalendarVersionCreate(Shape):
    """The next revision of a calendar, as a whole."""

    definition: CalendarDefinition


class CalendarOut(OutShape):
    """A service calendar."""

    id: str
    titles: dict[str, str]
    revision: Annotated[int, Field(description="Number of the definition in force.")]
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str


class CalendarDetailOut(CalendarOut):
    """A service calendar with the definition in force."""

    shows_others: ClassVar[bool] = True

    definition: Annotated[dict[str, Any], Field(description="As it was published.")]
    published_at: OutInstant
    published_by: str
    published_through: date | None
    missing_schedule_year: Annotated[
        int | None, Field(description="Year whose statutory schedule should be known by now and is not.")
    ]


class CalendarPage(Page[CalendarOut]):
    """A page of calendars."""


class CalendarVersionOut(OutShape):
    """A published revision of a calendar."""

    calendar_id: str
    revision: int
    definition: dict[str, Any]
    published_at: OutInstant
    published_by: str


class CalendarVersionPage(Page[CalendarVersionOut]):
    """A page of revisions."""


class CalendarFilters(ListQuery):
    """The list of calendars."""

    sort: Annotated[str, sortable("created_at")] = "created_at"


class CalendarVersionFilters(ListQuery):
    """The list of revisions."""

    sort: Annotated[str, sortable("published_at")] = "-published_at"


class PreviewCalendar(Shape):
    """A definition that is not published yet."""

    definition: CalendarDefinition
    examples: Annotated[int, Field(ge=0, le=200, description="Moved clocks to list, the furthest first.")] = (
        20
    )


class MovedClock(OutShape):
    """A running clock that would move."""

    clock_id: UUID
    subject_id: UUID
    due_at: OutInstant
    new_due_at: OutInstant
    moves_by_seconds: Annotated[float, Field(description="Negative: due earlier.")]


class CalendarPreviewOut(OutShape):
    """What publishing the definition would do to running clocks."""

    calendar_id: str
    running: Annotated[int, Field(description="Running clocks that are counted in it.")]
    moved: int
    earlier: Annotated[int, Field(description="How many of the moved would be due earlier.")]
    breached: Annotated[int, Field(description="How many of the moved would be overdue at once.")]
    unknown: Annotated[int, Field(description="Clocks that a preview does not count: there are too many.")]
    examples: list[MovedClock]
