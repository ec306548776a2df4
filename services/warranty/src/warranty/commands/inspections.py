"""Inspections: they appear, are staffed, moved with the customer's agreement, worked through (§1.2.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col

from common.contracts.ticketing import VisitEvent
from common.contracts.warranty import maintenance as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.locking import locked
from common.moves import Moment, Move, amend, announce, ask, begin, beginning, land, made, touch
from warranty.commands import obligations
from warranty.commands.needs import begun, contract_of, needed
from warranty.domain import inspections as rules
from warranty.domain.ahead import check_near
from warranty.domain.assets import check_in_use
from warranty.domain.contracts import check_counts
from warranty.domain.inspections import LIFECYCLE, InspectionState, check_checklist, item_of
from warranty.domain.maintenance import check_day, due_at, today
from warranty.domain.past import check_moment
from warranty.policy import FURTHEST_YEARS, SWEEP_BATCH
from warranty.queries import maintenance as queries
from warranty.queries.obligations import is_counted
from warranty.queries.single import one
from warranty.tables.assets import Asset
from warranty.tables.contracts import Contract
from warranty.tables.directory import Customer, Site
from warranty.tables.maintenance import Inspection, MaintenancePlan


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as it appears: where, when, and what is looked at.

    Args:
        number: number for people.
        customer_id: whose.
        site_id: where.
        time_zone: where its day is decided.
        due_on: its day.
        checklist: items as stored.
        plan_id: the plan it belongs to; ``None`` for a visit by itself.
        asset_id: the asset it is about; ``None`` for the whole site.
        contract_id: the contract it counts under; ``None`` leaves it to what its asset or customer has.
        agreed_by: who agreed to the day for the customer.
        agreed_at: when.
    """

    number: str
    customer_id: UUID
    site_id: UUID
    time_zone: str
    due_on: date
    checklist: Sequence[Mapping[str, Any]]
    plan_id: UUID | None = None
    asset_id: UUID | None = None
    contract_id: UUID | None = None
    agreed_by: str | None = None
    agreed_at: datetime | None = None


def put(session: Session, told: Visit, at: Moment) -> Inspection:
    """Let a visit appear and announce it."""
    row = made(
        session,
        Inspection,
        at.now,
        number=told.number,
        state=LIFECYCLE.initial,
        state_changed_at=at.occurred_at or at.now,
        customer_id=told.customer_id,
        plan_id=told.plan_id,
        site_id=told.site_id,
        asset_id=told.asset_id,
        contract_id=told.contract_id,
        time_zone=told.time_zone,
        planned_on=told.due_on,
        due_on=told.due_on,
        due_at=due_at(told.due_on, told.time_zone),
        agreed_by=told.agreed_by,
        agreed_at=told.agreed_at,
        reschedules=[],
        checklist=[dict(item) for item in told.checklist],
        technician_ids=[],
    )
    return begun(session, row, events.InspectionDue(**facts(row)), at)


def appear(session: Session, plan: MaintenancePlan, day: date, site_id: UUID, at: Moment) -> Inspection:
    """Let the visit of the locked ``plan`` on ``day`` appear."""
    plan.visit_count += 1
    told = Visit(
        number=f"{plan.number}-{plan.visit_count:02d}",
        customer_id=plan.customer_id,
        site_id=site_id,
        time_zone=plan.time_zone,
        due_on=day,
        checklist=plan.checklist,
        plan_id=plan.id,
        asset_id=plan.asset_id,
        contract_id=plan.contract_id,
        agreed_by=plan.agreed_by,
        agreed_at=plan.agreed_at,
    )
    return put(session, told, at)


async def arrange(session: Session, told: Mapping[str, Any], number: str, at: Moment) -> Inspection:
    """Arrange a visit by itself, on a day agreed with the customer.

    Args:
        session: the unit of work.
        told: fields of ``Visit`` as told.
        number: number for people.
        at: now, and when it was arranged: a visit from before the platform is told with its past.

    Raises:
        Invalid: the site is unknown, the asset not there, the contract another's, the day over when it was
            arranged, or the checklist cannot stand.
        Conflict: ``asset-retired``.
    """
    arranged_at = beginning(at)
    site = await needed(session, Site, told["site_id"], "site-unknown", "#/site_id")
    await check_asset(session, told["asset_id"], site.id, "#/asset_id")
    await check_inspected(session, told["asset_id"], "#/asset_id")
    contract = await contract_of(session, told["contract_id"], site.customer_id)
    zone = await zone_of(session, site, contract)
    check_day(told["due_on"], "#/due_on")
    rules.check_new_day(told["due_on"], today(arranged_at, zone))
    check_near(told["due_on"], "#/due_on", today(at.now, zone), FURTHEST_YEARS)
    check_moment(told["agreed_at"], "#/agreed_at", at.now)
    check_checklist([item_of(item) for item in told["checklist"]])
    visit = Visit(number=number, customer_id=site.customer_id, time_zone=zone, **told)
    return put(session, visit, at)


async def zone_of(session: Session, site: Site, contract: Contract | None = None) -> str:
    """Where the days of visits are decided: as the contract says, else where the customer is."""
    if contract is not None:
        return contract.time_zone
    return (await needed(session, Customer, site.customer_id, "customer-unknown", "#/site_id")).time_zone


async def check_asset(session: Session, asset_id: UUID | None, site_id: UUID, pointer: str) -> None:
    """An asset that is named stands at the site.

    Raises:
        Invalid: ``asset-unknown`` or ``asset-elsewhere``.
    """
    if asset_id is None:
        return
    asset = await needed(session, Asset, asset_id, "asset-unknown", pointer)
    if asset.site_id != site_id:
        raise Invalid("asset-elsewhere", pointer=pointer)


async def check_inspected(session: Session, asset_id: UUID | None, pointer: str | None = None) -> None:
    """An asset that is named is in use; a visit to one that is retired would find nothing.

    Raises:
        Conflict: ``asset-retired``.
    """
    asset = await one(session, Asset, asset_id)
    if asset is not None:
        check_in_use(asset.state, pointer)


async def assign(
    session: Session, inspection_id: UUID, at: Moment, *, technician_ids: Sequence[UUID]
) -> Inspection:
    """Say who goes there."""
    row, move = await begin(session, Inspection, inspection_id, LIFECYCLE, "assignTechnicians", at)
    row.technician_ids = [str(one) for one in dict.fromkeys(technician_ids)]
    return moved(session, row, move, events.InspectionTechniciansAssigned)


async def assign_contract(
    session: Session, inspection_id: UUID, at: Moment, *, contract_id: UUID
) -> Inspection:
    """Say under which contract the visit counts; one that took place counts there from now on.

    Raises:
        Invalid: ``contract-unknown`` or ``contract-of-another``.
        Conflict: ``inspection-counted``, where it keeps something that was owed; ``contract-not-in-force``.
    """
    row, move = await begin(session, Inspection, inspection_id, LIFECYCLE, "assignContract", at)
    await contract_of(session, contract_id, row.customer_id)
    held = {
        one: await locked(session, Contract, one)
        for one in sorted({contract_id, row.contract_id or contract_id})
    }
    contract = held[contract_id]
    earliest, latest = row.completed_at or at.now, row.completed_at or max(at.now, row.due_at)
    check_counts(contract.state, obligations.in_force(contract), earliest, latest)
    if await is_counted(session, row.id):
        raise Conflict("inspection-counted")
    row.contract_id = contract_id
    moved(session, row, move, events.InspectionContractAssigned)
    if row.state == InspectionState.COMPLETED:
        await obligations.count(session, held[contract_id], at.now)
    return row


async def dispatched(session: Session, visit: VisitEvent, version: int, now: datetime) -> None:
    """Ticketing sends somebody for the inspection, or who was sent has come further (§1.2.4).

    Args:
        session: the unit of work.
        visit: what was told of the visit, which names the inspection.
        version: version of its ticket; it orders what is told. The visit asked for last counts, and what is
            said of earlier ones afterwards does not.
        now: the present instant.
    """
    if visit.routine_inspection_id is None:
        return
    row = await session.get(
        Inspection, visit.routine_inspection_id, with_for_update=True, populate_existing=True
    )
    if row is None or row.dispatch_version >= version:
        return
    row.dispatch_version, row.is_unsent = version, False
    if row.visit_id is not None and visit.visit_id < row.visit_id:
        return
    if not amend(row, {name: getattr(visit, name) for name in ("ticket_id", "visit_id", "visit_state")}):
        return
    move = ask(LIFECYCLE, "dispatch", row.state, Moment(now), floor=row.created_at)
    moved(session, row, move, events.InspectionDispatched)


async def send(session: Session, now: datetime) -> int:
    """Have somebody sent to inspections of before anybody was (§1.2.4): told again, once; how many were."""
    unsent = queries.unsent().limit(SWEEP_BATCH).with_for_update(skip_locked=True)
    rows = list((await session.execute(unsent)).scalars())
    for row in rows:
        row.is_unsent = False
        if row.state == InspectionState.DUE:
            move = ask(LIFECYCLE, "askDispatch", row.state, Moment(now), floor=row.created_at)
            moved(session, row, move, events.InspectionDispatchAsked)
    return len(rows)


async def reschedule(
    session: Session,
    inspection_id: UUID,
    at: Moment,
    *,
    due_on: date,
    agreed_by: str,
    agreed_at: datetime,
    reason: str,
) -> Inspection:
    """The customer agreed to another day.

    Raises:
        Invalid: ``day-passed``, ``day-too-far``, ``date-out-of-range`` or ``occurred-in-future``.
    """
    row, move = await begin(session, Inspection, inspection_id, LIFECYCLE, "reschedule", at)
    check_day(due_on, "#/due_on")
    rules.check_other_day(due_on, row.due_on)
    rules.check_new_day(due_on, today(at.now, row.time_zone))
    check_near(due_on, "#/due_on", today(at.now, row.time_zone), FURTHEST_YEARS)
    check_moment(agreed_at, "#/agreed_at", at.now)
    previous = row.due_on
    entry = {
        "from": previous.isoformat(),
        "to": due_on.isoformat(),
        "agreed_by": agreed_by,
        "agreed_at": agreed_at.isoformat(),
        "reason": reason,
    }
    row.reschedules = [*row.reschedules, entry]
    row.due_on, row.due_at = due_on, due_at(due_on, row.time_zone)
    row.agreed_by, row.agreed_at = agreed_by, agreed_at
    touch(session, row, at.now)
    event = events.InspectionRescheduled(**facts(row), previous_due_on=previous)
    return announce(session, row, move, event, note=reason)


async def start(session: Session, inspection_id: UUID, at: Moment) -> Inspection:
    """Work at the site begins."""
    row, move = await begin(session, Inspection, inspection_id, LIFECYCLE, "start", at)
    row.started_at = move.occurred_at
    return moved(session, row, move, events.InspectionStarted)


async def cancel(session: Session, inspection_id: UUID, at: Moment, *, reason: str) -> Inspection:
    """The visit will not take place."""
    row, move = await begin(session, Inspection, inspection_id, LIFECYCLE, "cancel", at)
    row.cancelled_reason = reason
    return moved(session, row, move, events.InspectionCancelled, reason)


async def give_way(
    session: Session, plan_id: UUID, at: Moment, reason: str, *, since: date | None = None
) -> None:
    """Cancel the visits of a plan on which no work has begun; with ``since`` those due from that day on."""
    found = queries.untouched(plan_id).with_for_update()
    if since is not None:
        found = found.where(col(Inspection.due_on) >= since)
    for row in (await session.execute(found)).scalars():
        move = ask(LIFECYCLE, "cancel", row.state, at, floor=row.state_changed_at)
        row.cancelled_reason = reason
        moved(session, row, move, events.InspectionCancelled, reason)


def moved(
    session: Session,
    row: Inspection,
    move: Move,
    event: type[events.InspectionEvent],
    note: str | None = None,
) -> Inspection:
    """Write a verb on the locked inspection and announce it with nothing but its facts."""
    land(row, move)
    touch(session, row, move.now)
    return announce(session, row, move, event(**facts(row)), note=note)


def facts(row: Inspection) -> dict[str, Any]:
    """The facts that every event about an inspection carries."""
    names = (name for name in events.InspectionEvent.model_fields if name != "inspection_id")
    return {"inspection_id": row.id, **{name: getattr(row, name) for name in names}}
