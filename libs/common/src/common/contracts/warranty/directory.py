"""Customers, sites, contacts and contracts, as far as other services need them."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from common.events import Event


class CustomerEvent(Event):
    """The customer after the event."""

    topic: ClassVar[str] = "warranty.customer.v1"
    collection: ClassVar[str] = "customers"

    customer_id: UUID
    code: str
    industry: str
    tier: str
    time_zone: str
    language: str


class CustomerCreated(CustomerEvent):
    """A customer is known."""

    type: ClassVar[str] = "warranty.customer.created"


class CustomerUpdated(CustomerEvent):
    """What is known of a customer was corrected."""

    type: ClassVar[str] = "warranty.customer.updated"

    previous: dict[str, Any]


class SiteEvent(Event):
    """The site after the event; the distance is in km from the nearest service base."""

    topic: ClassVar[str] = "warranty.site.v1"
    collection: ClassVar[str] = "sites"

    site_id: UUID
    customer_id: UUID
    code: str
    city: str
    latitude: float | None = None
    longitude: float | None = None
    distance_km: float | None = None
    locality: str | None = None


class SiteCreated(SiteEvent):
    """A site is known."""

    type: ClassVar[str] = "warranty.site.created"


class SiteUpdated(SiteEvent):
    """What is known of a site was corrected, or a service base moved its distance."""

    type: ClassVar[str] = "warranty.site.updated"

    previous: dict[str, Any]


class ContactEvent(Event):
    """The contact after the event: whether and when it may report, never who it is."""

    topic: ClassVar[str] = "warranty.contact.v1"
    collection: ClassVar[str] = "contacts"

    contact_id: UUID
    customer_id: UUID
    site_id: UUID | None = None
    roles: list[str]
    authorized_from: date | None = None
    authorized_to: date | None = None
    is_erased: bool = False


class ContactCreated(ContactEvent):
    """A contact is known."""

    type: ClassVar[str] = "warranty.contact.created"


class ContactUpdated(ContactEvent):
    """What is known of a contact was corrected."""

    type: ClassVar[str] = "warranty.contact.updated"

    previous: dict[str, Any]


class ContactAuthorized(ContactEvent):
    """The vendor authorised the contact to report for its organisation (§1.2.4)."""

    type: ClassVar[str] = "warranty.contact.authorized"


class ContactAuthorizationWithdrawn(ContactEvent):
    """The contact may no longer report."""

    type: ClassVar[str] = "warranty.contact.authorization_withdrawn"


class ContactErased(ContactEvent):
    """The contact's personal data is gone; its id stays."""

    type: ClassVar[str] = "warranty.contact.erased"


class ContractEvent(Event):
    """The contract after the event; dates in its own time zone.

    ``response_overrides`` are seconds by metric, where the contract promises other times than its plan.
    """

    topic: ClassVar[str] = "warranty.contract.v1"
    collection: ClassVar[str] = "contracts"

    contract_id: UUID
    customer_id: UUID
    number: str
    state: str
    plan_id: str
    plan_revision: int | None = None
    starts_on: date
    ends_on: date | None = None
    time_zone: str
    currency: str
    inspections_per_year: int | None = None
    response_overrides: dict[str, int] = {}


class ContractCreated(ContractEvent):
    """A contract was drafted."""

    type: ClassVar[str] = "warranty.contract.created"


class ContractUpdated(ContractEvent):
    """A contract was corrected."""

    type: ClassVar[str] = "warranty.contract.updated"

    previous: dict[str, Any]


class ContractActivated(ContractEvent):
    """The contract is in force: its customer is on its service plan from its first day."""

    type: ClassVar[str] = "warranty.contract.activated"


class ContractExpiring(ContractEvent):
    """The contract ends in so many days."""

    type: ClassVar[str] = "warranty.contract.expiring"

    days_left: int


class ContractEnded(ContractEvent):
    """The contract is over: its last day passed, or it was terminated."""

    type: ClassVar[str] = "warranty.contract.ended"

    is_terminated: bool
