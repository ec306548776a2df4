"""What a contract says of its customer's plan: between which instants, and which plan applies."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla.domain.clocks.world import DEFAULT_PLAN

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
"""The beginning of the calendar, as an instant that every time zone can show."""


@dataclass(frozen=True, slots=True)
class Term:
    """A contract as far as its customer's plan goes.

    Args:
        starts_on: its first day.
        ends_on: its last day; ``None`` where it has none.
        time_zone: where its days begin.
        ended_at: when it was ended, where it was.
    """

    starts_on: date
    ends_on: date | None
    time_zone: str
    ended_at: datetime | None = None

    def instants(self) -> tuple[datetime, datetime | None]:
        """The first instant, and the first no longer; alike where it was ended before it began."""
        zone = ZoneInfo(self.time_zone)
        start = _midnight(self.starts_on, zone)
        ends = [] if self.ended_at is None else [self.ended_at]
        if self.ends_on is not None and self.ends_on < date.max:
            ends.append(_midnight(self.ends_on + timedelta(days=1), zone))
        return start, max(start, min(ends)) if ends else None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which ``day`` begins; before the calendar begins, its beginning."""
    try:
        return datetime.combine(day, time.min, zone).astimezone(UTC)
    except OverflowError:
        return EARLIEST


def plans_of(named: str, newest: int | None) -> tuple[str, str | None]:
    """The plan that applies, and the one that is asked for in vain (``None`` where it applies).

    Args:
        named: the plan that the contract names.
        newest: the last revision of it that was published; ``None``: none was.
    """
    return (DEFAULT_PLAN, named) if newest is None else (named, None)


def is_plan_unknown(revision: int | None, newest: int | None) -> bool:
    """Whether nothing is published under what the contract names: a slip, or a plan that is still to come.

    Args:
        revision: the revision that the contract names; ``None``: the one in force.
        newest: as above.
    """
    return newest is None or (revision or 1) > newest
