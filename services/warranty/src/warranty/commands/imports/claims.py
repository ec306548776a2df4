"""Taking up an import: one run works on it at a time, and only as long as it gives signs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlmodel import col

from common.context import Caller, Context
from common.db import Session
from common.ids import new_id
from common.inbox import fetch
from common.locking import locked
from common.moves import Moment, touch
from warranty.commands.imports.steps import fail, go
from warranty.domain.imports.columns import ImportKind
from warranty.domain.imports.life import ImportState
from warranty.policy import IMPORT_ATTEMPTS, IMPORT_LEASE_SECONDS
from warranty.tables.imports import Import

LEASE = timedelta(seconds=IMPORT_LEASE_SECONDS)


class ClaimLost(Exception):  # noqa: N818 - said of the run
    """The import was cancelled, or another run has taken it up; this one has to leave no trace."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An import in the hands of one run.

    Args:
        import_id: the import.
        id: the run.
        kind: what its rows are.
        encoding: what its text is written in; empty for a workbook.
        state: ``checking`` or ``running``.
        context: on whose word its rows are written.
    """

    import_id: UUID
    id: UUID
    kind: ImportKind
    encoding: str
    state: str
    context: Context


async def claim(session: Session, now: datetime) -> Claim | None:
    """Take up the oldest import that waits or whose run gave no sign; one that broke off too often ends."""
    row: Import | None = (await session.execute(_due(now))).scalar_one_or_none()
    if row is None:
        return None
    at = Moment(now)
    if row.attempt_count >= IMPORT_ATTEMPTS:
        fail(session, row, {"code": "import-gave-up", "facts": {"attempts": row.attempt_count}}, at)
        return await claim(session, now)
    if row.state == ImportState.QUEUED:
        go(session, row, "check", at)
    return _taken(session, row, now)


def _due(now: datetime) -> Select[Import]:
    abandoned = or_(col(Import.leased_until).is_(None), col(Import.leased_until) <= now)
    begun = col(Import.state).in_([ImportState.CHECKING, ImportState.RUNNING])
    waiting = or_(col(Import.state) == ImportState.QUEUED, and_(begun, abandoned))
    oldest = select(Import).where(waiting).order_by(col(Import.created_at), col(Import.id)).limit(1)
    return oldest.with_for_update(skip_locked=True).execution_options(populate_existing=True)


def _taken(session: Session, row: Import, now: datetime) -> Claim:
    row.claim_id, row.leased_until = new_id(), now + LEASE
    row.attempt_count += 1
    row.done_count = 0
    touch(session, row, now)
    return Claim(row.id, row.claim_id, ImportKind(row.kind), row.encoding, row.state, _context(row.authority))


def _context(authority: dict[str, str]) -> Context:
    told = dict(authority)
    caller = Caller(told.pop("subject"), told.pop("kind"), told.pop("client_id"))
    return Context(caller, causation_id="", **told)


_SIGN = """
UPDATE import SET leased_until = $3, done_count = $4, share_done = $5, version = version + 1
WHERE id = $1 AND claim_id = $2 RETURNING 1
"""


async def give_sign(session: Session, held: Claim, *, done: int, share: float, now: datetime) -> None:
    """Say how far the run is, and keep the import for another while.

    Raises:
        ClaimLost: it is no longer this run's.
    """
    if not await fetch(session, _SIGN, held.import_id, held.id, now + LEASE, done, share):
        raise ClaimLost


async def hold(session: Session, held: Claim) -> Import:
    """The import, locked, if it is still this run's.

    Raises:
        ClaimLost: it is not.
    """
    row = await locked(session, Import, held.import_id)
    if row.claim_id != held.id:
        raise ClaimLost
    return row


async def next_due(session: Session, now: datetime) -> datetime | None:
    """When the first run's lease ends that is under way."""
    leases = select(col(Import.leased_until)).where(
        col(Import.state).in_([ImportState.CHECKING, ImportState.RUNNING]), col(Import.leased_until) > now
    )
    first = leases.order_by(col(Import.leased_until)).limit(1)
    return (await session.execute(first)).scalar_one_or_none()
