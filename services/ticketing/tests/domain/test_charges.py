"""Who pays a charge line, what it comes to, and which decision counts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.domain.charges import ChargeKind, Line, Payer, PayerReason, amount_of, payer_of
from ticketing.domain.coverage import Coverage, Decided, is_newer

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
LINES = st.builds(Line, st.sampled_from(ChargeKind), st.booleans(), st.booleans(), st.booleans())
SCOPES = st.fixed_dictionaries(
    {kind.value: st.sampled_from([c.value for c in Coverage]) for kind in ChargeKind}
)


def line(kind: ChargeKind, *, again: bool = False, replaced: bool = False, asset: bool = True) -> Line:
    return Line(kind, is_redispatch=again, is_engineer_replaced=replaced, has_asset=asset)


@pytest.mark.parametrize(
    ("outcome", "payer", "reason"),
    [
        ("free", Payer.VENDOR, PayerReason.COVERED),
        ("goodwill", Payer.VENDOR, PayerReason.GOODWILL),
        ("chargeable", Payer.CUSTOMER, PayerReason.NOT_COVERED),
        ("undetermined", Payer.UNDETERMINED, PayerReason.DECISION_OPEN),
    ],
)
def test_the_decision_on_the_lines_own_scope_says_who_pays(
    outcome: str, payer: Payer, reason: PayerReason
) -> None:
    other = "free" if outcome == "chargeable" else "chargeable"
    for kind in ChargeKind:
        scopes = {one.value: outcome if one is kind else other for one in ChargeKind}
        assert payer_of(line(kind), scopes) == (payer, reason)


def test_a_second_dispatch_is_charged_at_actual_cost_but_for_parts() -> None:
    scopes = dict.fromkeys(ChargeKind, "chargeable")
    found = {kind: payer_of(line(kind, again=True), scopes)[1] for kind in ChargeKind}
    assert found == {
        ChargeKind.TRAVEL: PayerReason.REDISPATCH,
        ChargeKind.LABOUR: PayerReason.REDISPATCH,
        ChargeKind.PARTS: PayerReason.NOT_COVERED,
    }
    assert payer_of(line(ChargeKind.TRAVEL, again=True, asset=False), None)[0] is Payer.CUSTOMER
    assert payer_of(line(ChargeKind.TRAVEL, again=True), None)[0] is Payer.UNDETERMINED


@given(LINES, SCOPES | st.none())
def test_a_customer_never_pays_a_replaced_engineer_or_what_is_free(
    one: Line, scopes: dict[str, str] | None
) -> None:
    payer, _ = payer_of(one, scopes)
    if one.is_engineer_replaced or (scopes and scopes[one.kind] in ("free", "goodwill")):
        assert payer is Payer.VENDOR


@given(st.decimals("0.001", "999999999", places=3), st.decimals("0", "999999999999.99", places=2))
def test_an_amount_is_within_half_a_cent_of_the_product(quantity: Decimal, price: Decimal) -> None:
    amount = amount_of(quantity, price)
    assert abs(amount - quantity * price) <= Decimal("0.005")
    assert amount.as_tuple().exponent == -2


def test_the_last_of_several_decisions_stands_in_any_order() -> None:
    def made(n: int, minutes: int, version: int = 1) -> Decided:
        at = NOW + timedelta(minutes=minutes)
        return Decided(UUID(int=n), UUID(int=9), version, at, "free", {}, ())

    decisions = [made(1, 0), made(2, 1), made(1, 2, version=2), made(3, 2)]
    for order in permutations(decisions):
        standing = None
        for one in order:
            if is_newer(one, standing):
                standing = (one.decided_at, one.decision_id, one.version)
        assert standing == (NOW + timedelta(minutes=2), UUID(int=3), 1)
