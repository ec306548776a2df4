"""What holds for any rule and any history: replacing takes nothing away, reading gives back what is written."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Invalid
from warranty.domain.terms.chain import Link, ends
from warranty.domain.terms.civil import plus_months
from warranty.domain.terms.ending import (
    Ending,
    ItemFacts,
    carried,
    ending,
    extended,
    prolonged,
    restarted,
    settled,
)
from warranty.domain.terms.meters import Reading, check_between, limits, reached
from warranty.domain.terms.reading import read_rule, read_terms, read_written
from warranty.domain.terms.replaced import carried_on, renewed
from warranty.domain.terms.rules import (
    At,
    EarlierOf,
    GreaterOf,
    Hours,
    Later,
    LaterOf,
    Length,
    Milestone,
    On,
    Remainder,
    Rule,
    Unit,
    written,
)
from warranty.domain.terms.terms import ScopedRule, Source, minimum_of, rules_of

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
lengths = st.builds(Length, st.integers(1, 60), st.sampled_from(Unit))
spans = st.recursive(
    lengths | st.just(Remainder()),
    lambda inner: st.builds(GreaterOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=4,
)
points = st.recursive(
    st.builds(At, st.sampled_from(Milestone))
    | st.builds(On, days)
    | st.builds(Hours, st.integers(1, 50_000)),
    lambda inner: (
        st.builds(Later, inner, spans)
        | st.builds(EarlierOf, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(LaterOf, st.lists(inner, min_size=1, max_size=3).map(tuple))
    ),
    max_leaves=6,
)
rules = st.builds(Rule, points, st.booleans())
milestones = st.dictionaries(st.sampled_from(Milestone), days)


@given(rules)
def test_reading_gives_back_what_is_written(rule: Rule):
    text = written(rule)
    if len(text) <= 500:
        assert read_rule(text) == rule


@given(rules, days, days)
def test_a_full_term_anew_is_never_shorter_than_what_was_left(rule: Rule, replaced_on: date, left: date):
    found = restarted(rule, replaced_on, settled(left))
    assert found.on is not None
    assert found.on >= left
    whole = ending(rule, ItemFacts(dict.fromkeys(Milestone, replaced_on), settled(left)))
    assert whole.on is None or found.on >= whole.on


@given(rules, days, st.none() | days)
def test_the_rule_of_what_took_anothers_place_ends_as_the_contract_has_it(
    rule: Rule, replaced_on: date, left: date | None
):
    previous = None if left is None else settled(left)
    holds = renewed(rule, has_remainder=left is not None)
    assert restarted(holds, replaced_on, previous) == restarted(rule, replaced_on, previous)
    assert read_written(written(holds)) == holds


@pytest.mark.parametrize(
    ("rule", "has_remainder", "expected"),
    [
        ("accepted + 24 months", True, "replaced + greater_of(24 months, remainder)"),
        ("accepted + 24 months", False, "replaced + 24 months"),
        ("accepted + 24 months exclusive", True, "replaced + 24 months exclusive"),
        (
            "earlier_of(accepted + 24 months, later_of(shipped, 2026-01-01) + 30 months, hours(9000))",
            True,
            "earlier_of(replaced + 24 months, later_of(replaced, 2026-01-01) + 30 months, hours(9000))",
        ),
    ],
)
def test_what_took_anothers_place_counts_from_that(rule: str, has_remainder: bool, expected: str):
    assert written(renewed(read_rule(rule), has_remainder=has_remainder)) == expected


def test_an_ordinary_part_carries_on_what_was_left():
    assert written(carried_on(None)) == "replaced + remainder"
    assert written(carried_on(minimum_of({}, 3))) == "replaced + greater_of(3 months, remainder)"


@given(st.none() | rules, days, days)
def test_an_ordinary_part_is_never_covered_shorter_than_what_was_left(
    minimum: Rule | None, replaced_on: date, left: date
):
    found = carried(minimum, replaced_on, settled(left))
    assert found.on is not None
    assert found.on >= left


@given(rules, milestones)
def test_what_is_settled_waits_for_nothing_and_what_waits_is_bounded(rule: Rule, known: dict):
    found = ending(rule, ItemFacts(known))
    assert found.is_provisional == bool(found.waits_for)
    if not found.is_provisional:
        assert found.on == found.latest is not None
    if found.on is not None and found.latest is not None:
        assert found.on <= found.latest


@given(rules, milestones, st.sampled_from(Milestone), days)
def test_news_never_puts_an_end_beyond_its_bound(rule: Rule, known: dict, milestone: Milestone, day: date):
    before = ending(rule, ItemFacts(known))
    after = ending(rule, ItemFacts({milestone: day, **known}))
    if before.latest is not None:
        assert after.on is not None
        assert after.on <= before.latest
    assert set(after.waits_for) <= set(before.waits_for)


@given(days, st.integers(1, 400))
def test_months_count_from_the_day_itself(day: date, months: int):
    later = plus_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(days, days, st.integers(0, 90))
def test_a_held_item_loses_no_day(end: date, held_from: date, held: int):
    found = prolonged(settled(end), held_from, held_from + timedelta(days=held))
    assert found.on == (end if held_from > end else end + timedelta(days=held))


def test_a_held_item_may_end_any_later():
    found = prolonged(settled(date(2028, 4, 1)), date(2028, 3, 20), None)
    assert (found.on, found.latest, found.waits_for) == (date(2028, 4, 1), None, ("returned",))
    assert prolonged(settled(date(2028, 4, 1)), date(2028, 4, 2), None) == settled(date(2028, 4, 1))


START = Link(Source.ACCEPTANCE, read_rule("accepted + 24 months"), date(2026, 4, 1))


def link(source: Source, **own: object) -> Link:
    return Link(source, START.rule, START.starts_on, **own)


@pytest.mark.parametrize(
    ("links", "given_until", "owed_until"),
    [
        ([], date(2028, 4, 1), date(2028, 4, 1)),
        ([link(Source.EXTENSION, months=12)], date(2029, 4, 1), date(2029, 4, 1)),
        ([link(Source.GOODWILL, months=6)], date(2028, 10, 1), date(2028, 4, 1)),
        (
            [link(Source.GOODWILL, months=6), link(Source.EXTENSION, months=12)],
            date(2029, 10, 1),
            date(2029, 4, 1),
        ),
        (
            [
                link(Source.SUSPENSION, held_from=date(2026, 5, 1)),
                link(Source.SUSPENSION, held_from=date(2026, 5, 1), held_to=date(2026, 5, 11)),
            ],
            date(2028, 4, 11),
            date(2028, 4, 11),
        ),
        (
            [
                link(Source.SUSPENSION, held_from=date(2026, 5, 1)),
                link(Source.GOODWILL, months=1),
                link(Source.SETTLEMENT),
                link(Source.SUSPENSION, held_from=date(2026, 5, 1), held_to=date(2026, 5, 11)),
            ],
            date(2028, 5, 11),
            date(2028, 4, 11),
        ),
        (
            [link(Source.GOODWILL, months=36), Link(Source.RESTART, START.rule, date(2027, 1, 1))],
            date(2031, 4, 1),
            date(2029, 1, 1),
        ),
        (
            [
                Link(
                    Source.REMAINDER,
                    START.rule,
                    date(2028, 3, 20),
                    minimum=read_rule("greater_of(90 days, remainder)"),
                )
            ],
            date(2028, 6, 18),
            date(2028, 6, 18),
        ),
    ],
)
def test_a_chain_ends_as_its_links_say(links: list[Link], given_until: date, owed_until: date):
    facts = ItemFacts({Milestone.ACCEPTED: date(2026, 4, 1)})
    found = ends([Link(START.source, START.rule, START.starts_on, facts), *links])
    assert (found.given.on, found.owed.on) == (given_until, owed_until)


def test_an_extension_of_a_provisional_end_moves_with_it():
    rule = read_rule("later_of(accepted + 12 months, delivered + 18 months)")
    known = {Milestone.ACCEPTED: date(2026, 6, 1)}
    bought = link(Source.EXTENSION, months=6)

    def found(facts: dict[Milestone, date]) -> Ending:
        return ends([Link(Source.ACCEPTANCE, rule, date(2026, 6, 1), ItemFacts(facts)), bought]).given

    assert (found(known).on, found(known).is_provisional) == (date(2027, 12, 1), True)
    assert found({**known, Milestone.DELIVERED: date(2026, 2, 1)}) == settled(date(2028, 2, 1))


@given(st.lists(st.tuples(days, st.integers(0, 30_000)), max_size=8), st.integers(1, 30_000))
def test_a_limit_is_reached_by_the_first_reading_that_shows_it(shown: list, limit: int):
    readings = [Reading(day, hours) for day, hours in shown]
    found = reached([limit], readings)
    later = [one.on for one in readings if one.hours >= limit]
    assert found == ({limit: min(later)} if later else {})


def test_hours_of_a_component_count_from_its_installation():
    readings = [Reading(date(2026, 5, 1), 900), Reading(date(2026, 6, 1), 1_100)]
    assert reached([200], readings, since=900) == {200: date(2026, 6, 1)}
    assert reached([500], readings, since=900) == {}
    assert limits(read_rule("later_of(earlier_of(hours(5), accepted), hours(7) + 1 day)")) == {5, 7}


@pytest.mark.parametrize(("hours", "before", "after"), [(9, 10, None), (21, 10, 20), (21, None, 20)])
def test_a_meter_never_runs_backwards(hours: int, before: int | None, after: int | None):
    with pytest.raises(Invalid, match="meter-runs-backwards"):
        check_between(hours, before, after, "#/hours")
    check_between(15, 10, 20, "#/hours")


def test_parts_labour_and_travel_have_rules_of_their_own():
    terms = {
        "labour": "accepted + 12 months",
        "travel": "90 days",
        "components": {"FAN-1": "accepted + 6 months"},
    }
    assert [(one.scopes, one.text) for one in rules_of(terms, 24, None)] == [
        (("parts",), "accepted + 24 months"),
        (("labour",), "accepted + 12 months"),
        (("travel",), "replaced + 90 days"),
    ]
    assert rules_of(terms, 24, "fan-1") == rules_of(terms, 24, "FAN-1")
    assert [(one.scopes, one.text) for one in rules_of(terms, 24, "FAN-1")] == [
        (("parts", "labour", "travel"), "accepted + 6 months")
    ]
    assert len(rules_of(terms, 24, "FAN-2")) == 3


def test_the_minimum_of_ordinary_parts_comes_from_the_contract():
    assert minimum_of({}, None) is None
    months = minimum_of({}, 3)
    own = minimum_of({"ordinary_part": "greater_of(90 days, remainder)"}, 3)
    assert months is not None
    assert own is not None
    assert ScopedRule(months, ()).text == "replaced + greater_of(3 months, remainder)"
    assert ScopedRule(own, ()).text == "replaced + greater_of(90 days, remainder)"


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("accepted + soon", 16),
        ("accepted +", 11),
        ("accepted 12 months", 9),
        ("earlier_of(accepted", 20),
        ("hours(0)", 8),
        ("hours(99999999)", 15),
        ("accepted + 101 years", 21),
        ("accepted + 0 days", 18),
        ("2026-02-30", 11),
        ("0001-01-01 exclusive", 11),
        ("accepted + 12 moons", 20),
        ("earlier_of(" * 11 + "accepted" + ")" * 11, 121),
        ("accepted" + " + 1 day" * 70, 1),
    ],
)
def test_what_cannot_be_read_says_where(text: str, position: int):
    with pytest.raises(Invalid) as refused:
        read_rule(text)
    assert (refused.value.code, refused.value.facts["position"]) == ("term-rule-unreadable", position)


def test_a_contracts_rules_are_pointed_at():
    with pytest.raises(Invalid) as refused:
        read_terms({"parts": "accepted", "components": {"FAN-1": "never"}})
    assert refused.value.pointer == "#/terms/components/FAN-1"


@given(days, st.integers(1, 24))
def test_an_extension_adds_its_months(end: date, months: int):
    assert extended(settled(end), months).on == plus_months(end, months)
