"""What the directory says of the ids a ticket names: what is missing, what contradicts, what follows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from common.errors import Invalid


class Sort(StrEnum):
    """The things of the directory that a ticket names."""

    CUSTOMER = "customer"
    SITE = "site"
    ASSET = "asset"
    CONTACT = "contact"


class Issue(StrEnum):
    """What is wrong, or not known yet, with what a ticket names."""

    CUSTOMER_UNKNOWN = "customer_unknown"
    SITE_UNKNOWN = "site_unknown"
    ASSET_UNKNOWN = "asset_unknown"
    CONTACT_UNKNOWN = "contact_unknown"
    SITE_OF_ANOTHER_CUSTOMER = "site_of_another_customer"
    ASSET_OF_ANOTHER_CUSTOMER = "asset_of_another_customer"
    CONTACT_OF_ANOTHER_CUSTOMER = "contact_of_another_customer"
    ASSET_AT_ANOTHER_SITE = "asset_at_another_site"


FIELDS = {
    Sort.CUSTOMER: "customer_id",
    Sort.SITE: "site_id",
    Sort.ASSET: "asset_id",
    Sort.CONTACT: "reporter_contact_id",
}
"""Under which name a ticket names each sort."""


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """A customer; ``version`` is its owner's."""

    id: UUID
    version: int
    time_zone: str

    @property
    def customer_id(self) -> UUID:
        """Itself."""
        return self.id


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """A site; distance in km, position in degrees."""

    id: UUID
    version: int
    customer_id: UUID
    locality: str | None
    distance_km: float | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """A contact; the days of its authorisation are its customer's."""

    id: UUID
    version: int
    customer_id: UUID
    authorized_from: date | None
    authorized_to: date | None
    is_erased: bool


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """An asset."""

    id: UUID
    version: int
    customer_id: UUID
    site_id: UUID
    product_id: UUID
    contract_id: UUID | None
    state: str


Thing = CustomerFacts | SiteFacts | ContactFacts | AssetFacts


@dataclass(frozen=True, slots=True)
class Named:
    """The ids that a ticket names."""

    customer_id: UUID | None
    site_id: UUID | None
    asset_id: UUID | None
    reporter_contact_id: UUID | None

    def of(self, sort: Sort) -> UUID | None:
        """The id of one sort."""
        found: UUID | None = getattr(self, FIELDS[sort])
        return found


@dataclass(frozen=True, slots=True)
class Known:
    """What the directory says of the ids; ``None`` where it says nothing, or none was named."""

    customer: CustomerFacts | None = None
    site: SiteFacts | None = None
    asset: AssetFacts | None = None
    contact: ContactFacts | None = None

    def of(self, sort: Sort) -> Thing | None:
        """What is known of one sort."""
        found: Thing | None = getattr(self, sort)
        return found

    def filled_with(self, other: "Known") -> "Known":
        """This, and what ``other`` knows besides."""
        return Known(
            customer=self.customer or other.customer,
            site=self.site or other.site,
            asset=self.asset or other.asset,
            contact=self.contact or other.contact,
        )


def completed(named: Named, known: Known) -> Named:
    """What follows from the ids: the site from the asset, the customer from asset or site."""
    site_id = named.site_id or (known.asset.site_id if known.asset else None)
    owner = known.asset or known.site
    customer_id = named.customer_id or (owner.customer_id if owner else None)
    return replace(named, site_id=site_id, customer_id=customer_id)


def known_of(things: Mapping[Sort, Thing | None]) -> Known:
    """What was said of each sort."""
    found: dict[str, Any] = {sort.value: thing for sort, thing in things.items()}
    return Known(**found)


def missing(named: Named, known: Known) -> dict[Sort, UUID]:
    """What is named and not known."""
    told = {sort: named_id for sort in Sort if (named_id := named.of(sort)) is not None}
    return {sort: named_id for sort, named_id in told.items() if not _is_known(named, known, sort)}


def _is_known(named: Named, known: Known, sort: Sort) -> bool:
    found = known.of(sort)
    return found is not None and found.id == named.of(sort)


def issues(named: Named, known: Known) -> tuple[Issue, ...]:
    """Everything that is wrong with what a ticket names, and what is not known of it yet."""
    unknown = [Issue(f"{sort}_unknown") for sort in missing(named, known)]
    return (*unknown, *_contradictions(named, known))


def _contradictions(named: Named, known: Known) -> Iterator[Issue]:
    for sort in (Sort.ASSET, Sort.SITE, Sort.CONTACT):
        found = known.of(sort)
        if found is not None and _is_known(named, known, sort) and found.customer_id != named.customer_id:
            yield Issue(f"{sort}_of_another_customer")
    if _is_known(named, known, Sort.ASSET) and known.asset and known.asset.site_id != named.site_id:
        yield Issue.ASSET_AT_ANOTHER_SITE


def check(named: Named, known: Known, *, is_customer: bool) -> None:
    """Refuse ids that contradict each other; a customer does not learn what other organisations have.

    Raises:
        Invalid: ``site-of-another-customer``, ``asset-of-another-customer``,
            ``contact-of-another-customer`` or ``asset-at-another-site``; for a customer's own users
            ``site-unknown``, ``asset-unknown`` or ``contact-unknown`` instead of the first three.
    """
    for issue in _contradictions(named, known):
        sort = Sort(issue.split("_", 1)[0])
        foreign = issue is not Issue.ASSET_AT_ANOTHER_SITE
        code = f"{sort}-unknown" if foreign and is_customer else issue.replace("_", "-")
        raise Invalid(code, pointer=f"#/{FIELDS[sort] if foreign else 'site_id'}")


def refuse_unknown(sort: Sort) -> Invalid:
    """The owner does not know the id either."""
    return Invalid(f"{sort}-unknown", pointer=f"#/{FIELDS[sort]}")


def is_authorized(contact: ContactFacts, customer: CustomerFacts, reported_at: datetime) -> bool:
    """Whether the vendor had authorised the contact on the day of the report (§1.2.4), first and last day in.

    The days are those of the customer's time zone.
    """
    day = reported_at.astimezone(ZoneInfo(customer.time_zone)).date()
    begun = contact.authorized_from is not None and contact.authorized_from <= day
    ended = contact.authorized_to is not None and contact.authorized_to < day
    return begun and not ended and not contact.is_erased


def is_reporter_known(named: Named, known: Known, reported_at: datetime) -> bool:
    """Whether the reporter is an authorised contact of the ticket's customer, as of the report."""
    contact, customer = known.contact, known.customer
    if contact is None or customer is None or contact.customer_id != named.customer_id:
        return False
    return contact.id == named.reporter_contact_id and is_authorized(contact, customer, reported_at)


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of a ticket beside its ids: an agent's word on the place, and when it was reported."""

    locality: str | None
    distance_km: float | None
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a ticket is to say of its place and reporter.

    Args:
        site_id: the site told, or the asset's.
        locality: the site's own; the agent's word where the site says nothing.
        distance_km: likewise.
        issues: what is wrong or unknown; empty where everything is verified.
        is_reporter_known: an authorised contact reported (§1.2.4).
    """

    site_id: UUID | None
    locality: str | None
    distance_km: float | None
    issues: tuple[Issue, ...]
    is_reporter_known: bool


def judge(named: Named, known: Known, told: Told) -> Verdict:
    """What follows for a ticket from what the directory knows of its ids."""
    whole = completed(named, known)
    site = known.site if _is_known(whole, known, Sort.SITE) else None
    if site is not None and site.customer_id != whole.customer_id:
        site = None
    return Verdict(
        site_id=whole.site_id,
        locality=(site and site.locality) or told.locality,
        distance_km=told.distance_km if site is None or site.distance_km is None else site.distance_km,
        issues=issues(whole, known),
        is_reporter_known=is_reporter_known(whole, known, told.reported_at),
    )
