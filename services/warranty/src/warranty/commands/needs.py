"""What a verb builds on: things that must be there, and events about a row that has no move of its own."""

from typing import TypeVar
from uuid import UUID

from common.db import Session
from common.errors import Invalid
from common.events import Event
from common.moves import Moment, audit
from common.outbox import publish
from common.rows import Resource
from warranty.queries.single import one
from warranty.tables.assets import Component
from warranty.tables.contracts import Contract

R = TypeVar("R", bound=Resource)


async def needed(session: Session, kind: type[R], row_id: UUID | None, code: str, pointer: str) -> R:
    """The row that a request names.

    Raises:
        Invalid: ``code``, where there is none for this caller.
    """
    row = await one(session, kind, row_id)
    if row is None:
        raise Invalid(code, pointer=pointer)
    return row


async def component_of(session: Session, asset_id: UUID, component_id: UUID) -> Component:
    """The component that a request names, which is or was inside the asset.

    Raises:
        Invalid: ``component-unknown``.
    """
    row = await needed(session, Component, component_id, "component-unknown", "#/component_id")
    if row.asset_id != asset_id:
        raise Invalid("component-unknown", pointer="#/component_id")
    return row


async def contract_of(session: Session, contract_id: UUID | None, customer_id: UUID) -> Contract | None:
    """The contract that a request names, if it names one: of the customer whom it is about.

    Raises:
        Invalid: ``contract-unknown`` or ``contract-of-another``.
    """
    if contract_id is None:
        return None
    row = await needed(session, Contract, contract_id, "contract-unknown", "#/contract_id")
    if row.customer_id != customer_id:
        raise Invalid("contract-of-another", pointer="#/contract_id")
    return row


def begun(session: Session, row: R, event: Event, at: Moment, *, note: str | None = None) -> R:
    """Tell audit and bus of a row that was just made."""
    publish(session, event, of=row, occurred_at=at.occurred_at or at.now, now=at.now)
    audit(session, "create", row, at.now, note)
    return row
