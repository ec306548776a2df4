"""A claim lets go of what hangs on it when it is over: parts, quotes that nobody answered, the device."""

from common.db import Session
from common.moves import Moment
from warranty.commands import claim_parts, holding, quotes
from warranty.tables.claims import Claim


async def let_go(session: Session, row: Claim, at: Moment, *, said_as: str, reason: str) -> None:
    """What was kept for the locked claim is free again.

    Args:
        session: the unit of work.
        row: the claim, which ends in this transaction.
        at: when that is told, and when it was.
        said_as: the verb by which it ends; refusals of what follows name it.
        reason: why, as it stands on reservations and quotes.
    """
    await claim_parts.release(session, row.id, at, reason=reason)
    await quotes.withdraw_open(session, row.id, at, reason=reason)
    if row.is_device_taken:
        await holding.end(session, row.asset_id, at.following(said_as))
        row.is_device_taken = False
