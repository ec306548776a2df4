"""The figures and lists that warranty's rules work with, read once from ``data/policy.toml``."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any


def _read() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("warranty").joinpath("data/policy.toml").read_text(encoding="utf-8"))


_DATA = _read()

LOCAL_WITHIN_KM: float = _DATA["sites"]["local_within_km"]
"""Distance from the nearest service base within which a site is local, in km."""

_STOCK = _DATA["stock"]
STOCK_TIME_ZONE: str = _STOCK["time_zone"]
"""Where a day of the warehouses begins and ends: shelf lives and days of receipt."""
RESERVATION_DAYS: int = _STOCK["reservation_days"]
"""How long a reservation stands that says nothing of it."""
REVIEW_DAYS: int = _STOCK["review_days"]
"""Days between two looks at what has to be ordered."""
SERVICE_LEVEL: float = _STOCK["service_level"]
"""Share of demands for a part that are to be served from the shelf."""
KEY_PART_SERVICE_LEVEL: float = _STOCK["key_part_service_level"]
"""The same for key parts."""
