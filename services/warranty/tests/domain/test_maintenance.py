"""Schedules of maintenance plans, checklists, and every state by every action."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Conflict, Invalid
from warranty.domain import inspections, maintenance
from warranty.domain.inspections import InspectionCondition, Item, ItemKind, Result, judge
from warranty.domain.maintenance import EndReason, IntervalUnit, Schedule, check_schedule, why_over

MONTHS, WEEKS = IntervalUnit.MONTHS, IntervalUnit.WEEKS


@pytest.mark.parametrize(
    ("schedule", "day", "due"),
    [
        (Schedule(MONTHS, 6, date(2026, 1, 31)), "2026-01-31", "2026-01-31"),
        (Schedule(MONTHS, 1, date(2026, 1, 31)), "2026-02-01", "2026-02-28"),
        (Schedule(MONTHS, 1, date(2026, 1, 31)), "2026-03-01", "2026-03-31"),
        (Schedule(MONTHS, 12, date(2024, 2, 29)), "2025-01-01", "2025-02-28"),
        (Schedule(MONTHS, 12, date(2024, 2, 29)), "2027-03-01", "2028-02-29"),
        (Schedule(MONTHS, 3, date(2026, 5, 15)), "2020-01-01", "2026-05-15"),
        (Schedule(WEEKS, 2, date(2026, 3, 2)), "2026-03-03", "2026-03-16"),
        (Schedule(WEEKS, 1, date(2026, 3, 2)), "2026-03-09", "2026-03-09"),
        (Schedule(MONTHS, 6, date(2026, 1, 1), ends_on=date(2026, 6, 30)), "2026-01-02", None),
        (Schedule(MONTHS, 6, date(2026, 1, 1), ends_on=date(2026, 7, 1)), "2026-01-02", "2026-07-01"),
        (Schedule(dates=(date(2026, 4, 1), date(2026, 10, 8))), "2026-04-02", "2026-10-08"),
        (Schedule(dates=(date(2026, 4, 1),)), "2026-04-02", None),
        (Schedule(MONTHS, 1, date(2199, 12, 31)), "2200-01-01", None),
    ],
)
def test_the_next_visit(schedule, day, due):
    assert schedule.on_or_after(date.fromisoformat(day)) == (due and date.fromisoformat(due))


@given(
    st.sampled_from(IntervalUnit),
    st.integers(1, 60),
    st.dates(date(2000, 1, 1), date(2060, 1, 1)),
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
)
def test_a_visit_is_the_first_of_its_days_that_is_not_over(unit, count, first, day):
    schedule = Schedule(unit, count, first)
    due = schedule.on_or_after(day)
    assert due is not None
    assert due >= max(first, day)
    assert schedule.on_or_after(due) == due
    if day > first:
        longest = timedelta(days=count * (7 if unit is WEEKS else 31) + 3)
        assert due - day < longest


@given(st.sampled_from(IntervalUnit), st.integers(1, 24), st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_looking_day_by_day_finds_every_visit_once(unit, count, first):
    schedule, found, day = Schedule(unit, count, first), [], first
    for _ in range(12):
        due = schedule.on_or_after(day)
        assert due is not None
        found.append(due)
        day = due + timedelta(days=1)
    assert all(a < b for a, b in pairwise(found))
    if unit is WEEKS:
        assert {(b - a).days for a, b in pairwise(found)} == {7 * count}
    else:
        months = [one.year * 12 + one.month for one in found]
        assert {b - a for a, b in pairwise(months)} == {count}


@pytest.mark.parametrize(
    ("schedule", "code"),
    [
        (Schedule(), "schedule-unclear"),
        (Schedule(MONTHS, 6), "schedule-unclear"),
        (Schedule(MONTHS, 0, date(2026, 1, 1)), "schedule-unclear"),
        (Schedule(first_on=date(2026, 1, 1)), "schedule-unclear"),
        (Schedule(count=6, dates=(date(2026, 2, 1),)), "schedule-unclear"),
        (Schedule(MONTHS, 6, date(2026, 1, 1), (date(2026, 2, 1),)), "schedule-unclear"),
        (Schedule(dates=(date(1, 1, 1),)), "date-out-of-range"),
        (Schedule(dates=(date(9999, 12, 31),)), "date-out-of-range"),
        (Schedule(MONTHS, 6, date(2026, 1, 1), ends_on=date(2025, 1, 1)), "schedule-empty"),
    ],
)
def test_schedules_that_cannot_stand(schedule, code):
    with pytest.raises(Invalid) as refusal:
        check_schedule(schedule)
    assert refusal.value.code == code


def test_a_visit_appears_and_falls_due_by_the_days_of_its_zone():
    due = date(2026, 3, 29)
    assert maintenance.appears_at(due, 0, "Asia/Shanghai") == datetime(2026, 3, 28, 16, tzinfo=UTC)
    assert maintenance.appears_at(due, 14, "Asia/Shanghai") == datetime(2026, 3, 14, 16, tzinfo=UTC)
    assert maintenance.due_at(due, "Asia/Shanghai") == datetime(2026, 3, 29, 16, tzinfo=UTC)
    length = maintenance.due_at(due, "Europe/Berlin") - maintenance.appears_at(due, 0, "Europe/Berlin")
    assert length == timedelta(hours=23)


@pytest.mark.parametrize(
    ("due_on", "is_retired", "is_ended", "why"),
    [
        (date(2026, 1, 1), False, False, None),
        (None, False, False, EndReason.LAST_DAY_PASSED),
        (date(2026, 1, 1), True, False, EndReason.ASSET_RETIRED),
        (date(2026, 1, 1), False, True, EndReason.CONTRACT_ENDED),
    ],
)
def test_why_a_plan_is_over(due_on, is_retired, is_ended, why):
    assert why_over(due_on, is_asset_retired=is_retired, is_contract_ended=is_ended) == why


PLAN = {
    "draft": ["activate", "changeSchedule", "end"],
    "active": ["changeSchedule", "suspend", "end"],
    "suspended": ["changeSchedule", "resume", "end"],
    "ended": [],
}
VISIT = {
    "due": [
        *("assignTechnicians", "assignContract", "askDispatch", "dispatch"),
        *("reschedule", "start", "complete", "cancel"),
    ],
    "in_progress": ["assignTechnicians", "assignContract", "dispatch", "complete", "cancel"],
    "completed": ["assignContract", "dispatch"],
    "cancelled": ["dispatch"],
}


@pytest.mark.parametrize(
    ("lifecycle", "state", "action", "is_allowed"),
    [
        (lifecycle, state, action, action in allowed[state])
        for lifecycle, allowed in ((maintenance.LIFECYCLE, PLAN), (inspections.LIFECYCLE, VISIT))
        for state in allowed
        for action in lifecycle.transitions
    ],
)
def test_every_state_by_every_action(lifecycle, state, action, is_allowed):
    if is_allowed:
        assert lifecycle.ask(action, state).lands_in(state) in lifecycle.states
        return
    with pytest.raises(Conflict) as refusal:
        lifecycle.ask(action, state)
    assert refusal.value.code == "invalid-state-transition"


RESISTANCE = Item("resistance", ItemKind.READING, "内阻", "Resistance", "mΩ", 1.0, 5.0, 2, is_required=True)
FANS = Item("fans", ItemKind.CHECK, "风扇", "Fans", "", None, None, 3, is_required=False)
ASSET = UUID(int=1)


def result(item: str = "resistance", asset_id: UUID | None = None, **told: object) -> Result:
    blank = {"value": None, "is_ok": None, "read_at": None, "note": "", "photos": ()}
    return Result(item=item, asset_id=asset_id, **{**blank, **told})


@pytest.mark.parametrize(
    ("told", "is_normal"),
    [
        (result(value=1.0), True),
        (result(value=5.0), True),
        (result(value=5.01), False),
        (result(value=-3.0), False),
    ],
)
def test_a_reading_is_held_against_its_range(told, is_normal):
    [judged] = judge([RESISTANCE], [told], ASSET)
    assert judged.is_normal is is_normal


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([], "items-missing"),
        ([result("fans", is_ok=True)], "items-missing"),
        ([result("noise", value=1.0)], "item-unknown"),
        ([result(is_ok=True)], "result-unfit"),
        ([result(value=1.0, is_ok=True)], "result-unfit"),
        ([result()], "result-unfit"),
        ([result("fans", value=1.0)], "result-unfit"),
        ([result(value=1.0), result(asset_id=ASSET, value=2.0)], "result-repeated"),
    ],
)
def test_results_that_do_not_fit(results, code):
    with pytest.raises(Invalid) as refusal:
        judge([RESISTANCE, FANS], results, ASSET)
    assert refusal.value.code == code


def test_a_site_is_looked_at_asset_by_asset():
    told = [result(asset_id=UUID(int=n), value=float(n)) for n in range(1, 8)]
    assert [one.is_normal for one in judge([RESISTANCE], told, None)] == [True] * 5 + [False] * 2


@pytest.mark.parametrize(
    ("severities", "condition"),
    [
        ([], InspectionCondition.NORMAL),
        ([4], InspectionCondition.ATTENTION),
        ([3, 4], InspectionCondition.ATTENTION),
        ([3, 2], InspectionCondition.ABNORMAL),
        ([1], InspectionCondition.ABNORMAL),
    ],
)
def test_the_running_state(severities, condition):
    assert inspections.condition_of(severities) == condition
