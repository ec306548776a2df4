"""Contracts: drafted, activated, answered for, ended."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import directory as events
from common.db import Session
from common.events import instant
from common.locking import locked
from common.moves import Moment, amend, announce, ask, audit, begin, beginning, corrected, land, made, touch
from common.outbox import publish
from warranty.commands import obligations
from warranty.commands.needs import begun, needed
from warranty.domain import contracts as rules
from warranty.domain.contracts import LIFECYCLE
from warranty.domain.notices import days_left, next_notice_at, still_told, threshold_reached
from warranty.domain.terms.reading import read_terms
from warranty.domain.zones import begins_at
from warranty.policy import CONTRACT_EXPIRY_DAYS, SWEEP_BATCH
from warranty.tables.contracts import Contract
from warranty.tables.directory import Customer


async def draft(session: Session, told: Mapping[str, Any], at: Moment) -> Contract:
    """Draft a contract with a customer; one from before the platform is told with when it was drafted.

    Raises:
        Invalid: ``occurred-in-future``, ``customer-unknown``, ``contract-period-empty``,
            ``requirement-repeated``, ``figure-range-empty``, ``part-number-repeated``,
            ``currency-differs``, or a term rule that cannot be read.
    """
    drafted_at = beginning(at)
    customer = await needed(session, Customer, told["customer_id"], "customer-unknown", "#/customer_id")
    kept = {
        **told,
        "requirements": rules.requirements_of(told["requirements"]),
        "terms": read_terms(told["terms"]),
    }
    _check(kept)
    rules.check_rates(kept["rates"], kept["currency"])
    row = made(
        session,
        Contract,
        at.now,
        state=LIFECYCLE.initial,
        state_changed_at=drafted_at,
        expiry_announced=[],
        **{**kept, "time_zone": told["time_zone"] or customer.time_zone},
    )
    return begun(session, row, events.ContractCreated(**facts(row)), at)


async def update(session: Session, contract_id: UUID, told: Mapping[str, Any], at: Moment) -> Contract:
    """Correct a draft; in force, only what was not signed.

    Raises:
        NotFound, Conflict: no such contract, another version, ``contract-in-force`` or ``contract-ended``.
        Invalid: ``contract-period-empty``, ``requirement-repeated``, ``figure-range-empty``,
            ``part-number-repeated``, ``currency-differs``, or a term rule that cannot be read.
    """
    row = await locked(session, Contract, contract_id, at.version)
    rules.check_editable(row.state, told)
    kept = dict(told)
    if "requirements" in kept:
        kept["requirements"] = rules.requirements_of(kept["requirements"], row.requirements)
    if "terms" in kept:
        kept["terms"] = read_terms(kept["terms"])
    _check({**vars(row), **kept})
    if kept.keys() & {"rates", "currency"}:
        rules.check_rates(kept.get("rates", row.rates), kept.get("currency", row.currency))
    previous = amend(row, kept)
    if row.ends_on is not None:
        left = days_left(row.ends_on, at.now.astimezone(ZoneInfo(row.time_zone)).date())
        row.expiry_announced = still_told(row.expiry_announced, left)
    _expect_notice(row)
    if row.state == rules.ContractState.ACTIVE and previous.keys() & rules.PROMISING:
        await obligations.reconsider(session, row, at.now)
    before = {name: value for name, value in previous.items() if name in events.ContractEvent.model_fields}
    return corrected(session, row, at, lambda: events.ContractUpdated(**facts(row), previous=before))


async def activate(session: Session, contract_id: UUID, at: Moment) -> Contract:
    """The contract is in force; its customer is on its service plan, its inspections are owed."""
    row, move = await begin(session, Contract, contract_id, LIFECYCLE, "activate", at)
    land(row, move)
    _expect_notice(row)
    await obligations.promise(session, row, at.now)
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
        row.requirements,
        requirement_id,
        status=status,
        evidence=evidence,
        answered_at=instant(move.occurred_at),
        answered_by=session.context.caller.subject,
    )
    touch(session, row, at.now)
    event = events.ContractUpdated(**facts(row), previous={"requirement_id": requirement_id})
    return announce(session, row, move, event)


async def terminate(session: Session, contract_id: UUID, at: Moment, *, reason: str) -> Contract:
    """The contract ends before its last day."""
    row, move = await begin(session, Contract, contract_id, LIFECYCLE, "terminate", at)
    row.end_reason = reason
    await obligations.end(session, row, move.occurred_at, at.now)
    land(row, move)
    _expect_notice(row)
    touch(session, row, at.now)
    event = events.ContractEnded(**facts(row), is_terminated=True)
    return announce(session, row, move, event, note=reason)


async def tell_due(session: Session, now: datetime) -> int:
    """Tell once per threshold that a contract ends soon, and end those whose last day has passed.

    Returns:
        How many were told or ended; at most one batch.
    """
    due = (
        select(Contract)
        .where(col(Contract.notice_at) <= now)
        .order_by(col(Contract.notice_at), col(Contract.id))
        .limit(SWEEP_BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = list((await session.execute(due)).scalars())
    for row in rows:
        await _tell(session, row, now)
    return len(rows)


async def _tell(session: Session, row: Contract, now: datetime) -> None:
    """Tell what is due of a contract that has a last day."""
    zone = ZoneInfo(row.time_zone)
    left = days_left(row.ends_on or date.max, now.astimezone(zone).date())
    if left < 0:
        await _end(session, row, now)
        return
    threshold = threshold_reached(left, CONTRACT_EXPIRY_DAYS, row.expiry_announced)
    if threshold is None:
        _expect_notice(row)
        return
    row.expiry_announced = [*row.expiry_announced, threshold]
    _expect_notice(row)
    touch(session, row, now)
    event = events.ContractExpiring(**facts(row), days_left=left)
    publish(session, event, of=row, occurred_at=now, now=now)
    audit(session, "tellExpiring", row, now)


async def _end(session: Session, row: Contract, now: datetime) -> None:
    """Its last day has passed: it ended when that did, or when it was put in force after that."""
    over_at = begins_at(row.ends_on or date.max, ZoneInfo(row.time_zone), plus_days=1)
    floor = row.state_changed_at
    move = ask(LIFECYCLE, "terminate", row.state, Moment(max(now, floor), max(over_at, floor)), floor=floor)
    await obligations.end(session, row, move.occurred_at, now)
    land(row, move)
    _expect_notice(row)
    touch(session, row, now)
    event = events.ContractEnded(**facts(row), is_terminated=False)
    publish(session, event, of=row, occurred_at=move.occurred_at, now=now)
    audit(session, "end", row, now)


def _expect_notice(row: Contract) -> None:
    """Set when the sweep has to look at the contract next; only one in force runs out."""
    row.notice_at = None
    if row.state == rules.ContractState.ACTIVE:
        row.notice_at = next_notice_at(
            row.ends_on,
            ZoneInfo(row.time_zone),
            CONTRACT_EXPIRY_DAYS,
            row.expiry_announced,
            tells_end=True,
        )


def facts(row: Contract) -> dict[str, Any]:
    """The facts that every event about a contract carries."""
    names = (name for name in events.ContractEvent.model_fields if name != "contract_id")
    return {"contract_id": row.id, **{name: getattr(row, name) for name in names}}


def _check(told: Mapping[str, Any]) -> None:
    rules.check_period(told["starts_on"], told["ends_on"])
    rules.check_figures(told["bid_figures"])
