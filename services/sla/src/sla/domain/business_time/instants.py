"""Instants as whole microseconds since 1970-01-01T00:00Z, and the way there and back."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()

_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Microseconds since the epoch of an aware datetime, exactly."""
    return (moment - EPOCH) // _MICROSECOND


@lru_cache(maxsize=4096)
def instant(us: int) -> datetime:
    """The aware UTC datetime of a number of microseconds since the epoch, exactly."""
    return EPOCH + timedelta(microseconds=us)


def seconds(us: int) -> int | float:
    """A duration of microseconds in seconds: an int when it is whole."""
    whole, rest = divmod(us, SECOND)
    return whole if rest == 0 else us / SECOND


def utc_midnight(on: date) -> int:
    """Microseconds since the epoch of 00:00 UTC on a date."""
    return (on.toordinal() - EPOCH_ORDINAL) * DAY
