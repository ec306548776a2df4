"""What is inside assets, from a file; what something sits in is inside already, or in a row above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col

from common.db import Session
from common.moves import Moment
from warranty.commands import components
from warranty.commands.imports.inside import Inside, One, Seat, is_piece, look, parent_name, place_of
from warranty.commands.imports.matching import Match, View, assets_by_serial, found, named, ruled, texts
from warranty.commands.terms import zone_of
from warranty.domain.assets import AssetState, NewComponent
from warranty.domain.imports.records import NOBODY, Record
from warranty.domain.past import is_ahead
from warranty.domain.zones import begins_at
from warranty.queries import inside, stock
from warranty.tables.assets import Asset, Component
from warranty.tables.catalogue import Part, Product
from warranty.tables.contracts import Contract

Piece = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows of a batch may name."""

    products: Mapping[str, Product]
    assets: Mapping[Piece, Asset]
    contracts: Mapping[UUID, Contract]
    parts: Mapping[str, Part]
    holders: Mapping[Piece, UUID]
    stock: Mapping[Piece, tuple[UUID, str]]


async def match(session: Session, records: Sequence[Record], view: View) -> list[One]:
    """Each row beside the component of its asset, position, and serial number or lot."""
    known = await _known(session, records, view)
    matches = [_named(known, record) for record in records]
    placed = [one for one in matches if one.named]
    seen = await look(session, placed, view.file)
    for one in placed:
        contract = known.contracts.get(one.named["asset"].contract_id)
        _find(one, seen, zone_of(contract), view)
        if one.row is None and not one.faults:
            _check(one, known, zone_of(contract), view)
    return matches


async def _known(session: Session, records: Sequence[Record], view: View) -> _Known:
    products = await named(session, Product, col(Product.code), texts(records, "product_code"))
    by_code = {row.code: row for row in products}
    assets = await assets_by_serial(session, by_code, records, "asset_serial_number", locks=view.locks)
    contracts = {row.contract_id for row in assets.values() if row.contract_id is not None}
    parts = {
        row.number: row for row in await named(session, Part, col(Part.number), texts(records, "part_number"))
    }
    pieces = {
        (parts[str(one.values["part_number"])].id, str(one.values["serial_number"]))
        for one in records
        if one.values.get("part_number") in parts and "serial_number" in one.values
    }
    return _Known(
        products=by_code,
        assets=assets,
        contracts={row.id: row for row in await named(session, Contract, col(Contract.id), contracts)},
        parts=parts,
        holders=await inside.holders(session, pieces),
        stock=await stock.where_are(session, pieces),
    )


def _named(known: _Known, record: Record) -> One:
    """The row with the asset and the part that it names, where both are known and it says where it goes."""
    one = One(record)
    product = found(one, "product_code", known.products, "import-product-unknown")
    part = found(one, "part_number", known.parts, "import-part-unknown")
    serial = str(record.values.get("asset_serial_number"))
    asset = None if product is None else known.assets.get((product.id, serial))
    if product is not None and asset is None and "asset_serial_number" in record.values:
        one.refuse("asset_serial_number", "import-asset-unknown")
    if not one.faults and asset is not None and part is not None and "position" in record.values:
        one.named = {"asset": asset, "part": part}
    return one


def _find(one: One, seen: Inside, zone: ZoneInfo, view: View) -> None:
    """The component that the row is about, and what it sits in."""
    one.row = _before(one, seen, zone)
    if one.row is not None or one.faults:
        return
    seat = _seat(one, seen)
    if one.faults:
        return
    one.forms["place"] = place_of(one, seat)
    there = seen.at(one, seat)
    if isinstance(there, Match):
        _refuse_double(one, there, view)
    elif there is None:
        one.named["parent"] = seat
        seen.put(one, seat)
    elif not is_piece(one, there):
        one.refuse("position", "position-taken")
    elif _differs(one, there, zone):
        day = there.installed_at.astimezone(zone).date().isoformat()
        one.refuse("installed_on", "import-installed-otherwise", installed_on=day)
    else:
        one.row = there


def _refuse_double(one: One, other: One, view: View) -> None:
    """Two rows are about one place: when a file is checked, all doubles are told together in the end."""
    if view.file is None:
        one.refuse("position", "import-row-twice", other_row=other.record.row)


def _differs(one: One, row: Component, zone: ZoneInfo) -> bool:
    told = one.record.values.get("installed_on")
    return told is not None and told != row.installed_at.astimezone(zone).date().isoformat()


def _before(one: One, seen: Inside, zone: ZoneInfo) -> Component | None:
    """The component as it was put in then and has been removed since: the row tells nothing new."""
    here = seen.removed_like(one)
    if "installed_on" in one.record.values:
        return next((row for row in here if not _differs(one, row, zone)), None)
    gone = [row.removed_at for row in here if row.removed_at is not None]
    if gone and one.record.row not in seen.still:
        day = max(gone).astimezone(zone).date().isoformat()
        one.refuse("position", "import-component-removed", removed_on=day)
    return None


def _seat(one: One, seen: Inside) -> Seat:
    """What the row sits in; ``None`` directly in the asset.

    Of the rows further above only the new ones count beside what is inside: the others are inside.
    """
    name = parent_name(one.record.values)
    if name is None:
        return None
    column = "parent_serial_number" if "parent_serial_number" in one.record.values else "parent_position"
    there: list[Component | One] = [*seen.known_parents(one), *seen.told_parents(one)]
    above = seen.above.get(name, NOBODY)
    if len(there) + above.new > 1:
        one.refuse(column, "import-parent-ambiguous")
    elif not there and not above.row:
        one.refuse(column, "import-parent-unknown")
    return there[0] if there else above.row


def _check(one: One, known: _Known, zone: ZoneInfo, view: View) -> None:
    """A new component keeps the rules that one told by hand keeps."""
    asset, part, values = one.named["asset"], one.named["part"], one.record.values
    one.named["told"] = NewComponent(
        part_id=part.id,
        position=str(values["position"]),
        serial_number=one.text("serial_number"),
        lot=one.text("lot"),
        is_key_part=None if "is_key_part" not in values else values["is_key_part"] == "yes",
    )
    if asset.state == AssetState.RETIRED:
        return one.refuse("asset_serial_number", "import-asset-retired")
    told_on = date.fromisoformat(str(values["installed_on"])) if "installed_on" in values else None
    if is_ahead(told_on, view.now, zone):
        today = view.now.astimezone(zone).date().isoformat()
        return one.refuse("installed_on", "import-day-ahead", today=today)
    one.named["since"] = _since(asset, told_on, zone)
    with ruled(one, "installed_on"):
        components.installing(asset, Moment(view.now, one.named["since"]))
    with ruled(one, "part_number", serial_number="serial_number", lot="lot"):
        components.check_suits(asset, part, one.named["told"])
    piece = (part.id, str(values.get("serial_number")))
    if piece in known.holders:
        one.refuse("serial_number", "component-serial-taken")
    with ruled(one, "serial_number"):
        components.check_left_stock(piece[1], known.stock.get(piece))
    return None


def _since(asset: Asset, told_on: date | None, zone: ZoneInfo) -> datetime | None:
    """When it was put in; where that is not told, it came with the asset."""
    if told_on is not None:
        return begins_at(told_on, zone)
    came = asset.accepted_at if asset.is_acceptance_told else None
    if asset.installed_on is not None:
        came = begins_at(asset.installed_on, zone)
    if came is None or components.is_joining(asset, came):
        return came
    return max(came, components.floor_of(asset))


async def write(session: Session, found: Sequence[One], at: Moment) -> None:
    """Put in what is new; what is inside already stays as it is."""
    for one in found:
        if one.row is not None:
            continue
        asset, seat = one.named["asset"], one.named["parent"]
        parent = seat.row if isinstance(seat, Match) else seat
        told = replace(one.named["told"], parent_id=None if parent is None else parent.id)
        move = components.installing(asset, Moment(at.now, one.named["since"]))
        one.row = await components.put_in(session, asset, one.named["part"], told, move)
