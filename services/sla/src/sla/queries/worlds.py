"""What was published, compiled once per publication and kept under the stamp of its content."""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from common.db import Session
from common.inbox import fetch
from sla.catalogue import fact_names
from sla.domain.business_time import CompiledCalendar, definition_of
from sla.domain.clocks import Agreement, CalendarRevision, PlanRevision, World
from sla.domain.clocks.world import recorded
from sla.domain.plans import Plan
from sla.plan_files import read_document

T = TypeVar("T")
Document = dict[str, Any]

KEPT_EDITIONS = 4
KEPT_REVISIONS = 256
KEPT_WORLDS = 1024

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
        agreed: the same, by customer, in the order in which they follow on each other.
        world: all of it, ready for replaying.
        earlier: worlds of earlier revisions that were asked for lately.
    """

    revision: int
    plans: tuple[Numbered[PlanRevision], ...]
    calendars: tuple[Numbered[CalendarRevision], ...]
    agreements: tuple[Numbered[Agreement], ...]
    agreed: Mapping[str, Sequence[Numbered[Agreement]]]
    world: World
    earlier: "_Kept" = field(default_factory=lambda: _Kept(KEPT_WORLDS))

    @classmethod
    def of(
        cls,
        revision: int,
        plans: tuple[Numbered[PlanRevision], ...],
        calendars: tuple[Numbered[CalendarRevision], ...],
        agreements: tuple[Numbered[Agreement], ...],
    ) -> "Edition":
        """What was published, made ready; arguments as of the class."""
        world = World.of(
            plans=(plan for _, plan in plans),
            calendars=(calendar for _, calendar in calendars),
            agreements=(agreement for _, agreement in agreements),
            facts=fact_names(),
        )
        return cls(revision, plans, calendars, agreements, _by_customer(agreements), world)

    def at_revision(self, revision: int) -> World:
        """The world as it was up to ``revision``."""
        if revision >= self.revision:
            return self.world
        return self.earlier.of(revision, lambda: self._limited(revision))

    def _limited(self, revision: int) -> World:
        plans = {(plan.plan.id, plan.revision) for number, plan in self.plans if number <= revision}
        calendars = {(one.id, one.revision) for number, one in self.calendars if number <= revision}
        return self.world.limited(plans, calendars, _AgreedBy(revision, self.agreed))

    def as_of(self, at: datetime) -> World:
        """The world as it was known at ``at``."""
        known = [number for number, plan in self.plans if plan.published_at <= at]
        known += [number for number, calendar in self.calendars if calendar.published_at <= at]
        known += [number for number, agreement in self.agreements if agreement.recorded_at <= at]
        return self.at_revision(max(known, default=0))

    def calendar(self, calendar_id: str, revision: int) -> CompiledCalendar:
        """A published revision of a calendar, compiled."""
        return next(c.compiled for _, c in self.calendars if (c.id, c.revision) == (calendar_id, revision))


class _AgreedBy(Mapping[str, tuple[Agreement, ...]]):
    """What was recorded of agreements up to a revision, looked up when it is asked for.

    A world is made for every revision that some subject was derived at, and each contract makes one.
    """

    def __init__(self, revision: int, agreed: Mapping[str, Sequence[Numbered[Agreement]]]) -> None:
        self._revision, self._agreed = revision, agreed

    def __getitem__(self, customer_id: str) -> tuple[Agreement, ...]:
        return tuple(one for number, one in self._agreed[customer_id] if number <= self._revision)

    def __iter__(self) -> Iterator[str]:
        return iter(self._agreed)

    def __len__(self) -> int:
        return len(self._agreed)


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
    return Edition.of(revision, plans, calendars, agreements)


def _by_customer(
    agreements: Sequence[Numbered[Agreement]],
) -> Mapping[str, Sequence[Numbered[Agreement]]]:
    found: defaultdict[str, list[Numbered[Agreement]]] = defaultdict(list)
    for number, one in sorted(agreements, key=lambda numbered: recorded(numbered[1])):
        found[one.customer_id].append((number, one))
    return dict(found)


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
