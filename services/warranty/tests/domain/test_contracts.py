"""Contracts: every state with every action, what may still change, and the tender's requirements."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Conflict, Forbidden, Invalid
from warranty.domain import contracts as rules
from warranty.domain.contracts import LIFECYCLE, ContractState, RequirementStatus
from warranty.domain.labels import LABELS

ALLOWED = {"draft": "activate setRequirement", "active": "setRequirement terminate", "ended": ""}
LANDS = {"activate": "active", "terminate": "ended"}
TOLD = [{"id": "spares", "text": "Spares in the city."}, {"id": "training", "text": "Two courses."}]
CODES = st.sampled_from(["spares", "training", "hotline", "drill"])


@pytest.mark.parametrize("state", list(ContractState))
@pytest.mark.parametrize("action", list(LIFECYCLE.transitions))
def test_every_state_with_every_action(state: str, action: str) -> None:
    if action in ALLOWED[state].split():
        assert LIFECYCLE.ask(action, state).lands_in(state) == LANDS.get(action, state)
        return
    with pytest.raises(Conflict) as refusal:
        LIFECYCLE.ask(action, state)
    assert refusal.value.code == "invalid-state-transition"
    assert refusal.value.facts["allowed_actions"] == LIFECYCLE.allowed(state)


def test_the_table_knows_every_state() -> None:
    assert set(LIFECYCLE.states) == set(ContractState) == set(ALLOWED)


@pytest.mark.parametrize("action", ["activate", "terminate"])
def test_only_managers_bind_and_release(action: str) -> None:
    with pytest.raises(Forbidden):
        LIFECYCLE.check_permission(action, frozenset({"lead"}), is_customer=False)
    LIFECYCLE.check_permission(action, frozenset({"manager"}), is_customer=False)


@pytest.mark.parametrize("action", list(LIFECYCLE.transitions))
def test_a_customer_signs_nothing_here(action: str) -> None:
    with pytest.raises(Forbidden):
        LIFECYCLE.check_permission(action, frozenset({"customer"}), is_customer=True)


@pytest.mark.parametrize(
    ("state", "fields", "code"),
    [
        ("draft", {"plan_id", "starts_on", "requirements"}, None),
        ("active", {"ends_on", "rates", "manufacturer_terms", "inspections_per_year"}, None),
        ("active", {"ends_on", "plan_id"}, "contract-in-force"),
        ("active", {"requirements"}, "contract-in-force"),
        ("ended", {"ends_on"}, "contract-ended"),
    ],
)
def test_what_was_signed_stands(state: str, fields: set[str], code: str | None) -> None:
    if code is None:
        rules.check_editable(state, fields)
        return
    with pytest.raises(Conflict) as refusal:
        rules.check_editable(state, fields)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("ends_on", "is_sound"), [(None, True), (date(2026, 3, 2), True), (date(2026, 3, 1), False)]
)
def test_a_contract_lasts_a_day_at_least(ends_on: date | None, *, is_sound: bool) -> None:
    if is_sound:
        rules.check_period(date(2026, 3, 2), ends_on)
        return
    with pytest.raises(Invalid):
        rules.check_period(date(2026, 3, 2), ends_on)


def test_a_requirement_begins_unanswered() -> None:
    [spares, training] = rules.requirements_of(TOLD)
    assert spares == {**TOLD[0], **rules.UNANSWERED}
    assert training["status"] == RequirementStatus.OPEN


def test_a_requirement_stands_there_once() -> None:
    with pytest.raises(Invalid) as refusal:
        rules.requirements_of([*TOLD, TOLD[0]])
    assert (refusal.value.code, refusal.value.pointer) == ("requirement-repeated", "#/requirements/2/id")


def answer(status: str, evidence: str | None) -> dict[str, str | None]:
    return {"status": status, "evidence": evidence, "answered_at": "2026-03-02", "answered_by": "m"}


@given(st.lists(CODES, unique=True), st.lists(CODES, unique=True))
def test_what_was_answered_stays_answered_when_the_list_is_corrected(old: list[str], new: list[str]) -> None:
    known = rules.requirements_of([{"id": code, "text": "before"} for code in old])
    for code in old:
        known = rules.with_requirement(known, code, **answer("met", "report"))
    kept = rules.requirements_of([{"id": code, "text": "after"} for code in new], known)
    assert [one["id"] for one in kept] == new
    assert all(one["text"] == "after" for one in kept)
    assert {one["id"] for one in kept if one["status"] == "met"} == set(old) & set(new)


@pytest.mark.parametrize(
    ("status", "evidence", "code"),
    [
        ("met", "Stock list of May", None),
        ("met", None, "evidence-missing"),
        ("waived", "Letter 17", None),
        ("waived", None, "evidence-missing"),
        ("open", None, None),
    ],
)
def test_a_requirement_is_answered_with_evidence(status: str, evidence: str | None, code: str | None) -> None:
    known = rules.requirements_of(TOLD)
    if code is None:
        [spares, training] = rules.with_requirement(known, "spares", **answer(status, evidence))
        assert (spares["status"], spares["evidence"], spares["answered_by"]) == (status, evidence, "m")
        assert training == known[1]
        return
    with pytest.raises(Invalid) as refusal:
        rules.with_requirement(known, "spares", **answer(status, evidence))
    assert refusal.value.code == code


def test_an_unknown_requirement_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        rules.with_requirement(rules.requirements_of(TOLD), "lunch", **answer("open", None))
    assert refusal.value.code == "requirement-unknown"


@pytest.mark.parametrize(
    ("least", "most", "is_sound"),
    [(30, None, True), (None, 5, True), (5, 5, True), (None, None, True), (6, 5, False)],
)
def test_a_figure_of_the_bid_can_be_met(least: float | None, most: float | None, *, is_sound: bool) -> None:
    figures = [{"item": "Ripple"}, {"item": "Autonomy", "required_min": least, "required_max": most}]
    if is_sound:
        rules.check_figures(figures)
        return
    with pytest.raises(Invalid) as refusal:
        rules.check_figures(figures)
    assert (refusal.value.code, refusal.value.pointer) == ("figure-range-empty", "#/bid_figures/1")


@pytest.mark.parametrize(
    ("vocabulary", "codes"),
    [
        ("contract_state", ContractState),
        ("contract_action", LIFECYCLE.transitions),
        ("requirement_status", RequirementStatus),
    ],
)
def test_every_code_has_its_labels(vocabulary: str, codes: object) -> None:
    assert set(LABELS[vocabulary]) == set(codes)
