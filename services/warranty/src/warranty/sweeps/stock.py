"""What time does to stock: reservations end, levels are watched, parts planned, loaners overdue."""

from datetime import datetime, timedelta

from common.db import Session
from common.sweeps import Sweep, Swept
from warranty.commands import levels, loaners, proposals, reservations
from warranty.policy import PLAN_BATCH, SWEEP_BATCH
from warranty.queries.planning import next_planning


async def reservations_expired(session: Session, now: datetime) -> Swept:
    """What nobody took in time is available again."""
    count = await reservations.expire_due(session, now)
    if count == SWEEP_BATCH:
        return Swept(count, more=True)
    return Swept(count, next_due=await reservations.next_due(session))


async def levels_watched(session: Session, now: datetime) -> Swept:
    """It is told which parts became low, ran out, or recovered."""
    count = await levels.watch(session, now)
    return Swept(count, more=count == SWEEP_BATCH)


async def parts_planned(session: Session, now: datetime) -> Swept:
    """Levels follow the installed base, proposals what is missing; each part daily, and after a crossing."""
    count = await proposals.plan_due(session, now)
    if count == PLAN_BATCH:
        return Swept(count, more=True)
    return Swept(count, next_due=await next_planning(session))


async def loaners_overdue(session: Session, now: datetime) -> Swept:
    """It is told which loaners should be back."""
    count = await loaners.tell_overdue(session, now)
    return Swept(count, more=count == SWEEP_BATCH)


SWEEPS: tuple[Sweep, ...] = (
    Sweep("reservations_expired", reservations_expired, every=timedelta(minutes=1)),
    Sweep("levels_watched", levels_watched, every=timedelta(seconds=10)),
    Sweep("parts_planned", parts_planned, every=timedelta(minutes=1)),
    Sweep("loaners_overdue", loaners_overdue, every=timedelta(minutes=10)),
)
