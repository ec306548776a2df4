"""What is inside an asset: installed, removed, replaced; every change is an event about the asset."""

import dataclasses
from datetime import datetime
from typing import Any
from uuid import UUID

from common.contracts.warranty import assets as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.locking import locked
from common.moves import Moment, Move, announce, ask, audit, begin, made, touch
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
    asset = await locked(session, Asset, asset_id, at.version)
    caller = session.context.caller
    is_customer = caller.customer_id is not None
    LIFECYCLE.check_permission("installComponent", caller.roles, is_customer=is_customer, said_as=at.said_as)
    move = installing(asset, at)
    part = await _fitting(session, asset, told)
    return await put_in(session, asset, part, told, move)


def floor_of(asset: Asset) -> datetime:
    """The earliest instant at which something can have been put in the asset, or taken out of it."""
    return min(asset.state_changed_at, asset.created_at)


def is_joining(asset: Asset, installed_at: datetime | None) -> bool:
    """Whether what is told of now was inside when the asset was accepted, and that was told of too."""
    return asset.is_acceptance_told and rules.was_inside(installed_at, asset.accepted_at)


def installing(asset: Asset, at: Moment) -> Move:
    """The move by which a component is put in the asset; one that joins an acceptance lies as far back.

    Raises:
        Conflict: ``invalid-state-transition``.
        Invalid: ``occurred-in-future`` or ``occurred-too-early``.
    """
    if at.occurred_at is None or not is_joining(asset, at.occurred_at):
        return ask(LIFECYCLE, "installComponent", asset.state, at, floor=floor_of(asset))
    now = dataclasses.replace(at, occurred_at=None)
    move = ask(LIFECYCLE, "installComponent", asset.state, now, floor=floor_of(asset))
    return dataclasses.replace(move, occurred_at=at.occurred_at)


async def put_in(session: Session, asset: Asset, part: Part, told: NewComponent, move: Move) -> Component:
    """Put a component in the locked asset whose part and parent are known to fit."""
    row = _made(session, asset, part, told, move)
    if asset.accepted_at is not None and is_joining(asset, row.installed_at):
        await terms.join(session, asset, row, accepted_at=asset.accepted_at, now=move.now)
    touch(session, asset, move.now)
    event = events.ComponentInstalled(**_facts(asset, row), installed_at=row.installed_at)
    announce(session, asset, move, event)
    return row


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
    part = await _fitting(session, asset, told_there)
    row = _made(session, asset, part, told_there, move, replaces=old)
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


async def _fitting(session: Session, asset: Asset, told: NewComponent) -> Part:
    """The part of a component that can be put in the asset as it is told."""
    part = await needed(session, Part, told.part_id, "part-unknown", "#/part_id")
    check_suits(asset, part, told)
    if told.serial_number is not None:
        piece = (told.part_id, told.serial_number)
        check_left_stock(told.serial_number, (await stock.where_are(session, [piece])).get(piece))
    if told.parent_id is not None:
        parent = await needed(session, Component, told.parent_id, "parent-unknown", "#/parent_id")
        if parent.asset_id != asset.id or parent.removed_at is not None:
            raise Invalid("parent-unknown", pointer="#/parent_id")
    return part


def check_suits(asset: Asset, part: Part, told: NewComponent) -> None:
    """A part fits the asset's product, and is told with the number by which its pieces are known.

    Raises:
        Invalid: ``part-incompatible``, ``serial-missing`` or ``lot-missing``.
    """
    check_fits(part.number, part.compatible_product_ids, asset.product_id, "#/part_id")
    rules.check_marked(
        is_serialised=part.is_serialised,
        is_lot_tracked=part.is_lot_tracked,
        serial=told.serial_number,
        lot=told.lot,
    )


def check_left_stock(serial_number: str, place: tuple[UUID, str] | None) -> None:
    """A piece is in one place: what a warehouse still has is issued before it is put into an asset.

    Raises:
        Conflict: ``piece-in-stock``.
    """
    if place is not None:
        raise Conflict(
            "piece-in-stock",
            pointer="#/serial_number",
            serial_number=serial_number,
            warehouse_id=str(place[0]),
            warehouse=place[1],
        )


def _made(
    session: Session,
    asset: Asset,
    part: Part,
    told: NewComponent,
    move: Move,
    *,
    replaces: Component | None = None,
) -> Component:
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
        position_key=rules.place_key(told.position) if replaces is None else replaces.position_key,
        is_key_part=part.is_key_part if told.is_key_part is None else told.is_key_part,
        installed_at=move.occurred_at,
        replaces_id=None if replaces is None else replaces.id,
        meter=dict(told.meter),
    )
    audit(session, "install", row, move.now)
    return row


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
