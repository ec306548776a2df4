"""Products from a file."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col

from common.db import Session
from common.moves import Moment
from warranty.commands import catalogue
from warranty.commands.imports.matching import Match, View, named, texts
from warranty.domain.imports.records import Record
from warranty.tables.catalogue import Product

_UNSAID: dict[str, Any] = {"technology": None, "is_third_party": False, "manufacturer_terms": {}}
_TEXTS = ("code", "name_zh", "name_en", "maker", "technology")
_TERMS = {"summary": "manufacturer_terms_summary", "reference": "manufacturer_terms_reference"}


async def match(session: Session, records: Sequence[Record], view: View) -> list[Match[Product]]:
    """Each row beside the product of its code."""
    rows = await named(session, Product, col(Product.code), texts(records, "code"), locks=view.locks)
    known = {row.code: row for row in rows}
    return [_match(Match(one, known.get(str(one.values.get("code"))))) for one in records]


def _match(one: Match[Product]) -> Match[Product]:
    values = one.record.values
    one.told = {name: values[name] for name in _TEXTS if name in values}
    if "is_third_party" in values:
        one.told["is_third_party"] = values["is_third_party"] == "yes"
    terms = {name: values[column] for name, column in _TERMS.items() if column in values}
    if not terms:
        return one
    before = {} if one.row is None else one.row.manufacturer_terms
    one.told["manufacturer_terms"] = {"reference": None, **before, **terms}
    if "summary" not in one.told["manufacturer_terms"]:
        one.refuse("manufacturer_terms_reference", "import-terms-unsaid")
    return one


async def write(session: Session, found: Sequence[Match[Product]], at: Moment) -> None:
    """Put in the catalogue what is new and correct what differs."""
    for one in found:
        if one.row is None:
            catalogue.make_product(session, {**_UNSAID, **one.told}, at)
        elif changes := one.differences():
            catalogue.correct_product(session, one.row, changes, at)
