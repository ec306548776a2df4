"""What is inside the assets that a batch of rows names: only what the rows name is looked for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from common.db import Session
from warranty.commands.imports.matching import Match
from warranty.domain.assets import place_key
from warranty.domain.imports.records import Called, called, name_of
from warranty.queries import imports as queries
from warranty.queries import inside
from warranty.tables.assets import Component

One = Match[Component]
Seat = Component | One | int | None
"""What a component sits in: a known one, a row of the batch, a row further above, or the asset itself."""

Named = tuple[UUID, str]
"""An asset or a component, and what something inside it is called by."""


_PARENT = {"serial_number": "parent_serial_number", "position": "parent_position"}
"""What a component is called by, and the column in which a row calls its parent so."""


def parent_of(values: Mapping[str, Any]) -> dict[str, str]:
    """What a row calls the component that it sits in."""
    told = {by: called(column, values) for by, column in _PARENT.items()}
    return {by: name for by, name in told.items() if name is not None}


def position_of(one: One) -> str:
    """The key of the position at which a row puts something."""
    return place_key(str(one.record.values["position"]))


def parent_name(values: Mapping[str, Any]) -> str | None:
    """What the row of the component that a row sits in is called by."""
    by = next(iter(parent_of(values)), None)
    return by and name_of(("product_code", "asset_serial_number", by), {**values, by: values[_PARENT[by]]})


def is_piece(one: One, row: Component) -> bool:
    """Whether the row says of a component what is known of it."""
    told = (one.text("serial_number"), one.text("lot"))
    return row.part_id == one.named["part"].id and (row.serial_number, row.lot) == told


@dataclass(slots=True)
class Inside:
    """What is known inside the assets, and what the rows so far put there.

    Args:
        by_serial: what has or had a serial number.
        by_position: what is at a position somewhere in an asset; two where there are more.
        removed: what was taken out of a position somewhere in an asset.
        successors: what replaced a component.
        seated: what is inside at a position of its seat.
        still: rows whose like is there, though such pieces were removed.
        above: rows further above, by what they are called.
    """

    by_serial: dict[Named, list[Component]]
    by_position: dict[Named, list[Component]]
    removed: dict[Named, list[Component]]
    successors: dict[UUID, Component]
    above: Mapping[str, Called]
    seated: dict[tuple[UUID, str], Component] = field(default_factory=dict)
    still: set[int] = field(default_factory=set)
    _told: dict[tuple[object, str], One] = field(default_factory=dict)
    _called: dict[tuple[UUID, str, str], list[One]] = field(default_factory=lambda: defaultdict(list))

    def known_parents(self, one: One) -> list[Component]:
        """What is inside that the row may sit in: it is called so, or replaced what was."""
        asset_id, wanted = one.named["asset"].id, parent_of(one.record.values)
        if "serial_number" not in wanted:
            return self.by_position.get((asset_id, wanted["position"]), []) if wanted else []
        had = self.by_serial.get((asset_id, wanted["serial_number"]), [])
        fitting = [row for row in had if row.position_key == wanted.get("position", row.position_key)]
        present = {row.id: row for row in map(self._present, fitting) if row is not None}
        return list(present.values())

    def _present(self, row: Component | None) -> Component | None:
        """The component itself, or what stands in its place by now."""
        while row is not None and row.removed_at is not None:
            row = self.successors.get(row.id)
        return row

    def told_parents(self, one: One) -> list[One]:
        """New rows of the batch, above this one, that it may sit in."""
        wanted = parent_of(one.record.values)
        by, name = next(iter(wanted.items()))
        rows = self._called.get((one.named["asset"].id, by, name), [])
        return [row for row in rows if all(called(by, row.record.values) == wanted[by] for by in wanted)]

    def removed_like(self, one: One) -> list[Component]:
        """Such pieces as were taken out of such a position."""
        gone = self.removed.get((one.named["asset"].id, position_of(one)), [])
        return [row for row in gone if is_piece(one, row)]

    def at(self, one: One, seat: Seat) -> Component | One | None:
        """What sits where the row puts something."""
        position = position_of(one)
        if seat is None or isinstance(seat, Component):
            owner = one.named["asset"].id if seat is None else seat.id
            if (owner, position) in self.seated:
                return self.seated[owner, position]
        return self._told.get((place_of(one, seat), position))

    def put(self, one: One, seat: Seat) -> None:
        """A new row puts something there."""
        values, asset_id = one.record.values, one.named["asset"].id
        self._told[place_of(one, seat), position_of(one)] = one
        for by in _PARENT:
            if (name := called(by, values)) is not None:
                self._called[asset_id, by, name].append(one)


def place_of(one: One, seat: Seat) -> str:
    """One name for a seat, however rows call it."""
    if seat is None:
        return str(one.named["asset"].id)
    if isinstance(seat, Component):
        return str(seat.id)
    return f"{one.named['asset'].id} {seat.record.row if isinstance(seat, Match) else seat}"


async def look(session: Session, found: Sequence[One], file: UUID | None) -> Inside:
    """What the rows name of what is inside their assets.

    Args:
        session: the unit of work.
        found: the rows whose asset and part are known.
        file: the import that is being checked, whose rows above count too.
    """
    parents = [(one.named["asset"].id, parent_of(one.record.values)) for one in found]
    serials = {(asset, told["serial_number"]) for asset, told in parents if "serial_number" in told}
    positions = {
        (asset, told["position"])
        for asset, told in parents
        if "position" in told and "serial_number" not in told
    }
    places = {(one.named["asset"].id, position_of(one)) for one in found}
    had = await inside.with_serials(session, serials)
    names = {name for one in found if (name := parent_name(one.record.values)) is not None}
    seen = Inside(
        by_serial=_grouped(had, "serial_number"),
        by_position=_grouped(await inside.at_positions(session, positions), "position_key"),
        removed=_grouped(await inside.removed_from(session, places), "position_key"),
        successors=await _successors(session, had),
        above={} if file is None else await queries.called(session, file, names),
    )
    rows = await inside.at_places(session, {place for one in found for place in _places(one, seen)})
    seen.seated = {(row.parent_id or row.asset_id, row.position_key): row for row in rows}
    seen.still = await inside.still_there(session, _asked(found, seen))
    return seen


def _grouped(rows: Iterable[Component], by: str) -> dict[Named, list[Component]]:
    groups: dict[Named, list[Component]] = defaultdict(list)
    for row in rows:
        groups[row.asset_id, getattr(row, by)].append(row)
    return groups


async def _successors(session: Session, had: Sequence[Component]) -> dict[UUID, Component]:
    found: dict[UUID, Component] = {}
    gone = {row.id for row in had if row.removed_at is not None}
    while following := await inside.replacing(session, gone):
        found |= {row.replaces_id: row for row in following if row.replaces_id is not None}
        gone = {row.id for row in following if row.removed_at is not None}
    return found


def _places(one: One, seen: Inside) -> list[Named]:
    """Where the row may put something that is known by now."""
    position = position_of(one)
    if not parent_of(one.record.values):
        return [(one.named["asset"].id, position)]
    return [(parent.id, position) for parent in seen.known_parents(one)]


def _asked(found: Sequence[One], seen: Inside) -> dict[int, inside.Like]:
    """The rows without a day whose like was removed, and of which another may be there."""
    return {
        one.record.row: (
            one.named["asset"].id,
            position_of(one),
            one.named["part"].id,
            one.text("serial_number"),
            one.text("lot"),
        )
        for one in found
        if "installed_on" not in one.record.values and seen.removed_like(one)
    }
