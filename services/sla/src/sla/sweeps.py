"""What time does: crossings are announced, recomputations advance, months of facts are made ahead."""

from datetime import datetime, timedelta

from common.db import Session
from common.sweeps import Sweep, Swept
from sla.commands import calendars, crossings, months, recomputations
from sla.commands.announcing import LONGEST_SLEEP
from sla.policy import POLICY
from sla.tables import CLOCK_CHANNEL, RECOMPUTATION_CHANNEL


async def crossings_due(session: Session, now: datetime) -> Swept:
    """Warnings, breaches and escalations whose time has come are announced."""
    announced = await crossings.announce_due(session, now)
    return Swept(announced.count, more=announced.is_full, next_due=announced.next_at)


async def clocks_recomputed(session: Session, now: datetime) -> Swept:
    """Running clocks follow what was published."""
    advanced = await recomputations.advance(session, now)
    return Swept(advanced.count, more=advanced.is_more)


async def months_ready(session: Session, now: datetime) -> Swept:
    """The partitions of the next months are there before their first fact."""
    return Swept(await months.make_months(session, now, POLICY.months_ahead))


async def schedules_announced(session: Session, now: datetime) -> Swept:
    """The operator knows of calendars that lack next year's statutory schedule (T12)."""
    await calendars.warn_of_missing_schedules(session, now)
    return Swept(0)


SWEEPS: tuple[Sweep, ...] = (
    Sweep("crossings_due", crossings_due, every=LONGEST_SLEEP, channel=CLOCK_CHANNEL),
    Sweep("clocks_recomputed", clocks_recomputed, every=timedelta(minutes=1), channel=RECOMPUTATION_CHANNEL),
    Sweep("months_ready", months_ready, every=timedelta(hours=6)),
    Sweep("schedules_announced", schedules_announced, every=timedelta(hours=6)),
)
