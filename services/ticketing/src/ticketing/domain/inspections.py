"""Routine inspections as warranty tells them, and the request that sends somebody there (§1.2.4)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from ticketing.domain.visits import Window


class InspectionState(StrEnum):
    """Where an inspection stands, as warranty names it."""

    DUE = "due"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


OVER = frozenset({InspectionState.COMPLETED, InspectionState.CANCELLED})
"""States after which nobody has to go."""

PLANNED = "按保养计划 / By the maintenance plan"
"""How the reporter of such a request is known: nobody reported it."""

COMPLETED = (
    "巡检已完成，结果见其状态报告 / The inspection is completed; its status report tells what was found"
)
"""How a request is resolved whose inspection is completed, and what keeps faults from coming."""

CALLED_OFF = "巡检已取消 / The inspection is cancelled"
"""Why a request is cancelled whose inspection will not take place."""


@dataclass(frozen=True, slots=True)
class Notice:
    """An inspection after an event about it.

    Args:
        inspection_id: the inspection.
        version: its version; it orders what is told.
        event: bus type of the event.
        number: its number for people.
        customer_id: whose.
        site_id: where.
        asset_id: the asset it is about; ``None`` for the site as a whole.
        state: where it stands.
        due_on: the day agreed with the customer.
        due_at: the end of that day, where that is told.
        time_zone: where the day is decided, where that is told.
        occurred_at: when it happened, not later than it was heard.
    """

    inspection_id: UUID
    version: int
    event: str
    number: str | None
    customer_id: UUID
    site_id: UUID
    asset_id: UUID | None
    state: str
    due_on: date
    due_at: datetime | None
    time_zone: str | None
    occurred_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether nobody has to go any more."""
        return self.state in OVER

    @property
    def window(self) -> Window:
        """The agreed day from its beginning to its end; without a zone, the 24 hours before its end."""
        if self.time_zone is not None:
            begins = _midnight(self.due_on, self.time_zone)
            return Window(begins, self.due_at or _midnight(self.due_on + timedelta(days=1), self.time_zone))
        ends = self.due_at or _midnight(self.due_on + timedelta(days=1), "UTC")
        return Window(ends - timedelta(days=1), ends)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def title(notice: Notice) -> str:
    """What the request is about, in both languages."""
    number = f": {notice.number}" if notice.number else ""
    return f"定期巡检 / Routine inspection{number}"[:200]
