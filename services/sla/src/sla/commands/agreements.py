"""Agreements: which plan a customer is on, from when, until when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlmodel import col

from common.audit import record
from common.contracts.sla import AgreementChanged
from common.db import Session
from common.errors import Conflict, Invalid
from common.events import instant
from common.ids import new_id
from common.locking import locked
from sla.commands import recomputations
from sla.commands.publishing import About, announce, raise_world, signed, touch
from sla.domain.contract_terms import is_plan_unknown
from sla.domain.recomputations import Scope
from sla.queries import agreements as queries
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

    Where several agreements cover an instant, the one recorded last counts; one that would say what already
    counts is refused, since nobody could tell which of the two to end.

    Raises:
        Conflict: ``agreement-overlaps``.
        Invalid: ``plan-not-published``, or ``period-empty`` where it would end before it begins.
    """
    _check_period(starts_at, ends_at)
    world = await raise_world(session)
    if await plans.newest_revision(session, plan_id) is None:
        raise Invalid("plan-not-published", pointer="#/plan_id", plan_id=plan_id)
    await _refuse_repetition(session, customer_id, plan_id, starts_at, ends_at)
    row = Agreement(
        id=new_id(),
        customer_id=customer_id,
        plan_id=plan_id,
        starts_at=starts_at,
        ends_at=ends_at,
        **signed(session, now),
    )
    session.insert(row)
    changed(session, row, "make", world, now)
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
    world = await raise_world(session)
    row = await locked(session, Agreement, agreement_id, version)
    if row.ends_at is not None and row.ends_at <= now:
        raise Conflict("agreement-ended", ends_at=row.ends_at.isoformat())
    _check_period(row.starts_at, ends_at)
    row.ends_at = ends_at
    touch(row, session, now)
    changed(session, row, "end", world, now)
    return row


def _check_period(starts_at: datetime, ends_at: datetime | None) -> None:
    if ends_at is not None and ends_at <= starts_at:
        raise Invalid("period-empty", pointer="#/ends_at", starts_at=starts_at.isoformat())


async def _refuse_repetition(
    session: Session, customer_id: UUID, plan_id: str, starts_at: datetime, ends_at: datetime | None
) -> None:
    counts = await queries.counting(session, customer_id, starts_at, ends_at)
    if counts is None or counts.plan_id != plan_id:
        return
    if counts.requested_plan_id or counts.plan_revision or counts.response_overrides:
        return  # a contract's, which promises something else, or will
    raise Conflict(
        "agreement-overlaps",
        agreement_id=str(counts.id),
        plan_id=plan_id,
        starts_at=instant(counts.starts_at),
    )


async def adopt(session: Session, plan_id: str, revision: int, world: int, now: datetime) -> None:
    """Put customers whose contracts name a plan, or this revision of it, on what is published now."""
    is_awaited = and_(col(Agreement.plan_id) == plan_id, col(Agreement.plan_revision) == revision)
    waiting = select(Agreement).where(
        col(Agreement.is_plan_unknown), or_(col(Agreement.requested_plan_id) == plan_id, is_awaited)
    )
    for row in (await session.execute(waiting.order_by(col(Agreement.id)).with_for_update())).scalars():
        row.plan_id, row.requested_plan_id = plan_id, None
        row.is_plan_unknown = is_plan_unknown(row.plan_revision, revision)
        touch(row, session, now)
        changed(session, row, "adopt", world, now)


def changed(session: Session, row: Agreement, action: str, world: int, now: datetime) -> None:
    """Announce an agreement as it stands in a revision of the world, and have its clocks derived anew.

    Whoever changes an agreement raises the world before it takes the row: so nobody waits crosswise.
    """
    event = AgreementChanged(
        agreement_id=row.id,
        customer_id=row.customer_id,
        plan_id=row.plan_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        contract_id=row.contract_id,
        requested_plan_id=row.requested_plan_id,
        is_plan_unknown=row.is_plan_unknown,
        contract_number=row.contract_number,
        plan_revision=None if row.requested_plan_id else row.plan_revision,  # it is not this plan's
        response_overrides=row.response_overrides,
    )
    announce(session, Scope.AGREEMENT, About(row.id, row.version), event, world, now)
    record(session, f"agreement.{action}", "agreement", row.id, row.version, now=now)
    recomputations.order(session, Scope.AGREEMENT, str(row.customer_id), None, now)
