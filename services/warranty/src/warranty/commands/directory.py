"""Customers, sites and service bases: made known and corrected."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import directory as events
from common.db import Session
from common.ids import new_id
from common.locking import locked
from common.moves import Moment, amend, audit, corrected, made
from common.outbox import publish
from common.search import terms
from warranty.commands.needs import needed
from warranty.domain import directory as rules
from warranty.domain.told import NewCustomer, NewSite
from warranty.policy import LOCAL_WITHIN_KM
from warranty.queries import directory as queries
from warranty.tables.directory import Customer, ServiceBase, Site


async def create_customer(session: Session, told: NewCustomer, at: Moment) -> Customer:
    """Make a customer known."""
    customer_id = new_id()
    row = made(
        session,
        Customer,
        at.now,
        id=customer_id,
        customer_id=customer_id,
        search_terms=_customer_terms(asdict(told)),
        **asdict(told),
    )
    publish(session, events.CustomerCreated(**_customer(row)), of=row, occurred_at=at.now, now=at.now)
    audit(session, "create", row, at.now)
    return row


async def update_customer(
    session: Session, customer_id: UUID, told: Mapping[str, Any], at: Moment
) -> Customer:
    """Correct what is known of a customer.

    Raises:
        NotFound, Conflict: no such customer, or another version.
    """
    return correct_customer(session, await locked(session, Customer, customer_id, at.version), told, at)


def correct_customer(session: Session, row: Customer, told: Mapping[str, Any], at: Moment) -> Customer:
    """Correct the locked customer."""
    previous = amend(row, told)
    row.search_terms = _customer_terms(vars(row))
    told_before = _facts_of(previous, events.CustomerEvent)
    return corrected(session, row, at, lambda: events.CustomerUpdated(**_customer(row), previous=told_before))


async def create_site(session: Session, told: NewSite, at: Moment) -> Site:
    """Make a site of a customer known; what is not stated is computed from the service bases.

    Raises:
        Invalid: ``customer-unknown``.
    """
    await ensure_customer(session, told.customer_id)
    return make_site(session, told, await queries.base_positions(session), at)


def make_site(session: Session, told: NewSite, bases: list[dict[str, float]], at: Moment) -> Site:
    """Make a site known whose customer is; ``bases`` is where the service bases are."""
    row = made(session, Site, at.now, search_terms=_site_terms(asdict(told)), **asdict(told))
    row.is_distance_stated, row.is_locality_stated = told.distance_km is not None, told.locality is not None
    locate(row, bases)
    publish(session, events.SiteCreated(**_site(row)), of=row, occurred_at=at.now, now=at.now)
    audit(session, "create", row, at.now)
    return row


async def update_site(session: Session, site_id: UUID, told: Mapping[str, Any], at: Moment) -> Site:
    """Correct what is known of a site; a distance or locality set to null is computed again.

    Raises:
        NotFound, Conflict: no such site, or another version.
    """
    row = await locked(session, Site, site_id, at.version)
    return correct_site(session, row, told, await queries.base_positions(session), at)


def correct_site(
    session: Session, row: Site, told: Mapping[str, Any], bases: list[dict[str, float]], at: Moment
) -> Site:
    """Correct the locked site; ``bases`` is where the service bases are."""
    before = _site(row)
    amend(row, told)
    if "distance_km" in told:
        row.is_distance_stated = told["distance_km"] is not None
    if "locality" in told:
        row.is_locality_stated = told["locality"] is not None
    locate(row, bases)
    row.search_terms = _site_terms(vars(row))
    return _site_changed(session, row, before, at)


async def create_service_base(
    session: Session, *, code: str, name: str, city: str, position: dict[str, float], at: Moment
) -> ServiceBase:
    """Make a service base known; sites whose distance is computed follow it."""
    row = made(session, ServiceBase, at.now, code=code, name=name, city=city, position=position)
    audit(session, "create", row, at.now)
    await _locate_sites(session, at)
    return row


async def update_service_base(
    session: Session, base_id: UUID, told: Mapping[str, Any], at: Moment
) -> ServiceBase:
    """Correct a service base; sites whose distance is computed follow it.

    Raises:
        NotFound, Conflict: no such base, or another version.
    """
    row = await locked(session, ServiceBase, base_id, at.version)
    is_new = bool(amend(row, told))
    corrected(session, row, at)
    if is_new:
        await _locate_sites(session, at)
    return row


async def _locate_sites(session: Session, at: Moment) -> None:
    """Measure every site anew that has a position and no stated distance.

    All of them are held, also those that will stay as they are: one that is being corrected right now would
    otherwise be left with its distance from the bases that there were.
    """
    bases = await queries.base_positions(session)
    movable = select(Site).where(col(Site.position).is_not(None), ~col(Site.is_distance_stated))
    for row in (await session.execute(movable.order_by(col(Site.id)).with_for_update())).scalars():
        before = _site(row)
        locate(row, bases)
        _site_changed(session, row, before, at)


def locate(row: Site, bases: list[dict[str, float]]) -> None:
    """Compute what of distance and locality is not stated (§1.2.4)."""
    if not row.is_distance_stated:
        row.distance_km = rules.nearest_km(row.position, bases)
    if not row.is_locality_stated:
        row.locality = rules.locality_of(row.distance_km, LOCAL_WITHIN_KM)


def _site_changed(session: Session, row: Site, before: dict[str, Any], at: Moment) -> Site:
    previous = {name: value for name, value in before.items() if _site(row)[name] != value}
    return corrected(session, row, at, lambda: events.SiteUpdated(**_site(row), previous=previous))


async def ensure_customer(session: Session, customer_id: UUID) -> None:
    """The customer is known to this caller.

    Raises:
        Invalid: ``customer-unknown``.
    """
    await needed(session, Customer, customer_id, "customer-unknown", "#/customer_id")


def _customer(row: Customer) -> dict[str, Any]:
    return {name: getattr(row, name) for name in events.CustomerEvent.model_fields}


def _site(row: Site) -> dict[str, Any]:
    position = row.position or {}
    return {
        "site_id": row.id,
        "customer_id": row.customer_id,
        "code": row.code,
        "city": row.city,
        "latitude": position.get("latitude"),
        "longitude": position.get("longitude"),
        "distance_km": row.distance_km,
        "locality": row.locality,
    }


def _facts_of(previous: dict[str, Any], event: type[events.CustomerEvent]) -> dict[str, Any]:
    """What of ``previous`` may travel: the facts that the event itself carries."""
    return {name: value for name, value in previous.items() if name in event.model_fields}


def _customer_terms(told: Mapping[str, Any]) -> list[str]:
    return terms(f"{told['name_zh']} {told['name_en']} {told['industry']}", told["code"])


def _site_terms(told: Mapping[str, Any]) -> list[str]:
    return terms(f"{told['name']} {told['address']} {told['city']}", told["code"])
