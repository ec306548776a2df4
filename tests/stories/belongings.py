"""What an organisation has in every service, made through the APIs: one thing of every kind."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.stories.documents import operation
from tests.stories.town import Body, Case, Town

MARK = "only-for-A"
"""Stands in every text of theirs."""

PHONE = "+8613800138000"
CHECK = {"code": "dust", "kind": "check", "label_zh": "积尘", "label_en": "Dust"}


@dataclass
class Belongings:
    """Ids of what they have, by the collection it stands in; and of the shared things around it."""

    town: Town
    theirs: dict[str, str] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)

    async def make(self, path: str, service: str = "warranty", **told: Any) -> Body:
        """POST to ``path`` what is told, with a sample of whatever else is required."""
        asked = operation(service, "post", path)
        filled = path.format(**{name: self.theirs.get(where) for name, where in asked.parameters})
        body = {**(asked.body() or {}), **told}
        headers = {"Idempotency-Key": str(uuid4())}
        return await self.town.do(service, "POST", filled, body, **headers)

    async def have(self, path: str, service: str = "warranty", **told: Any) -> Body:
        """Make a thing of theirs."""
        made = await self.make(path, service, **told)
        self.theirs[path.rpartition("/")[2]] = made["id"]
        return made

    async def share(self, path: str, **told: Any) -> Body:
        """Make a thing that belongs to no customer."""
        made = await self.make(path, **told)
        self.shared[path.rpartition("/")[2]] = made["id"]
        return made

    async def first(self, collection: str, path: str, service: str = "warranty") -> None:
        """Note the first thing of a list of theirs."""
        page = await self.town.do(service, "GET", path.format(**self.theirs))
        self.theirs[collection] = page["items"][0]["id"]


async def everything_of(town: Town) -> Belongings:
    """One thing of every kind that belongs to a customer."""
    has = Belongings(town)
    await _places(has)
    await _devices(has)
    await _work(has)
    await _claims(has)
    await _visits(has)
    await _tickets(has)
    return has


async def _places(has: Belongings) -> None:
    customer = await has.have("/v1/customers", code=MARK, name_en=MARK)
    has.town.customer = UUID(customer["id"])
    of = {"customer_id": customer["id"]}
    site = await has.have("/v1/sites", **of, code=MARK, name=MARK, address=MARK, locality="local")
    phones = [{"number": PHONE}]
    await has.have("/v1/contacts", **of, name=MARK, site_id=site["id"], phones=phones, roles=["operations"])
    await has.make("/v1/contacts/{contact_id}:authorize")
    await has.have("/v1/contracts", **of, number=MARK, starts_on="2026-01-01", inspections_per_year=2)
    await has.make("/v1/contracts/{contract_id}:activate")
    await has.first("inspection-obligations", "/v1/inspection-obligations")


async def _devices(has: Belongings) -> None:
    """An asset with a part inside, delivered, installed and accepted."""
    product = await has.share("/v1/products", code="UPS-1")
    part = await has.share("/v1/parts", number="PM-1", is_key_part=True)
    at = {"site_id": has.theirs["sites"], "contract_id": has.theirs["contracts"]}
    asset = await has.have("/v1/assets", **at, serial_number=MARK, product_id=product["id"])
    await has.make("/v1/assets/{asset_id}:installComponent", part_id=part["id"], position=MARK)
    await has.have("/v1/installations", **at, asset_ids=[asset["id"]], specification=MARK)
    defect = {"item": MARK, "finding": MARK, "due_at": (has.town.clock.now + timedelta(days=2)).isoformat()}
    await has.have("/v1/installations/{installation_id}/defects", **defect)
    other = await has.make("/v1/assets", **at, serial_number=f"{MARK}-2", product_id=product["id"])
    has.theirs["assets"] = other["id"]
    inside = {"part_id": part["id"], "position": MARK}
    component = await has.make("/v1/assets/{asset_id}:installComponent", **inside)
    has.theirs["components"] = component["id"]
    now = has.town.clock.now.isoformat()
    await has.make("/v1/assets/{asset_id}:recordAcceptance", accepted_at=now, reference=MARK)
    await has.town.later(minutes=1)
    await has.first("warranty-terms", f"/v1/assets/{other['id']}/warranty-terms")
    await has.have("/v1/coverage-decisions", asset_id=other["id"], component_id=component["id"])


async def _work(has: Belongings) -> None:
    """What was read, installed and agreed about the asset."""
    asset = has.theirs["assets"]
    await has.have("/v1/assets/{asset_id}/meter-readings", hours=10)
    await has.have("/v1/assets/{asset_id}/readings", item="dust", value=1.5)
    release = await has.share("/v1/releases", product_id=has.shared["products"], release_version="1.0.0")
    shipped = {"tested_on": f"{has.town.clock.now:%Y-%m-%d}"}
    await has.town.do("warranty", "POST", f"/v1/releases/{release['id']}:release", shipped)
    told = {"release_id": release["id"], "change_reference": MARK, "effect": "none"}
    await has.make("/v1/assets/{asset_id}:installRelease", **told)
    await has.first("software-installations", f"/v1/assets/{asset}/software-installations")


async def _claims(has: Belongings) -> None:
    part = has.shared["parts"]
    store = (await has.share("/v1/warehouses", code="WH-1", kind="central"))["id"]
    told = {"kind": "receipt", "warehouse_id": store, "part_id": part, "quantity": 9}
    await has.share("/v1/stock-movements", **told)
    claim = await has.have("/v1/claims", asset_id=has.theirs["assets"], ground="fault", finding=MARK)
    await has.have(
        "/v1/quotes", claim_id=claim["id"], note=MARK, rates=_rates(), labour_hours=1, currency="CNY"
    )
    await has.make("/v1/quotes/{quote_id}:offer")
    at = {"customer_id": has.theirs["customers"], "site_id": has.theirs["sites"], "claim_id": claim["id"]}
    await has.have("/v1/loaners", **at, part_id=part, due_on="2026-12-01")
    await has.have("/v1/reservations", part_id=part, quantity=1, claim_id=claim["id"])
    money = {"amount": "10.00", "currency": "CNY"}
    await has.have("/v1/upstream-claims", claim_id=claim["id"], party=MARK, reason=MARK, claimed=money)


def _rates() -> Body:
    return {"labour_hour": {"amount": "300.00", "currency": "CNY"}}


async def _visits(has: Belongings) -> None:
    now = has.town.clock.now
    agreed: Body = {"agreed_by": MARK, "agreed_at": now.isoformat(), "checklist": [CHECK]}
    day = f"{now + timedelta(days=30):%Y-%m-%d}"
    at = {"site_id": has.theirs["sites"], "asset_id": has.theirs["assets"]}
    await has.have("/v1/maintenance-plans", **at, title=MARK, schedule={"dates": [day]}, **agreed)
    await has.have("/v1/inspections", **at, due_on=day, **agreed)


async def _tickets(has: Belongings) -> None:
    town = has.town
    case = await town.open(locality="local", title=MARK)
    has.theirs["tickets"] = case.ticket["id"]
    await case.act("acknowledge")
    await case.remote_session("failed", minutes=20)
    await town.later(hours=2)
    told = {"visibility": "public", "body": MARK}
    await has.have("/v1/tickets/{ticket_id}/comments", "ticketing", **told)
    for collection in ("support-sessions", "consents", "escalations"):
        await has.first(collection, f"{case.path}/{collection}", "ticketing")
    await has.first("visits", f"/v1/visits?ticket_id={case.ticket['id']}", "ticketing")
    price = {"amount": "1", "currency": "CNY"}
    line = {"kind": "travel", "description": MARK, "unit_price": price}
    await has.have("/v1/tickets/{ticket_id}/charges", "ticketing", **line)
    await _promises(has, case)


async def _promises(has: Belongings, case: Case) -> None:
    has.theirs["clocks"] = (await case.clock("onsite"))["id"]
    await has.first("agreements", "/v1/agreements?customer_id={customers}", "sla")
