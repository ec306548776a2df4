"""What is told as done was done: moments and days that may not lie ahead."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from common.errors import Invalid

IN_ORDER = ("shipped_on", "delivered_on", "installed_on", "accepted_at")
"""What happens to an asset one after the other; what is not known says nothing."""


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


def disordered(days: Mapping[str, date | None]) -> tuple[str, str] | None:
    """The first two of ``IN_ORDER`` of which the later one lies before the earlier; ``None``: all is well."""
    known = [(name, day) for name in IN_ORDER if (day := days.get(name)) is not None]
    return next(((first, then) for (first, one), (then, other) in pairwise(known) if other < one), None)


def check_order(days: Mapping[str, date | None], told: Collection[str]) -> None:
    """An asset is shipped, delivered, installed and accepted in this order.

    Args:
        days: all that are known of the asset.
        told: those that stand in the body.

    Raises:
        Invalid: ``days-out-of-order``.
    """
    found = disordered(days)
    if found is None:
        return
    first, then = found
    field = then if then in told else first
    facts = {"field": then, "day": str(days[then]), "before": first, "before_day": str(days[first])}
    raise Invalid("days-out-of-order", pointer=f"#/{field}", **facts)
