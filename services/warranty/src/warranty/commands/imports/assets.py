"""Assets from a file; product, customer, site and contract are named by what people call them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col

from common.db import Session
from common.moves import Moment
from warranty.commands import assets
from warranty.commands.assets import MILESTONES
from warranty.commands.imports import accepted
from warranty.commands.imports.matching import (
    Match,
    View,
    assets_by_serial,
    customers_by_code,
    found,
    named,
    sites_by_code,
    texts,
)
from warranty.commands.terms import zone_of
from warranty.domain.assets import AssetState, NewAsset
from warranty.domain.imports.records import Record
from warranty.domain.past import disordered, is_ahead
from warranty.tables.assets import Asset
from warranty.tables.catalogue import Product
from warranty.tables.contracts import Contract
from warranty.tables.directory import Customer, Site

_COLUMNS = {"accepted_at": "accepted_on"}
"""What a file calls otherwise."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows of a batch may name."""

    products: Mapping[str, Product]
    customers: Mapping[str, Customer]
    sites: Mapping[tuple[UUID, str], Site]
    contracts: Mapping[str, Contract]
    assets: Mapping[tuple[UUID, str], Asset]


async def match(session: Session, records: Sequence[Record], view: View) -> list[Match[Asset]]:
    """Each row beside the asset of its product and serial number."""
    known = await _known(session, records, locks=view.locks)
    matches = [_match(known, record) for record in records]
    _check_days(matches, view.now)
    _check_order(matches)
    await accepted.match(session, matches, view.now)
    return matches


def _check_days(found: Sequence[Match[Asset]], now: datetime) -> None:
    """Days on which something was done have begun where the asset's contract counts."""
    for one in found:
        zone = zone_of(one.named.get("contract"))
        for name in sorted(MILESTONES & one.told.keys()):
            if is_ahead(one.told[name], now, zone):
                one.refuse(name, "import-day-ahead", today=now.astimezone(zone).date().isoformat())


def _check_order(found: Sequence[Match[Asset]]) -> None:
    """Days that a row tells, beside those that are known, follow one another."""
    for one in found:
        if not one.faults and not one.record.faults:
            _check_days_of(one)


def _check_days_of(one: Match[Asset]) -> None:
    values, zone = one.record.values, zone_of(one.named.get("contract"))
    days = {**({} if one.row is None else assets.milestones(one.row, zone)), **one.told}
    if "accepted_on" in values:
        days["accepted_at"] = date.fromisoformat(str(values["accepted_on"]))
    wrong = disordered(days)
    if wrong is None or wrong == ("shipped_on", "accepted_at"):
        return
    columns = [_COLUMNS.get(name, name) for name in wrong]
    before_day, day = (str(days[name]) for name in wrong)
    column = columns[1] if columns[1] in values else columns[0]
    facts = {"day": day, "before": columns[0], "before_day": before_day}
    one.refuse(column, "import-days-disordered", field=columns[1], **facts)


async def _known(session: Session, records: Sequence[Record], *, locks: bool) -> _Known:
    products = await named(session, Product, col(Product.code), texts(records, "product_code"))
    customers = await customers_by_code(session, texts(records, "customer_code"))
    by_code = {row.code: row for row in products}
    contracts = await named(session, Contract, col(Contract.number), texts(records, "contract_number"))
    return _Known(
        products=by_code,
        customers=customers,
        sites=await sites_by_code(session, customers, records, "site_code"),
        contracts={row.number: row for row in contracts},
        assets=await assets_by_serial(session, by_code, records, "serial_number", locks=locks),
    )


def _match(known: _Known, record: Record) -> Match[Asset]:
    one = Match[Asset](record)
    product = found(one, "product_code", known.products, "import-product-unknown")
    customer = found(one, "customer_code", known.customers, "import-customer-unknown")
    contract = found(one, "contract_number", known.contracts, "import-contract-unknown")
    site = None if customer is None else known.sites.get((customer.id, str(record.values.get("site_code"))))
    if customer is not None and site is None and "site_code" in record.values:
        one.refuse("site_code", "import-site-unknown")
    if customer and contract and contract.customer_id != customer.id:
        one.refuse("contract_number", "import-contract-of-another")
    if one.faults or product is None or customer is None or site is None:
        return one
    one.named = {"product": product, "site": site, "contract": contract}
    one.told = _told(record, site, contract)
    one.row = known.assets.get((product.id, str(record.values.get("serial_number"))))
    _check_changeable(one, customer)
    return one


def _told(record: Record, site: Site, contract: Contract | None) -> dict[str, Any]:
    days = {
        name: date.fromisoformat(str(record.values[name])) for name in MILESTONES if name in record.values
    }
    return {"site_id": site.id, **({"contract_id": contract.id} if contract else {}), **days}


def _check_changeable(one: Match[Asset], customer: Customer) -> None:
    if one.row is None:
        return
    if one.row.customer_id != customer.id:
        one.refuse("customer_code", "import-asset-of-another")
    elif one.row.state == AssetState.RETIRED and (one.differences() or _is_accepted_now(one)):
        one.refuse("serial_number", "import-asset-retired")


def _is_accepted_now(one: Match[Asset]) -> bool:
    return "accepted_on" in one.record.values and one.row is not None and one.row.accepted_at is None


async def write(session: Session, found: Sequence[Match[Asset]], at: Moment) -> None:
    """Register what is new, correct what differs, and record what was accepted before."""
    news = []
    for one in found:
        row = one.row
        if row is None:
            serial = str(one.record.values["serial_number"])
            site, product = one.named["site"], one.named["product"]
            told = NewAsset(serial_number=serial, product_id=product.id, **one.told)
            row = assets.make(session, told, site, product, at)
        elif changes := one.differences():
            await assets.correct(session, row, changes, at)
        if one.is_news:
            news.append((row.id, one.named["acceptance"]))
    await accepted.write(session, news, at)
