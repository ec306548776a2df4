"""Who pays, as a table of facts, and what holds for any facts."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warranty.domain.coverage import SCOPES, Cause, Coverage, CoverageFacts, TermFact, decide
from warranty.policy import CAUSES, DEFAULT_EXCLUSIONS

DAY = date(2027, 5, 1)
ITEM = {"product": "UPS-1", "technology": "ups", "module": "rack 1", "part": "FAN-1"}


def term(**own: Any) -> TermFact:
    told: dict[str, Any] = {
        "id": "t1",
        "scopes": SCOPES,
        "starts_on": date(2026, 4, 1),
        "ends_on": date(2028, 4, 1),
        "owed_until": None,
        "is_provisional": False,
        "waits_for": (),
        "source": "acceptance",
        "rule": "accepted + 24 months",
        "clause": "§1.2.3",
        **own,
    }
    return TermFact(**{"latest_on": told["ends_on"], **told})


def facts(**own: Any) -> CoverageFacts:
    told: dict[str, Any] = {
        "day": DAY,
        "is_accepted": True,
        "cause": None,
        "terms": [term()],
        "scope": {},
        "item": ITEM,
        "exclusions": DEFAULT_EXCLUSIONS,
        "is_consumable": False,
        "manufacturer_terms": {},
    }
    return CoverageFacts(**{**told, **own})


OVER = term(ends_on=date(2027, 4, 30))
LATER_OF = {"is_provisional": True, "waits_for": ("delivered",), "latest_on": None}
HOURS = {"is_provisional": True, "waits_for": ("hours(2000)",)}

TABLE = [
    ("in term, cause not known", {}, "free", "cause_not_known_yet"),
    ("in term, a defect", {"cause": Cause.DEFECT}, "free", "cause_covered"),
    ("in term, worn", {"cause": Cause.WEAR}, "free", "cause_covered"),
    ("in term, no fault found", {"cause": Cause.NO_FAULT}, "free", "cause_covered"),
    ("in term, misused", {"cause": Cause.MISUSE}, "chargeable", "cause_covered"),
    ("in term, force majeure", {"cause": Cause.FORCE_MAJEURE}, "chargeable", "cause_covered"),
    ("in term, changed by others", {"cause": Cause.THIRD_PARTY_MODIFICATION}, "chargeable", "cause_covered"),
    ("in term, used up", {"cause": Cause.CONSUMABLE}, "chargeable", "cause_covered"),
    ("in term, to be looked at", {"cause": Cause.UNCLEAR}, "undetermined", "cause_needs_a_person"),
    ("a consumable part", {"is_consumable": True}, "chargeable", "consumable"),
    (
        "a consumable part under a contract that covers them",
        {"is_consumable": True, "exclusions": frozenset()},
        "free",
        "cause_not_known_yet",
    ),
    (
        "wear, excluded by contract",
        {"cause": Cause.WEAR, "exclusions": frozenset({"wear"})},
        "chargeable",
        "",
    ),
    ("on the first day", {"day": date(2026, 4, 1)}, "free", "in_term"),
    ("on the last day", {"day": date(2028, 4, 1)}, "free", "in_term"),
    ("the day after", {"day": date(2028, 4, 2)}, "chargeable", "phone_advice_free"),
    ("after the term, a defect", {"terms": [OVER], "cause": Cause.DEFECT}, "chargeable", "phone_advice_free"),
    ("out of term, to be looked at", {"terms": [OVER], "cause": Cause.UNCLEAR}, "chargeable", ""),
    ("no term at all", {"terms": []}, "chargeable", "no_term"),
    ("before acceptance", {"is_accepted": False, "terms": []}, "free", "not_accepted_yet"),
    (
        "before acceptance, decided after it",
        {"is_accepted": False, "day": date(2026, 3, 1)},
        "free",
        "not_accepted_yet",
    ),
    ("before acceptance, misused", {"is_accepted": False, "cause": Cause.MISUSE}, "chargeable", ""),
    ("goodwill", {"terms": [term(owed_until=date(2027, 4, 1))]}, "goodwill", "in_term"),
    ("still owed, goodwill beyond", {"terms": [term(owed_until=date(2027, 6, 1))]}, "free", "in_term"),
    (
        "goodwill, misused",
        {"terms": [term(owed_until=date(2027, 4, 1))], "cause": Cause.MISUSE},
        "chargeable",
        "",
    ),
    ("nothing known of the end", {"terms": [term(ends_on=None, **LATER_OF)]}, "undetermined", "in_term"),
    (
        "beyond an end that may be put off",
        {"terms": [term(ends_on=date(2027, 4, 1), **LATER_OF)]},
        "undetermined",
        "in_term",
    ),
    (
        "before an end that may be put off",
        {"terms": [term(ends_on=date(2027, 6, 1), **LATER_OF)]},
        "free",
        "in_term",
    ),
    (
        "beyond an end that may only come earlier",
        {"terms": [term(ends_on=date(2027, 4, 1), **HOURS)]},
        "chargeable",
        "in_term",
    ),
    (
        "by hours alone, not reached",
        {"terms": [term(ends_on=None, latest_on=None, **HOURS)]},
        "free",
        "in_term",
    ),
    ("named by the contract", {"scope": {"parts": ["FAN-1"], "products": ["UPS-1"]}}, "free", "in_scope"),
    ("named in small letters", {"scope": {"parts": ["fan-1"], "products": ["Ups-1"]}}, "free", "in_scope"),
    ("not named by the contract", {"scope": {"parts": ["BATTERY"]}}, "chargeable", "in_scope"),
    ("another technology", {"scope": {"technologies": ["cooling"]}}, "chargeable", "in_scope"),
    (
        "parts named, nobody knows which part",
        {"scope": {"parts": ["FAN-1"]}, "item": {**ITEM, "part": None, "module": None}},
        "undetermined",
        "in_scope",
    ),
    (
        "a third party's product with its maker's terms",
        {"manufacturer_terms": {"maker": "Northern Power", "summary": "return to base"}},
        "free",
        "manufacturer_terms",
    ),
    ("parts in term, labour over", {"terms": [term(scopes=("parts",))]}, "chargeable", "no_term"),
]


@pytest.mark.parametrize(("name", "own", "coverage", "rule"), TABLE, ids=[row[0] for row in TABLE])
def test_who_pays(name: str, own: dict[str, Any], coverage: str, rule: str):
    found = decide(facts(**own))
    assert found.coverage == coverage, name
    assert not rule or rule in {one.rule for one in found.reasons}


def test_parts_labour_and_travel_are_decided_one_by_one():
    terms = [term(scopes=("parts",)), term(id="t2", scopes=("labour",), ends_on=date(2027, 4, 1))]
    found = decide(facts(terms=terms))
    assert found.by_scope == {"parts": "free", "labour": "chargeable", "travel": "chargeable"}
    assert found.coverage == "chargeable"


def test_what_is_owed_speaks_before_what_is_given():
    given = term(id="a", owed_until=date(2027, 1, 1))
    owed = term(id="b")
    assert decide(facts(terms=[given, owed])).coverage == "free"


def test_every_cause_of_a_ticket_is_mapped():
    assert set(CAUSES.values()) <= set(Cause)


days = st.dates(date(2026, 1, 1), date(2029, 12, 31))
ends = st.none() | days


@st.composite
def terms(draw: st.DrawFn) -> TermFact:
    ends_on = draw(ends)
    is_provisional = ends_on is None or draw(st.booleans())
    waits = draw(st.sampled_from([("delivered",), ("hours(5)",), ("hours(5)", "delivered")]))
    return term(
        id=draw(st.sampled_from("abcdef")),
        scopes=draw(st.sampled_from([SCOPES, ("parts",), ("labour", "travel")])),
        starts_on=draw(days),
        ends_on=ends_on,
        owed_until=None if ends_on is None else draw(ends),
        latest_on=draw(st.none() | st.just(ends_on)) if is_provisional else ends_on,
        is_provisional=is_provisional,
        waits_for=waits if is_provisional else (),
    )


causes = st.none() | st.sampled_from(Cause)
any_facts = st.builds(
    facts,
    day=days,
    is_accepted=st.booleans(),
    cause=causes,
    terms=st.lists(terms(), max_size=4, unique_by=lambda one: one.id),
    scope=st.sampled_from([{}, {"parts": ["FAN-1"]}, {"parts": ["OTHER"]}]),
    item=st.sampled_from([ITEM, {**ITEM, "part": None}]),
    exclusions=st.frozensets(st.sampled_from([cause.value for cause in Cause])),
    is_consumable=st.booleans(),
)
RANK = {Coverage.CHARGEABLE: 0, Coverage.UNDETERMINED: 1, Coverage.GOODWILL: 2, Coverage.FREE: 3}


@given(any_facts, st.randoms())
def test_the_same_facts_in_any_order_decide_the_same(given_facts: CoverageFacts, random: Any):
    shuffled = list(given_facts.terms)
    random.shuffle(shuffled)
    again = decide(replace(given_facts, terms=shuffled))
    first = decide(given_facts)
    assert (again.coverage, again.by_scope) == (first.coverage, first.by_scope)
    assert decide(given_facts) == first


@given(any_facts, terms())
def test_another_term_never_makes_the_customer_pay(given_facts: CoverageFacts, more: TermFact):
    added = decide(replace(given_facts, terms=[*given_facts.terms, replace(more, id="z")]))
    before = decide(given_facts)
    for scope in SCOPES:
        assert RANK[added.by_scope[scope]] >= RANK[before.by_scope[scope]]


@given(any_facts, st.sampled_from([cause.value for cause in Cause]))
def test_another_exclusion_never_makes_it_free(given_facts: CoverageFacts, excluded: str):
    narrower = decide(replace(given_facts, exclusions=given_facts.exclusions | {excluded}))
    before = decide(given_facts)
    for scope in SCOPES:
        assert RANK[narrower.by_scope[scope]] <= RANK[before.by_scope[scope]]


@given(any_facts, st.integers(1, 400))
def test_longer_terms_never_make_the_customer_pay(given_facts: CoverageFacts, more: int):
    def longer(one: TermFact) -> TermFact:
        add = timedelta(days=more)
        return replace(
            one, ends_on=one.ends_on and one.ends_on + add, latest_on=one.latest_on and one.latest_on + add
        )

    later = decide(replace(given_facts, terms=[longer(one) for one in given_facts.terms]))
    before = decide(given_facts)
    for scope in SCOPES:
        if before.by_scope[scope] is Coverage.FREE:
            assert later.by_scope[scope] is Coverage.FREE


@given(any_facts)
def test_every_decision_says_why(given_facts: CoverageFacts):
    found = decide(given_facts)
    assert all(one.clause.startswith("§") for one in found.reasons)
    if found.coverage is Coverage.UNDETERMINED:
        assert any(one.holds is None for one in found.reasons)
    if found.coverage is Coverage.CHARGEABLE:
        assert any(one.holds is False for one in found.reasons)
