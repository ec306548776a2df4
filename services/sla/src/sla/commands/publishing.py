"""What every publication does: raise the world, announce it, keep it as the fact that it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from common.db import Session
from common.errors import Conflict
from common.events import SOURCE_PREFIX, Event
from common.ids import new_id
from common.inbox import fetch
from common.outbox import publish
from common.rows import Resource
from sla.commands.crossings import SERVICE
from sla.commands.facts import TABLE, subject_id_of
from sla.domain.recomputations import Scope
from sla.tables import Published

_RAISE = "UPDATE world SET revision = revision + 1, stamp = $1 RETURNING revision"


class Revision(Protocol):
    """Anything that came in force at an instant."""

    @property
    def published_at(self) -> datetime:
        """When."""


@dataclass(frozen=True, slots=True)
class About:
    """What an event is about, known by a slug or an id.

    Args:
        id: of the thing; the key of its events.
        version: of its row.
    """

    id: str | UUID
    version: int


async def raise_world(session: Session) -> int:
    """The next revision of the world; whoever derives clocks waits for it, or is waited for."""
    [(revision,)] = await fetch(session, _RAISE, new_id())
    return int(revision)


def announce(
    session: Session, scope: Scope, about: About, event: Event, world_revision: int, now: datetime
) -> UUID:
    """Publish ``event`` and keep it as the fact that it is."""
    event_id = publish(session, event, of=about, occurred_at=now, now=now)
    session.collect(
        TABLE,
        {
            "event_id": event_id,
            "recorded_at": now,
            "subject_type": scope.value,
            "subject_id": subject_id_of(scope, str(about.id)),
            "type": event.type,
            "occurred_at": now,
            "source": SOURCE_PREFIX + SERVICE,
            "version": about.version,
            "data": event.model_dump(mode="json"),
            "actor": session.context.caller.subject,
            "world_revision": world_revision,
        },
    )
    return event_id


def next_moment(before: Revision | None, now: datetime) -> datetime:
    """When a revision comes in force: now, and later than the one before whatever the clocks say."""
    return now if before is None else max(now, before.published_at + timedelta(microseconds=1))


def check_version(row: Published, version: int | None) -> None:
    """The caller saw the row as it is.

    Raises:
        Conflict: ``precondition-failed``.
    """
    if version is not None and row.version != version:
        raise Conflict("precondition-failed", current_version=row.version)


def touch(row: Resource | Published, session: Session, now: datetime) -> None:
    """A new version of ``row``, by the caller, now."""
    row.version += 1
    row.updated_at = now
    row.updated_by = session.context.caller.subject


def signed(session: Session, now: datetime) -> Mapping[str, Any]:
    """The columns that say who made a row, and when."""
    by = session.context.caller.subject
    return {"created_at": now, "updated_at": now, "created_by": by, "updated_by": by}
