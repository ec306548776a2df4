"""The rules of tickets: every state with every action, who may do what, and which times can be true."""

from datetime import UTC, datetime, timedelta

import pytest

from common.errors import Conflict, Forbidden, Invalid
from common.moves import check_time
from ticketing.domain import settling, tickets
from ticketing.domain.tickets import LIFECYCLE, OPEN, State

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

ALLOWED = {
    "new": "acknowledge changeSeverity changeRoute requireOnsite assign restore escalate verifyReporter "
    "flagMajor setResponseCase cancel merge",
    "acknowledged": "start wait changeSeverity changeRoute requireOnsite assign restore escalate "
    "verifyReporter flagMajor resolve cancel merge",
    "in_progress": "wait changeSeverity changeRoute requireOnsite assign restore escalate verifyReporter "
    "flagMajor resolve cancel merge",
    "waiting": "resume changeSeverity changeRoute requireOnsite assign restore escalate verifyReporter "
    "flagMajor resolve cancel merge",
    "resolved": "escalate close reopen",
    "closed": "reopen",
    "cancelled": "",
}
LANDS = {
    "acknowledge": "acknowledged",
    "start": "in_progress",
    "wait": "waiting",
    "resume": "in_progress",
    "resolve": "resolved",
    "close": "closed",
    "reopen": "in_progress",
    "cancel": "cancelled",
    "merge": "cancelled",
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("action", list(LIFECYCLE.transitions))
def test_every_state_with_every_action(state: str, action: str) -> None:
    if action in ALLOWED[state].split():
        assert LIFECYCLE.ask(action, state).lands_in(state) == LANDS.get(action, state)
        return
    with pytest.raises(Conflict) as refusal:
        LIFECYCLE.ask(action, state)
    assert refusal.value.code == "invalid-state-transition"
    assert refusal.value.facts["current_state"] == state
    assert refusal.value.facts["allowed_actions"] == LIFECYCLE.allowed(state)


def test_the_table_knows_every_state() -> None:
    assert set(LIFECYCLE.states) == set(State) == set(ALLOWED)


def test_every_open_state_can_be_cancelled_and_no_other() -> None:
    assert LIFECYCLE.transitions["cancel"].sources == set(OPEN.split())


def test_a_customer_sees_only_its_own_actions() -> None:
    assert LIFECYCLE.open_to("resolved", frozenset({"customer"}), is_customer=True) == [
        "escalate",
        "close",
        "reopen",
    ]
    with pytest.raises(Forbidden):
        LIFECYCLE.check_permission("acknowledge", frozenset({"customer"}), is_customer=True)


def test_only_a_lead_declares_the_response_case() -> None:
    assert "setResponseCase" not in LIFECYCLE.open_to("new", frozenset({"agent"}), is_customer=False)
    assert "setResponseCase" in LIFECYCLE.open_to("new", frozenset({"lead"}), is_customer=False)
    with pytest.raises(Forbidden) as refusal:
        LIFECYCLE.check_permission("setResponseCase", frozenset({"agent"}), is_customer=False)
    assert refusal.value.facts["roles"] == ["admin", "lead", "manager"]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (NOON + timedelta(microseconds=1), "occurred-in-future"),
        (NOON - timedelta(hours=1, microseconds=1), "occurred-too-early"),
    ],
)
def test_a_time_that_cannot_be_true(told: datetime, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_time(told, not_before=NOON - timedelta(hours=1), now=NOON)
    assert refusal.value.code == code
    assert refusal.value.pointer == "#/occurred_at"


def test_the_limits_themselves_are_true() -> None:
    check_time(NOON, not_before=NOON, now=NOON)
    tickets.check_report(NOON, NOON, NOON)


def test_a_failure_comes_before_its_report() -> None:
    with pytest.raises(Invalid, match="failed-after-report"):
        tickets.check_report(NOON, NOON + timedelta(seconds=1), NOON + timedelta(seconds=1))


@pytest.mark.parametrize(("severity", "is_needed"), [(1, True), (2, True), (3, False), (4, False)])
def test_grave_faults_are_resolved_with_prevention(severity: int, *, is_needed: bool) -> None:
    if is_needed:
        with pytest.raises(Invalid, match="prevention-required"):
            tickets.check_resolution(severity, None)
    else:
        tickets.check_resolution(severity, None)
    tickets.check_resolution(severity, "second feed")


def test_reopening_has_a_limit() -> None:
    within = timedelta(days=30)
    tickets.check_reopening(NOON, within, NOON + within)
    with pytest.raises(Conflict, match="reopen-too-late"):
        tickets.check_reopening(NOON, within, NOON + within + timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("same", "state", "inspection", "code"),
    [
        (False, "new", False, "merge-across-customers"),
        (True, "closed", False, "merge-target-settled"),
        (True, "new", True, "merge-of-inspection"),
    ],
)
def test_what_cannot_be_merged(same: bool, state: str, inspection: bool, code: str) -> None:
    with pytest.raises((Invalid, Conflict), match=code):
        settling.check_merge("a", "b", same_customer=same, into_state=state, is_for_inspection=inspection)


def test_a_ticket_is_not_merged_into_itself() -> None:
    with pytest.raises(Invalid, match="merge-into-itself"):
        settling.check_merge("a", "a", same_customer=True, into_state="new", is_for_inspection=False)


@pytest.mark.parametrize("state", list(State))
def test_details_are_corrected_until_the_ticket_is_settled(state: str) -> None:
    if state in ("closed", "cancelled"):
        with pytest.raises(Conflict, match="ticket-settled"):
            tickets.check_editable(state)
    else:
        tickets.check_editable(state)


WITHIN = timedelta(days=30)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(("late", "is_in_time"), [(0, True), (1, False)])
def test_a_dissatisfied_customer_is_sent_somebody_while_the_ticket_can_be_reopened(
    state: str, late: int, is_in_time: bool
) -> None:
    said_at = NOON + WITHIN + timedelta(microseconds=late)
    if is_in_time and state in (State.RESOLVED, State.CLOSED):
        tickets.check_dissatisfaction(state, NOON, WITHIN, said_at)
        return
    with pytest.raises(Conflict) as refused:
        tickets.check_dissatisfaction(state, NOON, WITHIN, said_at)
    assert refused.value.code == "dissatisfaction-too-late"


@pytest.mark.parametrize("field", sorted(tickets.VENDORS_PART))
def test_what_promises_hang_on_is_the_vendors_to_state(field: str) -> None:
    tickets.check_stated(["title", field], is_customer=False)
    tickets.check_stated(["title"], is_customer=True)
    with pytest.raises(Forbidden) as refused:
        tickets.check_stated(["title", field], is_customer=True)
    assert (refused.value.code, refused.value.pointer) == ("field-is-the-vendors", f"#/{field}")
