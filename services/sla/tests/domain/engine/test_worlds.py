"""Worlds as they were known once: the same as if nothing had been published since."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sla.domain.clocks import Agreement, CalendarRevision, PlanRevision
from sla.domain.clocks.world import Published
from sla.queries.worlds import Edition

from .story import LONG_AGO, calendar, commitment, plan_of

PLANS = {name: plan_of(commitment(), plan_id=name) for name in ("reference", "gold")}
Change = PlanRevision | CalendarRevision | Agreement
KINDS = ("reference", "gold", "always", "complaint-desk", "first customer", "second customer")


def published(kinds: Sequence[str]) -> list[Change]:
    """A publication of each kind, one after the other."""
    found: list[Change] = []
    for number, kind in enumerate(kinds, 1):
        at = LONG_AGO + timedelta(days=number)
        revision = kinds[:number].count(kind)
        if kind in PLANS:
            found.append(PlanRevision(PLANS[kind], revision, at))
        elif kind.endswith("customer"):
            found.append(Agreement(UUID(int=number % 3), kind, "gold", at, None, at))
        else:
            found.append(CalendarRevision(kind, revision, at, calendar(kind)))
    return found


def edition(changes: Sequence[Change]) -> Edition:
    numbered = list(enumerate(changes, 1))
    return Edition.of(
        len(changes),
        tuple((number, one) for number, one in numbered if isinstance(one, PlanRevision)),
        tuple((number, one) for number, one in numbered if isinstance(one, CalendarRevision)),
        tuple((number, one) for number, one in numbered if isinstance(one, Agreement)),
    )


def told(found: Edition, revision: int) -> tuple[object, ...]:
    """All that a world of the edition says."""
    world = found.at_revision(revision)
    plans = {name: [one.revision for one in revisions] for name, revisions in world.plans.items()}
    agreed = {name: world.agreements.get(name, ()) for name in ("first customer", "second customer")}
    return plans, dict(world.calendars), agreed, world.published


@given(kinds=st.lists(st.sampled_from(KINDS), max_size=20), data=st.data())
def test_a_world_of_before_knows_nothing_of_what_came_after(kinds: list[str], data: st.DataObject) -> None:
    changes = published(kinds)
    revision = data.draw(st.integers(0, len(changes)))
    assert told(edition(changes), revision) == told(edition(changes[:revision]), revision)


def test_what_is_left_of_it_is_shared() -> None:
    found = edition(published(["reference", "always", *["first customer"] * 100]))
    worlds = [found.at_revision(revision) for revision in range(2, 102)]
    assert len({id(world.plans["reference"][0]) for world in worlds}) == 1
    assert all(found.at_revision(revision) is world for revision, world in enumerate(worlds, 2))


def test_a_publication_is_named_by_id_and_revision() -> None:
    world = edition(published(["reference", "reference", "gold"])).world
    known: set[Published] = {("reference", 1)}
    assert [*world.limited(known, set(), {}).plans] == ["reference"]
