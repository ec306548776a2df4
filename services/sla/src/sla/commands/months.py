"""Partitions of the facts: one a month, made ahead; what no month takes stays in the default one."""

from dataclasses import dataclass
from datetime import UTC, datetime

from common.db import Session
from common.inbox import execute, fetch

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('fact months', 0))"
_PRESENT = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'fact'::regclass
"""
_IS_TAKEN = "SELECT EXISTS (SELECT 1 FROM fact_p_default WHERE recorded_at >= $1 AND recorded_at < $2)"


@dataclass(frozen=True, slots=True)
class Month:
    """A month of recording.

    Args:
        begins: its first instant.
        ends: the next one's.
    """

    begins: datetime
    ends: datetime

    @classmethod
    def of(cls, at: datetime, ahead: int) -> "Month":
        """The month of ``at``, or one so many months ahead."""
        number = at.year * 12 + at.month - 1 + ahead
        return cls(_first(number), _first(number + 1))

    @property
    def partition(self) -> str:
        """Name of its partition."""
        return f"fact_p_{self.begins:%Y_%m}"


def _first(number: int) -> datetime:
    year, month = divmod(number, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


async def make_months(session: Session, now: datetime, months: int) -> int:
    """Make the partitions of this month and of ``months`` after it.

    A month of which the default partition holds facts already is left there.

    Returns:
        How many were made.
    """
    await execute(session, _LOCK)
    present = {row[0] for row in await fetch(session, _PRESENT)}
    missing = [
        month for ahead in range(months + 1) if (month := Month.of(now, ahead)).partition not in present
    ]
    return sum([await _make(session, month) for month in missing])


async def _make(session: Session, month: Month) -> bool:
    [(is_taken,)] = await fetch(session, _IS_TAKEN, month.begins, month.ends)
    if not is_taken:
        bounds = f"FROM ('{month.begins.isoformat()}') TO ('{month.ends.isoformat()}')"
        await execute(session, f"CREATE TABLE {month.partition} PARTITION OF fact FOR VALUES {bounds}")
    return not is_taken
