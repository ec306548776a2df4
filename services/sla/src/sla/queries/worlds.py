"""What was published, compiled once per publication and kept under the stamp of its content."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from common.db import Session
from common.inbox import fetch
from sla.catalogue import fact_names
from sla.domain.business_time import CompiledCalendar, definition_of
from sla.domain.clocks import Agreement, CalendarRevision, PlanRevision, World
from sla.domain.plans import Plan
from sla.plan_files import read_document

T = TypeVar("T")
Document = dict[str, Any]

KEPT_EDITIONS = 4
KEPT_REVISIONS = 256

Numbered = tuple[int, T]
"""Something published, with the revision of the world that it made."""


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """Everything published up to one revision of the world, and what was so up to earlier ones.

    Args:
        revision: of the world.
        plans: published revisions of plans.
        calendars: published revisions of calendars.
        agreements: what was recorded of agreements.
        world: all of it, ready for replaying.
        earlier: worlds of earlier revisions, as far as they were asked for.
    """

    revision: int
    plans: tuple[Numbered[PlanRevision], ...]
    calendars: tuple[Numbered[CalendarRevision], ...]
    agreements: tuple[Numbered[Agreement], ...]
    world: World
    earlier: dict[int, World] = field(default_factory=dict)

    def at_revision(self, revision: int) -> World:
        """The world as it was up to ``revision``."""
        if revision >= self.revision:
            return self.world
        if revision not in self.earlier:
            self.earlier[revision] = _world(
                [plan for number, plan in self.plans if number <= revision],
                [calendar for number, calendar in self.calendars if number <= revision],
                [agreement for number, agreement in self.agreements if number <= revision],
            )
        return self.earlier[revision]

    def as_of(self, at: datetime) -> World:
        """The world as it was known at ``at``."""
        known = [number for number, plan in self.plans if plan.published_at <= at]
        known += [number for number, calendar in self.calendars if calendar.published_at <= at]
        known += [number for number, agreement in self.agreements if agreement.recorded_at <= at]
        return self.at_revision(max(known, default=0))

    def calendar(self, calendar_id: str, revision: int) -> CompiledCalendar:
        """A published revision of a calendar, compiled."""
        return next(c.compiled for _, c in self.calendars if (c.id, c.revision) == (calendar_id, revision))


def _world(
    plans: list[PlanRevision], calendars: list[CalendarRevision], agreements: list[Agreement]
) -> World:
    return World.of(plans=plans, calendars=calendars, agreements=agreements, facts=fact_names())


class _Kept(OrderedDict[Any, Any]):
    """The latest of what was made, by key."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def of(self, key: object, make: Callable[[], T]) -> T:
        """What is kept under ``key``, made where it is missing."""
        if key not in self:
            self[key] = make()
            if len(self) > self._most:
                self.popitem(last=False)
        self.move_to_end(key)
        found: T = self[key]
        return found


_EDITIONS = _Kept(KEPT_EDITIONS)
_PLANS = _Kept(KEPT_REVISIONS)
_CALENDARS = _Kept(KEPT_REVISIONS)


async def current(session: Session) -> Edition:
    """What is published now; compiled anew only where this process has not seen it yet."""
    [(revision, stamp)] = await fetch(session, "SELECT revision, stamp FROM world")
    return await edition(session, revision, stamp)


async def edition(session: Session, revision: int, stamp: UUID) -> Edition:
    """What was published up to ``revision``, whose content ``stamp`` names."""
    found: Edition | None = _EDITIONS.get(stamp)
    if found is None:
        found = await _loaded(session, revision)
        _EDITIONS.of(stamp, lambda: found)
    return found


# The statements below go past the customers' confinement on purpose: the world is the same for everybody.
_PLAN_REVISIONS = """
SELECT world_revision, id, plan_id, revision, published_at, document FROM plan_revision
WHERE world_revision <= $1 ORDER BY world_revision
"""
_CALENDAR_REVISIONS = """
SELECT world_revision, id, calendar_id, revision, published_at, definition FROM calendar_revision
WHERE world_revision <= $1 ORDER BY world_revision
"""
_AGREEMENTS = """
SELECT f.world_revision, f.subject_id, f.recorded_at, f.data
FROM agreement a JOIN fact f ON f.subject_id = a.id
WHERE f.subject_type = 'agreement' AND f.world_revision <= $1 ORDER BY f.world_revision
"""


async def _loaded(session: Session, revision: int) -> Edition:
    plans = tuple(
        (row[0], _plan_revision(*row[1:])) for row in await fetch(session, _PLAN_REVISIONS, revision)
    )
    calendars = tuple(
        (row[0], _calendar_revision(*row[1:])) for row in await fetch(session, _CALENDAR_REVISIONS, revision)
    )
    agreements = tuple((row[0], _agreement(*row[1:])) for row in await fetch(session, _AGREEMENTS, revision))
    world = _world([p for _, p in plans], [c for _, c in calendars], [a for _, a in agreements])
    return Edition(revision, plans, calendars, agreements, world)


def _plan_revision(
    id_: UUID, plan_id: str, revision: int, published_at: datetime, document: Document
) -> PlanRevision:
    plan = _PLANS.of(id_, lambda: plan_of(document, plan_id))
    return PlanRevision(plan, revision, published_at)


def plan_of(document: Mapping[str, object], plan_id: str) -> Plan:
    """The plan that a stored document says.

    Raises:
        ValueError: it is no plan; documents are checked before they are stored.
    """
    reading = read_document(document)
    if reading.plan is None:
        raise ValueError(f"stored plan {plan_id}: {reading.issues[0]}")
    return reading.plan


def _calendar_revision(
    id_: UUID, calendar_id: str, revision: int, published_at: datetime, document: Document
) -> CalendarRevision:
    def compiled() -> CompiledCalendar:
        definition = definition_of(document, around=published_at.date())
        return CompiledCalendar(definition, calendar_id)

    return CalendarRevision(calendar_id, revision, published_at, _CALENDARS.of(id_, compiled))


def _agreement(id_: UUID, recorded_at: datetime, document: Document) -> Agreement:
    ends_at = document["ends_at"] and datetime.fromisoformat(document["ends_at"])
    starts_at = datetime.fromisoformat(document["starts_at"])
    return Agreement(
        id=id_,
        customer_id=document["customer_id"],
        plan_id=document["plan_id"],
        starts_at=starts_at,
        ends_at=ends_at,
        recorded_at=recorded_at,
        revision=document.get("plan_revision"),
        seconds=document.get("response_overrides") or {},
        contract=document.get("contract_number"),
    )
