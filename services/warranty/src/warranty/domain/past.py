"""What is told as done was done: moments and days that may not lie ahead."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from common.errors import Invalid


def check_moment(moment: datetime, pointer: str, now: datetime) -> None:
    """A moment at which something was signed, read or agreed has passed.

    Args:
        moment: as told.
        pointer: where it stands in the body.
        now: the present.

    Raises:
        Invalid: ``occurred-in-future``.
    """
    if moment > now:
        field = pointer.removeprefix("#/")
        raise Invalid("occurred-in-future", pointer=pointer, field=field, now=now.isoformat())


def check_signature(signature: Mapping[str, Any], now: datetime) -> None:
    """A signature, as it is stored, was given before now.

    Raises:
        Invalid: ``occurred-in-future``.
    """
    check_moment(datetime.fromisoformat(signature["signed_at"]), "#/signature/signed_at", now)


def check_days(told: Mapping[str, Any], names: frozenset[str], now: datetime, zone: ZoneInfo) -> None:
    """Days on which something was done have begun where the contract counts.

    Args:
        told: fields as told; what is left out or ``None`` says nothing.
        names: those that are such days.
        now: the present.
        zone: the time zone in which the contract's days are decided.

    Raises:
        Invalid: ``day-in-future``.
    """
    for name in sorted(names & told.keys()):
        if is_ahead(told[name], now, zone):
            today = now.astimezone(zone).date().isoformat()
            raise Invalid("day-in-future", pointer=f"#/{name}", field=name, today=today)


def is_ahead(day: date | None, now: datetime, zone: ZoneInfo) -> bool:
    """Whether ``day`` has not begun yet in ``zone``."""
    return day is not None and day > now.astimezone(zone).date()
