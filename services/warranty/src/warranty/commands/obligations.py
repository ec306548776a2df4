"""Inspections promised by the year: owed as their periods begin, kept by visits that took place (§1.2.4)."""

from collections import deque
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from common.contracts.warranty import maintenance as events
from common.db import Session
from common.locking import locked
from common.moves import Moment, announce, ask, audit, land, made, touch
from warranty.commands.needs import begun
from warranty.domain.contracts import ContractState, InForce
from warranty.domain.maintenance import today
from warranty.domain.obligations import (
    LIFECYCLE,
    ObligationState,
    Owed,
    Period,
    Promise,
    WithdrawalReason,
    kept_by,
    year_of,
)
from warranty.domain.terms.civil import plus_days
from warranty.domain.zones import begins_at
from warranty.policy import SWEEP_BATCH
from warranty.queries import obligations as queries
from warranty.queries.obligations import Done
from warranty.queries.single import one
from warranty.tables.assets import Asset
from warranty.tables.contracts import Contract
from warranty.tables.maintenance import Inspection
from warranty.tables.obligations import InspectionObligation


async def promise(session: Session, contract: Contract, now: datetime) -> None:
    """The locked ``contract`` is in force: from the period on that is not over, inspections are owed.

    What was over before anybody here knew of the contract is nobody's breach.
    """
    _expect(contract, _promise_of(contract).first(open_on=today(now, contract.time_zone)))
    await _open_begun(session, contract, now, now, since=now)


async def begin_due(session: Session, now: datetime) -> int:
    """Let the inspections be owed whose periods have begun, each once.

    Returns:
        How many contracts there were; at most one batch.
    """
    due = queries.beginning(now).limit(SWEEP_BATCH).with_for_update(skip_locked=True)
    contracts = list((await session.execute(due)).scalars())
    for contract in contracts:
        await _open_begun(session, contract, now, now)
        audit(session, "lookAhead", contract, now)
    return len(contracts)


async def _open_begun(
    session: Session, contract: Contract, until: datetime, now: datetime, *, since: datetime | None = None
) -> None:
    """Open every period that has begun by ``until``; none runs since before ``since``, when it was told."""
    promised, is_new = _promise_of(contract), False
    while (day := _begun(contract, until)) is not None:
        period = promised.first(open_on=day, from_on=day)
        if period is not None:
            _open(session, contract, period, now, since)
            is_new, day = True, plus_days(period.to_on, 1)
        _expect(contract, promised.first(open_on=day, from_on=day))
    if is_new:
        await count(session, contract, now)


def _begun(contract: Contract, until: datetime) -> date | None:
    """The first day of the contract's next period, if it has begun."""
    at = contract.next_inspection_at
    return contract.next_inspection_from if at is not None and at <= until else None


def _open(
    session: Session, contract: Contract, period: Period, now: datetime, since: datetime | None
) -> None:
    zone = ZoneInfo(contract.time_zone)
    begins = begins_at(period.from_on, zone)
    opened_at = begins if since is None else max(begins, since)
    row = made(
        session,
        InspectionObligation,
        now,
        state=LIFECYCLE.initial,
        state_changed_at=opened_at,
        customer_id=contract.customer_id,
        contract_id=contract.id,
        contract_year=period.contract_year,
        period=period.number,
        time_zone=contract.time_zone,
        from_on=period.from_on,
        to_on=period.to_on,
        due_at=_due_at(period, zone),
        opened_at=opened_at,
    )
    begun(session, row, events.InspectionObligationOpened(**facts(row)), Moment(now, opened_at))


def _expect(contract: Contract, period: Period | None) -> None:
    """Say from when on the contract's next inspection is owed."""
    contract.next_inspection_from = None if period is None else period.from_on
    contract.next_inspection_at = (
        None if period is None else begins_at(period.from_on, ZoneInfo(contract.time_zone))
    )


async def reconsider(session: Session, contract: Contract, now: datetime) -> None:
    """The locked ``contract`` in force was changed: what is not due yet is owed as it says now.

    A period that begins on the same day ends as the new division has it; another one that nobody kept is
    withdrawn. What was kept, and what was due, stands, and the new division goes on after it. Only a new last
    day says the same whenever it is told: what nobody kept ends with it, or was never owed.
    """
    promised, day = _promise_of(contract), today(now, contract.time_zone)
    current, after = promised.first(open_on=day), date.min
    for row in await _held(session, contract):
        if not await _gave_way(session, row, promised, current, now):
            after = max(after, plus_days(row.to_on, 1))
    _expect(contract, promised.first(open_on=day, from_on=after))
    await _open_begun(session, contract, now, now, since=now)


async def _gave_way(
    session: Session, row: InspectionObligation, promised: Promise, current: Period | None, now: datetime
) -> bool:
    """Fit what is owed to the period it is in now; whether it was withdrawn."""
    is_cut = promised.ends_on is not None and row.to_on > promised.ends_on
    if row.due_at <= now and not (is_cut and row.state == ObligationState.OPEN):
        return False
    period = current if current is not None and current.from_on == row.from_on else _cut(promised, row)
    if period is not None:
        _change(session, row, period, now)
    elif row.state == ObligationState.OPEN:
        await _withdraw(session, row, now, now, WithdrawalReason.CONTRACT_CHANGED)
        return True
    return False


def _cut(promised: Promise, row: InspectionObligation) -> Period | None:
    """What the contract's last day left of the period, if that is enough and was owed before it was over."""
    left = promised.first(open_on=row.from_on, from_on=row.from_on)
    if left is None or left.from_on != row.from_on or left.to_on != promised.ends_on:
        return None
    return left if _due_at(left, ZoneInfo(row.time_zone)) > row.opened_at else None


def _change(session: Session, row: InspectionObligation, period: Period, now: datetime) -> None:
    previous = row.to_on
    if (row.to_on, row.period) == (period.to_on, period.number):
        return
    move = ask(LIFECYCLE, "changePeriod", row.state, Moment(now), floor=row.opened_at)
    row.to_on, row.period = period.to_on, period.number
    row.due_at = _due_at(period, ZoneInfo(row.time_zone))
    touch(session, row, now)
    event = events.InspectionObligationPeriodChanged(**facts(row), previous_to_on=previous)
    announce(session, row, move, event)


async def end(session: Session, contract: Contract, ended_at: datetime, now: datetime) -> None:
    """The locked ``contract``, still in force, ends: what is not due by then is owed no longer."""
    await _open_begun(session, contract, ended_at, now)
    _expect(contract, None)
    for row in await _held(session, contract):
        if row.state == ObligationState.OPEN and row.due_at > ended_at:
            await _withdraw(session, row, max(ended_at, row.opened_at), now, WithdrawalReason.CONTRACT_ENDED)


async def _withdraw(
    session: Session, row: InspectionObligation, at: datetime, now: datetime, reason: WithdrawalReason
) -> None:
    move = ask(LIFECYCLE, "withdraw", row.state, _following(now, at), floor=row.opened_at)
    row.withdrawal_reason = reason.value
    land(row, move)
    touch(session, row, now)
    announce(session, row, move, events.InspectionObligationWithdrawn(**facts(row), reason=reason.value))
    await session.flush()


def _following(now: datetime, at: datetime) -> Moment:
    """When something followed; never refused for its time, which may be of a row written after ``now``."""
    return Moment(max(now, at), at)


async def under(session: Session, visit: Inspection, completed_at: datetime) -> Contract | None:
    """The contract that a visit counts under, locked: the one it names, its asset's, or the only one.

    One that was over by then, or had not begun, gives way to the only one that promised then; without such
    a visit still makes up for what was missed under the one that is over.
    """
    contract_id = visit.contract_id
    if contract_id is None and visit.asset_id is not None:
        asset = await one(session, Asset, visit.asset_id)
        contract_id = None if asset is None else asset.contract_id
    named = await one(session, Contract, contract_id)
    if named is None or not in_force(named).covers(completed_at):
        day = today(completed_at, visit.time_zone)
        promised_id = await queries.only_promise(session, visit.customer_id, day, completed_at)
        contract_id = promised_id or contract_id
    return None if contract_id is None else await locked(session, Contract, contract_id)


def in_force(contract: Contract) -> InForce:
    """From when to when the contract is in force."""
    ended_at = contract.state_changed_at if contract.state == ContractState.ENDED else None
    return InForce(contract.starts_on, contract.ends_on, ended_at, ZoneInfo(contract.time_zone))


async def count(session: Session, contract: Contract, now: datetime) -> None:
    """Let completed visits under the locked ``contract`` keep what is owed, none of them twice."""
    rows = {row.id: row for row in await _held(session, contract)}
    waiting = deque(await queries.uncounted(session, contract.id) if rows else ())
    while waiting:
        visit = waiting.popleft()
        day = today(visit.completed_at, contract.time_zone)
        found = kept_by(day, year_of(day, contract.starts_on), [_owed(row) for row in rows.values()])
        if found is not None:
            waiting.extend(await _keep(session, rows[found.id], visit, now))


async def _keep(session: Session, row: InspectionObligation, visit: Done, now: datetime) -> list[Done]:
    """Let ``visit`` keep what is owed; the one that did so until now is free for something else."""
    freed: list[Done] = []
    if row.inspection_id is not None and row.kept_at is not None:
        freed.append(Done(row.inspection_id, row.kept_at))
    at = _following(now, max(visit.completed_at, row.opened_at))
    move = ask(LIFECYCLE, "keep", row.state, at, floor=row.opened_at)
    row.inspection_id, row.kept_at = visit.id, visit.completed_at
    land(row, move)
    touch(session, row, now)
    announce(session, row, move, events.InspectionObligationKept(**facts(row)))
    await session.flush()
    return freed


async def _held(session: Session, contract: Contract) -> list[InspectionObligation]:
    return list((await session.execute(queries.standing(contract.id).with_for_update())).scalars())


def _promise_of(contract: Contract) -> Promise:
    """What the contract promises; nothing unless it is in force."""
    is_active = contract.state == ContractState.ACTIVE
    per_year = (contract.inspections_per_year or 0) if is_active else 0
    return Promise(per_year, contract.starts_on, contract.ends_on)


def _owed(row: InspectionObligation) -> Owed:
    kept_on = None if row.kept_at is None else today(row.kept_at, row.time_zone)
    return Owed(row.id, Period(row.contract_year, row.period, row.from_on, row.to_on), kept_on)


def _due_at(period: Period, zone: ZoneInfo) -> datetime:
    return begins_at(period.to_on, zone, plus_days=1)


def facts(row: InspectionObligation) -> dict[str, Any]:
    """The facts that every event about an obligation carries."""
    names = (name for name in events.InspectionObligationEvent.model_fields if name != "obligation_id")
    return {"obligation_id": row.id, **{name: getattr(row, name) for name in names}}
