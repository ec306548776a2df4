"""What is inside assets, from a file; what something sits in is inside already, or in a row above."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col

from common.db import Session
from common.moves import Moment
from warranty.commands import components
from warranty.commands.imports.matching import Match, View, assets_by_serial, found, named, ruled, texts
from warranty.commands.terms import zone_of
from warranty.domain.assets import AssetState, NewComponent
from warranty.domain.imports.columns import ImportKind
from warranty.domain.imports.records import Record, name_of, names_of
from warranty.domain.past import is_ahead
from warranty.domain.zones import begins_at
from warranty.queries import assets as asset_queries
from warranty.queries import imports as queries
from warranty.queries import stock
from warranty.tables.assets import Asset, Component
from warranty.tables.catalogue import Part, Product
from warranty.tables.contracts import Contract

Piece = tuple[UUID, str]
One = Match[Component]
Seat = Component | One | str | None
"""What a component sits in: a known one, a row of the batch, the name of a row further above, nothing."""


def _key(seat: Seat) -> object:
    if isinstance(seat, Component):
        return seat.id
    return seat.record.row if isinstance(seat, Match) else seat


@dataclass(slots=True)
class _Inside:
    """What is inside one asset, and what the rows so far put there.

    Args:
        ever: everything that is known, what was removed too.
        told: rows of the batch that are new, by what they sit in and where.
    """

    ever: list[Component] = field(default_factory=list)
    told: dict[tuple[object, str], One] = field(default_factory=dict)

    def at(self, seat: Seat, position: str) -> Component | One | None:
        """What sits at a position in ``seat``."""
        place = (_key(seat), position)
        known = (
            row for row in self.ever if row.removed_at is None and (row.parent_id, row.position) == place
        )
        return next(known, None) or self.told.get(place)

    def called(self, wanted: Mapping[str, Any]) -> list[Component | One]:
        """What has the serial number and the position that are wanted, or replaced what had that number."""
        found = {}
        for row in self.ever:
            if all(getattr(row, name) == value for name, value in wanted.items()):
                present = self._present(row) if "serial_number" in wanted else row
                if present is not None and present.removed_at is None:
                    found[present.id] = present
        rows = (one for one in self.told.values() if wanted.items() <= one.record.values.items())
        return [*found.values(), *rows]

    def _present(self, row: Component) -> Component | None:
        """The component itself, or what stands in its place by now."""
        present: Component | None = row
        while present is not None and present.removed_at is not None:
            present = next((other for other in self.ever if other.replaces_id == present.id), None)
        return present


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows of a batch may name."""

    products: Mapping[str, Product]
    assets: Mapping[Piece, Asset]
    contracts: Mapping[UUID, Contract]
    parts: Mapping[str, Part]
    inside: Mapping[UUID, _Inside]
    holders: Mapping[Piece, UUID]
    stock: Mapping[Piece, tuple[UUID, str]]
    above: Mapping[str, int]


async def match(session: Session, records: Sequence[Record], view: View) -> list[One]:
    """Each row beside the component of its asset, position, and serial number or lot."""
    known = await _known(session, records, view)
    return [_match(known, record, view) for record in records]


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
        inside=await _inside(session, assets.values()),
        holders=await asset_queries.installed(session, pieces),
        stock=await stock.where_are(session, pieces),
        above=await _above(session, records, view),
    )


async def _inside(session: Session, assets: Iterable[Asset]) -> Mapping[UUID, _Inside]:
    ids = {row.id for row in assets}
    found: dict[UUID, _Inside] = defaultdict(_Inside)
    for row in await named(session, Component, col(Component.asset_id), ids):
        found[row.asset_id].ever.append(row)
    return found


async def _above(session: Session, records: Sequence[Record], view: View) -> Mapping[str, int]:
    """How many rows that were read before are called as these rows name their parents."""
    names = {name for one in records if (name := _parent_name(one.values)) is not None}
    return {} if view.file is None else await queries.count_called(session, view.file, names)


def _parent(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says of the component that it sits in."""
    wanted = {"serial_number": "parent_serial_number", "position": "parent_position"}
    return {name: values[column] for name, column in wanted.items() if column in values}


def _parent_name(values: Mapping[str, Any]) -> str | None:
    parent = _parent(values)
    by = next(iter(parent), None)
    return by and name_of(("product_code", "asset_serial_number", by), {**values, **parent})


def _match(known: _Known, record: Record, view: View) -> One:
    one = One(record)
    product = found(one, "product_code", known.products, "import-product-unknown")
    part = found(one, "part_number", known.parts, "import-part-unknown")
    serial = str(record.values.get("asset_serial_number"))
    asset = None if product is None else known.assets.get((product.id, serial))
    if product is not None and asset is None and "asset_serial_number" in record.values:
        one.refuse("asset_serial_number", "import-asset-unknown")
    if one.faults or asset is None or part is None or "position" not in record.values:
        return one
    one.named = {"asset": asset, "part": part}
    contract = known.contracts.get(asset.contract_id) if asset.contract_id else None
    _find(one, known, zone_of(contract))
    if one.row is None and not one.faults:
        _check(one, known, zone_of(contract), view)
    return one


def _find(one: One, known: _Known, zone: ZoneInfo) -> None:
    """The component that the row is about, and what it sits in."""
    inside, values = known.inside[one.named["asset"].id], one.record.values
    before = _before(one, inside, zone)
    if before is not None:
        one.row = before
        return
    parent = _seat(one, known, inside)
    if one.faults:
        return
    there = inside.at(parent, str(values["position"]))
    if isinstance(there, Match):
        _refuse_double(one, there)
    elif there is None:
        one.named["parent"] = parent
        inside.told[_key(parent), str(values["position"])] = one
    elif not _is_piece(one, there):
        one.refuse("position", "position-taken")
    elif _differs(one, there, zone):
        day = there.installed_at.astimezone(zone).date().isoformat()
        one.refuse("installed_on", "import-installed-otherwise", installed_on=day)
    else:
        one.row = there


def _refuse_double(one: One, other: One) -> None:
    """Two rows are about one place; where they call it the same, all doubles are told together in the end."""
    names = [names_of(ImportKind.COMPONENTS, which.record.values)[0] for which in (one, other)]
    if names[0] != names[1]:
        one.refuse("position", "import-row-twice", other_row=other.record.row)


def _is_piece(one: One, row: Component) -> bool:
    """Whether the row says of a component what is known of it."""
    told = (one.record.values.get("serial_number"), one.record.values.get("lot"))
    return row.part_id == one.named["part"].id and (row.serial_number, row.lot) == told


def _differs(one: One, row: Component, zone: ZoneInfo) -> bool:
    told = one.record.values.get("installed_on")
    return told is not None and told != row.installed_at.astimezone(zone).date().isoformat()


def _before(one: One, inside: _Inside, zone: ZoneInfo) -> Component | None:
    """The component as it was put in then and has been removed since: the row tells nothing new."""
    here = [
        row for row in inside.ever if row.position == one.record.values["position"] and _is_piece(one, row)
    ]
    gone = [row.removed_at for row in here if row.removed_at is not None]
    if "installed_on" not in one.record.values:
        if gone and len(gone) == len(here):
            day = max(gone).astimezone(zone).date().isoformat()
            one.refuse("position", "import-component-removed", removed_on=day)
        return None
    return next((row for row in here if row.removed_at and not _differs(one, row, zone)), None)


def _seat(one: One, known: _Known, inside: _Inside) -> Seat:
    """What the row sits in; ``None`` directly in the asset."""
    wanted, name = _parent(one.record.values), _parent_name(one.record.values)
    if name is None or one.faults:
        return None
    column = "parent_serial_number" if "serial_number" in wanted else "parent_position"
    there, above = inside.called(wanted), known.above.get(name, 0)
    is_new = bool(there) and isinstance(there[0], Match)
    if len(there) > 1 or above > 1 or (above and is_new):
        one.refuse(column, "import-parent-ambiguous")
    elif not there and not above:
        one.refuse(column, "import-parent-unknown")
    return there[0] if there else name


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
