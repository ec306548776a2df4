"""Contacts: people of a customer, and until when the vendor takes reports from them (§1.2.4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from common.errors import Conflict, Invalid
from common.lifecycle import LEADS, Lifecycle, step
from common.texts import LINE
from warranty.domain.phones import NumberingPlan, read_phone

_OF_NO_ADDRESS = rf"\s@<>,;{LINE.hidden}"
EMAIL = rf"^[^{_OF_NO_ADDRESS}]{{1,64}}@[^{_OF_NO_ADDRESS}]{{1,190}}$"
"""What an e-mail address is written like."""


class ContactState(StrEnum):
    """Whether the person behind a contact is still known."""

    ACTIVE = "active"
    ERASED = "erased"


class ContactRole(StrEnum):
    """What a person does for its organisation."""

    OPERATIONS = "operations"
    TECHNICAL = "technical"
    MANAGEMENT = "management"
    PROJECT_MANAGER = "project_manager"
    QUALITY = "quality"
    PURCHASING = "purchasing"
    FINANCE = "finance"
    TRAINING = "training"
    SECURITY = "security"


class PhoneKind(StrEnum):
    """What answers a number."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    FAX = "fax"


class ErasureGround(StrEnum):
    """Why a person's data has to go."""

    REQUESTED = "requested"
    LEFT_ORGANISATION = "left_organisation"
    NO_LONGER_NEEDED = "no_longer_needed"
    RECORDED_BY_MISTAKE = "recorded_by_mistake"


LIFECYCLE = Lifecycle(
    "contact_state",
    ContactState.ACTIVE,
    MappingProxyType(
        {
            "authorize": step("active", None, "warranty.contact.authorized", "from", "to"),
            "withdrawAuthorization": step(
                "active", None, "warranty.contact.authorization_withdrawn", "reason", "an authorisation"
            ),
            "erase": step("active", "erased", "warranty.contact.erased", "ground"),
        }
    ),
    roles=MappingProxyType({"authorize": LEADS, "withdrawAuthorization": LEADS, "erase": LEADS}),
)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both included; without a last day it lasts until it is withdrawn."""

    from_on: date
    to_on: date | None = None

    def is_over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.to_on is not None and self.to_on < today


def granted(standing: Period | None, told: Period, today: date) -> Period:
    """The period in which a contact may report once another one is granted.

    What adjoins or overlaps becomes one period, so that a renewal ahead of time leaves no gap; the last day
    is the one told last.

    Args:
        standing: the period granted so far, where there is one.
        told: the period granted now.
        today: the present day where the customer is.

    Raises:
        Invalid: ``authorization-period-empty`` or ``authorization-over``.
        Conflict: ``authorization-gap`` where days between the two would be left out.
    """
    if told.to_on is not None and told.to_on < told.from_on:
        raise Invalid("authorization-period-empty", pointer="#/to", from_on=told.from_on.isoformat())
    if told.is_over(today):
        raise Invalid("authorization-over", pointer="#/to", today=today.isoformat())
    if standing is None or standing.is_over(today):
        return told
    if _lies_behind(told, standing) or _lies_behind(standing, told):
        raise Conflict(
            "authorization-gap",
            authorized_from=standing.from_on.isoformat(),
            authorized_to=None if standing.to_on is None else standing.to_on.isoformat(),
        )
    return Period(min(standing.from_on, told.from_on), told.to_on)


def _lies_behind(later: Period, earlier: Period) -> bool:
    """Whether a day or more lies between the end of one and the beginning of the other."""
    return earlier.to_on is not None and later.from_on - earlier.to_on > timedelta(days=1)


def phones_of(told: Iterable[Mapping[str, str]], plan: NumberingPlan) -> list[dict[str, str]]:
    """Numbers as they are kept: as typed and as they are found; one that is written twice is kept once.

    Raises:
        Invalid: ``phone-unreadable`` with the place of the number.
    """
    kept: dict[tuple[str, str], dict[str, str]] = {}
    for place, one in enumerate(told):
        phone = read_phone(one["number"], plan, pointer=f"#/phones/{place}/number")
        found = {**one, "e164": phone.e164, "extension": phone.extension}
        kept.setdefault((phone.e164, phone.extension), found)
    return list(kept.values())


def check_known(state: str) -> None:
    """Refuse corrections of a contact whose person is no longer known.

    Raises:
        Conflict: ``contact-erased``.
    """
    if state == ContactState.ERASED:
        raise Conflict("contact-erased")
