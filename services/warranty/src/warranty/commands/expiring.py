"""Terms that end soon: told once per threshold."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import coverage as events
from common.db import Session
from common.moves import audit, touch
from common.outbox import publish
from warranty.commands.term_rows import facts_of
from warranty.domain.notices import days_left, next_notice_at, threshold_reached
from warranty.policy import SWEEP_BATCH, WARRANTY_EXPIRY_DAYS
from warranty.tables.coverage import WarrantyTerm


async def tell_expiring(session: Session, now: datetime) -> int:
    """Tell once per threshold that a term ends soon.

    Returns:
        How many terms were looked at; at most one batch.
    """
    due = (
        select(WarrantyTerm)
        .where(col(WarrantyTerm.notice_at) <= now)
        .order_by(col(WarrantyTerm.notice_at), col(WarrantyTerm.id))
        .limit(SWEEP_BATCH)
        .with_for_update(skip_locked=True)
    )
    terms = list((await session.execute(due)).scalars())
    for term in terms:
        _tell_left(session, term, now)
    return len(terms)


def _tell_left(session: Session, term: WarrantyTerm, now: datetime) -> None:
    zone = ZoneInfo(term.time_zone)
    left = days_left(term.ends_on or date.max, now.astimezone(zone).date())
    threshold = threshold_reached(left, WARRANTY_EXPIRY_DAYS, term.expiry_announced)
    if threshold is None:
        term.notice_at = None
        return
    term.expiry_announced = [*term.expiry_announced, threshold]
    term.notice_at = next_notice_at(term.ends_on, zone, WARRANTY_EXPIRY_DAYS, term.expiry_announced)
    touch(session, term, now)
    event = events.WarrantyExpiring(**facts_of(term), days_left=left)
    publish(session, event, of=term, occurred_at=now, now=now)
    audit(session, "tellExpiring", term, now)
