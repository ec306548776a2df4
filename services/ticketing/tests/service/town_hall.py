"""Warranty's side of things: what it tells on the bus of customers, sites, contacts and assets."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from common.contracts.warranty import assets, coverage, directory, quotes
from common.events import Envelope
from common.testing import arriving
from ticketing.domain.directory import (
    AssetFacts,
    ContactFacts,
    CustomerFacts,
    SiteFacts,
    Sort,
    Thing,
)
from ticketing.gateways import Unreachable

from .desk import CUSTOMER, Desk, Json

QUOTED = {
    "offered": quotes.QuoteOffered,
    "accepted": quotes.QuoteAccepted,
    "declined": quotes.QuoteDeclined,
    "expired": quotes.QuoteExpired,
}


@dataclass
class TownHall:
    """Things by their ids, and the events about them.

    Args:
        desk: makes envelopes and hears them.
        customer: whose things these are.
    """

    desk: Desk
    customer: UUID = CUSTOMER
    site: UUID = field(default_factory=uuid4)
    contact: UUID = field(default_factory=uuid4)
    asset: UUID = field(default_factory=uuid4)
    contract: UUID = field(default_factory=uuid4)

    def customer_event(self, version: int = 1, **changes: object) -> Envelope:
        told = {
            "customer_id": str(self.customer),
            "code": "ICBC",
            "industry": "banking",
            "tier": "standard",
            "time_zone": "Asia/Shanghai",
            "language": "zh-CN",
            **changes,
        }
        return self._event(directory.CustomerCreated, self.customer, version, told)

    def site_event(self, version: int = 1, **changes: object) -> Envelope:
        told = {
            "site_id": str(self.site),
            "customer_id": str(self.customer),
            "code": "SH",
            "city": "Shanghai",
            "latitude": 31.2304,
            "longitude": 121.4737,
            "distance_km": 12.5,
            "locality": "local",
            **changes,
        }
        return self._event(directory.SiteCreated, self.site, version, told)

    def contact_event(self, version: int = 1, **changes: object) -> Envelope:
        told = {
            "contact_id": str(self.contact),
            "customer_id": str(self.customer),
            "roles": [],
            "authorized_from": "2026-01-01",
            **changes,
        }
        return self._event(directory.ContactAuthorized, self.contact, version, told)

    def asset_event(self, version: int = 1, **changes: object) -> Envelope:
        told = {
            "asset_id": str(self.asset),
            "customer_id": str(self.customer),
            "site_id": str(self.site),
            "product_id": str(UUID(int=7)),
            "contract_id": str(self.contract),
            "serial_number": "SN-1",
            "state": "in_service",
            **changes,
        }
        return self._event(assets.AssetRegistered, self.asset, version, told)

    def contract_event(self, version: int = 1, **changes: object) -> Envelope:
        told = {
            "contract_id": str(self.contract),
            "customer_id": str(self.customer),
            "number": "C-1",
            "state": "active",
            "plan_id": "reference",
            "starts_on": "2026-01-01",
            "time_zone": "Asia/Shanghai",
            "currency": "CNY",
            **changes,
        }
        return self._event(directory.ContractActivated, self.contract, version, told)

    def decision_event(self, ticket: Json, version: int = 1, **changes: Any) -> Envelope:
        """A decision on who pays; ``coverage`` holds for all scopes unless they are told one by one."""
        outcome = changes.get("coverage", "free")
        told = {
            "decision_id": str(uuid4()),
            "customer_id": str(self.customer),
            "asset_id": str(self.asset),
            "ticket_id": ticket["id"],
            **dict.fromkeys(("coverage", "parts", "labour", "travel"), outcome),
            "reasons": ["in_term"],
            "rules": [{"rule": "in_term", "clause": "§1.2.3", "holds": True}],
            "clauses": ["§1.2.3"],
            "decided_for": self.desk.clock.now.isoformat(),
            "decided_at": self.desk.clock.now.isoformat(),
            **changes,
        }
        return self._event(coverage.CoverageDecided, UUID(told["decision_id"]), version, told)

    def quote_event(
        self, ticket: Json, state: str, version: int = 1, quote_id: UUID | None = None, **changes: object
    ) -> Envelope:
        told = {
            "quote_id": str(quote_id or uuid4()),
            "number": "QT-2026-000001",
            "customer_id": str(self.customer),
            "asset_id": str(self.asset),
            "ticket_id": ticket["id"],
            "state": state,
            "amount": "2150.00",
            "currency": "CNY",
            "valid_until": self.desk.clock.now.isoformat(),
            **changes,
        }
        kind = QUOTED[state] if told["ticket_id"] else quotes.QuoteTicketUnlinked
        if kind is quotes.QuoteTicketUnlinked:
            told["previous_ticket_id"] = ticket["id"]
        return self._event(kind, UUID(str(told["quote_id"])), version, told)

    def _event(self, kind: Any, key: UUID, version: int, told: Json) -> Envelope:
        if "previous" in kind.model_fields:
            told = {"previous": {}, **told}
        return arriving(kind, key, told, self.desk.clock.now, version)

    def everything(self) -> list[Envelope]:
        return [
            self.customer_event(),
            self.site_event(),
            self.contact_event(),
            self.asset_event(),
            self.contract_event(),
        ]

    async def tell(self) -> None:
        """Let ticketing hear of all of it."""
        await self.desk.hear(*self.everything())

    def things(self) -> dict[Sort, Thing]:
        """The same as its API would say it."""
        return {
            Sort.CUSTOMER: CustomerFacts(self.customer, 1, "Asia/Shanghai"),
            Sort.SITE: SiteFacts(self.site, 1, self.customer, "local", 12.5, 31.2304, 121.4737),
            Sort.CONTACT: ContactFacts(self.contact, 1, self.customer, date(2026, 1, 1), None, False),
            Sort.ASSET: AssetFacts(
                self.asset, 1, self.customer, self.site, UUID(int=7), self.contract, "in_service"
            ),
        }


class Owner:
    """Stands where the gateway to warranty stands; away until it knows something."""

    def __init__(self) -> None:
        self.things: dict[Sort, Thing] | None = None
        self.asked: list[set[Sort]] = []

    async def find(self, wanted: dict[Sort, UUID]) -> dict[Sort, Thing | None]:
        self.asked.append(set(wanted))
        if self.things is None:
            raise Unreachable
        known = self.things
        return {
            sort: known[sort] if sort in known and known[sort].id == thing_id else None
            for sort, thing_id in wanted.items()
        }
