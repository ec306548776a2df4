"""What people ask of imports: to take a file, to write what was checked, to stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from common.audit import record
from common.contracts.warranty import imports as events
from common.db import Session
from common.ids import new_id
from common.moves import Moment, begin, made
from common.outbox import publish
from warranty.commands.imports.steps import facts, moved
from warranty.domain.imports.columns import ImportKind
from warranty.domain.imports.life import LIFECYCLE, check_runnable
from warranty.policy import IMPORT_KEPT_DAYS, IMPORT_PART_BYTES
from warranty.tables.imports import PARTS, Import

CHANNEL = "imports"
"""Wakes the workers."""

PARTS_AT_ONCE = 4
"""Pieces of a file in one statement."""


@dataclass(frozen=True, slots=True)
class NewImport:
    """A file as it was sent, and what a glance at it showed."""

    kind: ImportKind
    file_name: str
    is_dry_run: bool
    sha256: str
    format: str
    encoding: str
    columns: Sequence[str]
    ignored_columns: Sequence[str]
    sheet: str | None
    heading_row: int


async def accept(session: Session, told: NewImport, content: bytes, at: Moment) -> Import:
    """Take a file; a worker checks it soon, and imports it where this is no dry run."""
    row = made(
        session,
        Import,
        at.now,
        state=LIFECYCLE.initial,
        state_changed_at=at.now,
        kind=told.kind,
        file_name=told.file_name,
        size_bytes=len(content),
        sha256=told.sha256,
        format=told.format,
        encoding=told.encoding,
        columns=list(told.columns),
        ignored_columns=list(told.ignored_columns),
        sheet=told.sheet,
        heading_row=told.heading_row,
        is_dry_run=told.is_dry_run,
        expires_at=at.now + timedelta(days=IMPORT_KEPT_DAYS),
        authority=_authority(session),
    )
    await _store(session, row.id, content)
    publish(session, events.ImportQueued(**facts(row)), of=row, occurred_at=at.now, now=at.now)
    record(session, "import.create", "import", row.id, row.version, now=at.now)
    session.wake(CHANNEL)
    return row


async def _store(session: Session, import_id: UUID, content: bytes) -> None:
    """The file in pieces, a few in each statement."""
    for number, start in enumerate(range(0, len(content), IMPORT_PART_BYTES)):
        piece = content[start : start + IMPORT_PART_BYTES]
        session.collect(PARTS, {"import_id": import_id, "number": number, "content": piece})
        if number % PARTS_AT_ONCE == PARTS_AT_ONCE - 1:
            await session.write_collected()


async def run(session: Session, import_id: UUID, at: Moment) -> Import:
    """Write what a dry run has checked; its rows are looked at once more then.

    Raises:
        Conflict: ``import-has-problems``, ``import-expired``, or not possible in the present state.
    """
    row, move = await begin(session, Import, import_id, LIFECYCLE, "run", at)
    check_runnable(wrong_count=row.wrong_count, has_rows=row.has_rows)
    row.is_dry_run = False
    row.authority = _authority(session)
    row.claim_id = row.leased_until = None
    session.wake(CHANNEL)
    return moved(session, row, move)


async def cancel(session: Session, import_id: UUID, at: Moment) -> Import:
    """End an import that has changed nothing yet; a worker that reads it stops at its next sign."""
    row, move = await begin(session, Import, import_id, LIFECYCLE, "cancel", at)
    return moved(session, row, move)


def _authority(session: Session) -> dict[str, str]:
    """On whose word the rows are written, for their events and trail."""
    context = session.context
    return {
        "subject": context.caller.subject,
        "kind": context.caller.kind,
        "client_id": context.caller.client_id,
        "request_id": context.request_id,
        "correlation_id": context.correlation_id or str(new_id()),
        "traceparent": context.traceparent,
    }
