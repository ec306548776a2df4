"""Parts from a file; what supersedes a part is in the catalogue already, or in a row above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import col

from common.db import Session
from common.moves import Moment
from warranty.commands import catalogue
from warranty.commands.imports.matching import Match, View, named, ruled, texts
from warranty.commands.levels import soon
from warranty.domain.catalogue import LEAD_TIME_DAYS, chain
from warranty.domain.imports.records import Record
from warranty.queries import catalogue as queries
from warranty.queries import imports
from warranty.tables.catalogue import Part, Product

One = Match[Part]
_UNSAID: dict[str, Any] = {
    **dict.fromkeys(("is_key_part", "is_consumable", "is_serialised", "is_lot_tracked"), False),
    **dict.fromkeys(("shelf_life_days", "unit_price", "currency", "superseded_by_id")),
    "lead_time_days": LEAD_TIME_DAYS,
    "annual_failure_rate": 0.0,
    "compatible_product_ids": [],
}
_AS_TOLD = ("number", "name_zh", "name_en", "currency", "annual_failure_rate")
_WHOLE = ("shelf_life_days", "lead_time_days")
_FLAGS = ("is_key_part", "is_consumable", "is_serialised", "is_lot_tracked")
_SETTLED = ("is_serialised", "is_lot_tracked")
"""What cannot be corrected, by hand neither."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows of a batch may name.

    Args:
        products: by code.
        parts: by number.
        links: what supersedes a part by now, by numbers; ``None`` where nothing does.
        told: rows of the batch so far that are new.
    """

    products: Mapping[str, Product]
    parts: Mapping[str, Part]
    links: dict[str, str | None]
    told: dict[str, One]


async def match(session: Session, records: Sequence[Record], view: View) -> list[One]:
    """Each row beside the part of its number."""
    numbers = texts(records, "number") | texts(records, "superseded_by")
    if view.locks:  # as when corrected by hand: planning is taken before the part
        before = await named(session, Part, col(Part.number), numbers)
        await soon(session, [row.id for row in before], view.now)
    rows = await named(session, Part, col(Part.number), numbers, locks=view.locks)
    codes = {code for one in records for code in _codes(one)}
    products = await named(session, Product, col(Product.code), codes)
    links = await _links(session, texts(records, "superseded_by"), view.file)
    known = _Known({row.code: row for row in products}, {row.number: row for row in rows}, links, {})
    return [_match(known, record) for record in records]


async def _links(session: Session, numbers: set[str], file: UUID | None) -> dict[str, str | None]:
    """The chains of supersession from these numbers on, as they are once the rows above are written."""
    links: dict[str, str | None] = {}
    while numbers:
        found = await queries.superseding(session, numbers)
        if file is not None:
            found |= await imports.superseding(session, file, numbers, found)
        links |= found
        numbers = {following for following in found.values() if following} - links.keys()
    return links


def _codes(record: Record) -> Sequence[str]:
    told = record.values.get("compatible_products")
    return told if isinstance(told, list) else ()


def _match(known: _Known, record: Record) -> One:
    values, number = record.values, str(record.values.get("number"))
    one = One(record, known.parts.get(number))
    one.told = {name: values[name] for name in _AS_TOLD if name in values}
    one.told |= {name: int(str(values[name]).removesuffix(".0")) for name in _WHOLE if name in values}
    one.told |= {name: values[name] == "yes" for name in _FLAGS if name in values}
    if "unit_price" in values:
        one.told["unit_price"] = Decimal(str(values["unit_price"]))
    _check_settled(one)
    _fit(one, known)
    _supersede(one, known)
    if one.row is None and "number" in values:
        known.told.setdefault(number, one)
        known.links.setdefault(number, None)
    return one


def _check_settled(one: One) -> None:
    for name in _SETTLED:
        if one.row is not None and one.told.get(name, getattr(one.row, name)) != getattr(one.row, name):
            one.refuse(name, "import-part-told-apart")


def _fit(one: One, known: _Known) -> None:
    """The products that the part fits; their order says nothing."""
    codes = _codes(one.record)
    if any(code not in known.products for code in codes):
        return one.refuse("compatible_products", "import-product-unknown")
    ids = [str(known.products[code].id) for code in codes]
    if ids and (one.row is None or set(ids) != set(one.row.compatible_product_ids)):
        one.told["compatible_product_ids"] = ids
    return None


def _supersede(one: One, known: _Known) -> None:
    """What supersedes the part; the chain has no circle, with the rows above as with what is known."""
    successor, number = one.text("superseded_by"), one.text("number")
    if successor is None or number is None:
        return None
    if successor != number and successor not in known.links:
        return one.refuse("superseded_by", "import-successor-unknown")
    with ruled(one, "superseded_by"):
        chain(number, {**known.links, number: successor})
        known.links[number] = successor
    following = known.parts.get(successor) or known.told.get(successor)
    one.named["successor"] = following
    if isinstance(following, Part):
        one.told["superseded_by_id"] = following.id
    elif one.row is not None:
        one.is_news = True
    return None


async def write(session: Session, found: Sequence[One], at: Moment) -> None:
    """Put in the catalogue what is new and correct what differs; levels are planned at the next look."""
    new = []
    for one in found:
        successor = one.named.get("successor")
        if isinstance(successor, Match) and successor.row is not None:
            await session.write_collected()
            one.told["superseded_by_id"] = successor.row.id
        if one.row is None:
            one.row = catalogue.make_part(session, {**_UNSAID, **one.told}, at)
            new.append(one.row.id)
        elif changes := one.differences():
            catalogue.correct_part(session, one.row, changes, at)
    await session.write_collected()
    await soon(session, new, at.now)
