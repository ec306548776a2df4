"""How every verb goes: said at a moment, asked of a lifecycle, written on the row, told to audit and bus."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import inspect
from sqlmodel import SQLModel

from common.audit import committed, record
from common.db import Session
from common.errors import Invalid
from common.events import Event
from common.ids import new_id
from common.inserts import json_text
from common.lifecycle import Asker, Lifecycle, Transition
from common.locking import locked
from common.outbox import publish
from common.rows import Resource, Stateful, fresh

R = TypeVar("R", bound=Resource)
L = TypeVar("L", bound=Stateful)


@dataclass(frozen=True, slots=True)
class Moment:
    """When and on what a verb is said.

    Args:
        now: the present instant.
        occurred_at: when it happened, where that is told later.
        version: version of the row that the caller saw; ``None`` takes any.
        said_as: what the caller did, where the verb only follows from it; refusals name it.
        asker: who says it; ``None`` where it comes by itself.
    """

    now: datetime
    occurred_at: datetime | None = None
    version: int | None = None
    said_as: str | None = None
    asker: Asker | None = None

    def following(self, action: str) -> "Moment":
        """The same moment for what follows on another row, whose version nobody told, from ``action``."""
        return Moment(self.now, self.occurred_at, said_as=action, asker=self.asker)


@dataclass(frozen=True, slots=True)
class Move:
    """An action under way: what it is called, where it leads, when it happened and when it was told."""

    action: str
    transition: Transition
    occurred_at: datetime
    now: datetime


def check_time(
    occurred_at: datetime, *, not_before: datetime, now: datetime, field: str = "occurred_at"
) -> None:
    """Refuse a time told for an action that cannot be true; ``field`` is where the body tells it.

    Raises:
        Invalid: ``occurred-in-future`` or ``occurred-too-early`` (before the step it builds on).
    """
    if occurred_at > now:
        raise Invalid("occurred-in-future", pointer=f"#/{field}", field=field, now=now.isoformat())
    if occurred_at < not_before:
        raise Invalid("occurred-too-early", pointer=f"#/{field}", not_before=not_before.isoformat())


def beginning(at: Moment) -> datetime:
    """Since when a new thing has been there, whose past may be told: what is built on it may lie back so far.

    Raises:
        Invalid: ``occurred-in-future``.
    """
    told = at.occurred_at or at.now
    check_time(told, not_before=told, now=at.now)
    return told


def ask(lifecycle: Lifecycle, action: str, state: str, at: Moment, *, floor: datetime) -> Move:
    """The move of ``action`` from ``state``; not told when, it happens now.

    Args:
        lifecycle: the table.
        action: verb as in the path.
        state: present state.
        at: when it is said.
        floor: earliest instant at which it can have happened.

    Raises:
        Conflict: ``invalid-state-transition``.
        Invalid: ``occurred-in-future`` or ``occurred-too-early``.
    """
    transition = lifecycle.ask(action, state, said_as=at.said_as, asker=at.asker)
    if at.occurred_at is not None:
        check_time(at.occurred_at, not_before=floor, now=at.now)
    return Move(action, transition, at.occurred_at or max(at.now, floor), at.now)


async def begin(
    session: Session,
    kind: type[L],
    row_id: UUID,
    lifecycle: Lifecycle,
    action: str,
    at: Moment,
) -> tuple[L, Move]:
    """Lock the row and ask whether ``action`` may be taken on it now, by this caller, at that time.

    A change of state builds on the last one; an action that leaves the state may lie back to the beginning.

    Raises:
        NotFound: no such row for this caller.
        Conflict: another version, or not possible in the present state.
        Forbidden: the caller's role does not include the action.
        Invalid: the time told cannot be true.
    """
    row = await locked(session, kind, row_id, at.version)
    caller = session.context.caller
    is_customer = caller.customer_id is not None
    lifecycle.check_permission(action, caller.roles, is_customer=is_customer, said_as=at.said_as)
    is_change = lifecycle.ask(action, row.state, said_as=at.said_as, asker=at.asker).target is not None
    floor = row.state_changed_at if is_change else min(row.state_changed_at, row.created_at)
    return row, ask(lifecycle, action, row.state, at, floor=floor)


def changes(session: Session, row: SQLModel) -> dict[str, tuple[Any, Any]]:
    """Columns changed in this unit of work since the audit was last told: name to old and new value.

    A question asked in between may have written some of them already; they count all the same.
    """
    state = inspect(row)
    old = {**state.committed_state, **session.before.get(state, {})}
    return {
        name: (before, getattr(row, name)) for name, before in old.items() if before != getattr(row, name)
    }


def touch(session: Session, row: Resource, now: datetime) -> None:
    """A new version of ``row``, by the caller, now."""
    row.version += 1
    row.updated_at = now
    row.updated_by = session.context.caller.subject


def made(session: Session, kind: type[R], now: datetime, /, **values: object) -> R:
    """A new row of ``kind`` by the caller, with its id and history; it is written with the unit of work."""
    by = session.context.caller.subject
    stamps: dict[str, object] = {"created_at": now, "updated_at": now, "created_by": by, "updated_by": by}
    row = fresh(kind, **{"id": new_id(), **stamps, **values})
    session.insert(row)
    return row


def audit(session: Session, action: str, row: Resource, now: datetime, note: str | None = None) -> None:
    """Record for the audit what ``action`` changed on ``row``; personal columns as commitments."""
    thing, changed = str(row.__tablename__), changes(session, row)
    told = {
        name: (_kept(session, row, name, old, now), _kept(session, row, name, new, now))
        for name, (old, new) in changed.items()
    }
    if changed:
        told_of = session.before.setdefault(inspect(row), {})
        told_of.update({name: new for name, (_, new) in changed.items()})
    record(session, f"{thing}.{action}", thing, row.id, row.version, changes=told, reason=note, now=now)


def _kept(session: Session, row: Resource, name: str, value: Any, now: datetime) -> Any:  # noqa: ANN401 - a column's value
    if name not in row.personal or value is None:
        return value
    clear = value if isinstance(value, str) else json_text(value)
    return committed(session, clear, row.id, now)


def land(row: Stateful, move: Move) -> None:
    """Write on ``row`` the state the move leads to, if it changes it."""
    if move.transition.target:
        row.state = move.transition.lands_in(row.state)
        row.state_changed_at = move.occurred_at


def announce(session: Session, row: L, move: Move, event: Event, *, note: str | None = None) -> L:
    """Tell audit and bus of a move whose state and new version already stand on the locked ``row``.

    Args:
        session: the unit of work.
        row: the aggregate, after ``land`` and ``touch``.
        move: what was asked.
        event: what happened.
        note: free text for the audit; it does not leave the service.
    """
    publish(session, event, of=row, occurred_at=move.occurred_at, now=move.now)
    audit(session, move.action, row, move.now, note)
    return row


def corrected(session: Session, row: R, at: Moment, event: Callable[[], Event] | None = None) -> R:
    """Tell audit and bus of the locked row that was corrected; where nothing changed, nothing is written.

    Args:
        session: the unit of work.
        row: the row, amended.
        at: when it was said.
        event: makes the event of the row in its new version; ``None`` where none tells of it.
    """
    if changes(session, row):
        touch(session, row, at.now)
        if event is not None:
            publish(session, event(), of=row, occurred_at=at.now, now=at.now)
        audit(session, "update", row, at.now)
    return row


def amend(row: SQLModel, told: Mapping[str, object]) -> dict[str, object]:
    """Set the told columns; what they were before, for those that changed."""
    before = {name: getattr(row, name) for name, value in told.items() if getattr(row, name) != value}
    for name, value in told.items():
        setattr(row, name, value)
    return before
