"""Search terms, suggestions, texts and labels."""

import string
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import search
from ticketing.domain import (
    charges,
    coverage,
    directory,
    escalation,
    severity,
    support,
    tickets,
    visits,
)
from ticketing.domain.labels import LABELS
from ticketing.domain.messages import MESSAGES
from ticketing.policy import POLICY

TEXT = st.text(alphabet="核心交换机宕机 abcXYZ019-,。", max_size=60)


@pytest.mark.parametrize(
    ("text", "query", "is_found"),
    [
        ("核心交换机宕机", "交换机", True),
        ("核心交换机宕机", "换交", False),
        ("核心交换机宕机", "机", True),
        ("Core SWITCH down", "switch", True),
        ("Core SWITCH down", "swi", False),
        ("UPS电源告警2026", "电源", True),
        ("UPS电源告警2026", "ups", True),
        ("INC-2026-000123 x", "000123", True),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "full width", True),
    ],
)
def test_what_is_found(text: str, query: str, *, is_found: bool) -> None:
    assert (set(search.query_terms(query)) <= set(search.terms(text))) is is_found


@given(TEXT, st.integers(0, 60))
def test_any_word_is_found(text: str, at: int) -> None:
    words = text.replace(",", " ").replace("。", " ").replace("-", " ").split()
    if words:
        assert set(search.query_terms(words[at % len(words)])) <= set(search.terms(text))


def test_terms_are_bounded() -> None:
    assert (
        len(search.terms(" ".join("".join(p) for p in product(string.ascii_lowercase, repeat=3))))
        == search.MAX_TERMS
    )


def test_every_answer_suggests_a_level_and_every_level_a_route() -> None:
    assert set(severity.SUGGESTED_LEVEL) == set(product(severity.Extent, severity.Impact))
    assert set(severity.SUGGESTED_ROUTE) == set(product(tickets.Kind, severity.LEVELS))


@pytest.mark.parametrize(
    ("vocabulary", "codes"),
    [
        ("ticket_kind", tickets.Kind),
        ("ticket_state", tickets.State),
        ("ticket_action", tickets.LIFECYCLE.transitions),
        ("channel", tickets.Channel),
        ("response_case", tickets.ResponseCase),
        ("route", tickets.Route),
        ("locality", tickets.Locality),
        ("wait_reason", tickets.WaitReason),
        ("cause_code", tickets.Cause),
        ("coverage", coverage.Coverage),
        ("directory_issue", directory.Issue),
        ("charge_kind", charges.ChargeKind),
        ("charge_state", charges.ChargeState),
        ("charge_action", charges.LIFECYCLE.transitions),
        ("payer", charges.Payer),
        ("payer_reason", charges.PayerReason),
        ("visit_state", visits.VisitState),
        ("visit_action", visits.LIFECYCLE.transitions),
        ("visit_check", visits.Check),
        ("support_session_kind", support.SessionKind),
        ("support_session_state", support.SessionState),
        ("support_outcome", support.Outcome),
        ("consent_scope", support.ConsentScope),
        ("escalation_step", POLICY.ladder),
        ("escalation_cause", escalation.EscalationCause),
    ],
)
def test_every_code_has_its_labels(vocabulary: str, codes: object) -> None:
    assert set(LABELS[vocabulary]) == set(codes)


def test_every_text_stands_in_both_languages() -> None:
    for code, message in MESSAGES.items():
        slots = {field for _, field, _, _ in string.Formatter().parse(message.detail_en) if field}
        assert slots == {f for _, f, _, _ in string.Formatter().parse(message.detail_zh) if f}, code
        assert all((message.title_zh, message.title_en, message.detail_zh, message.detail_en))


def test_the_step_must_be_on_the_ladder() -> None:
    with pytest.raises(Exception, match="unknown-escalation-step"):
        escalation.check_step("janitor", POLICY.ladder)
    assert POLICY.unresolved_visit_step in POLICY.ladder
