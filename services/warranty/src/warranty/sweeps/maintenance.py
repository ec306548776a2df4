"""What time does to maintenance plans: their visits appear."""

from datetime import datetime, timedelta

from common.db import Session
from common.sweeps import Sweep, Swept
from warranty.commands import maintenance
from warranty.queries.maintenance import next_appearance


async def inspections_due(session: Session, now: datetime) -> Swept:
    """The visits of plans appear, ahead of the day they are due on."""
    count = await maintenance.make_due(session, now)
    if count:
        return Swept(count, more=True)
    return Swept(0, next_due=await next_appearance(session))


SWEEPS: tuple[Sweep, ...] = (
    Sweep("inspections_due", inspections_due, every=timedelta(minutes=10), channel=maintenance.CHANNEL),
)
