"""Questions about what is inside assets, for many rows of a file at once.

Each pair is one probe of an index. The planner takes a table that a whole file grows in to be as empty as it
was before, so each question is put such that only the index that answers it can be used.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.db import Session
from common.inbox import fetch
from warranty.tables.assets import Component

Named = Collection[tuple[UUID, str]]
"""An owner, and what is called so there: a serial number, or the key of a position."""

_PROBE = """
SELECT told.owner, told.name, found.id FROM unnest($1::uuid[], $2::text[]) AS told (owner, name)
CROSS JOIN LATERAL (SELECT {0} AS id FROM component WHERE {1} LIMIT {2}) AS found
"""
_SERIAL = "serial_number = told.name AND (asset_id = told.owner) IS TRUE"
_POSITION = "asset_id = told.owner AND position_key = told.name"
_PIECE = "serial_number = told.name AND (part_id = told.owner) IS TRUE AND removed_at IS NULL"
_BY_SERIAL = _PROBE.format("id", _SERIAL, "ALL OFFSET 0")
_BY_POSITION = _PROBE.format("id", f"{_POSITION} AND removed_at IS NULL", 2)
_REMOVED = _PROBE.format("id", f"{_POSITION} AND removed_at IS NOT NULL", "ALL OFFSET 0")
_HOLDERS = _PROBE.format("asset_id", _PIECE, 1)
_AT = """
SELECT found.id FROM unnest($1::uuid[], $2::text[]) AS told (seat, place)
CROSS JOIN LATERAL (SELECT id FROM component WHERE coalesce(parent_id, asset_id) = told.seat
    AND position_key = told.place AND removed_at IS NULL LIMIT 1) AS found
"""
_STILL = """
SELECT told.number FROM unnest($1::int[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[])
    AS told (number, asset, place, part, serial, lot)
WHERE EXISTS (SELECT FROM component c WHERE c.asset_id = told.asset AND c.position_key = told.place
    AND c.removed_at IS NULL AND c.part_id = told.part
    AND c.serial_number IS NOT DISTINCT FROM told.serial AND c.lot IS NOT DISTINCT FROM told.lot)
"""


async def with_serials(session: Session, wanted: Named) -> list[Component]:
    """What is or was inside an asset under a serial number, for each asset and number."""
    return await _found(session, _BY_SERIAL, wanted)


async def at_positions(session: Session, wanted: Named) -> list[Component]:
    """What is at a position somewhere in an asset, for each asset and position; two where there are more."""
    return await _found(session, _BY_POSITION, wanted)


async def removed_from(session: Session, wanted: Named) -> list[Component]:
    """What was taken out of a position somewhere in an asset, for each asset and position."""
    return await _found(session, _REMOVED, wanted)


async def at_places(session: Session, wanted: Named) -> list[Component]:
    """What is inside at a position of the seat: of a component, or of an asset itself."""
    return await _found(session, _AT, wanted)


async def replacing(session: Session, component_ids: Collection[UUID]) -> list[Component]:
    """What stands where these stood, one step on."""
    if not component_ids:
        return []
    found = select(Component).where(col(Component.replaces_id).in_(sorted(component_ids)))
    return list((await session.execute(found)).scalars())


async def holders(session: Session, pieces: Named) -> dict[tuple[UUID, str], UUID]:
    """The asset that a piece is inside, for those of ``pieces`` (part, serial) that are inside one."""
    return {(one.owner, one.name): one.id for one in await _probed(session, _HOLDERS, pieces)}


Like = tuple[UUID, str, UUID, str | None, str | None]
"""Asset, key of a position, part, serial number, lot."""


async def still_there(session: Session, wanted: Mapping[int, Like]) -> set[int]:
    """The numbers of what has its like at its position somewhere in the asset."""
    if not wanted:
        return set()
    columns = zip(*((number, *like) for number, like in wanted.items()), strict=True)
    return {one.number for one in await fetch(session, _STILL, *map(list, columns))}


async def _found(session: Session, sql: str, wanted: Named) -> list[Component]:
    return await _components(session, {one.id for one in await _probed(session, sql, wanted)})


async def _probed(session: Session, sql: str, wanted: Named) -> Sequence[Any]:
    if not wanted:
        return ()
    told = sorted(wanted)
    await session.flush()
    return await fetch(session, sql, [owner for owner, _ in told], [name for _, name in told])


async def _components(session: Session, ids: Collection[UUID]) -> list[Component]:
    if not ids:
        return []
    found = select(Component).where(col(Component.id).in_(sorted(ids))).order_by(col(Component.id))
    return list((await session.execute(found.execution_options(populate_existing=True))).scalars())
