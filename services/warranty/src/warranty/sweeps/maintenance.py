"""What time does to maintenance: the visits of plans appear, inspections are owed under contracts."""

from datetime import datetime, timedelta

from common.db import Session
from common.sweeps import Sweep, Swept
from warranty.commands import inspections, maintenance, obligations
from warranty.policy import SWEEP_BATCH
from warranty.queries.maintenance import next_appearance
from warranty.queries.obligations import next_beginning


async def inspections_due(session: Session, now: datetime) -> Swept:
    """The visits of plans appear, ahead of the day they are due on."""
    count = await maintenance.make_due(session, now)
    if count:
        return Swept(count, more=True)
    return Swept(0, next_due=await next_appearance(session))


async def inspections_owed(session: Session, now: datetime) -> Swept:
    """The inspections that contracts promise by the year are owed, as their periods begin."""
    count = await obligations.begin_due(session, now)
    if count == SWEEP_BATCH:
        return Swept(count, more=True)
    return Swept(count, next_due=await next_beginning(session))


async def inspections_sent(session: Session, now: datetime) -> Swept:
    """Inspections from before anybody was sent to one have somebody sent."""
    count = await inspections.send(session, now)
    return Swept(count, more=count == SWEEP_BATCH)


SWEEPS: tuple[Sweep, ...] = (
    Sweep("inspections_due", inspections_due, every=timedelta(minutes=10), channel=maintenance.CHANNEL),
    Sweep("inspections_owed", inspections_owed, every=timedelta(minutes=10)),
    Sweep("inspections_sent", inspections_sent, every=timedelta(minutes=10)),
)
