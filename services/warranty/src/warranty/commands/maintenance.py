"""Maintenance plans: drafted, agreed with the customer, carried out on their dates, ended (§1.2.4)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from common.contracts.warranty import maintenance as events
from common.db import Session
from common.locking import locked
from common.moves import (
    Moment,
    Move,
    amend,
    announce,
    ask,
    audit,
    begin,
    beginning,
    corrected,
    land,
    made,
    touch,
)
from warranty.commands import inspections
from warranty.commands.needs import begun, contract_of, needed
from warranty.domain import maintenance as rules
from warranty.domain.inspections import check_checklist, item_of
from warranty.domain.maintenance import LIFECYCLE, EndReason, IntervalUnit, Schedule
from warranty.domain.past import check_moment
from warranty.policy import SWEEP_BATCH
from warranty.queries import maintenance as queries
from warranty.queries.single import one
from warranty.tables.assets import Asset
from warranty.tables.contracts import Contract
from warranty.tables.directory import Site
from warranty.tables.maintenance import MaintenancePlan

CHANNEL = "maintenance"
"""Wakes the sweep: a plan's next date has moved."""

Columns = Mapping[str, Any]


async def draft(session: Session, told: Columns, number: str, at: Moment) -> MaintenancePlan:
    """Draft the plan of a site, or of an asset there; an older one is told with when that was.

    Args:
        session: the unit of work.
        told: columns; dates as dates.
        number: number for people.
        at: now, and when it was drafted.

    Raises:
        Invalid: ``occurred-in-future``; something named is unknown or another customer's; the schedule or
            checklist cannot stand.
        Conflict: ``asset-retired``.
    """
    drafted_at = beginning(at)
    site = await needed(session, Site, told["site_id"], "site-unknown", "#/site_id")
    await inspections.check_asset(session, told["asset_id"], site.id, "#/asset_id")
    await inspections.check_inspected(session, told["asset_id"], "#/asset_id")
    contract = await contract_of(session, told["contract_id"], site.customer_id)
    check_checklist([item_of(item) for item in told["checklist"]])
    check_agreement(told, at.now)
    row = made(
        session,
        MaintenancePlan,
        at.now,
        number=number,
        state=LIFECYCLE.initial,
        state_changed_at=drafted_at,
        customer_id=site.customer_id,
        time_zone=await inspections.zone_of(session, site, contract),
        **_scheduled(told, contract),
    )
    return begun(session, row, events.MaintenancePlanCreated(**facts(row)), at)


def check_agreement(told: Columns, now: datetime) -> None:
    """What the customer agreed to was agreed before now.

    Raises:
        Invalid: ``occurred-in-future``.
    """
    if told.get("agreed_at") is not None:
        check_moment(told["agreed_at"], "#/agreed_at", now)


def _scheduled(told: Columns, contract: Contract | None = None) -> dict[str, Any]:
    """The columns with their schedule checked; a plan ends with its contract where nothing else is said."""
    columns = dict(told)
    if columns["ends_on"] is None and contract is not None:
        columns["ends_on"] = contract.ends_on
    columns["dates"] = [day.isoformat() for day in rules.in_order(told["dates"])]
    rules.check_schedule(_schedule(columns))
    return columns


def _schedule(columns: Columns) -> Schedule:
    unit = columns["interval_unit"]
    return Schedule(
        None if unit is None else IntervalUnit(unit),
        columns["interval_count"] or 0,
        columns["first_on"],
        tuple(date.fromisoformat(day) for day in columns["dates"]),
        columns["ends_on"],
    )


async def update(session: Session, plan_id: UUID, told: Columns, at: Moment) -> MaintenancePlan:
    """Correct what a plan that is not over looks at; visits that have appeared keep their checklist.

    Raises:
        NotFound, Conflict: no such plan, another version, or it is over.
        Invalid: the checklist cannot stand.
    """
    row = await locked(session, MaintenancePlan, plan_id, at.version)
    LIFECYCLE.ask("changeSchedule", row.state, said_as="update", asker=at.asker)
    check_checklist([item_of(item) for item in told.get("checklist", row.checklist)])
    amend(row, told)
    if row.state == rules.PlanState.ACTIVE:
        rules.check_agreed(row.agreed_by, len(row.checklist))
        _look_ahead(session, row, _next_day(row, at.now))
    return corrected(session, row, at, lambda: events.MaintenancePlanUpdated(**facts(row)))


def _next_day(row: MaintenancePlan, now: datetime) -> date:
    return row.next_due_on or rules.today(now, row.time_zone)


def _look_ahead(session: Session, row: MaintenancePlan, earliest: date) -> None:
    """Say when the next visit from ``earliest`` on appears; where there is none, when the plan ends."""
    row.next_due_on = _schedule(vars(row)).on_or_after(earliest)
    row.next_at = None
    if row.next_due_on is not None:
        row.next_at = rules.appears_at(row.next_due_on, row.lead_days, row.time_zone)
    elif row.ends_on is not None:
        row.next_at = rules.midnight(row.ends_on + timedelta(days=1), row.time_zone)
    session.wake(CHANNEL)


async def activate(session: Session, plan_id: UUID, at: Moment, *, agreement: Columns) -> MaintenancePlan:
    """The customer agreed to the dates: visits come due, from today on.

    Raises:
        Conflict: ``asset-retired``, ``plan-not-agreed`` or ``checklist-empty``.
        Invalid: ``occurred-in-future``.
    """
    row, move = await begin(session, MaintenancePlan, plan_id, LIFECYCLE, "activate", at)
    await inspections.check_inspected(session, row.asset_id)
    check_agreement(agreement, at.now)
    amend(row, agreement)
    rules.check_agreed(row.agreed_by, len(row.checklist))
    _look_ahead(session, row, rules.today(at.now, row.time_zone))
    return _moved(session, row, move, events.MaintenancePlanActivated)


async def change_schedule(
    session: Session, plan_id: UUID, at: Moment, *, told: Columns, reason: str
) -> MaintenancePlan:
    """Other dates were agreed with the customer; visits not begun and not overdue give way to them.

    Raises:
        Invalid: the schedule cannot stand, or was agreed in the future.
    """
    row, move = await begin(session, MaintenancePlan, plan_id, LIFECYCLE, "changeSchedule", at)
    check_agreement(told, at.now)
    amend(row, _scheduled(told))
    today = rules.today(at.now, row.time_zone)
    if row.state == rules.PlanState.ACTIVE:
        _look_ahead(session, row, today)
    await inspections.give_way(session, row.id, Moment(at.now), reason, since=today)
    return _moved(session, row, move, events.MaintenanceScheduleChanged, reason)


async def suspend(session: Session, plan_id: UUID, at: Moment, *, reason: str) -> MaintenancePlan:
    """No further visits come due; those that have appeared stay."""
    row, move = await begin(session, MaintenancePlan, plan_id, LIFECYCLE, "suspend", at)
    row.next_due_on, row.next_at, row.reason = None, None, reason
    return _moved(session, row, move, events.MaintenancePlanSuspended, reason)


async def resume(session: Session, plan_id: UUID, at: Moment) -> MaintenancePlan:
    """Visits come due again, from today on; the dates in between are not made up for.

    Raises:
        Conflict: ``asset-retired``.
    """
    row, move = await begin(session, MaintenancePlan, plan_id, LIFECYCLE, "resume", at)
    await inspections.check_inspected(session, row.asset_id)
    row.reason = None
    _look_ahead(session, row, rules.today(at.now, row.time_zone))
    return _moved(session, row, move, events.MaintenancePlanResumed)


async def end(session: Session, plan_id: UUID, at: Moment, *, reason: str) -> MaintenancePlan:
    """The plan is over; visits on which no work has begun will not take place."""
    row, move = await begin(session, MaintenancePlan, plan_id, LIFECYCLE, "end", at)
    await inspections.give_way(session, row.id, Moment(at.now), reason)
    return _over(session, row, move, reason)


def _over(session: Session, row: MaintenancePlan, move: Move, reason: str) -> MaintenancePlan:
    row.next_due_on, row.next_at, row.reason = None, None, reason
    return _moved(session, row, move, events.MaintenancePlanEnded, reason)


def _moved(
    session: Session,
    row: MaintenancePlan,
    move: Move,
    event: type[events.MaintenancePlanEvent],
    note: str | None = None,
) -> MaintenancePlan:
    land(row, move)
    touch(session, row, move.now)
    return announce(session, row, move, event(**facts(row)), note=note)


async def make_due(session: Session, now: datetime) -> int:
    """Let the next visit of each plan whose time has come appear, once per date; how many plans there were.

    A plan whose dates have passed while nobody looked lets them appear one by one.
    """
    due = queries.appearing(now).limit(SWEEP_BATCH).with_for_update(skip_locked=True)
    rows = list((await session.execute(due)).scalars())
    for row in rows:
        await _appear(session, row, now)
    return len(rows)


async def _appear(session: Session, row: MaintenancePlan, now: datetime) -> None:
    asset = await one(session, Asset, row.asset_id)
    contract = await one(session, Contract, row.contract_id)
    over = rules.why_over(
        row.next_due_on,
        is_asset_retired=asset is not None and asset.state == "retired",
        is_contract_ended=contract is not None and contract.state == "ended",
    )
    if over is not None or row.next_due_on is None:
        move = ask(LIFECYCLE, "end", row.state, Moment(now), floor=row.state_changed_at)
        _over(session, row, move, over or EndReason.LAST_DAY_PASSED)
        return
    if not await queries.is_planned(session, row.id, row.next_due_on):
        site_id = row.site_id if asset is None else asset.site_id
        inspections.appear(session, row, row.next_due_on, site_id, Moment(now))
    _look_ahead(session, row, row.next_due_on + timedelta(days=1))
    audit(session, "lookAhead", row, now)


def facts(row: MaintenancePlan) -> dict[str, Any]:
    """The facts that every event about a maintenance plan carries."""
    names = (name for name in events.MaintenancePlanEvent.model_fields if name != "plan_id")
    return {"plan_id": row.id, **{name: getattr(row, name) for name in names}}
