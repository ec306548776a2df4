"""What was published, compiled once per publication and kept under the stamp of its content."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from common.db import Session
from common.inbox import fetch
from sla.catalogue import fact_names
from sla.domain.business_time import CompiledCalendar, definition_of
from sla.domain.clocks import Agreement, CalendarRevision, PlanRevision, World
from sla.domain.clocks.world import joined, recorded
from sla.domain.kept import Kept
from sla.domain.plans import Plan
from sla.plan_files import read_document

T = TypeVar("T")
Document = dict[str, Any]

KEPT_EDITIONS = 4
KEPT_REVISIONS = 256
KEPT_WORLDS = 1024

Numbered = tuple[int, T]
"""Something published, with the revision of the world that it made."""


@dataclass(frozen=True, slots=True)
class News:
    """What was published in some revisions of the world.

    Args:
        plans: revisions of plans.
        calendars: revisions of calendars.
        agreements: what was recorded of agreements.
        made_by: the publications that made each revision.
    """

    plans: Sequence[Numbered[PlanRevision]] = ()
    calendars: Sequence[Numbered[CalendarRevision]] = ()
    agreements: Sequence[Numbered[Agreement]] = ()
    made_by: Mapping[int, frozenset[UUID]] = field(default_factory=dict)


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
        made_by: the publications that made the revision.
        earlier: worlds of earlier revisions that were asked for lately.
    """

    revision: int
    plans: tuple[Numbered[PlanRevision], ...]
    calendars: tuple[Numbered[CalendarRevision], ...]
    agreements: tuple[Numbered[Agreement], ...]
    agreed: Mapping[str, tuple[Numbered[Agreement], ...]]
    world: World
    made_by: frozenset[UUID] = frozenset()
    earlier: Kept = field(default_factory=lambda: Kept(KEPT_WORLDS))

    @classmethod
    def nothing(cls) -> "Edition":
        """Before anything was published."""
        return cls(0, (), (), (), {}, World.of((), (), (), fact_names()))

    def is_before(self, news: News) -> bool:
        """Whether what made this is among ``news``; not so after a transaction that was undone, or a restore.

        Every publication has an id of its own and follows on the one before: so nothing earlier differs.
        """
        return self.revision == 0 or news.made_by.get(self.revision) == self.made_by

    def extended(self, revision: int, news: News) -> "Edition":
        """What was published up to ``revision``: this, and the ``news`` behind it; the rest is shared."""
        plans = _after(self.revision, news.plans)
        calendars = _after(self.revision, news.calendars)
        agreements = _after(self.revision, news.agreements)
        return Edition(
            revision,
            (*self.plans, *plans),
            (*self.calendars, *calendars),
            (*self.agreements, *agreements),
            joined(self.agreed, agreements, lambda one: one[1].customer_id, lambda one: recorded(one[1])),
            self.world.extended(_bare(plans), _bare(calendars), _bare(agreements)),
            news.made_by.get(revision, frozenset()),
        )

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


def _after(revision: int, ones: Sequence[Numbered[T]]) -> Sequence[Numbered[T]]:
    return [one for one in ones if one[0] > revision]


def _bare(ones: Sequence[Numbered[T]]) -> Sequence[T]:
    return [one for _, one in ones]


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


_EDITIONS = Kept(KEPT_EDITIONS)
_PLANS = Kept(KEPT_REVISIONS)
_CALENDARS = Kept(KEPT_REVISIONS)


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
WHERE world_revision BETWEEN $1 AND $2 ORDER BY world_revision
"""
_CALENDAR_REVISIONS = """
SELECT world_revision, id, calendar_id, revision, published_at, definition FROM calendar_revision
WHERE world_revision BETWEEN $1 AND $2 ORDER BY world_revision
"""
_AGREEMENTS = """
SELECT world_revision, event_id, subject_id, recorded_at, data FROM fact
WHERE subject_type = 'agreement' AND world_revision BETWEEN $1 AND $2 ORDER BY world_revision
"""


async def _loaded(session: Session, revision: int) -> Edition:
    """What was published up to ``revision``, made of the latest edition before it where there is one."""
    known = (one for one in reversed(_EDITIONS.values()) if one.revision < revision)
    before = max(known, key=lambda one: one.revision, default=Edition.nothing())
    news = await _news(session, before.revision, revision)
    if not before.is_before(news):
        before, news = Edition.nothing(), await _news(session, 0, revision)
    return before.extended(revision, news)


async def _news(session: Session, since: int, until: int) -> News:
    """What made the revisions from ``since`` to ``until``, both included."""
    plans = await fetch(session, _PLAN_REVISIONS, since, until)
    calendars = await fetch(session, _CALENDAR_REVISIONS, since, until)
    agreements = await fetch(session, _AGREEMENTS, since, until)
    made_by: defaultdict[int, set[UUID]] = defaultdict(set)
    for number, id_, *_ in (*plans, *calendars, *agreements):
        made_by[number].add(id_)
    return News(
        [(row[0], _plan_revision(*row[1:])) for row in plans],
        [(row[0], _calendar_revision(*row[1:])) for row in calendars],
        [(row[0], _agreement(*row[2:])) for row in agreements],
        {number: frozenset(ids) for number, ids in made_by.items()},
    )


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
