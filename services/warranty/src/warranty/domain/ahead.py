"""What is agreed for later is near enough to be meant: a slip of the year is taken for no promise."""

from datetime import date

from common.errors import Invalid
from warranty.domain.terms.civil import plus_months

MONTHS_PER_YEAR = 12


def check_near(day: date, pointer: str, today: date, years: int) -> None:
    """A day that is agreed lies within some years.

    Args:
        day: as told.
        pointer: where it stands in the body.
        today: the day on which it is told.
        years: within which people agree on days.

    Raises:
        Invalid: ``day-too-far``.
    """
    latest = plus_months(today, MONTHS_PER_YEAR * years)
    if day > latest:
        raise Invalid("day-too-far", pointer=pointer, day=day.isoformat(), latest=latest.isoformat())
