"""The rules of claims: every state with every action, disputes, the check, pieces, quotes, claims upstream."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Conflict, Forbidden, Invalid
from common.lifecycle import Lifecycle
from warranty.domain import claims, disputes, fulfilment, quotes, upstream
from warranty.domain.fulfilment import Issued, NewUnit, Swap
from warranty.domain.labels import LABELS
from warranty.domain.quotes import Item, LineKind
from warranty.policy import DISPUTE_LADDER

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LOOKED_AT = "linkTicket reportOutOfOperation answerLoanerOffer assess"
AGREED = "linkTicket reportOutOfOperation answerLoanerOffer reserveParts addParts startRepair ship"
TAKES = {
    "claim_state": {
        "opened": f"{LOOKED_AT} withdraw cancel",
        "assessed": f"{LOOKED_AT} approve reject escalateDispute withdraw cancel",
        "appealed": f"{LOOKED_AT} escalateDispute withdraw",
        "approved": f"{AGREED} refund withdraw cancel",
        "rejected": "linkTicket acceptRejection appeal escalateDispute settleDispute withdraw",
        "parts_reserved": f"{AGREED} withdraw cancel",
        "in_repair": "linkTicket reportOutOfOperation answerLoanerOffer addParts fulfil cancel",
        "shipped": "linkTicket reportOutOfOperation answerLoanerOffer fulfil cancel",
        "fulfilled": "receiveReturn close",
        "returned": "close",
        "closed": "",
        "withdrawn": "",
        "cancelled": "",
    },
    "quote_state": {
        "draft": "offer withdraw",
        "offered": "accept decline withdraw expire",
        "accepted": "",
        "declined": "",
        "withdrawn": "",
        "expired": "accept",
    },
    "upstream_claim_state": {
        "draft": "submit close",
        "submitted": "accept reject",
        "accepted": "recover close",
        "rejected": "submit close",
        "recovered": "recover close",
        "closed": "",
    },
}
LANDS = {
    "claim_state": {
        "assess": "assessed",
        "approve": "approved",
        "reject": "rejected",
        "acceptRejection": "closed",
        "appeal": "appealed",
        "settleDispute": "closed",
        "reserveParts": "parts_reserved",
        "startRepair": "in_repair",
        "ship": "shipped",
        "refund": "fulfilled",
        "fulfil": "fulfilled",
        "receiveReturn": "returned",
        "close": "closed",
        "withdraw": "withdrawn",
        "cancel": "cancelled",
    },
    "quote_state": {
        "offer": "offered",
        "accept": "accepted",
        "decline": "declined",
        "withdraw": "withdrawn",
        "expire": "expired",
    },
    "upstream_claim_state": {
        "submit": "submitted",
        "accept": "accepted",
        "reject": "rejected",
        "recover": "recovered",
        "close": "closed",
    },
}
LIFECYCLES = (claims.LIFECYCLE, quotes.LIFECYCLE, upstream.LIFECYCLE)
EVERY = [
    (one, state, action) for one in LIFECYCLES for state in TAKES[one.name] for action in one.transitions
]


@pytest.mark.parametrize(("lifecycle", "state", "action"), EVERY)
def test_every_state_with_every_action(lifecycle: Lifecycle, state: str, action: str):
    if action not in TAKES[lifecycle.name][state].split():
        with pytest.raises(Conflict) as refusal:
            lifecycle.ask(action, state)
        assert refusal.value.facts["allowed_actions"] == lifecycle.allowed(state)
        return
    assert lifecycle.ask(action, state).lands_in(state) == LANDS[lifecycle.name].get(action, state)


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda one: one.name)
def test_every_state_and_action_has_its_labels(lifecycle: Lifecycle):
    assert set(LABELS[lifecycle.name]) == set(lifecycle.states) == set(TAKES[lifecycle.name])
    actions = lifecycle.name.removesuffix("_state") + "_action"
    assert set(LABELS[actions]) == set(lifecycle.transitions)
    assert set(LABELS["dispute_step"]) == {step.code for step in DISPUTE_LADDER}


def test_only_leads_decide_and_only_the_customers_own_verbs_are_the_customers():
    may = claims.LIFECYCLE.may
    for role, actions in {
        "agent": "assess fulfil close startRepair",
        "engineer": "assess fulfil close startRepair",
        "stock": "ship reserveParts addParts receiveReturn",
        "lead": "approve reject cancel",
        "manager": "approve reject cancel refund settleDispute",
    }.items():
        assert all(may(one, frozenset({role}), is_customer=False) for one in actions.split())
    for role, actions in {
        "engineer": "approve reject cancel refund settleDispute",
        "stock": "approve assess fulfil",
        "lead": "refund settleDispute",
        "partner": "approve reject assess fulfil ship refund close cancel",
    }.items():
        assert not any(may(one, frozenset({role}), is_customer=False) for one in actions.split())
    allowed = {
        one for one in claims.LIFECYCLE.transitions if may(one, frozenset({"customer"}), is_customer=True)
    }
    assert allowed == {
        "reportOutOfOperation",
        "answerLoanerOffer",
        "acceptRejection",
        "appeal",
        "escalateDispute",
        "withdraw",
    }


def test_a_dispute_climbs_step_by_step_and_stays_on_the_last():
    standing = disputes.begun(DISPUTE_LADDER, NOON)
    assert (standing.level, standing.climbs_at) == (1, NOON + timedelta(hours=24))
    standing = disputes.climbed(DISPUTE_LADDER, 1, NOON)
    assert (standing.level, standing.climbs_at) == (2, NOON + timedelta(hours=48))
    standing = disputes.climbed(DISPUTE_LADDER, 2, NOON)
    assert (standing.level, standing.climbs_at) == (3, None)
    for level, code in ((3, "dispute-at-top"), (None, "no-dispute")):
        with pytest.raises(Conflict, match=code):
            disputes.climbed(DISPUTE_LADDER, level, NOON)


@pytest.mark.parametrize(
    ("level", "role", "may"),
    [
        (None, "lead", True),
        (1, "lead", True),
        (1, "manager", True),
        (2, "lead", False),
        (2, "manager", True),
        (3, "lead", False),
        (3, "admin", True),
    ],
)
def test_the_step_it_stands_on_decides(level: int | None, role: str, *, may: bool):
    if may:
        disputes.check_may_decide(DISPUTE_LADDER, level, frozenset({role}))
        return
    with pytest.raises(Forbidden, match="dispute-needs-role"):
        disputes.check_may_decide(DISPUTE_LADDER, level, frozenset({role}))


figures = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(-5, 5), st.integers(0, 5)).map(
        lambda one: {"item": one[0], "required_min": one[1], "required_max": one[1] + one[2]}
    ),
    max_size=4,
)
measurements = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(-8, 12)).map(lambda m: {"item": m[0], "measured": m[1]}),
    max_size=6,
)


@given(figures, measurements)
def test_a_check_passes_only_where_every_figure_was_measured_within_its_range(needed, measured):
    try:
        fulfilment.check_measured(measured, needed)
    except Invalid:
        passed = False
    else:
        passed = True
    told = {one["item"] for one in measured}
    complete = bool(measured) and all(one["item"] in told for one in needed)
    met = all(
        one["required_min"] <= m["measured"] <= one["required_max"]
        for one in needed
        for m in measured
        if m["item"] == one["item"]
    )
    assert passed == (complete and met)


PART, OTHER = UUID(int=1), UUID(int=2)
pieces = st.lists(
    st.builds(
        Issued,
        st.builds(UUID, int=st.integers(1, 9)),
        st.sampled_from([PART, OTHER]),
        st.sampled_from(["", "S1", "S2"]),
        st.just(""),
        st.integers(1, 3),
        st.none(),
    ),
    max_size=5,
)


@given(pieces, st.sampled_from([None, "S1", "S2"]))
def test_a_piece_is_taken_once_and_nothing_else_changes(issued, serial):
    count = sum(one.quantity for one in issued)
    try:
        taken, left = fulfilment.take(issued, PART, serial, None, "#/x")
    except Conflict:
        assert not any(one.part_id == PART and one.serial_number in {"", serial or ""} for one in issued)
        return
    assert (taken.part_id, taken.quantity) == (PART, 1)
    assert serial is None or taken.serial_number in {"", serial}
    assert sum(one.quantity for one in left) == count - 1
    assert [one for one in left if one.part_id == OTHER] == [one for one in issued if one.part_id == OTHER]


A, B = UUID(int=11), UUID(int=12)


@pytest.mark.parametrize(
    ("remedy", "component", "swaps", "unit", "code"),
    [
        ("replace", A, [Swap(A, PART)], None, None),
        ("replace", A, [Swap(B, PART)], None, "replacement-missing"),
        ("replace", A, [Swap(A, PART)], NewUnit("S"), "unit-not-approved"),
        ("replace", None, [], NewUnit("S"), None),
        ("replace", None, [], None, "unit-missing"),
        ("replace", None, [Swap(A, PART)], NewUnit("S"), "replaced-twice"),
        ("repair", None, [], None, None),
        ("repair", None, [Swap(A, PART), Swap(B, PART)], None, None),
        ("repair", None, [Swap(A, PART), Swap(A, PART)], None, "replaced-twice"),
        ("repair", A, [], NewUnit("S"), "unit-not-approved"),
    ],
)
def test_what_was_approved_is_replaced(remedy, component, swaps, unit, code):
    if code is None:
        fulfilment.check_replaced(remedy, component, swaps, unit)
        return
    with pytest.raises(Invalid, match=code):
        fulfilment.check_replaced(remedy, component, swaps, unit)


def line(kind: LineKind, quantity: str, price: str | None, currency: str = "CNY") -> Item:
    return Item(kind, Decimal(quantity), None if price is None else Decimal(price), currency, "x", "#/x")


def test_covered_lines_cost_nothing_and_the_rest_is_rounded_to_the_cent():
    items = [
        line(LineKind.PART, "2", "10.005"),
        line(LineKind.LABOUR, "1.5", "300"),
        line(LineKind.TRAVEL, "33.33", "2.5"),
    ]
    by_scope = {"parts": "chargeable", "labour": "free", "travel": "chargeable"}
    lines = quotes.priced(items, by_scope, "CNY")
    assert [str(one.amount) for one in lines] == ["20.01", "0", "83.33"]
    assert quotes.total(lines) == Decimal("103.34")


@pytest.mark.parametrize(
    ("item", "coverage", "code"),
    [
        (line(LineKind.PART, "1", None), "chargeable", "price-missing"),
        (line(LineKind.PART, "1", "1", "EUR"), "chargeable", "currency-differs"),
        (line(LineKind.PART, "1", "1"), "undetermined", "coverage-open"),
        (line(LineKind.PART, "99999", "999999999999.99"), "chargeable", "amount-too-large"),
    ],
)
def test_what_cannot_be_priced_is_refused(item: Item, coverage: str, code: str):
    with pytest.raises((Conflict, Invalid), match=code):
        quotes.priced([item], {"parts": coverage}, "CNY")


@given(st.lists(st.integers(1, 400), max_size=6))
def test_no_more_is_recovered_than_was_accepted(amounts):
    accepted, recovered = Decimal(1000), Decimal(0)
    for amount in map(Decimal, amounts):
        try:
            upstream.check_recovered(amount, recovered, accepted)
        except Conflict:
            assert recovered + amount > accepted
        else:
            recovered += amount
    assert recovered <= accepted


def test_a_claim_upstream_has_one_origin_and_a_real_amount():
    for both in (True, False):
        with pytest.raises(Invalid, match="upstream-origin"):
            upstream.check_origin(claim=both, defect=both)
    with pytest.raises(Invalid, match="amount-zero"):
        upstream.check_accepted(Decimal(0), Decimal(5))
    with pytest.raises(Invalid, match="accepted-too-much"):
        upstream.check_accepted(Decimal(6), Decimal(5))
    with pytest.raises(Invalid, match="upstream-currency"):
        upstream.check_currency("EUR", "CNY")
