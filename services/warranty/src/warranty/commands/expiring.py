"""Terms that end soon: told once per threshold."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import coverage as events
from common.db import Session
from common.moves import touch
from common.outbox import publish
from warranty.commands.term_rows import facts_of
from warranty.domain.contracts import threshold_reached
from warranty.domain.terms.civil import plus_months
from warranty.policy import SWEEP_BATCH, WARRANTY_EXPIRY_DAYS
from warranty.tables.coverage import WarrantyTerm


async def tell_expiring(session: Session, now: datetime) -> int:
    """Tell once per threshold that a term ends soon."""
    furthest = plus_months(now.date(), 1 + max(WARRANTY_EXPIRY_DAYS) // 28)
    due = (
        select(WarrantyTerm)
        .where(
            col(WarrantyTerm.superseded_at).is_(None),
            col(WarrantyTerm.ended_on).is_(None),
            col(WarrantyTerm.ends_on) >= now.date(),
            col(WarrantyTerm.ends_on) <= furthest,
        )
        .order_by(col(WarrantyTerm.ends_on), col(WarrantyTerm.id))
        .with_for_update(skip_locked=True)
    )
    told = 0
    for term in (await session.execute(due)).scalars():
        told += _tell_left(session, term, now)
        if told >= SWEEP_BATCH:
            break
    return told


def _tell_left(session: Session, term: WarrantyTerm, now: datetime) -> int:
    if term.ends_on is None:
        return 0
    left = (term.ends_on - now.astimezone(ZoneInfo(term.time_zone)).date()).days
    threshold = threshold_reached(left, WARRANTY_EXPIRY_DAYS, term.expiry_announced)
    if threshold is None:
        return 0
    term.expiry_announced = [*term.expiry_announced, threshold]
    touch(session, term, now)
    event = events.WarrantyExpiring(**facts_of(term), days_left=left)
    publish(session, event, of=term, occurred_at=now, now=now)
    return 1
