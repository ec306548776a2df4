"""Plans: drafted from YAML or JSON, checked as a whole, published as revisions that are never changed."""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import col

from common.audit import record
from common.contracts.sla import PlanPublished
from common.db import Session
from common.errors import Conflict, Invalid, NotFound
from common.ids import new_id
from common.inserts import json_text
from sla.catalogue import catalogue_of
from sla.commands import agreements, recomputations
from sla.commands.publishing import About, announce, check_version, next_moment, raise_world, signed, touch
from sla.domain.plan_refusals import PlanRefused
from sla.domain.plans import Issue, Reading, document_of
from sla.domain.plans import Plan as Content
from sla.domain.plans.checking import check_plan
from sla.domain.recomputations import Scope
from sla.plan_files import read_document
from sla.queries import calendars, plans
from sla.tables import Plan, PlanRevision


async def check(session: Session, reading: Reading) -> Content:
    """The plan that was read, when nothing is wrong with it.

    Raises:
        PlanRefused: with every issue of form, or when the form is sound every issue of content.
    """
    issues = reading.issues
    if reading.plan is not None:
        issues = check_plan(reading.plan, catalogue_of(await calendars.ids(session)))
    if reading.plan is None or issues:
        raise PlanRefused(issues)
    return reading.plan


async def draft(session: Session, reading: Reading, source: str, now: datetime) -> Plan:
    """Draft the first revision of a new plan.

    Raises:
        PlanRefused: something is wrong with it.
        Conflict: ``plan-exists``.
    """
    content = await check(session, reading)
    if await session.get(Plan, content.id) is not None:
        raise Conflict("plan-exists", plan_id=content.id)
    row = Plan(id=content.id, titles=dict(content.titles), **signed(session, now))
    row.draft, row.draft_source = _kept(content), source
    session.insert(row)
    record(session, "plan.draft", "plan", row.id, row.version, now=now)
    return row


async def redraft(
    session: Session, plan_id: str, reading: Reading, source: str, *, version: int | None, now: datetime
) -> Plan:
    """Draft the next revision of a plan, in place of what was drafted before.

    Raises:
        PlanRefused: something is wrong with it.
        Invalid: ``plan-id-differs``.
        NotFound: no such plan.
        Conflict: ``precondition-failed``.
    """
    content = await check(session, reading)
    if content.id != plan_id:
        raise Invalid("plan-id-differs", pointer="#/id", plan_id=plan_id, found=content.id)
    row = await _locked(session, plan_id)
    check_version(row, version)
    row.draft, row.draft_source = _kept(content), source
    touch(row, session, now)
    record(session, "plan.draft", "plan", row.id, row.version, now=now)
    return row


async def publish(session: Session, plan_id: str, *, version: int | None, now: datetime) -> Plan:
    """Put the draft in force; running clocks move to it in the background, as a retarget.

    The draft is checked again: what it speaks of was there when it was drafted, perhaps long ago.

    Raises:
        NotFound: no such plan.
        Conflict: ``plan-without-draft`` or ``precondition-failed``.
        PlanRefused: what it speaks of is no longer there.
    """
    world = await raise_world(session)
    row = await _locked(session, plan_id)
    check_version(row, version)
    if row.draft is None:
        raise Conflict("plan-without-draft", plan_id=plan_id)
    content = await check(session, read_document(row.draft))
    current = await plans.revision(session, plan_id, None)
    row.revision = (row.revision or 0) + 1
    revision = PlanRevision(
        plan_id=plan_id,
        revision=row.revision,
        id=new_id(),
        document=_kept(content),
        source=row.draft_source or "",
        published_at=next_moment(current, now),
        published_by=session.context.caller.subject,
        world_revision=world,
    )
    session.insert(revision)
    row.titles, row.draft, row.draft_source = dict(content.titles), None, None
    touch(row, session, now)
    _announce(session, row, revision, now)
    await agreements.adopt(session, row.id, row.revision, world, now)
    return row


def _kept(content: Content) -> dict[str, Any]:
    """The document to store, of which it is sure that reading it gives the plan that was checked.

    Raises:
        PlanRefused: it would not; nobody could derive a clock any more once it was published.
    """
    document = document_of(content)
    try:
        reading = read_document(orjson.loads(json_text(document)))
    except TypeError:  # no JSON can hold it
        reading = Reading(None, ())
    if reading.plan != content:
        raise PlanRefused(reading.issues or (Issue("plan-not-kept", ""),))
    return document


def _announce(session: Session, row: Plan, revision: PlanRevision, now: datetime) -> None:
    number = revision.revision
    event = PlanPublished(plan_id=row.id, revision=number, published_at=revision.published_at)
    announce(session, Scope.PLAN, About(row.id, row.version), event, revision.world_revision, now)
    changes = {"revision": (number - 1 or None, number)}
    record(session, "plan.publish", "plan", row.id, row.version, changes=changes, now=now)
    if number > 1:
        recomputations.order(session, Scope.PLAN, row.id, number, now)


async def _locked(session: Session, plan_id: str) -> Plan:
    found = await session.execute(select(Plan).where(col(Plan.id) == plan_id).with_for_update())
    plan = found.scalar_one_or_none()
    if plan is None:
        raise NotFound("not-found")
    return plan
