"""What ends: contracts and terms are told of ahead of time, contracts are over after their last day."""

from datetime import datetime, timedelta

from common.db import Session
from common.sweeps import Sweep, Swept
from warranty.commands import contracts, expiring
from warranty.policy import SWEEP_BATCH
from warranty.queries import contracts as contract_queries
from warranty.queries import coverage as term_queries


async def contracts_ending(session: Session, now: datetime) -> Swept:
    """It is told which contracts end soon; those whose last day has passed are over."""
    count = await contracts.tell_due(session, now)
    if count == SWEEP_BATCH:
        return Swept(count, more=True)
    return Swept(count, next_due=await contract_queries.next_notice_at(session, now))


async def warranties_expiring(session: Session, now: datetime) -> Swept:
    """It is told which warranty terms end soon."""
    count = await expiring.tell_expiring(session, now)
    if count == SWEEP_BATCH:
        return Swept(count, more=True)
    return Swept(count, next_due=await term_queries.next_notice_at(session, now))


SWEEPS: tuple[Sweep, ...] = (
    Sweep("contracts_ending", contracts_ending, every=timedelta(minutes=10)),
    Sweep("warranties_expiring", warranties_expiring, every=timedelta(minutes=10)),
)
