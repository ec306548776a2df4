"""Reservations: pieces kept for a claim, a ticket or a person, until they are issued or go back."""

from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from common.errors import Invalid
from common.lifecycle import NOBODY, Lifecycle, step


class ReservationState(StrEnum):
    """Where a reservation stands."""

    RESERVED = "reserved"
    ISSUED = "issued"
    RELEASED = "released"
    EXPIRED = "expired"


LIFECYCLE = Lifecycle(
    "reservation_state",
    ReservationState.RESERVED,
    MappingProxyType(
        {
            "issue": step("reserved", "issued", "warranty.reservation.issued"),
            "release": step("reserved", "released", "warranty.reservation.released"),
            "expire": step("reserved", "expired", "warranty.reservation.expired", "expires_at has passed"),
        }
    ),
    roles=MappingProxyType({"expire": NOBODY}),
)


def check_expiry(expires_at: datetime, now: datetime) -> None:
    """A reservation ends in the future.

    Raises:
        Invalid: ``expiry-passed``.
    """
    if expires_at <= now:
        raise Invalid("expiry-passed", pointer="#/expires_at", now=now.isoformat())
