"""What tickets told: remembered by its latest version, and decided upon where it changes who pays."""

from dataclasses import asdict
from uuid import UUID

from common.contracts.ticketing import TicketEvent
from common.db import Session
from common.events import Envelope
from common.locking import locked
from common.merges import add_missing
from common.moves import Moment, amend, audit, touch
from warranty.commands import decisions
from warranty.commands.claim_facts import hold_ticket
from warranty.commands.parting import part_from
from warranty.domain.heard import Heard, HeardState, cause_of, merged
from warranty.policy import CAUSES
from warranty.queries.single import one
from warranty.tables.assets import Asset
from warranty.tables.heard import HeardTicket


async def hear(
    session: Session, event: TicketEvent, envelope: Envelope, *, cause_code: str | None = None
) -> HeardTicket:
    """Take in what an event says of its ticket, and decide who pays by all that was heard of it.

    The events of a ticket may come doubled and in any order: the decision that stands in the end is the same.
    A ticket about an asset that is not known here, or not its customer's, is remembered and left alone; so is
    the vendor's own request for an inspection, on which there is no fault to decide.

    Args:
        session: the unit of work.
        event: the event.
        envelope: how it came; its aggregate version orders what is told.
        cause_code: the cause, where the event tells it.
    """
    at = Moment(envelope.received_at)
    await hold_ticket(session, event.ticket_id)
    told = _told(event, envelope.aggregate_version, cause_code)
    row = await _remembered(session, event, told, at)
    await part_from(session, row, at)
    known = merged(_of(row), told)
    asset = await one(session, Asset, known.asset_id)
    outcome = _outcome(known, asset, row.customer_id, is_fault=event.routine_inspection_id is None)
    if amend(row, {**asdict(known), "outcome": outcome.value}):
        touch(session, row, at.now)
        audit(session, "hear", row, at.now)
    if asset is not None and outcome is HeardState.DECIDED:
        cause = cause_of(known.cause_code, CAUSES)
        await decisions.decide_again(session, row.id, asset, known.decided_for, cause, at)
    return row


def _told(event: TicketEvent, version: int, cause_code: str | None) -> Heard:
    cause_version = 0 if cause_code is None else version
    return Heard(event.asset_id, event.reported_at, event.failed_at, version, cause_code, cause_version)


async def _remembered(session: Session, event: TicketEvent, told: Heard, at: Moment) -> HeardTicket:
    """The locked row of the ticket; the first that is heard of it makes it."""
    by = session.context.caller.subject
    first = {
        "id": event.ticket_id,
        "version": 1,
        "created_at": at.now,
        "updated_at": at.now,
        "created_by": by,
        "updated_by": by,
        "customer_id": event.customer_id,
        "outcome": HeardState.NO_ASSET.value,
        **asdict(told),
    }
    await add_missing(session, HeardTicket.__table__, [first])  # type: ignore[attr-defined]
    return await locked(session, HeardTicket, event.ticket_id)


def _of(row: HeardTicket) -> Heard:
    return Heard(
        row.asset_id, row.reported_at, row.failed_at, row.facts_version, row.cause_code, row.cause_version
    )


def _outcome(known: Heard, asset: Asset | None, customer_id: UUID, *, is_fault: bool) -> HeardState:
    if not is_fault:
        return HeardState.ROUTINE_INSPECTION
    if known.asset_id is None:
        return HeardState.NO_ASSET
    if asset is None:
        return HeardState.ASSET_UNKNOWN
    return HeardState.DECIDED if asset.customer_id == customer_id else HeardState.ASSET_OF_ANOTHER
