"""Contracts: drafted, activated, answered for, ended."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import directory as events
from common.db import Session
from common.locking import locked
from common.moves import Moment, amend, announce, ask, audit, begin, land, made, touch
from common.outbox import publish
from warranty.commands.needs import begun, corrected, needed
from warranty.domain import contracts as rules
from warranty.domain.contracts import LIFECYCLE
from warranty.domain.terms.reading import read_terms
from warranty.policy import CONTRACT_EXPIRY_DAYS, SWEEP_BATCH
from warranty.tables.contracts import Contract
from warranty.tables.directory import Customer


async def draft(session: Session, told: Mapping[str, Any], at: Moment) -> Contract:
    """Draft a contract with a customer.

    Raises:
        Invalid: ``customer-unknown``, ``contract-period-empty``, or a term rule that cannot be read.
    """
    customer = await needed(session, Customer, told["customer_id"], "customer-unknown", "#/customer_id")
    _check(told["starts_on"], told["ends_on"], told["terms"])
    row = made(
        session,
        Contract,
        at.now,
        state=LIFECYCLE.initial,
        state_changed_at=at.now,
        expiry_announced=[],
        **{**told, "time_zone": told["time_zone"] or customer.time_zone},
    )
    return begun(session, row, events.ContractCreated(**facts(row)), at)


async def update(session: Session, contract_id: UUID, told: Mapping[str, Any], at: Moment) -> Contract:
    """Correct a draft; in force, only what was not signed.

    Raises:
        NotFound, Conflict: no such contract, another version, ``contract-in-force`` or ``contract-ended``.
        Invalid: ``contract-period-empty``, or a term rule that cannot be read.
    """
    row = await locked(session, Contract, contract_id, at.version)
    rules.check_editable(row.state, told)
    _check(
        told.get("starts_on", row.starts_on), told.get("ends_on", row.ends_on), told.get("terms", row.terms)
    )
    previous = amend(row, told)
    corrected(session, row, at)
    kept = {name: _json(v) for name, v in previous.items() if name in events.ContractEvent.model_fields}
    event = events.ContractUpdated(**facts(row), previous=kept)
    publish(session, event, of=row, occurred_at=at.now, now=at.now)
    return row


async def activate(session: Session, contract_id: UUID, at: Moment) -> Contract:
    """The contract is in force; its customer is on its service plan from its first day."""
    row, move = await begin(session, Contract, contract_id, LIFECYCLE, "activate", at)
    land(row, move)
    touch(session, row, at.now)
    return announce(session, row, move, events.ContractActivated(**facts(row)))


async def set_requirement(
    session: Session,
    contract_id: UUID,
    requirement_id: str,
    at: Moment,
    *,
    status: str,
    evidence: str | None,
) -> Contract:
    """Say how far a requirement of the tender is met, with the evidence (§1.2).

    Raises:
        Invalid: ``requirement-unknown`` or ``evidence-missing``.
    """
    row, move = await begin(session, Contract, contract_id, LIFECYCLE, "setRequirement", at)
    row.requirements = rules.with_requirement(
        row.requirements, requirement_id, status=status, evidence=evidence
    )
    touch(session, row, at.now)
    event = events.ContractUpdated(**facts(row), previous={"requirement_id": requirement_id})
    return announce(session, row, move, event)


async def terminate(session: Session, contract_id: UUID, at: Moment, *, reason: str) -> Contract:
    """The contract ends before its last day."""
    row, move = await begin(session, Contract, contract_id, LIFECYCLE, "terminate", at)
    row.end_reason = reason
    land(row, move)
    touch(session, row, at.now)
    event = events.ContractEnded(**facts(row), is_terminated=True)
    return announce(session, row, move, event, note=reason)


async def tell_expiring(session: Session, now: datetime) -> int:
    """Tell once per threshold that a contract ends soon, and end those whose last day has passed."""
    latest = (now + timedelta(days=max(CONTRACT_EXPIRY_DAYS) + 1)).date()
    due = (
        select(Contract)
        .where(col(Contract.state) == "active", col(Contract.ends_on) <= latest)
        .order_by(col(Contract.ends_on), col(Contract.id))
        .with_for_update(skip_locked=True)
    )
    told = 0
    for row in (await session.execute(due)).scalars():
        told += _tell_end(session, row, now)
        if told >= SWEEP_BATCH:
            break
    return told


def _tell_end(session: Session, row: Contract, now: datetime) -> int:
    if row.ends_on is None:
        return 0
    left = rules.days_left(row.ends_on, now.astimezone(ZoneInfo(row.time_zone)).date())
    if left < 0:
        _end(session, row, now)
        return 1
    threshold = rules.threshold_reached(left, CONTRACT_EXPIRY_DAYS, row.expiry_announced)
    if threshold is None:
        return 0
    row.expiry_announced = [*row.expiry_announced, threshold]
    touch(session, row, now)
    event = events.ContractExpiring(**facts(row), days_left=left)
    publish(session, event, of=row, occurred_at=now, now=now)
    return 1


def _end(session: Session, row: Contract, now: datetime) -> None:
    move = ask(LIFECYCLE, "terminate", row.state, Moment(now), floor=row.state_changed_at)
    land(row, move)
    touch(session, row, now)
    publish(
        session, events.ContractEnded(**facts(row), is_terminated=False), of=row, occurred_at=now, now=now
    )
    audit(session, "end", row, now)


def facts(row: Contract) -> dict[str, Any]:
    """The facts that every event about a contract carries."""
    names = (name for name in events.ContractEvent.model_fields if name != "contract_id")
    return {"contract_id": row.id, **{name: getattr(row, name) for name in names}}


def _check(starts_on: Any, ends_on: Any, terms: Mapping[str, Any]) -> None:  # noqa: ANN401 - dates as told
    rules.check_period(starts_on, ends_on)
    read_terms(terms)


def _json(value: Any) -> Any:  # noqa: ANN401 - a column's value
    return value if isinstance(value, (str, int, bool, type(None))) else str(value)
