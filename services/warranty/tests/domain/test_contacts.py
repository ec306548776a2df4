"""Contacts: every state with every action, and how authorisations add up."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Conflict, Forbidden, Invalid
from warranty.domain import contacts as rules
from warranty.domain.contacts import LIFECYCLE, ContactState, Period, granted
from warranty.policy import NUMBERING

TODAY = date(2026, 3, 2)
ALLOWED = {"active": "authorize withdrawAuthorization erase", "erased": ""}
DAYS = st.dates(date(2025, 1, 1), date(2028, 1, 1))


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(f"2026-{text}")


def period(first: str, last: str | None = None) -> Period:
    return Period(date.fromisoformat(f"2026-{first}"), day(last))


@pytest.mark.parametrize("state", list(ContactState))
@pytest.mark.parametrize("action", list(LIFECYCLE.transitions))
def test_every_state_with_every_action(state: str, action: str) -> None:
    if action in ALLOWED[state].split():
        assert LIFECYCLE.ask(action, state).lands_in(state) == ("erased" if action == "erase" else state)
        return
    with pytest.raises(Conflict) as refusal:
        LIFECYCLE.ask(action, state)
    assert refusal.value.facts["allowed_actions"] == []


@pytest.mark.parametrize("action", list(LIFECYCLE.transitions))
@pytest.mark.parametrize("role", ["agent", "engineer", "stock", "customer"])
def test_only_leads_decide_about_people(action: str, role: str) -> None:
    with pytest.raises(Forbidden):
        LIFECYCLE.check_permission(action, frozenset({role}), is_customer=role == "customer")
    LIFECYCLE.check_permission(action, frozenset({"lead"}), is_customer=False)


@pytest.mark.parametrize(
    ("standing", "told", "holds"),
    [
        (None, period("03-02"), period("03-02")),
        (period("01-01", "03-01"), period("06-01"), period("06-01")),
        (period("01-01", "12-31"), period("03-02", "06-30"), period("01-01", "06-30")),
        (period("01-01", "03-02"), period("03-03", "06-30"), period("01-01", "06-30")),
        (period("06-01", "12-31"), period("03-02", "05-31"), period("03-02", "05-31")),
        (period("01-01"), period("06-01"), period("01-01")),
        (period("01-01"), period("03-02", "03-02"), period("01-01", "03-02")),
    ],
)
def test_what_holds_after_another_grant(standing: Period | None, told: Period, holds: Period) -> None:
    assert granted(standing, told, TODAY) == holds


@pytest.mark.parametrize(
    ("standing", "told"),
    [
        (period("01-01", "03-31"), period("04-02")),
        (period("06-01", "12-31"), period("03-02", "05-30")),
    ],
)
def test_days_left_out_are_refused(standing: Period, told: Period) -> None:
    with pytest.raises(Conflict) as refusal:
        granted(standing, told, TODAY)
    assert refusal.value.code == "authorization-gap"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (period("03-05", "03-04"), "authorization-period-empty"),
        (period("01-01", "03-01"), "authorization-over"),
    ],
)
def test_a_period_that_covers_no_day_to_come(told: Period, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        granted(None, told, TODAY)
    assert refusal.value.code == code


@given(DAYS, DAYS | st.none(), DAYS, DAYS | st.none())
def test_a_grant_never_takes_back_a_day_it_covers(
    first: date, last: date | None, told_first: date, told_last: date | None
) -> None:
    standing = Period(first, last if last is None or last >= first else first)
    told = Period(told_first, told_last)
    try:
        holds = granted(standing, told, TODAY)
    except (Conflict, Invalid):
        return
    assert holds.from_on <= told.from_on
    assert holds.to_on == told.to_on
    assert not holds.is_over(TODAY)
    if standing.from_on <= TODAY and not standing.is_over(TODAY) and told.from_on > TODAY:
        assert holds.from_on <= TODAY, "who may report today may still do so after a renewal"


def test_a_number_written_twice_is_kept_once() -> None:
    told = [
        {"kind": "mobile", "number": "138 0013 8000"},
        {"kind": "mobile", "number": "+86 13800138000"},
        {"kind": "landline", "number": "021-58888888 ext 1"},
        {"kind": "landline", "number": "021-58888888 ext 2"},
    ]
    kept = rules.phones_of(told, NUMBERING)
    assert [(one["number"], one["extension"]) for one in kept] == [
        ("138 0013 8000", ""),
        ("021-58888888 ext 1", "1"),
        ("021-58888888 ext 2", "2"),
    ]


def test_a_day_after_the_last_is_adjacent() -> None:
    last = TODAY + timedelta(days=10)
    assert granted(Period(TODAY, last), Period(last + timedelta(days=1)), TODAY) == Period(TODAY, None)
