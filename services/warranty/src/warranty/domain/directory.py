"""Customers and their sites: tiers, how far a site lies and whether that is local."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0

Position = Mapping[str, float]
"""``latitude`` and ``longitude`` in degrees."""


class Tier(StrEnum):
    """How much weight a customer has in the vendor's planning."""

    STANDARD = "standard"
    KEY = "key"
    STRATEGIC = "strategic"


class Locality(StrEnum):
    """Where a site lies, seen from the nearest service base (§1.2.4)."""

    LOCAL = "local"
    OUT_OF_TOWN = "out_of_town"


def distance_km(here: Position, there: Position) -> float:
    """Great-circle distance between two positions, in km."""
    lat1, lat2 = radians(here["latitude"]), radians(there["latitude"])
    half_lat, half_lon = (lat2 - lat1) / 2, radians(there["longitude"] - here["longitude"]) / 2
    chord = sin(half_lat) ** 2 + cos(lat1) * cos(lat2) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def nearest_km(site: Position | None, bases: Iterable[Position]) -> float | None:
    """Distance from the nearest service base in km, to 0.1; ``None`` where either side is unknown."""
    if site is None:
        return None
    return min((round(distance_km(site, base), 1) for base in bases), default=None)


def locality_of(kilometres: float | None, local_within_km: float) -> Locality | None:
    """Local or out of town by the distance from the nearest base; ``None`` where that is unknown."""
    if kilometres is None:
        return None
    return Locality.LOCAL if kilometres <= local_within_km else Locality.OUT_OF_TOWN
