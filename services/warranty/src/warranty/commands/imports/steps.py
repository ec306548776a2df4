"""One step of an import's life: its state, its event, its trail."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from common.contracts.warranty import imports as events
from common.db import Session
from common.moves import Moment, Move, announce, ask, land, touch
from warranty.domain.imports.columns import ImportKind
from warranty.domain.imports.kinds import KINDS
from warranty.domain.imports.life import FINAL, LIFECYCLE, ImportState, is_over
from warranty.policy import IMPORT_KEPT_DAYS, IMPORT_PERSONAL_KEPT_DAYS
from warranty.tables.imports import Import

MOVES: Mapping[str, type[events.ImportEvent]] = {
    "check": events.ImportCheckingBegun,
    "report": events.ImportChecked,
    "run": events.ImportStarted,
    "succeed": events.ImportSucceeded,
    "cancel": events.ImportCancelled,
}
"""What each verb announces that needs no reason."""


def facts(row: Import) -> dict[str, Any]:
    """The facts that every event about an import carries."""
    names = (name for name in events.ImportEvent.model_fields if name != "import_id")
    return {"import_id": row.id, **{name: getattr(row, name) for name in names}}


def go(session: Session, row: Import, action: str, at: Moment) -> Import:
    """Take the locked import one step, as the worker does."""
    return moved(session, row, ask(LIFECYCLE, action, row.state, at, floor=row.state_changed_at))


def moved(session: Session, row: Import, move: Move) -> Import:
    """Write one of ``MOVES`` on the locked import."""
    _land(session, row, move)
    return announce(session, row, move, MOVES[move.action](**facts(row)))


def fail(session: Session, row: Import, failure: Mapping[str, Any], at: Moment) -> Import:
    """The locked import ends, and nothing was changed; ``failure`` is a code and its facts."""
    row.failure = dict(failure)
    move = ask(LIFECYCLE, "fail", row.state, at, floor=row.state_changed_at)
    _land(session, row, move)
    event = events.ImportFailed(**facts(row), reason=failure["code"])
    return announce(session, row, move, event, note=failure["code"])


def _land(session: Session, row: Import, move: Move) -> None:
    land(row, move)
    touch(session, row, move.now)
    row.attempt_count, row.share_done = 0, 0.0
    row.expires_at = move.now + timedelta(days=IMPORT_KEPT_DAYS)
    if KINDS[ImportKind(row.kind)].is_personal:
        _drop(session, row, move)
    if row.state in FINAL:
        row.finished_at, row.share_done = move.occurred_at, 1.0
        row.claim_id = row.leased_until = None


def _drop(session: Session, row: Import, move: Move) -> None:
    """Let go of what is told of people: the file once it was read, its rows once nothing comes of them."""
    if row.state == ImportState.CHECKED:
        row.expires_at = move.now + timedelta(days=IMPORT_PERSONAL_KEPT_DAYS)
    if is_over(row.state, row.wrong_count):
        session.do_at_last("DELETE FROM import_row WHERE import_id = $1", [row.id])
        session.do_at_last("DELETE FROM import_name WHERE import_id = $1", [row.id])
    if row.state not in {ImportState.CHECKING, ImportState.RUNNING}:
        session.do_at_last("DELETE FROM import_part WHERE import_id = $1", [row.id])
