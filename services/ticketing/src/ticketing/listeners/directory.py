"""What warranty tells of customers, sites, contacts, assets, contracts and quotes."""

from collections.abc import Mapping

from common.bus import Listener
from common.contracts import REGISTRY
from common.contracts.warranty.assets import AssetEvent
from common.contracts.warranty.directory import ContactEvent, ContractEvent, CustomerEvent, SiteEvent
from common.contracts.warranty.quotes import QuoteEvent
from common.db import Session
from common.events import Envelope, Event
from ticketing.commands import directory
from ticketing.domain.directory import AssetFacts, ContactFacts, CustomerFacts, SiteFacts


async def on_customer(session: Session, event: CustomerEvent, envelope: Envelope) -> None:
    """A customer is known, or known better."""
    facts = CustomerFacts(event.customer_id, envelope.aggregate_version, event.time_zone)
    await directory.learn(session, facts, envelope.received_at)


async def on_site(session: Session, event: SiteEvent, envelope: Envelope) -> None:
    """A site is known, or known better."""
    facts = SiteFacts(
        id=event.site_id,
        version=envelope.aggregate_version,
        customer_id=event.customer_id,
        locality=event.locality,
        distance_km=event.distance_km,
        latitude=event.latitude,
        longitude=event.longitude,
    )
    await directory.learn(session, facts, envelope.received_at)


async def on_contact(session: Session, event: ContactEvent, envelope: Envelope) -> None:
    """A contact is known, may report, or may no longer (§1.2.4)."""
    facts = ContactFacts(
        id=event.contact_id,
        version=envelope.aggregate_version,
        customer_id=event.customer_id,
        authorized_from=event.authorized_from,
        authorized_to=event.authorized_to,
        is_erased=event.is_erased,
    )
    await directory.learn(session, facts, envelope.received_at)


async def on_asset(session: Session, event: AssetEvent, envelope: Envelope) -> None:
    """An asset is known, or known better; every event about one of its components says so too."""
    facts = AssetFacts(
        id=event.asset_id,
        version=envelope.aggregate_version,
        customer_id=event.customer_id,
        site_id=event.site_id,
        product_id=event.product_id,
        contract_id=event.contract_id,
        state=event.state,
    )
    await directory.learn(session, facts, envelope.received_at)


async def on_contract(session: Session, event: ContractEvent, envelope: Envelope) -> None:
    """A contract is known, or known better."""
    facts = {
        "id": event.contract_id,
        "version": envelope.aggregate_version,
        "customer_id": event.customer_id,
        "state": event.state,
        "currency": event.currency,
    }
    await directory.learn_contract(session, facts)


async def on_quote(session: Session, event: QuoteEvent, envelope: Envelope) -> None:
    """A quote is known, or known better."""
    facts = {
        "id": event.quote_id,
        "version": envelope.aggregate_version,
        "customer_id": event.customer_id,
        "ticket_id": event.ticket_id,
        "state": event.state,
    }
    await directory.learn_quote(session, facts)


_HEARD: Mapping[type[Event], Listener] = {
    CustomerEvent: on_customer,
    SiteEvent: on_site,
    ContactEvent: on_contact,
    AssetEvent: on_asset,
    ContractEvent: on_contract,
    QuoteEvent: on_quote,
}

LISTENERS: Mapping[type[Event], Listener] = {
    event: listener
    for base, listener in _HEARD.items()
    for event in REGISTRY.values()
    if issubclass(event, base)
}
"""Every event about a thing carries all that is known of it, so that the newest is enough."""
