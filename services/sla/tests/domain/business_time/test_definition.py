"""What is refused when a calendar is saved, and that nothing else can happen to bad input."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.domain.business_time import CalendarRefused, definition_of
from sla.domain.business_time.definition import Hours

AROUND = date(2026, 3, 1)
WEEK = {name: [["09:00", "18:00"]] for name in ("mon", "tue", "wed", "thu", "fri")}
DESK = {"time_zone": "Asia/Shanghai", "weekly": WEEK}
NEW_YORK = {"time_zone": "America/New_York", "weekly": WEEK}


def refused(document):
    with pytest.raises(CalendarRefused) as caught:
        definition_of(document, around=AROUND)
    return [(issue.code, issue.pointer) for issue in caught.value.issues]


def accepted(document):
    return definition_of(document, around=AROUND)


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"time_zone": "Mars/Olympus"}, "unknown-time-zone", "#/time_zone"),
        ({"time_zone": "../../etc/passwd"}, "unknown-time-zone", "#/time_zone"),
        ({"time_zone": None}, "unknown-time-zone", "#/time_zone"),
        ({"weekly": []}, "wrong-type", "#/weekly"),
        ({"weekly": {"monday": []}}, "unknown-field", "#/weekly/monday"),
        ({"weekly": {"mon": [["9:00", "18:00"]]}}, "malformed-time", "#/weekly/mon/0/0"),
        ({"weekly": {"mon": [["09:00", "25:00"]]}}, "malformed-time", "#/weekly/mon/0/1"),
        ({"weekly": {"mon": [["24:00", "06:00"]]}}, "malformed-time", "#/weekly/mon/0/0"),
        ({"weekly": {"mon": [[540, 1080]]}}, "malformed-time", "#/weekly/mon/0/0"),
        ({"weekly": {"mon": [["09:00"]]}}, "wrong-type", "#/weekly/mon/0"),
        ({"weekly": {"mon": [["09:00", "10:00"]] * 13}}, "too-many", "#/weekly/mon"),
        ({"holidays": "2026-01-01"}, "wrong-type", "#/holidays"),
        ({"holidays": ["2026-02-30"]}, "malformed-date", "#/holidays/0"),
        ({"holidays": ["20260101"]}, "malformed-date", "#/holidays/0"),
        ({"holidays": ["2026-01-01", "1969-12-31"]}, "malformed-date", "#/holidays/1"),
        ({"holidays": ["2026-01-01"] * 5001}, "too-many", "#/holidays"),
        ({"overrides": {"soon": []}}, "malformed-date", "#/overrides/soon"),
        ({"overrides": {"2026-01-05": [["09:00", 10]]}}, "malformed-time", "#/overrides/2026-01-05/0/1"),
        ({"yearly_holidays": [{"first": "13-01"}]}, "malformed-date", "#/yearly_holidays/0/first"),
        ({"yearly_holidays": [{"from": "12-30"}]}, "unknown-field", "#/yearly_holidays/0/from"),
        ({"published_through": "2026"}, "malformed-date", "#/published_through"),
        ({"holiday": []}, "unknown-field", "#/holiday"),
    ],
)
def test_faults_of_form_are_told_with_their_place(changes, code, pointer):
    assert (code, pointer) in refused(DESK | changes)


def test_every_fault_is_told_at_once():
    assert refused({"time_zone": 8, "weekly": {"mon": [["x", "y"]]}, "holidays": [1]}) == [
        ("unknown-time-zone", "#/time_zone"),
        ("malformed-time", "#/weekly/mon/0/0"),
        ("malformed-time", "#/weekly/mon/0/1"),
        ("malformed-date", "#/holidays/0"),
    ]


@pytest.mark.parametrize(
    ("hours", "read"),
    [
        (["09:00", "18:00"], Hours(540, 1080)),
        (["22:00", "06:00"], Hours(1320, 1800)),
        (["09:00", "09:00"], Hours(540, 1980)),
        (["00:00", "24:00"], Hours(0, 1440)),
        (["18:00", "00:00"], Hours(1080, 1440)),
    ],
)
def test_t9_a_closing_not_after_the_opening_lies_on_the_next_day(hours, read):
    assert accepted(DESK | {"weekly": {"mon": [hours]}}).weekly[0] == (read,)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"weekly": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "#/weekly/mon/1"),
        ({"weekly": {"mon": [["22:00", "06:00"]], "tue": [["05:00", "09:00"]]}}, "#/weekly/tue/0"),
        ({"weekly": {"sun": [["22:00", "06:00"]], "mon": [["00:00", "09:00"]]}}, "#/weekly/mon/0"),
        ({"overrides": {"2026-03-07": [["09:00", "12:00"], ["09:00", "10:00"]]}}, "#/overrides/2026-03-07/0"),
        ({"overrides": {"2026-03-02": [["22:00", "10:00"]]}}, "#/weekly/tue/0"),
        ({"workdays": ["2026-03-08"], "workday_hours": [["20:00", "10:00"]]}, "#/weekly/mon/0"),
    ],
)
def test_t9_overlapping_windows_are_refused(changes, pointer):
    assert ("overlapping-hours", pointer) in refused(DESK | changes)


def test_t9_windows_that_touch_are_accepted():
    hours = {
        "mon": [["09:00", "12:00"], ["12:00", "18:00"]],
        "tue": [["20:00", "00:00"]],
        "wed": [["00:00", "06:00"]],
    }
    assert accepted(DESK | {"weekly": hours})


@pytest.mark.parametrize(
    "holiday", [{"holidays": ["2026-10-10"]}, {"yearly_holidays": [{"first": "10-01", "last": "10-10"}]}]
)
def test_t9_a_date_that_is_holiday_and_make_up_workday_is_refused(holiday):
    workdays = {"workdays": ["2026-10-10"], "workday_hours": [["09:00", "18:00"]]}
    assert refused(DESK | workdays | holiday) == [("holiday-and-workday", "#/workdays")]


def test_t9_make_up_workdays_have_hours_of_their_own():
    assert refused(DESK | {"workdays": ["2026-10-10"]}) == [("workdays-without-hours", "#/workday_hours")]


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        (["02:00", "08:00"], "skipped-hour"),
        (["02:59", "08:00"], "skipped-hour"),
        (["01:00", "08:00"], "repeated-hour"),
        (["01:59", "08:00"], "repeated-hour"),
    ],
)
def test_t10_a_boundary_in_a_skipped_or_repeated_hour_is_refused(hours, code):
    sundays = {"weekly": {"sun": [hours]}}
    assert refused(NEW_YORK | sundays) == [(code, "#/weekly/sun/0/0")]
    assert accepted(DESK | sundays)  # no clock change in Shanghai these days
    assert accepted(NEW_YORK | {"weekly": {"mon": [hours]}})  # clocks change on Sundays


def test_t10_a_night_window_that_ends_in_a_skipped_hour_is_refused():
    assert refused(NEW_YORK | {"weekly": {"sat": [["22:00", "02:30"]]}}) == [
        ("skipped-hour", "#/weekly/sat/0/1")
    ]


@pytest.mark.parametrize("hours", [["00:59", "08:00"], ["03:00", "08:00"]])
def test_t10_boundaries_beside_the_change_are_accepted(hours):
    assert accepted(NEW_YORK | {"weekly": {"sun": [hours]}})


def test_t10_a_change_at_midnight_does_not_matter_where_nothing_closes():
    always = {name: [["00:00", "24:00"]] for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    assert accepted({"time_zone": "Africa/Cairo", "weekly": always}).is_always_open
    assert refused({"time_zone": "Africa/Cairo", "weekly": always | {"thu": []}}) == [
        ("skipped-hour", "#/weekly/fri/0/0")
    ]


def test_t13_holidays_for_ten_years_are_no_open_time():
    every_day = {"yearly_holidays": [{"first": "01-01", "last": "12-31"}]}
    assert refused(DESK | every_day) == [("never-open", "#/weekly")]
    assert accepted(DESK | every_day | {"overrides": {"2035-01-02": [["09:00", "10:00"]]}})


def test_dates_may_be_dates_as_yaml_reads_them():
    definition = accepted(DESK | {"holidays": [date(2026, 1, 1)], "overrides": {date(2026, 1, 5): []}})
    assert definition.holidays == {date(2026, 1, 1)}
    assert definition.overrides == {date(2026, 1, 5): ()}


def test_a_leap_day_may_be_a_yearly_holiday():
    definition = accepted(DESK | {"yearly_holidays": [{"first": "02-29"}]})
    assert definition.is_holiday(date(2028, 2, 29))
    assert not definition.is_holiday(date(2027, 3, 1))


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["09:00", "24:00"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["mon", "sun", "first", "last", "2026-01-01", "~/"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
FIELD = st.sampled_from([*DESK, "holidays", "workdays", "workday_hours", "overrides", "yearly_holidays", "x"])


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(FIELD, values) | values)
def test_whatever_is_sent_is_accepted_or_refused_with_reasons(document):
    pointers = ["#"]
    try:
        definition_of({**DESK, **document} if isinstance(document, dict) else document, around=AROUND)
    except CalendarRefused as refusal:
        pointers = [issue.pointer for issue in refusal.issues]
    assert pointers
    assert all(pointer.startswith("#") for pointer in pointers)
