"""Questions about plans, their drafts and their revisions."""

from sqlalchemy import Select, select
from sqlmodel import col

from common.db import Session
from common.errors import NotFound
from sla.tables import Plan, PlanRevision


def plans() -> Select[Plan]:
    """All plans."""
    return select(Plan)


async def one(session: Session, plan_id: str) -> Plan | None:
    """The plan."""
    return await session.get(Plan, plan_id)


def revisions(plan_id: str) -> Select[PlanRevision]:
    """The revisions of a plan."""
    return select(PlanRevision).where(col(PlanRevision.plan_id) == plan_id)


async def revision(session: Session, plan_id: str, number: int | None) -> PlanRevision | None:
    """One revision of a plan; the one in force where no number is given."""
    plan = await session.get(Plan, plan_id)
    if plan is None or (number or plan.revision) is None:
        return None
    return await session.get(PlanRevision, (plan_id, number or plan.revision))


async def newest_revision(session: Session, plan_id: str) -> int | None:
    """The last revision of the plan that was published; without one nobody may be put on it."""
    plan = await session.get(Plan, plan_id)
    return None if plan is None else plan.revision


async def was_published(session: Session, plan_id: str, document: dict[str, object]) -> bool:
    """Whether any revision of the plan says just this."""
    same = revisions(plan_id).where(col(PlanRevision.document) == document).limit(1)
    return (await session.execute(same)).first() is not None


async def ensure(session: Session, plan_id: str) -> None:
    """The plan exists.

    Raises:
        NotFound: it does not.
    """
    if await session.get(Plan, plan_id) is None:
        raise NotFound("not-found")
