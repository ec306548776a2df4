"""Agreements: which plan a customer is on, from when, until when."""

from datetime import datetime
from uuid import UUID

from common.audit import record
from common.contracts.sla import AgreementChanged
from common.db import Session
from common.errors import Conflict, Invalid
from common.ids import new_id
from common.locking import locked
from sla.commands import recomputations
from sla.commands.publishing import About, announce, raise_world, signed
from sla.domain.recomputations import Scope
from sla.queries import plans
from sla.tables import Agreement


async def make(
    session: Session,
    *,
    customer_id: UUID,
    plan_id: str,
    starts_at: datetime,
    ends_at: datetime | None,
    now: datetime,
) -> Agreement:
    """Put a customer on a published plan.

    Raises:
        Invalid: ``plan-not-published``, or ``period-empty`` where it would end before it begins.
    """
    _check_period(starts_at, ends_at)
    plan = await plans.one(session, plan_id)
    if plan is None or plan.revision is None:
        raise Invalid("plan-not-published", pointer="#/plan_id", plan_id=plan_id)
    row = Agreement(
        id=new_id(),
        customer_id=customer_id,
        plan_id=plan_id,
        starts_at=starts_at,
        ends_at=ends_at,
        **signed(session, now),
    )
    session.insert(row)
    await _changed(session, row, "make", now)
    return row


async def end(
    session: Session, agreement_id: UUID, *, ends_at: datetime, version: int | None, now: datetime
) -> Agreement:
    """Let an agreement end at an instant; clocks that start later fall to the reference plan.

    Raises:
        NotFound: no such agreement.
        Conflict: ``agreement-ended``, or another version.
        Invalid: ``period-empty``.
    """
    row = await locked(session, Agreement, agreement_id, version)
    if row.ends_at is not None and row.ends_at <= now:
        raise Conflict("agreement-ended", ends_at=row.ends_at.isoformat())
    _check_period(row.starts_at, ends_at)
    row.ends_at = ends_at
    row.version += 1
    row.updated_at, row.updated_by = now, session.context.caller.subject
    await _changed(session, row, "end", now)
    return row


def _check_period(starts_at: datetime, ends_at: datetime | None) -> None:
    if ends_at is not None and ends_at <= starts_at:
        raise Invalid("period-empty", pointer="#/ends_at", starts_at=starts_at.isoformat())


async def _changed(session: Session, row: Agreement, action: str, now: datetime) -> None:
    world = await raise_world(session)
    event = AgreementChanged(
        agreement_id=row.id,
        customer_id=row.customer_id,
        plan_id=row.plan_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
    announce(session, Scope.AGREEMENT, About(row.id, row.version), event, world, now)
    record(session, f"agreement.{action}", "agreement", row.id, row.version, now=now)
    recomputations.order(session, Scope.AGREEMENT, str(row.customer_id), None, now)
