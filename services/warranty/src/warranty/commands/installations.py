"""Installations: planned, staffed, worked through step by step (§1.2.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import installations as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.locking import locked
from common.moves import (
    Moment,
    Move,
    amend,
    announce,
    audit,
    begin,
    beginning,
    check_time,
    corrected,
    land,
    made,
    touch,
)
from warranty.commands import assets as asset_commands
from warranty.commands import defects
from warranty.commands.needs import begun, contract_of, needed
from warranty.commands.terms import zone_of
from warranty.domain import installations as rules
from warranty.domain import step_records
from warranty.domain.installations import LIFECYCLE, DefectKind, StepKind, StepPlan, UnpackingCondition
from warranty.domain.past import check_days, check_moment
from warranty.policy import INSTALLATION_STEPS
from warranty.queries import installations as queries
from warranty.queries.single import one
from warranty.tables.assets import Asset
from warranty.tables.contracts import Contract
from warranty.tables.directory import Site
from warranty.tables.installations import Installation, InstallationAsset, InstallationStep

GOODS_DAYS = frozenset({"goods_accepted_on"})
"""Days on which something was done."""


@dataclass(frozen=True, slots=True)
class NewInstallation:
    """An installation as it is told: columns, what is installed, and steps beyond the plan's duties."""

    columns: Mapping[str, Any]
    asset_ids: Sequence[UUID]
    further_steps: Sequence[tuple[str | None, StepPlan]]


async def plan(session: Session, told: NewInstallation, number: str, at: Moment) -> Installation:
    """Plan the installation of a delivery at a site.

    Raises:
        Invalid: something named is unknown or another customer's, a step's code cannot stand, or the plan is
            told of the future.
        Conflict: ``asset-installed-elsewhere``.
    """
    planned_at = beginning(at)
    site = await needed(session, Site, told.columns["site_id"], "site-unknown", "#/site_id")
    contract = await contract_of(session, told.columns["contract_id"], site.customer_id)
    check_days(told.columns, GOODS_DAYS, at.now, zone_of(contract))
    steps = rules.plan_steps(INSTALLATION_STEPS, told.further_steps)
    row = made(
        session,
        Installation,
        at.now,
        number=number,
        state=LIFECYCLE.initial,
        state_changed_at=planned_at,
        customer_id=site.customer_id,
        replacements=[],
        open_step_count=len(steps),
        **told.columns,
    )
    for rank, step_ in enumerate(steps):
        _add_step(session, row, rank, step_, at)
    assets = await _held(session, told.asset_ids)
    for place, asset_id in enumerate(dict.fromkeys(told.asset_ids)):
        _add_asset(session, row, assets.get(asset_id), f"#/asset_ids/{place}", at)
    ids = [str(one) for one in dict.fromkeys(told.asset_ids)]
    return begun(session, row, events.InstallationPlanned(**facts(row, ids)), at)


def _add_step(session: Session, row: Installation, rank: int, plan_: StepPlan, at: Moment) -> None:
    made(
        session,
        InstallationStep,
        at.now,
        customer_id=row.customer_id,
        installation_id=row.id,
        rank=rank,
        code=plan_.code,
        kind=plan_.kind,
        label_zh=plan_.label_zh,
        label_en=plan_.label_en,
        people=[],
        attachments=[],
    )


async def _held(session: Session, asset_ids: Sequence[UUID]) -> dict[UUID, Asset]:
    """These assets, locked in the order of their ids, so that nobody accepts or moves one meanwhile."""
    found = select(Asset).where(col(Asset.id).in_(asset_ids)).order_by(col(Asset.id)).with_for_update()
    return {one.id: one for one in (await session.execute(found)).scalars()}


def _add_asset(session: Session, row: Installation, asset: Asset | None, pointer: str, at: Moment) -> None:
    if asset is None:
        raise Invalid("asset-unknown", pointer=pointer)
    if asset.site_id != row.site_id:
        raise Invalid("asset-elsewhere", pointer=pointer)
    if asset.accepted_at is not None:
        raise Conflict("asset-accepted", pointer=pointer, asset_id=str(asset.id))
    made(
        session,
        InstallationAsset,
        at.now,
        customer_id=row.customer_id,
        installation_id=row.id,
        asset_id=asset.id,
        is_under_way=True,
    )


async def update(
    session: Session, installation_id: UUID, told: Mapping[str, Any], at: Moment
) -> Installation:
    """Correct an installation that is not accepted: specification, goods acceptance, dates.

    Raises:
        NotFound, Conflict: no such installation, another version, or it is settled.
        Invalid: ``day-in-future``.
    """
    row = await locked(session, Installation, installation_id, at.version)
    LIFECYCLE.ask("assignTechnicians", row.state, said_as="update", asker=at.asker)
    check_days(told, GOODS_DAYS, at.now, zone_of(await one(session, Contract, row.contract_id)))
    amend(row, told)
    assets = await asset_ids(session, row)
    return corrected(session, row, at, lambda: events.InstallationUpdated(**facts(row, assets)))


async def start(session: Session, installation_id: UUID, at: Moment) -> Installation:
    """Work at the site begins, once the goods were accepted at their destination.

    Raises:
        Conflict: ``goods-not-accepted``.
    """
    row, move = await begin(session, Installation, installation_id, LIFECYCLE, "start", at)
    rules.check_goods(row.goods_accepted_on, row.goods_reference)
    row.started_at = move.occurred_at
    land(row, move)
    for place in sorted(await queries.assets_of(session, row.id), key=lambda one: one.asset_id):
        asset = await locked(session, Asset, place.asset_id)
        if asset.state == "shipped":
            await asset_commands.follow(session, asset, "beginInstallation", move)
    touch(session, row, at.now)
    event = events.InstallationStarted(**facts(row, await asset_ids(session, row)))
    return announce(session, row, move, event)


async def assign(
    session: Session, installation_id: UUID, at: Moment, *, technician_ids: Sequence[UUID]
) -> Installation:
    """Say which technicians do the work."""
    row, move = await begin(session, Installation, installation_id, LIFECYCLE, "assignTechnicians", at)
    row.technician_ids = [str(one) for one in dict.fromkeys(technician_ids)]
    touch(session, row, at.now)
    event = events.TechniciansAssigned(**facts(row, await asset_ids(session, row)))
    return announce(session, row, move, event)


async def replace_technician(
    session: Session,
    installation_id: UUID,
    at: Moment,
    *,
    technician_id: UUID,
    replacement_id: UUID | None,
    reason: str,
) -> Installation:
    """The customer has a technician replaced, at the vendor's cost (§1.2.2).

    Raises:
        Invalid: ``technician-not-assigned``.
    """
    row, move = await begin(session, Installation, installation_id, LIFECYCLE, "replaceTechnician", at)
    if str(technician_id) not in row.technician_ids:
        raise Invalid("technician-not-assigned", pointer="#/technician_id")
    entry = {
        "technician_id": str(technician_id),
        "replacement_id": replacement_id and str(replacement_id),
        "reason": reason,
        "at": move.occurred_at.isoformat(),
        "cost_party": "vendor",
    }
    row.replacements = [*row.replacements, entry]
    kept = [one for one in row.technician_ids if one != str(technician_id)]
    row.technician_ids = [*kept, *([str(replacement_id)] if replacement_id else [])]
    touch(session, row, at.now)
    about = facts(row, await asset_ids(session, row))
    event = events.TechnicianReplaced(**about, technician_id=technician_id, replacement_id=replacement_id)
    return announce(session, row, move, event, note=reason)


@dataclass(frozen=True, slots=True)
class DoneStep:
    """A step as it was done: its record as JSON values, who was there, what is attached, who signed."""

    code: str
    record: Mapping[str, Any]
    people: Sequence[str]
    attachments: Sequence[str]
    signed_off_by: str


async def complete_step(session: Session, installation_id: UUID, told: DoneStep, at: Moment) -> Installation:
    """A step is done, in its order; what it found wrong is recorded as defects.

    Raises:
        Invalid: ``step-unknown``, ``record-unfit``, ``occurred-too-early`` (before the step before), or the
            record cannot be true.
        Conflict: ``step-done`` or ``step-out-of-order``.
    """
    row, move = await begin(session, Installation, installation_id, LIFECYCLE, "completeStep", at)
    steps = await queries.steps_of(session, row.id)
    open_ = [one.code for one in steps if one.completed_at is None]
    rules.check_next(told.code, open_, [one.code for one in steps])
    done = next(one for one in steps if one.code == told.code)
    ready_at = step_records.done_until(row.started_at, [one.completed_at for one in steps])
    check_time(move.occurred_at, not_before=ready_at, now=at.now)
    _check_told(done.kind, told.record, row.trial_run_hours, ready_at, move)
    done.completed_at, done.record, done.people = move.occurred_at, dict(told.record), list(told.people)
    done.attachments, done.signed_off_by = list(told.attachments), told.signed_off_by
    touch(session, done, at.now)
    audit(session, "complete", done, at.now)
    row.open_step_count -= 1
    _note_findings(session, row, told.record, done.kind, at)
    touch(session, row, at.now)
    about = facts(row, await asset_ids(session, row))
    return announce(session, row, move, events.InstallationStepCompleted(**about, step=told.code))


def _check_told(
    kind: str, record: Mapping[str, Any], trial_run_hours: float, ready_at: datetime, move: Move
) -> None:
    """A record is of its step's kind, and can be true at the time that is told for it."""
    step_records.check_record(kind, record)
    if kind == StepKind.UNPACKING:
        step_records.check_unpacked(record["items"])
    if kind == StepKind.PERFORMANCE:
        step_records.check_required(record["items"], "#/record/items")
    if kind == StepKind.TRIAL_RUN:
        _check_trial(record, trial_run_hours, ready_at, move)


def _check_trial(record: Mapping[str, Any], required_hours: float, ready_at: datetime, move: Move) -> None:
    began, ended = (datetime.fromisoformat(record[name]) for name in ("started_at", "ended_at"))
    step_records.check_trial_run(began, ended, required_hours, move.now)
    step_records.check_trial_times(began, ended, ready_at=ready_at, done_at=move.occurred_at)
    for number, reading in enumerate(record["readings"]):
        read_at = datetime.fromisoformat(reading["read_at"])
        check_moment(read_at, f"#/record/readings/{number}/read_at", move.now)


def _note_findings(
    session: Session, row: Installation, record: Mapping[str, Any], kind: str, at: Moment
) -> None:
    """Shortages and damage block acceptance as the record says; a missed figure always does."""
    if kind == StepKind.UNPACKING:
        for line in record["items"]:
            found = rules.DEFECT_OF.get(UnpackingCondition(line["condition"]))
            if found is not None:
                told = {
                    "kind": found,
                    "item": line["item"],
                    "finding": line["remark"] or found.value,
                    "is_blocking": line["is_blocking"],
                    "liable_party": line["liable_party"],
                }
                defects.put(session, row, told, at)
    if kind == StepKind.PERFORMANCE:
        for item in rules.failed(record["items"]):
            told = {
                "kind": DefectKind.PERFORMANCE,
                "item": item["item"],
                "finding": f"{item['measured']} {item['unit']}".strip(),
                "is_blocking": True,
                "required_min": item["required_min"],
                "required_max": item["required_max"],
                "measured": item["measured"],
            }
            defects.put(session, row, told, at)


async def cancel(session: Session, installation_id: UUID, at: Moment, *, reason: str) -> Installation:
    """The installation will not take place; its assets may be part of another."""
    row, move = await begin(session, Installation, installation_id, LIFECYCLE, "cancel", at)
    row.cancelled_reason = reason
    land(row, move)
    for place in await queries.assets_of(session, row.id):
        place.is_under_way = False
        touch(session, place, at.now)
        audit(session, "cancel", place, at.now)
    touch(session, row, at.now)
    event = events.InstallationCancelled(**facts(row, await asset_ids(session, row)))
    return announce(session, row, move, event, note=reason)


async def asset_ids(session: Session, row: Installation) -> list[str]:
    """Ids of what is installed."""
    return [str(one.asset_id) for one in await queries.assets_of(session, row.id)]


def facts(row: Installation, ids: Sequence[str]) -> dict[str, Any]:
    """The facts that every event about an installation carries."""
    return {
        "installation_id": row.id,
        "number": row.number,
        "customer_id": row.customer_id,
        "site_id": row.site_id,
        "contract_id": row.contract_id,
        "state": row.state,
        "asset_ids": ids,
        "technician_ids": row.technician_ids,
    }
