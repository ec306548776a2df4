"""What time does: tickets opened while the directory learnt of their ids are held against it once more."""

from datetime import datetime, timedelta

from common.db import Session
from common.sweeps import Sweep, Swept
from ticketing.commands import directory


async def directory_rechecked(session: Session, now: datetime) -> Swept:
    """No ticket stays unverified whose ids have become known."""
    count, is_more = await directory.recheck_due(session, now)
    return Swept(count, more=is_more)


SWEEPS: tuple[Sweep, ...] = (Sweep("directory_rechecked", directory_rechecked, every=timedelta(seconds=30)),)
