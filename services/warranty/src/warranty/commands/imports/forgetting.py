"""Forgetting files: what an import brought is kept for a while after its last step."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from common.db import Session
from common.inbox import fetch
from common.moves import touch
from warranty.domain.imports.life import FINAL, ImportState
from warranty.policy import IMPORT_FORGET_BATCH
from warranty.tables.imports import Import

_KEPT = ("import_row", "import_name", "import_problem", "import_part")


async def forget_one(session: Session, now: datetime) -> int:
    """Remove some of what the import that is over longest has kept; the number of rows removed."""
    over = col(Import.state).in_([*FINAL, ImportState.CHECKED])
    oldest = select(Import).where(col(Import.has_rows), col(Import.expires_at) <= now, over)
    first = oldest.order_by(col(Import.expires_at), col(Import.id)).limit(1).with_for_update(skip_locked=True)
    row: Import | None = (await session.execute(first)).scalar_one_or_none()
    if row is None:
        return 0
    for table in _KEPT:
        few = f"SELECT ctid FROM {table} WHERE import_id = $1 LIMIT {IMPORT_FORGET_BATCH}"  # noqa: S608 - our own names
        gone = await fetch(session, f"DELETE FROM {table} WHERE ctid IN ({few}) RETURNING 1", row.id)  # noqa: S608
        if len(gone) == IMPORT_FORGET_BATCH:
            return IMPORT_FORGET_BATCH
    row.has_rows = False
    touch(session, row, now)
    return 1
