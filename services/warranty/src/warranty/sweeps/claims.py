"""What time does to claims: disputes climb their ladder, offered quotes expire."""

from datetime import datetime, timedelta

from common.db import Session
from common.sweeps import Sweep, Swept
from warranty.commands import disputes, quotes
from warranty.policy import SWEEP_BATCH
from warranty.queries import claims as queries


async def disputes_climbed(session: Session, now: datetime) -> Swept:
    """Disputes that nobody settled in time stand a step higher (§1.2.5)."""
    count = await disputes.climb_due(session, now)
    if count == SWEEP_BATCH:
        return Swept(count, more=True)
    return Swept(count, next_due=await disputes.next_due(session))


async def quotes_expired(session: Session, now: datetime) -> Swept:
    """Quotes that nobody accepted in time have expired."""
    count = await quotes.expire_due(session, now)
    if count == SWEEP_BATCH:
        return Swept(count, more=True)
    return Swept(count, next_due=await queries.next_expiry(session))


SWEEPS: tuple[Sweep, ...] = (
    Sweep("disputes_climbed", disputes_climbed, every=timedelta(minutes=1)),
    Sweep("quotes_expired", quotes_expired, every=timedelta(minutes=10)),
)
