"""What clocks are judged by: revisions of plans and calendars with their times, and agreements."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sla.domain.business_time import CompiledCalendar
from sla.domain.clocks.contracted import contracted
from sla.domain.kept import Kept
from sla.domain.matching import Index
from sla.domain.plans.model import Plan

DEFAULT_PLAN = "reference"
KEPT_CONTRACTED = 256
"""Plans as contracts change them; one of the size of the reference plan takes 80 KB."""

Published = tuple[str, int]
"""Id and revision of a plan or a calendar."""


@dataclass(frozen=True, slots=True)
class PlanRevision:
    """A published revision of a plan.

    Args:
        plan: its content.
        revision: its number.
        published_at: when it came in force; running clocks move to it then.
    """

    plan: Plan
    revision: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class CalendarRevision:
    """A published revision of a calendar.

    Args:
        id: slug; also the name of the compiled calendar.
        revision: its number.
        published_at: when it came in force (T11).
        compiled: the calendar; one shared instance per revision.
    """

    id: str
    revision: int
    published_at: datetime
    compiled: CompiledCalendar


@dataclass(frozen=True, slots=True)
class Agreement:
    """A customer is on a plan, for clocks that start within its dates.

    Args:
        id: identity; a later record with the same id replaces the earlier one.
        customer_id: the customer.
        plan_id: the plan.
        starts_at: first instant.
        ends_at: first instant no longer, None for open end.
        recorded_at: when it became known.
        revision: of the plan, where the contract names one; it judges as soon as it is published.
        seconds: time allowed by metric, where the contract promises another than the plan.
        contract: number of the contract that made it.
    """

    id: UUID
    customer_id: str
    plan_id: str
    starts_at: datetime
    ends_at: datetime | None
    recorded_at: datetime
    revision: int | None = None
    seconds: Mapping[str, int] = field(default_factory=dict)
    contract: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A revision of a plan with its index."""

    revision: PlanRevision
    index: Index


class _Published(Protocol):
    @property
    def published_at(self) -> datetime: ...


_P = TypeVar("_P", bound=_Published)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Everything published so far, made ready; built once per publication and shared."""

    plans: Mapping[str, tuple[Prepared, ...]]
    calendars: Mapping[str, tuple[CalendarRevision, ...]]
    agreements: Mapping[str, tuple[Agreement, ...]]
    facts: Mapping[str, frozenset[str]]
    published: tuple[datetime, ...]
    contracted: Kept = field(default_factory=lambda: Kept(KEPT_CONTRACTED))
    """Plans as contracts change them, made when asked for; shared with the worlds before and after."""

    @classmethod
    def of(
        cls,
        plans: Iterable[PlanRevision],
        calendars: Iterable[CalendarRevision],
        agreements: Iterable[Agreement],
        facts: Mapping[str, frozenset[str]],
    ) -> "World":
        """Order and index what was published; ``facts`` names the facts of each subject."""
        return cls({}, {}, {}, facts, ()).extended(plans, calendars, agreements)

    def extended(
        self,
        plans: Iterable[PlanRevision],
        calendars: Iterable[CalendarRevision],
        agreements: Iterable[Agreement],
    ) -> "World":
        """This world with what was published since; what it has already is shared, not made again."""
        prepared = [Prepared(one, Index.of(one.plan)) for one in plans]
        return replace(
            self,
            plans=joined(self.plans, prepared, _plan_of, _prepared_at),
            calendars=joined(self.calendars, calendars, _calendar_of, _published_at),
            agreements=joined(self.agreements, agreements, _customer_of, recorded),
            published=tuple(sorted([*self.published, *(one.revision.published_at for one in prepared)])),
        )

    def limited(
        self,
        plans: Container[Published],
        calendars: Container[Published],
        agreements: Mapping[str, tuple[Agreement, ...]],
    ) -> "World":
        """This world with no more than was known once; whatever is left of it is shared, not made again.

        Args:
            plans: ids and revisions that were published.
            calendars: likewise.
            agreements: what was recorded of them, by customer, in the order of this world.
        """
        of_plans = _only(self.plans, lambda id_, one: (id_, one.revision.revision) in plans)
        of_calendars = _only(self.calendars, lambda id_, one: (id_, one.revision) in calendars)
        published = sorted(one.revision.published_at for kept in of_plans.values() for one in kept)
        return replace(
            self, plans=of_plans, calendars=of_calendars, agreements=agreements, published=tuple(published)
        )

    def plan_for(self, agreed: Agreement | None, known_at: datetime) -> Prepared | None:
        """The revision that judges a clock of a customer with that agreement, as known at ``known_at``."""
        revisions = self.plans.get(agreed.plan_id) if agreed else None
        pinned = agreed.revision if agreed and revisions else None
        revisions = revisions or self.plans.get(DEFAULT_PLAN)
        if not revisions:
            return None
        found = _revision_at(revisions, pinned, known_at)
        return found if agreed is None or not agreed.seconds else self._contracted(found, agreed)

    def _contracted(self, prepared: Prepared, agreed: Agreement) -> Prepared:
        """The revision with the times of the contract; always the same one for the same times."""
        of = prepared.revision
        key = (of.plan.id, of.revision, agreed.contract, *sorted(agreed.seconds.items()))

        def changed() -> Prepared:
            plan = contracted(of.plan, agreed.seconds, agreed.contract)
            if plan is of.plan:
                return prepared
            return Prepared(PlanRevision(plan, of.revision, of.published_at), Index.of(plan))

        return self.contracted.of(key, changed)

    def agreement_for(
        self, customer_id: str | None, started_at: datetime, known_at: datetime | None = None
    ) -> Agreement | None:
        """The agreement that covers what started then, of those recorded by ``known_at`` (None: of all).

        Where several cover it, the one recorded last counts.
        """
        latest: dict[UUID, Agreement] = {}
        for one in self.agreements.get(customer_id or "", ()):
            if known_at is None or one.recorded_at <= known_at:
                latest.pop(one.id, None)
                latest[one.id] = one
        for one in reversed(latest.values()):
            if one.starts_at <= started_at and (one.ends_at is None or started_at < one.ends_at):
                return one
        return None

    def calendar_at(self, calendar_id: str, at: datetime) -> CalendarRevision:
        """The revision of a calendar in force at ``at``; the first one for anything before it.

        Raises:
            KeyError: no such calendar; plans are refused before they can name one.
        """
        return _in_force(self.calendars[calendar_id], at)

    def publications_after(self, at: datetime, customers: Iterable[str]) -> tuple[datetime, ...]:
        """When plans were published, or agreements of ``customers`` recorded, later than ``at``."""
        moments = set(self.published[bisect_right(self.published, at) :])
        if self.agreements:
            for customer in customers:
                known = self.agreements.get(customer, ())
                moments.update(one.recorded_at for one in known if one.recorded_at > at)
        return tuple(sorted(moments)) if moments else ()


def _only(
    revisions: Mapping[str, tuple[_T, ...]], is_known: Callable[[str, _T], bool]
) -> Mapping[str, tuple[_T, ...]]:
    found = {id_: tuple(one for one in ones if is_known(id_, one)) for id_, ones in revisions.items()}
    return {id_: ones for id_, ones in found.items() if ones}


def joined(
    known: Mapping[str, tuple[_T, ...]],
    news: Iterable[_T],
    owner: Callable[[_T], str],
    order: Callable[[_T], Any],
) -> Mapping[str, tuple[_T, ...]]:
    """``known`` with ``news`` under their owners, those of each in ``order``; the rest stays the same."""
    found = dict(known)
    added: defaultdict[str, list[_T]] = defaultdict(list)
    for one in news:
        added[owner(one)].append(one)
    for id_, ones in added.items():
        found[id_] = tuple(sorted((*found.get(id_, ()), *ones), key=order))
    return found


def _plan_of(one: Prepared) -> str:
    return one.revision.plan.id


def _prepared_at(one: Prepared) -> tuple[datetime, int]:
    return _published_at(one.revision)


def _calendar_of(one: CalendarRevision) -> str:
    return one.id


def _customer_of(one: Agreement) -> str:
    return one.customer_id


def recorded(agreement: Agreement) -> tuple[datetime, int]:
    """In which order agreements follow on each other."""
    return agreement.recorded_at, agreement.id.int


def _revision_at(revisions: Sequence[Prepared], pinned: int | None, at: datetime) -> Prepared:
    """The revision that was pinned, once it is published; else the one in force, or the first."""
    if len(revisions) == 1:
        return revisions[0]
    times = [one.revision.published_at for one in revisions]
    known = revisions[: max(1, bisect_right(times, at))]
    return next((one for one in known if one.revision.revision == pinned), known[-1])


def _published_at(one: PlanRevision | CalendarRevision) -> tuple[datetime, int]:
    return one.published_at, one.revision


def _in_force(revisions: Sequence[_P], at: datetime) -> _P:
    found = revisions[0]
    for one in revisions[1:]:
        if one.published_at > at:
            break
        found = one
    return found
