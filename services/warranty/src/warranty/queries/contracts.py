"""Questions about contracts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlmodel import col

from common.db import Session
from warranty.queries.single import narrowed
from warranty.tables.contracts import Contract


def contracts(
    *,
    in_force_on: date | None = None,
    ends_before: date | None = None,
    **told: Any,  # noqa: ANN401 - values of filters
) -> Select[Contract]:
    """Contracts by customer, state, number, last day, and the day on which they were in force."""
    found = narrowed(select(Contract), Contract, told)
    if ends_before is not None:
        found = found.where(col(Contract.ends_on) < ends_before)
    if in_force_on is None:
        return found
    return found.where(
        col(Contract.state) != "draft",
        col(Contract.starts_on) <= in_force_on,
        or_(col(Contract.ends_on).is_(None), col(Contract.ends_on) >= in_force_on),
    )


async def next_notice_at(session: Session, now: datetime) -> datetime | None:
    """The next instant after ``now`` at which there is something to tell of a contract."""
    ahead = select(func.min(col(Contract.notice_at))).where(col(Contract.notice_at) > now)
    return (await session.execute(ahead)).scalar_one_or_none()
