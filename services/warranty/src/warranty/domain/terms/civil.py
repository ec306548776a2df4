"""Civil-date arithmetic: months and years keep the day, or take the month's last where it has no such day."""

from calendar import monthrange
from datetime import date, timedelta

LAST_YEAR = 9999


def plus_months(day: date, months: int) -> date:
    """``day`` so many months later; 31 January and one month is the last day of February.

    A sum is always counted from ``day`` itself: 31 January and two months is 31 March.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if year > LAST_YEAR:
        return date.max
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def plus_days(day: date, days: int) -> date:
    """``day`` so many days later, never beyond the calendar's last day."""
    return date.max if days > (date.max - day).days else day + timedelta(days=days)
