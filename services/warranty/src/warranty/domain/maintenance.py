"""Maintenance plans: the dates agreed with the customer, and when their visits appear (§1.2.4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from common.errors import Conflict, Invalid
from common.lifecycle import LEADS, Lifecycle, step
from warranty.domain.terms.civil import plus_days, plus_months

FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2199, 12, 31)
DAYS_PER_WEEK = 7
MONTHS_PER_YEAR = 12


class PlanState(StrEnum):
    """Where a maintenance plan stands."""

    DRAFT = "draft"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class IntervalUnit(StrEnum):
    """What an interval between visits is counted in."""

    WEEKS = "weeks"
    MONTHS = "months"


class EndReason(StrEnum):
    """Why a plan ended without anybody saying so."""

    LAST_DAY_PASSED = "last_day_passed"
    ASSET_RETIRED = "asset_retired"
    CONTRACT_ENDED = "contract_ended"


OPEN = "draft active suspended"

LIFECYCLE = Lifecycle(
    "maintenance_plan_state",
    PlanState.DRAFT,
    MappingProxyType(
        {
            "activate": step(
                "draft", "active", "warranty.maintenance_plan.activated", "the customer's agreement"
            ),
            "changeSchedule": step(
                OPEN,
                None,
                "warranty.maintenance_plan.schedule_changed",
                "schedule",
                "the customer's agreement",
                "reason",
            ),
            "suspend": step("active", "suspended", "warranty.maintenance_plan.suspended", "reason"),
            "resume": step("suspended", "active", "warranty.maintenance_plan.resumed"),
            "end": step(OPEN, "ended", "warranty.maintenance_plan.ended", "reason"),
        }
    ),
    roles=MappingProxyType({"end": LEADS}),
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The dates of a plan's visits: every so many weeks or months from the first, or the dates agreed on.

    Args:
        unit: of the interval; ``None`` where dates were agreed.
        count: how many of the unit lie between two visits.
        first_on: day of the first visit of an interval, from which all others are counted.
        dates: the dates agreed, ascending; empty where there is an interval.
        ends_on: last day of the plan, included.
    """

    unit: IntervalUnit | None = None
    count: int = 0
    first_on: date | None = None
    dates: tuple[date, ...] = ()
    ends_on: date | None = None

    def on_or_after(self, day: date) -> date | None:
        """The first visit no earlier than ``day``; ``None`` where the plan has none left."""
        found = next((one for one in self.dates if one >= day), None)
        if self.unit is not None and self.first_on is not None:
            found = self._interval(self.first_on, day)
        if found is None or found > LAST_DAY or (self.ends_on is not None and found > self.ends_on):
            return None
        return found

    def _interval(self, first: date, day: date) -> date:
        number = self._visits_before(first, day)
        while self._visit(first, number) < day:
            number += 1
        return self._visit(first, number)

    def _visit(self, first: date, number: int) -> date:
        if self.unit is IntervalUnit.WEEKS:
            return plus_days(first, number * self.count * DAYS_PER_WEEK)
        return plus_months(first, number * self.count)

    def _visits_before(self, first: date, day: date) -> int:
        """A number of visits that certainly lie before ``day``, close to all of them."""
        if self.unit is IntervalUnit.WEEKS:
            passed = (day - first).days // DAYS_PER_WEEK
        else:
            passed = (day.year - first.year) * MONTHS_PER_YEAR + day.month - first.month - 1
        return max(0, passed // self.count)


def check_schedule(schedule: Schedule) -> None:
    """A schedule is an interval from a first day, or dates; never both, and within the calendar we keep.

    Raises:
        Invalid: ``schedule-unclear``, ``date-out-of-range`` or ``schedule-empty``.
    """
    is_interval = schedule.unit is not None
    is_told_whole = is_interval == (schedule.first_on is not None) == (schedule.count > 0)
    if is_interval == bool(schedule.dates) or not is_told_whole:
        raise Invalid("schedule-unclear", pointer="#/schedule")
    told = (*schedule.dates, schedule.first_on, schedule.ends_on)
    for day in told:
        if day is not None:
            check_day(day, "#/schedule")
    if schedule.on_or_after(FIRST_DAY) is None:
        raise Invalid("schedule-empty", pointer="#/schedule/ends_on")


def check_day(day: date, pointer: str) -> None:
    """A day lies within the calendar we keep.

    Raises:
        Invalid: ``date-out-of-range``.
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Invalid(
            "date-out-of-range",
            pointer=pointer,
            day=day.isoformat(),
            first=FIRST_DAY.isoformat(),
            last=LAST_DAY.isoformat(),
        )


def check_agreed(agreed_by: str | None, item_count: int) -> None:
    """Visits come due by dates the customer agreed to, and there is something to look at (§1.2.4).

    Raises:
        Conflict: ``plan-not-agreed`` or ``checklist-empty``.
    """
    if agreed_by is None:
        raise Conflict("plan-not-agreed")
    if not item_count:
        raise Conflict("checklist-empty")


def midnight(day: date, zone: str) -> datetime:
    """The instant at which ``day`` begins in ``zone``."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def appears_at(due_on: date, lead_days: int, zone: str) -> datetime:
    """When a visit appears: at the beginning of the day so many days before it is due."""
    return midnight(due_on - timedelta(days=lead_days), zone)


def due_at(due_on: date, zone: str) -> datetime:
    """Until when a visit is on time: the end of its day."""
    return midnight(due_on + timedelta(days=1), zone)


def today(now: datetime, zone: str) -> date:
    """The day it is in ``zone``."""
    return now.astimezone(ZoneInfo(zone)).date()


def in_order(dates: Iterable[date]) -> Sequence[date]:
    """Agreed dates ascending, each once."""
    return sorted(set(dates))


def why_over(
    next_due_on: date | None, *, is_asset_retired: bool, is_contract_ended: bool
) -> EndReason | None:
    """Why a plan whose moment has come makes no visit but ends; ``None`` where it goes on."""
    if is_asset_retired:
        return EndReason.ASSET_RETIRED
    if is_contract_ended:
        return EndReason.CONTRACT_ENDED
    return EndReason.LAST_DAY_PASSED if next_due_on is None else None
