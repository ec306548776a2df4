"""Time zones from the pinned ``tzdata`` package only, whatever the machine has installed (T10)."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import tzdata  # type: ignore[import-untyped]

from sla.domain.business_time.instants import DAY, SECOND, instant, utc_midnight

ZONE_DATA_VERSION: str = tzdata.IANA_VERSION
"""The release of the zone data: part of what a calendar version means."""


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Every zone name of the pinned data."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of a name in the pinned data.

    Raises:
        KeyError: the pinned data has no such zone.
    """
    if name not in zone_names():
        raise KeyError(name)
    with files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def local(us: int, where: ZoneInfo) -> datetime:
    """The local time of an instant (microseconds since the epoch)."""
    return instant(us).astimezone(where)


def local_instant(on: date, wall_us: int, where: ZoneInfo) -> int:
    """The instant of a wall time ``wall_us`` microseconds after local midnight of a date.

    A repeated wall time means its first occurrence; a skipped one is read with the offset before the change.
    """
    wall = datetime(on.year, on.month, on.day, tzinfo=where) + timedelta(microseconds=wall_us)
    return utc_midnight(on) + wall_us - _offset_us(wall)


def wall_time(us: int, on: date, where: ZoneInfo) -> int:
    """The local time of an instant as microseconds of wall time after local midnight of a date."""
    return us + _offset_us(local(us, where)) - utc_midnight(on)


def is_skipped(wall: datetime) -> bool:
    """Whether clocks jump over this local time (aware datetime of its zone)."""
    return _offset_us(wall.replace(fold=0)) < _offset_us(wall.replace(fold=1))


def is_repeated(wall: datetime) -> bool:
    """Whether clocks show this local time twice (aware datetime of its zone)."""
    return _offset_us(wall.replace(fold=0)) > _offset_us(wall.replace(fold=1))


@lru_cache(maxsize=256)
def change_dates(name: str, first: int, last: int) -> tuple[date, ...]:
    """UTC dates of some years (both included) after whose noon the zone's offset changes within a day."""
    where, found = zone(name), []
    noon = datetime(first, 1, 1, 12, tzinfo=UTC) - timedelta(days=2)
    before = noon.astimezone(where).utcoffset()
    end = datetime(last + 1, 1, 2, tzinfo=UTC)
    while noon < end:
        after = (noon + timedelta(days=1)).astimezone(where).utcoffset()
        if after != before:
            found.append(noon.date())
        noon, before = noon + timedelta(days=1), after
    return tuple(found)


@lru_cache(maxsize=256)
def offsets(name: str, first: int, last: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The instants at which the offset changes within some years, and the offsets before, between and after.

    All in microseconds; the years are UTC years, both included, and sound a day beyond on both sides.
    """
    where = zone(name)
    changes = change_dates(name, first, last)
    instants = tuple(_change_instant(where, utc_midnight(on) + DAY // 2) for on in changes)
    before = utc_midnight(date(first, 1, 1)) - DAY
    return instants, tuple(_offset_us(local(us, where)) for us in (before, *instants))


def _change_instant(where: ZoneInfo, noon: int) -> int:
    """The first instant with the new offset in the day after a noon, found by halving to the second."""
    low, high, old = noon // SECOND, (noon + DAY) // SECOND, _offset_us(local(noon, where))
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_us(local(middle * SECOND, where)) == old:
            low = middle
        else:
            high = middle
    return high * SECOND


def _offset_us(wall: datetime) -> int:
    offset = wall.utcoffset() or timedelta()
    return (offset.days * 86_400 + offset.seconds) * SECOND
