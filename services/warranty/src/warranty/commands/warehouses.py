"""Warehouses: made known and corrected."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from common.contracts.warranty import stock as events
from common.db import Session
from common.locking import locked
from common.moves import Moment, amend, audit, corrected, made
from common.outbox import publish
from warranty.domain import stock as rules
from warranty.domain.stock import NewWarehouse
from warranty.tables.stock import Warehouse


async def create_warehouse(session: Session, told: NewWarehouse, at: Moment) -> Warehouse:
    """Make a warehouse known; a car belongs to its engineer.

    Raises:
        Invalid: ``car-needs-engineer``.
    """
    rules.check_warehouse(told.kind, told.engineer_id)
    row = made(session, Warehouse, at.now, **{**asdict(told), "kind": told.kind.value})
    publish(session, events.WarehouseCreated(**_facts(row)), of=row, occurred_at=at.now, now=at.now)
    audit(session, "create", row, at.now)
    return row


async def update_warehouse(
    session: Session, warehouse_id: UUID, told: Mapping[str, Any], at: Moment
) -> Warehouse:
    """Correct what is known of a warehouse, or hand a car to another engineer.

    Raises:
        NotFound, Conflict: no such warehouse, or another version.
        Invalid: ``car-needs-engineer``.
    """
    row = await locked(session, Warehouse, warehouse_id, at.version)
    before = _facts(row)
    amend(row, told)
    rules.check_warehouse(row.kind, row.engineer_id)
    facts = _facts(row)
    previous = {name: value for name, value in before.items() if facts[name] != value}
    return corrected(session, row, at, lambda: events.WarehouseUpdated(**facts, previous=previous))


def _facts(row: Warehouse) -> dict[str, Any]:
    return {
        "warehouse_id": row.id,
        "code": row.code,
        "kind": row.kind,
        "city": row.city,
        "engineer_id": row.engineer_id,
    }
