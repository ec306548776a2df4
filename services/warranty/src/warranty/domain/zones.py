"""Time zones by their IANA names."""

from functools import cache
from zoneinfo import available_timezones


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


def is_known(name: str) -> bool:
    """Whether ``name`` is a time zone."""
    return name in _known()
