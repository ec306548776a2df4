"""Defects of a delivery: recorded with the customer's deadline, resolved within their range (§1.2.2)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from common.contracts.warranty import installations as events
from common.db import Session
from common.errors import Invalid
from common.locking import locked
from common.moves import Moment, announce, begin, beginning, land, made, touch
from warranty.commands.needs import begun
from warranty.domain import installations as rules
from warranty.domain.ahead import check_near
from warranty.domain.installations import DEFECT_LIFECYCLE, LIFECYCLE
from warranty.policy import FURTHEST_YEARS
from warranty.queries import installations as queries
from warranty.tables.installations import Defect, Installation


async def record(session: Session, installation_id: UUID, told: Mapping[str, Any], at: Moment) -> Defect:
    """Record a defect of an installation that is not settled.

    Raises:
        NotFound, Conflict: no such installation, or it is settled.
        Invalid: ``asset-not-in-installation``, ``deadline-missing``, ``deadline-passed`` or
            ``occurred-in-future``.
    """
    found_at = beginning(at)
    row = await locked(session, Installation, installation_id)
    LIFECYCLE.ask("assignTechnicians", row.state, said_as="recordDefect", asker=at.asker)
    places = {one.asset_id for one in await queries.assets_of(session, row.id)}
    if told["asset_id"] is not None and told["asset_id"] not in places:
        raise Invalid("asset-not-in-installation", pointer="#/asset_id", asset_id=str(told["asset_id"]))
    rules.check_meetable(told["item"], told["required_min"], told["required_max"], "#/required_max")
    rules.check_has_deadline(told["kind"], told["due_at"])
    if told["due_at"] is not None:
        _check_deadline(told["due_at"], found_at, at)
    return put(session, row, told, at)


def put(session: Session, row: Installation, told: Mapping[str, Any], at: Moment) -> Defect:
    """Put a defect on the locked installation and announce it."""
    defect = made(
        session,
        Defect,
        at.now,
        state=DEFECT_LIFECYCLE.initial,
        state_changed_at=at.occurred_at or at.now,
        customer_id=row.customer_id,
        installation_id=row.id,
        site_id=row.site_id,
        **told,
    )
    return begun(session, defect, events.DefectRecorded(**facts(defect)), at)


def _check_deadline(due_at: datetime, recorded_at: datetime, at: Moment) -> None:
    rules.check_deadline(due_at, recorded_at)
    check_near(due_at.astimezone(UTC).date(), "#/due_at", at.now.date(), FURTHEST_YEARS)


async def change_deadline(
    session: Session, defect_id: UUID, at: Moment, *, due_at: datetime, reason: str
) -> Defect:
    """The customer sets a deadline, or another one.

    Raises:
        Invalid: ``deadline-passed``.
    """
    row, move = await begin(session, Defect, defect_id, DEFECT_LIFECYCLE, "changeDeadline", at)
    _check_deadline(due_at, move.occurred_at, at)
    row.due_at = due_at
    touch(session, row, at.now)
    return announce(session, row, move, events.DefectDeadlineChanged(**facts(row)), note=reason)


async def resolve(
    session: Session, defect_id: UUID, at: Moment, *, how: str, measured: float | None
) -> Defect:
    """The defect is gone; a missed figure was measured again and is in its range.

    Raises:
        Invalid: ``figure-not-measured`` or ``figure-out-of-range``.
    """
    row, move = await begin(session, Defect, defect_id, DEFECT_LIFECYCLE, "resolve", at)
    rules.check_repair(row.required_min, row.required_max, measured)
    row.resolution, row.resolved_at = how, move.occurred_at
    row.measured = row.measured if measured is None else measured
    land(row, move)
    touch(session, row, at.now)
    return announce(session, row, move, events.DefectResolved(**facts(row)), note=how)


def facts(row: Defect) -> dict[str, Any]:
    """The facts that every event about a defect carries."""
    names = (name for name in events.DefectEvent.model_fields if name != "defect_id")
    return {"defect_id": row.id, **{name: getattr(row, name) for name in names}}
