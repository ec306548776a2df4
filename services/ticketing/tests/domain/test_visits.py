"""The rules of visits and support sessions."""

from datetime import UTC, datetime, timedelta

import pytest

from common.errors import Conflict, Invalid
from ticketing.domain import support, visits
from ticketing.domain.visits import LIFECYCLE, Check, VisitState

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

ALLOWED = {
    "requested": "offer replan cancel",
    "offered": "accept decline replan replaceEngineer cancel",
    "accepted": "decline replan depart arrive replaceEngineer cancel",
    "en_route": "replan arrive replaceEngineer cancel",
    "arrived": "begin leaveUnresolved replaceEngineer cancel",
    "working": "complete leaveUnresolved replaceEngineer cancel",
    "completed": "recordSatisfaction",
    "unresolved": "recordSatisfaction",
    "cancelled": "",
}


@pytest.mark.parametrize("state", list(VisitState))
@pytest.mark.parametrize("action", list(LIFECYCLE.transitions))
def test_every_state_with_every_action(state: str, action: str) -> None:
    if action in ALLOWED[state].split():
        assert LIFECYCLE.ask(action, state).lands_in(state) in set(VisitState)
        return
    with pytest.raises(Conflict, match="invalid-state-transition"):
        LIFECYCLE.ask(action, state)


def test_the_table_knows_every_state() -> None:
    assert set(LIFECYCLE.states) == set(VisitState) == set(ALLOWED)


@pytest.mark.parametrize("left_out", list(Check))
def test_work_needs_every_point_of_the_checklist(left_out: Check) -> None:
    with pytest.raises(Invalid) as refusal:
        visits.check_checklist([check for check in Check if check != left_out])
    assert refusal.value.facts["missing"] == [left_out]
    visits.check_checklist(list(Check))


def test_the_record_says_whom_it_was_explained_to_or_that_nobody_needed_it() -> None:
    visits.check_record({}, None, NOON, is_explanation_needed=False)
    visits.check_record({}, "head of operations", NOON, is_explanation_needed=True)
    with pytest.raises(Invalid, match="explanation-missing"):
        visits.check_record({}, None, NOON, is_explanation_needed=True)


@pytest.mark.parametrize("place", ["fault_occurred_at", "signature/signed_at"])
def test_no_time_of_the_record_lies_ahead(place: str) -> None:
    visits.check_record({place: NOON}, "x", NOON, is_explanation_needed=True)
    with pytest.raises(Invalid, match="occurred-in-future") as refusal:
        visits.check_record({place: NOON + timedelta(seconds=1)}, "x", NOON, is_explanation_needed=True)
    assert refusal.value.pointer == f"#/record/{place}"


def test_distance_on_earth() -> None:
    shanghai = {"latitude": 31.2304, "longitude": 121.4737}
    beijing = {"latitude": 39.9042, "longitude": 116.4074}
    assert visits.distance_km(shanghai, shanghai) == 0
    assert visits.distance_km(shanghai, beijing) == pytest.approx(1067, abs=3)
    antipodes = {"latitude": -31.2304, "longitude": -58.5263}
    assert visits.distance_km(shanghai, antipodes) == pytest.approx(20015, abs=5)


@pytest.mark.parametrize(
    ("consent", "is_allowed"),
    [
        (None, False),
        ((NOON, NOON + timedelta(hours=1)), True),
        ((NOON + timedelta(microseconds=1), NOON + timedelta(hours=1)), False),
        ((NOON - timedelta(hours=1), NOON), False),
    ],
)
def test_remote_work_needs_a_consent_in_force(
    consent: tuple[datetime, datetime] | None, is_allowed: bool
) -> None:
    if is_allowed:
        support.check_remote(is_reporter_unverified=False, consent=consent, started_at=NOON)
        return
    with pytest.raises(Conflict, match="consent-required"):
        support.check_remote(is_reporter_unverified=False, consent=consent, started_at=NOON)


def test_remote_work_waits_for_the_reporter_to_be_verified() -> None:
    with pytest.raises(Conflict, match="reporter-unverified"):
        support.check_remote(
            is_reporter_unverified=True, consent=(NOON, NOON + timedelta(hours=1)), started_at=NOON
        )


def test_a_consent_ends_after_it_began() -> None:
    with pytest.raises(Invalid, match="consent-period"):
        support.check_consent_period(NOON, NOON, NOON)
