"""What is inside an asset: installed, removed, replaced; every change is an event about the asset."""

import dataclasses
from datetime import datetime
from typing import Any
from uuid import UUID

from common.contracts.warranty import assets as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.locking import locked
from common.moves import Moment, Move, announce, audit, begin, made, touch
from warranty.commands import assets, terms
from warranty.commands.needs import component_of, needed
from warranty.domain import assets as rules
from warranty.domain.assets import LIFECYCLE, NewComponent
from warranty.domain.catalogue import check_fits
from warranty.queries import assets as queries
from warranty.queries import stock
from warranty.tables.assets import Asset, Component
from warranty.tables.catalogue import Part


async def install(session: Session, asset_id: UUID, told: NewComponent, at: Moment) -> Component:
    """Put a component in the asset.

    One that was inside when the asset was accepted may be told of later, where the acceptance was too: its
    terms begin with the others'.

    Raises:
        Invalid: ``part-unknown``, ``part-incompatible``, ``serial-missing``, ``lot-missing`` or
            ``parent-unknown``.
        Conflict: ``piece-in-stock``.
    """
    accepted_at = await _accepted_with(session, asset_id, at)
    asked = at if accepted_at is None else dataclasses.replace(at, occurred_at=None)
    asset, move = await begin(session, Asset, asset_id, LIFECYCLE, "installComponent", asked)
    if accepted_at is not None:
        move = dataclasses.replace(move, occurred_at=at.occurred_at or accepted_at)
    row = await _place(session, asset, told, move)
    if accepted_at is not None:
        await session.write_collected()
        await terms.join(session, asset, row, accepted_at=accepted_at, now=at.now)
    touch(session, asset, at.now)
    event = events.ComponentInstalled(**_facts(asset, row), installed_at=row.installed_at)
    announce(session, asset, move, event)
    return row


async def _accepted_with(session: Session, asset_id: UUID, at: Moment) -> datetime | None:
    """When the asset was accepted with what is told of now inside it; ``None`` where it was not."""
    asset = await locked(session, Asset, asset_id, at.version)
    was_inside = rules.was_inside(at.occurred_at, asset.accepted_at)
    return asset.accepted_at if was_inside and asset.is_acceptance_told else None


async def remove(
    session: Session, asset_id: UUID, component_id: UUID, at: Moment, *, reason: str
) -> Component:
    """Take a component out of the asset, with everything inside it.

    Raises:
        NotFound, Conflict: no such asset, or ``component-removed``.
        Invalid: ``component-unknown`` or ``occurred-too-early``.
    """
    asset, move = await begin(session, Asset, asset_id, LIFECYCLE, "removeComponent", at)
    row = await _inside(session, asset, component_id)
    await _take_out(session, row, move, reason)
    touch(session, asset, at.now)
    event = events.ComponentRemoved(**_facts(asset, row), removed_at=move.occurred_at)
    announce(session, asset, move, event, note=reason)
    return row


async def replace(
    session: Session,
    asset_id: UUID,
    component_id: UUID,
    told: NewComponent,
    at: Moment,
    *,
    reason: str,
    claim_id: UUID | None = None,
) -> tuple[Asset, Component, Component]:
    """Another component takes a component's place; what sat inside the old one sits inside the new one.

    The old serial is out of the asset as of the same instant. Warranty terms are the caller's matter.

    Returns:
        The asset, the component that was replaced, and the new one.
    """
    asset, move = await begin(session, Asset, asset_id, LIFECYCLE, "replaceComponent", at)
    old = await _inside(session, asset, component_id)
    rules.check_after(move.occurred_at, old.installed_at)
    inner = await queries.children(session, old.id)
    _mark_removed(session, old, move, reason)
    await session.flush()
    told_there = NewComponent(
        part_id=told.part_id,
        position=old.position,
        serial_number=told.serial_number,
        lot=told.lot,
        parent_id=old.parent_id,
        is_key_part=old.is_key_part if told.is_key_part is None else told.is_key_part,
        meter=told.meter,
    )
    row = await _place(session, asset, told_there, move, replaces_id=old.id)
    await session.write_collected()
    for child in inner:
        child.parent_id = row.id
        touch(session, child, at.now)
        audit(session, "move", child, at.now)
    touch(session, asset, at.now)
    event = events.ComponentReplaced(
        **_facts(asset, row),
        replaced_component_id=old.id,
        replaced_serial=old.serial_number,
        replaced_at=move.occurred_at,
        claim_id=claim_id,
    )
    announce(session, asset, move, event, note=reason)
    return asset, old, row


async def _place(
    session: Session, asset: Asset, told: NewComponent, move: Move, *, replaces_id: UUID | None = None
) -> Component:
    part = await needed(session, Part, told.part_id, "part-unknown", "#/part_id")
    check_fits(part.number, part.compatible_product_ids, asset.product_id, "#/part_id")
    rules.check_marked(
        is_serialised=part.is_serialised,
        is_lot_tracked=part.is_lot_tracked,
        serial=told.serial_number,
        lot=told.lot,
    )
    await _check_left_stock(session, told)
    if told.parent_id is not None:
        parent = await needed(session, Component, told.parent_id, "parent-unknown", "#/parent_id")
        if parent.asset_id != asset.id or parent.removed_at is not None:
            raise Invalid("parent-unknown", pointer="#/parent_id")
    row = made(
        session,
        Component,
        move.now,
        customer_id=asset.customer_id,
        asset_id=asset.id,
        parent_id=told.parent_id,
        part_id=told.part_id,
        serial_number=told.serial_number,
        lot=told.lot,
        position=told.position,
        is_key_part=part.is_key_part if told.is_key_part is None else told.is_key_part,
        installed_at=move.occurred_at,
        replaces_id=replaces_id,
        meter=dict(told.meter),
    )
    audit(session, "install", row, move.now)
    return row


async def _check_left_stock(session: Session, told: NewComponent) -> None:
    """A piece is in one place: what a warehouse still has is issued before it is put into an asset."""
    if told.serial_number is None:
        return
    place = await stock.where_is(session, told.part_id, told.serial_number)
    if place is not None:
        raise Conflict(
            "piece-in-stock",
            pointer="#/serial_number",
            serial_number=told.serial_number,
            warehouse_id=str(place[0]),
            warehouse=place[1],
        )


async def _inside(session: Session, asset: Asset, component_id: UUID) -> Component:
    known = await component_of(session, asset.id, component_id)
    row = await locked(session, Component, known.id)
    rules.check_inside(row.removed_at)
    return row


async def _take_out(session: Session, row: Component, move: Move, reason: str) -> None:
    """Mark the component and everything inside it as removed, innermost last."""
    rules.check_after(move.occurred_at, row.installed_at)
    _mark_removed(session, row, move, reason)
    for child in await queries.children(session, row.id):
        await _take_out(session, child, move, reason)


def _mark_removed(session: Session, row: Component, move: Move, reason: str) -> None:
    row.removed_at, row.removal_reason = move.occurred_at, reason
    touch(session, row, move.now)
    audit(session, "remove", row, move.now, reason)


def _facts(asset: Asset, row: Component) -> dict[str, Any]:
    return {
        **assets.facts(asset),
        "component_id": row.id,
        "part_id": row.part_id,
        "component_serial": row.serial_number,
        "component_lot": row.lot,
        "position": row.position,
        "is_key_part": row.is_key_part,
    }
