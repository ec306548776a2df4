"""Charge lines entered, corrected and settled; who pays follows the decision on coverage (§1.2.4)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts import ticketing as events
from common.db import Session
from common.errors import Forbidden, Invalid, NotFound
from common.lifecycle import STAFF
from common.locking import locked
from common.moves import Moment, Move, amend, ask, audit, changes, land, made, touch
from ticketing.commands.moves import tell
from ticketing.commands.texts import clean, cleaned
from ticketing.domain import charges as rules
from ticketing.domain.charges import ChargeKind, Line, Payer, PayerReason
from ticketing.queries import directory
from ticketing.tables import Charge, Ticket, Visit


async def enter(session: Session, ticket_id: UUID, told: Mapping[str, Any], at: Moment) -> Charge:
    """Enter what was spent on a ticket, whatever its state: bills come late.

    Args:
        session: the unit of work.
        ticket_id: the ticket.
        told: columns of the line as told; ``visit_id`` and ``engineer_id`` may be missing.
        at: when it is said.

    Raises:
        NotFound: no such ticket.
        Forbidden: a customer's caller enters one.
        Invalid: ``visit-not-found``, ``charge-part`` or ``charge-currency``.
    """
    if session.context.caller.customer_id is not None:
        raise Forbidden("action-needs-role", action="enterCharge", roles=sorted(STAFF))
    ticket = await locked(session, Ticket, ticket_id)
    visit = await _visit(session, ticket, told.get("visit_id"))
    rules.check_part(told["kind"], told.get("part_id"))
    rules.check_currency(told["currency"], await directory.currency(session, ticket))
    engineer_id = told.get("engineer_id") or (visit.engineer_id if visit else None)
    charge = made(
        session,
        Charge,
        at.now,
        **{
            **told,
            "customer_id": ticket.customer_id,
            "ticket_id": ticket.id,
            "engineer_id": engineer_id,
            "description": clean(told["description"])[0],
            "receipt_reference": cleaned(told.get("receipt_reference")),
            "amount": rules.amount_of(told["quantity"], told["unit_price"]),
            "is_redispatch": _is_redispatch(visit),
            "payer": Payer.UNDETERMINED,
            "payer_reason": PayerReason.DECISION_OPEN,
        },
        state=rules.LIFECYCLE.initial,
        state_changed_at=at.now,
    )
    charge.payer, charge.payer_reason = _payer(ticket, charge, visit)
    charge.decision_id = ticket.coverage_decision_id
    _tell(session, ticket, charge, events.ChargeEntered, at.now, at.now)
    audit(session, "enter", charge, at.now)
    return charge


async def _visit(session: Session, ticket: Ticket, visit_id: UUID | None) -> Visit | None:
    if visit_id is None:
        return None
    visit = await session.get(Visit, visit_id)
    if visit is None or visit.ticket_id != ticket.id:
        raise Invalid("visit-not-found", pointer="#/visit_id")
    return visit


async def correct(
    session: Session, ticket_id: UUID, charge_id: UUID, told: Mapping[str, Any], at: Moment
) -> Charge:
    """Correct a line that is not settled.

    Raises:
        NotFound, Conflict: no such line, another version, or ``charge-settled``.
        Forbidden: a customer's caller.
        Invalid: ``charge-currency``.
    """
    if session.context.caller.customer_id is not None:
        raise Forbidden("action-needs-role", action="correctCharge", roles=sorted(STAFF))
    ticket, charge = await _line(session, ticket_id, charge_id, at.version)
    rules.check_correctable(charge.state)
    amend(charge, {**told, **_cleaned(told)})
    rules.check_currency(charge.currency, await directory.currency(session, ticket))
    charge.amount = rules.amount_of(charge.quantity, charge.unit_price)
    if changes(session, charge):
        touch(session, charge, at.now)
        _tell(session, ticket, charge, events.ChargeCorrected, at.now, at.now)
        audit(session, "correct", charge, at.now)
    return charge


def _cleaned(told: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: cleaned(told[name]) for name in ("description", "receipt_reference") if name in told}


async def _line(
    session: Session, ticket_id: UUID, charge_id: UUID, version: int | None
) -> tuple[Ticket, Charge]:
    """Ticket, then line, both locked."""
    ticket = await locked(session, Ticket, ticket_id)
    charge = await locked(session, Charge, charge_id, version)
    if charge.ticket_id != ticket_id:
        raise NotFound("not-found")
    return ticket, charge


async def _begin(
    session: Session, ticket_id: UUID, charge_id: UUID, action: str, at: Moment
) -> tuple[Ticket, Charge, Move]:
    caller = session.context.caller
    rules.LIFECYCLE.check_permission(action, caller.roles, is_customer=caller.customer_id is not None)
    ticket, charge = await _line(session, ticket_id, charge_id, at.version)
    return ticket, charge, ask(rules.LIFECYCLE, action, charge.state, at, floor=charge.state_changed_at)


async def state_payer(
    session: Session, ticket_id: UUID, charge_id: UUID, at: Moment, *, payer: str, reason: str
) -> Charge:
    """A lead says who pays; no decision on coverage changes that any more."""
    ticket, charge, move = await _begin(session, ticket_id, charge_id, "statePayer", at)
    previous = {"payer": charge.payer}
    charge.payer, charge.payer_reason, charge.payer_note = payer, PayerReason.STATED, cleaned(reason)
    note = charge.payer_note
    return _moved(session, ticket, charge, move, events.ChargePayerChanged, note=note, previous=previous)


async def settle(session: Session, ticket_id: UUID, charge_id: UUID, at: Moment) -> Charge:
    """The line is billed, or borne by the vendor, for good.

    Raises:
        Conflict: ``payer-undetermined`` or ``receipt-missing``.
    """
    ticket, charge, move = await _begin(session, ticket_id, charge_id, "settle", at)
    rules.check_settlement(charge.payer, charge.payer_reason, charge.receipt_reference)
    return _moved(session, ticket, charge, move, events.ChargeSettled)


async def withdraw(session: Session, ticket_id: UUID, charge_id: UUID, at: Moment, *, reason: str) -> Charge:
    """The line was entered by mistake."""
    ticket, charge, move = await _begin(session, ticket_id, charge_id, "withdraw", at)
    charge.withdrawn_reason = cleaned(reason)
    return _moved(session, ticket, charge, move, events.ChargeWithdrawn, note=charge.withdrawn_reason)


async def follow(session: Session, ticket: Ticket, occurred_at: datetime, now: datetime) -> None:
    """Let the open lines of the locked ticket follow what decides who pays them."""
    found = (
        select(Charge)
        .where(
            col(Charge.ticket_id) == ticket.id,
            col(Charge.state) == rules.LIFECYCLE.initial,
            col(Charge.payer_reason) != PayerReason.STATED,
        )
        .order_by(col(Charge.id))
        .with_for_update()
    )
    for charge in list((await session.execute(found)).scalars()):
        visit = None if charge.visit_id is None else await session.get(Visit, charge.visit_id)
        payer, reason = _payer(ticket, charge, visit)
        previous = amend(
            charge,
            {
                "payer": payer,
                "payer_reason": reason,
                "decision_id": ticket.coverage_decision_id,
                "is_redispatch": _is_redispatch(visit),
            },
        )
        if previous:
            touch(session, charge, now)
            told = {"payer": previous.get("payer", charge.payer)}
            _tell(session, ticket, charge, events.ChargePayerChanged, occurred_at, now, previous=told)
            audit(session, "follow", charge, now)


def _is_redispatch(visit: Visit | None) -> bool:
    return visit is not None and visit.is_redispatch


def _payer(ticket: Ticket, charge: Charge, visit: Visit | None) -> tuple[Payer, PayerReason]:
    replaced = {entry["engineer_id"] for entry in visit.replacements} if visit else set()
    line = Line(
        kind=ChargeKind(charge.kind),
        is_redispatch=_is_redispatch(visit),
        is_engineer_replaced=str(charge.engineer_id) in replaced,
        has_asset=ticket.asset_id is not None,
    )
    return rules.payer_of(line, ticket.coverage_by_scope)


def _moved(
    session: Session,
    ticket: Ticket,
    charge: Charge,
    move: Move,
    event: type[events.ChargeEvent],
    *,
    note: str | None = None,
    **own: Any,  # noqa: ANN401 - an event's own field
) -> Charge:
    land(charge, move)
    touch(session, charge, move.now)
    _tell(session, ticket, charge, event, move.occurred_at, move.now, **own)
    audit(session, move.action, charge, move.now, note)
    return charge


def _tell(
    session: Session,
    ticket: Ticket,
    charge: Charge,
    event: type[events.ChargeEvent],
    occurred_at: datetime,
    now: datetime,
    **own: Any,  # noqa: ANN401 - an event's own field
) -> None:
    tell(session, ticket, event, occurred_at, now, **_facts(charge), **own)


def _facts(charge: Charge) -> dict[str, Any]:
    """The facts that every event about a charge line carries beside its ticket's."""
    return {
        "charge_id": charge.id,
        "charge_version": charge.version,
        "charge_state": charge.state,
        "charge_kind": charge.kind,
        "visit_id": charge.visit_id,
        "part_id": charge.part_id,
        "quantity": _text(charge.quantity),
        "amount": _text(charge.amount),
        "currency": charge.currency,
        "payer": charge.payer,
        "payer_reason": charge.payer_reason,
        "decision_id": charge.decision_id,
    }


def _text(figure: Decimal) -> str:
    return f"{figure:f}"
