"""Worlds as they were known once: the same as if nothing had been published since."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sla.domain.clocks import Agreement, CalendarRevision, PlanRevision
from sla.domain.clocks.world import KEPT_CONTRACTED, Published
from sla.queries.worlds import Edition, News

from .story import LONG_AGO, calendar, commitment, plan_of, world

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
    return Edition.nothing().extended(len(changes), news(changes))


def news(changes: Sequence[Change]) -> News:
    numbered = list(enumerate(changes, 1))
    return News(
        [(number, one) for number, one in numbered if isinstance(one, PlanRevision)],
        [(number, one) for number, one in numbered if isinstance(one, CalendarRevision)],
        [(number, one) for number, one in numbered if isinstance(one, Agreement)],
        {number: frozenset({UUID(int=number)}) for number, _ in numbered},
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


@given(kinds=st.lists(st.sampled_from(KINDS), max_size=20), data=st.data())
def test_an_edition_made_bit_by_bit_says_the_same(kinds: list[str], data: st.DataObject) -> None:
    changes = published(kinds)
    found = Edition.nothing()
    for revision in sorted(data.draw(st.sets(st.integers(1, max(1, len(changes)))))):
        told_since = news(changes[:revision])
        assert found.is_before(told_since)
        found = found.extended(revision, told_since)
    whole = edition(changes[: found.revision])
    assert (found.plans, found.calendars, found.agreements) == (
        whole.plans,
        whole.calendars,
        whole.agreements,
    )
    assert (dict(found.agreed), found.made_by) == (dict(whole.agreed), whole.made_by)
    for revision in range(found.revision + 1):
        assert told(found, revision) == told(whole, revision)


def test_what_did_not_change_is_not_made_again() -> None:
    changes = published(["reference", "always", "first customer", "second customer"])
    before = edition(changes[:3])
    after = before.extended(4, news(changes))
    assert after.world.plans["reference"][0] is before.world.plans["reference"][0]
    assert after.world.agreements["first customer"] is before.world.agreements["first customer"]
    assert after.agreed["first customer"] is before.agreed["first customer"]


def test_another_history_is_told_by_what_made_the_revision() -> None:
    changes = published(["reference", "always", "first customer"])
    other = News(made_by={1: frozenset({UUID(int=7)}), 2: frozenset({UUID(int=2)})})
    assert not edition(changes[:1]).is_before(other)
    assert edition(changes[:2]).is_before(other)
    assert not edition(changes).is_before(other)


def test_what_is_left_of_it_is_shared() -> None:
    found = edition(published(["reference", "always", *["first customer"] * 100]))
    worlds = [found.at_revision(revision) for revision in range(2, 102)]
    assert len({id(world.plans["reference"][0]) for world in worlds}) == 1
    assert all(found.at_revision(revision) is world for revision, world in enumerate(worlds, 2))


def test_a_publication_is_named_by_id_and_revision() -> None:
    world = edition(published(["reference", "reference", "gold"])).world
    known: set[Published] = {("reference", 1)}
    assert [*world.limited(known, set(), {}).plans] == ["reference"]


def test_plans_of_many_contracts_are_kept_within_bounds() -> None:
    plan = plan_of(commitment())
    metric = plan.commitments[0].metric
    customers = [str(number) for number in range(1, KEPT_CONTRACTED + 10)]
    agreements = tuple(
        Agreement(
            UUID(int=int(customer)),
            customer,
            "reference",
            LONG_AGO,
            None,
            LONG_AGO,
            seconds={metric: int(customer)},
            contract=customer,
        )
        for customer in customers
    )
    found = world(plan, agreements=agreements)
    for customer in customers:
        agreed = found.agreement_for(customer, LONG_AGO)
        judged = found.plan_for(agreed, LONG_AGO)
        assert judged is found.plan_for(agreed, LONG_AGO)
        assert judged.revision.plan.commitments[0].target.seconds == int(customer)
    assert len(found.contracted) == KEPT_CONTRACTED
