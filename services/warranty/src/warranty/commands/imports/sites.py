"""Sites from a file; the customer is named by its code."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.db import Session
from common.moves import Moment
from warranty.commands import directory
from warranty.commands.imports.matching import Match, View, customers_by_code, sites_by_code, texts
from warranty.domain.imports.records import Record
from warranty.domain.told import NewSite
from warranty.queries import directory as queries
from warranty.tables.directory import Site


async def match(session: Session, records: Sequence[Record], view: View) -> list[Match[Site]]:
    """Each row beside the site of its customer and code."""
    customers = await customers_by_code(session, texts(records, "customer_code"))
    sites = await sites_by_code(session, customers, records, "code", locks=view.locks)
    found = []
    for record in records:
        one = Match[Site](record, told=_told(record.values))
        customer = customers.get(str(record.values.get("customer_code")))
        if customer is not None:
            one.named["customer"] = customer
            one.row = sites.get((customer.id, str(record.values.get("code"))))
        elif "customer_code" in record.values:
            one.refuse("customer_code", "import-customer-unknown")
        found.append(one)
    return found


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in values.items() if name != "customer_code"}
    latitude, longitude = told.pop("latitude", None), told.pop("longitude", None)
    if latitude is not None and longitude is not None:
        told["position"] = {"latitude": latitude, "longitude": longitude}
    return told


async def write(session: Session, found: Sequence[Match[Site]], at: Moment) -> None:
    """Make known what is new and correct what differs."""
    bases = await queries.base_positions(session)
    for one in found:
        if one.row is None:
            told = NewSite(customer_id=one.named["customer"].id, **one.told)
            directory.make_site(session, told, bases, at)
        elif changes := one.differences():
            directory.correct_site(session, one.row, changes, bases, at)
