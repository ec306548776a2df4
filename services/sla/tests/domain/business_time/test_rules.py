"""Each rule of business time by its number: T1 to T13."""

from datetime import UTC, datetime, timedelta

import pytest

from common.errors import Invalid
from sla.domain.business_time import CalendarRefused, definition_of, microseconds
from sla.domain.business_time.bulk import BulkCalendar
from sla.domain.business_time.definition import DayReason
from sla.domain.timing import (
    CalendarChanged,
    FixedInstant,
    OpenSeconds,
    Paused,
    Reopened,
    Resumed,
    Retargeted,
    Stopped,
    TimingState,
    WorkingDays,
    fold,
)

HOUR = 3600


@pytest.fixture
def at(desk):
    """A local time of the complaint desk."""
    return lambda text: datetime.fromisoformat(f"2026-{text}").replace(tzinfo=desk.zone)


@pytest.fixture
def told(desk):
    """A clock of the complaint desk, as of its last fact or of an instant."""
    return lambda start, target, facts=(), as_of=None: fold(start, target, desk, facts, as_of)


def hours(count):
    return OpenSeconds(count * HOUR)


def test_t1_the_opening_instant_is_open_and_the_closing_instant_is_not(desk, at):
    opens, closes = microseconds(at("03-02 09:00")), microseconds(at("03-02 18:00"))
    assert [desk.is_open(t) for t in (opens - 1, opens, closes - 1, closes)] == [False, True, True, False]
    assert desk.elapsed(opens, closes) == 9 * HOUR * 1_000_000


def test_t1_results_are_exact_to_the_microsecond(told, at):
    start = at("03-06 17:59:59.999999")
    timing = told(start, OpenSeconds(1), as_of=at("03-09 08:00"))
    assert timing.due_at == at("03-09 09:00:00.999999")
    assert (timing.elapsed_seconds, timing.remaining_seconds) == (0.000001, 0.999999)


def test_t2_a_budget_that_ends_at_closing_is_due_at_closing(told, at):
    assert told(at("03-06 16:00"), hours(2)).due_at == at("03-06 18:00")
    assert told(at("03-06 15:59:59"), hours(2)).due_at == at("03-06 17:59:59")
    assert told(at("03-06 16:00:01"), hours(2)).due_at == at("03-09 09:00:01")


def test_t3_a_start_out_of_hours_is_kept_and_counts_from_the_opening(told, at):
    timing = told(at("03-07 12:00"), hours(2), as_of=at("03-08 12:00"))
    assert timing.started_at == at("03-07 12:00")
    assert timing.due_at == at("03-09 11:00")
    assert timing.elapsed_seconds == 0


@pytest.mark.parametrize("build", [lambda: OpenSeconds(0), lambda: WorkingDays(0), lambda: OpenSeconds(-1)])
def test_t3_a_zero_target_is_refused(build):
    with pytest.raises(Invalid, match="target-out-of-range"):
        build()


@pytest.mark.parametrize("start", ["03-02 00:00", "03-02 08:00", "03-02 10:00", "03-02 18:00", "03-02 23:59"])
def test_t4_the_date_of_the_start_never_counts(start, told, at):
    assert told(at(start), WorkingDays(1)).due_at == at("03-03 18:00")


def test_t4_a_saturday_start_makes_monday_the_first_day(told, at):
    assert told(at("03-07 10:00"), WorkingDays(1)).due_at == at("03-09 18:00")


def test_t4_always_open_ends_at_midnight(always):
    start = datetime(2026, 3, 2, 10, tzinfo=always.zone)
    assert fold(start, WorkingDays(2), always).due_at == datetime(2026, 3, 5, tzinfo=always.zone)
    same = fold(start, WorkingDays(2, "same_time"), always)
    assert same.due_at == datetime(2026, 3, 4, 10, tzinfo=always.zone)


def test_t4_whole_working_days_end_at_midnight(calendar_of):
    calendar = calendar_of("working-days")
    start = datetime(2025, 12, 31, 10, tzinfo=calendar.zone)
    assert fold(start, WorkingDays(1), calendar).due_at == datetime(2026, 1, 5, tzinfo=calendar.zone)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("03-02 10:30", 1, "03-03 10:30"),
        ("03-02 18:00", 1, "03-04 09:00"),  # closed at 18:00: moved to the next opening, then a day on
        ("03-02 07:00", 1, "03-03 09:00"),
        ("03-06 17:59:59.5", 1, "03-09 17:59:59.5"),
    ],
)
def test_t4_same_time_moves_to_the_next_open_instant_first(start, days, due, told, at):
    assert told(at(start), WorkingDays(days, "same_time")).due_at == at(due)


@pytest.mark.parametrize(
    ("start", "due", "counted"),
    [
        ("03-02 08:00", "03-03 09:00", 0),
        ("03-02 12:00", "03-03 12:00", 3),
        ("03-02 13:00", "03-03 12:00", 3),
        ("03-02 14:00", "03-03 14:00", 3),
        ("03-02 16:30", "03-03 16:30", 5.5),
        ("03-02 18:00", "03-03 17:00", 6),
    ],
)
def test_t4_same_time_in_a_break_is_the_closing_before_it(start, due, counted, compile_, at):
    weekly = {"mon": [["09:00", "20:00"]], "tue": [["09:00", "12:00"], ["14:00", "17:00"]]}
    broken = compile_({"time_zone": "Asia/Shanghai", "weekly": weekly})
    timing = fold(at(start), WorkingDays(1, "same_time"), broken)
    assert timing.due_at == at(due)
    [window] = timing.windows()
    assert (window.opens_at, window.closes_at) == (at("03-03 09:00"), at(due))
    assert window.counted_seconds == counted * 3600
    bulk = BulkCalendar(broken).working_days_due([microseconds(at(start))], 1, "same_time")
    assert bulk.tolist() == [microseconds(at(due))]


def test_t4_same_time_in_a_night_window_belongs_to_its_opening_date(calendar_of):
    nights = calendar_of("new-york-nights")
    start = datetime(2026, 6, 2, 2, tzinfo=nights.zone)  # in the night of Monday 1 June
    due = fold(start, WorkingDays(1, "same_time"), nights).due_at
    assert due == datetime(2026, 6, 3, 2, tzinfo=nights.zone)


def test_t4_end_of_day_of_a_night_window_is_the_next_morning(calendar_of):
    nights = calendar_of("new-york-nights")
    start = datetime(2026, 6, 1, 12, tzinfo=nights.zone)
    assert fold(start, WorkingDays(1), nights).due_at == datetime(2026, 6, 3, 6, tzinfo=nights.zone)


def test_t6_the_windows_of_a_day_target_reach_its_due_time(told, at):
    facts = [
        Paused(at("03-02 11:00")),
        Resumed(at("03-02 12:00")),
        Retargeted(at("03-02 13:00"), WorkingDays(2)),
    ]
    timing = told(at("03-02 10:00"), hours(8), facts)
    assert timing.due_at == at("03-05 10:00")
    found = [(one.opens_at, one.closes_at, one.is_given_back) for one in timing.windows()]
    assert found == [
        (at("03-03 09:00"), at("03-03 18:00"), False),
        (at("03-04 09:00"), at("03-04 18:00"), False),
        (at("03-05 09:00"), at("03-05 10:00"), True),
    ]


def test_t5_only_open_time_inside_a_pause_is_given_back(told, at):
    facts = [Paused(at("03-06 17:00")), Resumed(at("03-09 10:00"))]
    timing = told(at("03-02 10:00"), hours(48), facts)
    assert timing.due_at == at("03-09 15:00")
    assert timing.pauses[0].given_back_seconds == 2 * HOUR


def test_t5_while_paused_nothing_is_due_and_nothing_breaches(told, at):
    timing = told(at("03-02 10:00"), hours(2), [Paused(at("03-02 11:00"))], at("03-31 10:00"))
    assert timing.state is TimingState.PAUSED
    assert timing.due_at is None
    assert timing.breached_at is None
    assert (timing.elapsed_seconds, timing.remaining_seconds) == (HOUR, HOUR)
    assert not timing.is_provisional


def test_t5_a_pause_outside_hours_is_honoured_from_the_next_opening(told, at):
    paused = [Paused(at("03-02 20:00"))]
    assert told(at("03-02 17:00"), hours(2), paused).state is TimingState.PAUSED
    resumed = told(at("03-02 17:00"), hours(2), [*paused, Resumed(at("03-03 10:00"))])
    assert resumed.due_at == at("03-03 11:00")
    assert told(at("03-02 17:00"), hours(2), [*paused, Resumed(at("03-03 08:00"))]).due_at == at(
        "03-03 10:00"
    )


def test_t5_a_second_pause_or_resume_is_a_no_op(told, at):
    once = [Paused(at("03-02 11:00")), Resumed(at("03-02 12:00"))]
    twice = [once[0], Paused(at("03-02 11:30")), once[1], Resumed(at("03-02 13:00"))]
    as_of = at("03-02 13:30")
    assert told(at("03-02 10:00"), hours(4), twice, as_of) == told(at("03-02 10:00"), hours(4), once, as_of)
    assert told(at("03-02 10:00"), hours(4), [Resumed(at("03-02 11:00"))]).due_at == at("03-02 14:00")


@pytest.mark.parametrize("pause", ["03-02 12:00", "03-02 12:00:00.000001", "03-02 17:00"])
def test_t5_a_pause_at_or_after_due_moves_nothing(pause, told, at):
    facts = [Paused(at(pause))]
    timing = told(at("03-02 10:00"), hours(2), facts, at("03-03 10:00"))
    assert timing.state is TimingState.BREACHED
    assert timing.due_at == timing.breached_at == at("03-02 12:00")
    facts.append(Resumed(at("03-03 10:00")))
    resumed = told(at("03-02 10:00"), hours(2), facts, at("03-03 11:00"))
    assert resumed.due_at == at("03-02 12:00")
    assert resumed.pauses[0].given_back_seconds == 0


def test_t5_a_pause_just_before_due_protects(told, at):
    facts = [Paused(at("03-02 11:59:59.999999")), Resumed(at("03-02 15:00"))]
    assert told(at("03-02 10:00"), hours(2), facts[:1], at("03-05 10:00")).state is TimingState.PAUSED
    assert told(at("03-02 10:00"), hours(2), facts).due_at == at("03-02 15:00:00.000001")


def test_t5_stopping_while_paused_counts_to_the_start_of_the_pause(told, at):
    timing = told(at("03-02 10:00"), hours(2), [Paused(at("03-02 11:00")), Stopped(at("03-04 15:00"))])
    assert timing.state is TimingState.MET
    assert timing.elapsed_seconds == HOUR
    assert timing.due_at is None
    assert timing.stopped_at == at("03-04 15:00")
    assert [w.closes_at for w in timing.windows()] == [at("03-02 11:00")]


def test_t5_two_pauses_within_a_minute_both_count(told, at):
    seconds = ["10:10:05", "10:10:20", "10:10:30", "10:10:50"]
    kinds = [Paused, Resumed, Paused, Resumed]
    facts = [kind(at(f"03-02 {told_at}")) for kind, told_at in zip(kinds, seconds, strict=True)]
    assert told(at("03-02 10:00"), hours(1), facts).due_at == at("03-02 11:00:35")


def test_t6_each_pause_before_the_due_time_moves_a_day_target_on(told, at):
    facts = [Paused(at("03-03 10:00")), Resumed(at("03-03 12:00"))]
    timing = told(at("03-02 10:00"), WorkingDays(2), facts)  # Wednesday 18:00 and two hours
    assert timing.due_at == at("03-05 11:00")
    facts += [Paused(at("03-05 10:00")), Resumed(at("03-06 10:00"))]  # begins before the moved due time
    assert told(at("03-02 10:00"), WorkingDays(2), facts).due_at == at("03-06 11:00")
    late = [*facts[:2], Paused(at("03-05 11:00")), Resumed(at("03-06 10:00"))]  # begins at it
    assert told(at("03-02 10:00"), WorkingDays(2), late).due_at == at("03-05 11:00")


def test_t6_a_fixed_instant_moves_like_a_day_target(told, at):
    facts = [Paused(at("03-03 10:00")), Resumed(at("03-03 12:00"))]
    timing = told(at("03-02 10:00"), FixedInstant(at("03-04 17:00")), facts)
    assert timing.due_at == at("03-05 10:00")


def test_t7_from_start_keeps_start_and_pauses(told, at):
    facts = [
        Paused(at("03-02 11:00")),
        Resumed(at("03-02 12:00")),
        Retargeted(at("03-02 13:00"), hours(6), "from_start"),
    ]
    assert told(at("03-02 10:00"), hours(8), facts).due_at == at("03-02 17:00")


def test_t7_a_due_time_already_past_breaches_at_the_change_and_never_before(told, at):
    facts = [Retargeted(at("03-02 14:00"), hours(2))]
    before = told(at("03-02 10:00"), hours(8), facts, at("03-02 13:59"))
    after = told(at("03-02 10:00"), hours(8), facts)
    assert (before.state, before.breached_at) == (TimingState.RUNNING, None)
    assert (after.state, after.due_at) == (TimingState.BREACHED, at("03-02 12:00"))
    assert after.breached_at == at("03-02 14:00")


@pytest.mark.parametrize(("target", "is_protected"), [(2, False), (4, False), (5, True)])
def test_t7_an_open_pause_protects_only_a_due_time_after_its_start(target, is_protected, told, at):
    facts = [Paused(at("03-02 14:00")), Retargeted(at("03-02 15:00"), hours(target))]
    timing = told(at("03-02 10:00"), hours(8), facts)
    assert timing.state is (TimingState.PAUSED if is_protected else TimingState.BREACHED)
    assert timing.breached_at == (None if is_protected else at("03-02 15:00"))
    assert timing.due_at == (None if is_protected else at("03-02 10:00") + timedelta(hours=target))


def test_t7_a_breach_is_withdrawn_when_the_new_due_time_lies_ahead(told, at):
    facts = [Retargeted(at("03-02 13:00"), hours(8))]
    assert told(at("03-02 10:00"), hours(2), facts, at("03-02 12:30")).state is TimingState.BREACHED
    timing = told(at("03-02 10:00"), hours(2), facts)
    assert (timing.state, timing.breached_at) == (TimingState.RUNNING, None)


def test_t7_a_pause_after_the_old_due_time_counts_under_a_longer_target(told, at):
    facts = [Paused(at("03-02 13:00")), Retargeted(at("03-02 14:00"), hours(6)), Resumed(at("03-02 15:00"))]
    assert told(at("03-02 10:00"), hours(2), facts[:1]).state is TimingState.BREACHED
    assert told(at("03-02 10:00"), hours(2), facts[:2]).state is TimingState.PAUSED
    assert told(at("03-02 10:00"), hours(2), facts).due_at == at("03-02 18:00")


def test_t7_from_change_gives_the_whole_target_again(told, at):
    facts = [
        Paused(at("03-02 11:00")),
        Resumed(at("03-02 12:00")),
        Retargeted(at("03-02 13:00"), hours(2), "from_change"),
    ]
    timing = told(at("03-02 10:00"), hours(8), facts, at("03-02 14:00"))
    assert timing.due_at == at("03-02 15:00")
    assert (timing.elapsed_seconds, timing.remaining_seconds) == (HOUR, HOUR)


def test_t7_from_change_while_paused_waits_with_the_whole_target(told, at):
    facts = [Paused(at("03-02 11:00")), Retargeted(at("03-02 13:00"), hours(2), "from_change")]
    timing = told(at("03-02 10:00"), hours(8), facts, at("03-02 14:00"))
    assert (timing.state, timing.elapsed_seconds) == (TimingState.PAUSED, 0)
    assert told(at("03-02 10:00"), hours(8), [*facts, Resumed(at("03-02 15:00"))]).due_at == at("03-02 17:00")


@pytest.mark.parametrize(("present", "new", "due"), [(2, 8, "12:00"), (8, 2, "12:00"), (4, 4, "14:00")])
def test_t7_better_for_customer_keeps_the_earlier_due_time(present, new, due, told, at):
    facts = [Retargeted(at("03-02 11:00"), hours(new), "better_for_customer")]
    timing = told(at("03-02 10:00"), hours(present), facts)
    assert timing.due_at == at(f"03-02 {due}")
    assert timing.target == hours(min(present, new))


def test_t7_better_for_customer_compares_as_if_a_pause_ended_now(told, at):
    facts = [Paused(at("03-02 11:00")), Retargeted(at("03-02 12:00"), WorkingDays(1), "better_for_customer")]
    timing = told(at("03-02 10:00"), hours(2), facts)
    assert timing.target == hours(2)
    assert told(at("03-02 10:00"), hours(18), facts).target == WorkingDays(1)


def test_t7_hours_become_working_days_of_another_calendar_and_back(always, desk, at):
    facts = [
        Retargeted(at("03-06 18:00"), WorkingDays(1), "from_start", desk),
        Retargeted(at("03-07 12:00"), hours(24), "from_start", always),
    ]
    timing = fold(at("03-06 17:00"), hours(4), always, facts[:1])
    assert timing.due_at == at("03-09 18:00")
    assert timing.calendar is desk
    assert fold(at("03-06 17:00"), hours(4), always, facts).due_at == at("03-07 17:00")


def test_t7_reopening_leaves_out_the_time_since_the_stop(told, at):
    facts = [Stopped(at("03-02 11:00")), Reopened(at("03-03 10:00"))]
    timing = told(at("03-02 10:00"), hours(4), facts)
    assert timing.state is TimingState.RUNNING
    assert timing.due_at == at("03-03 13:00")
    assert timing.stopped_at is None
    assert [(p.kind, p.given_back_seconds) for p in timing.pauses] == [("stopped", 8 * HOUR)]


def test_t7_reopening_may_restart_the_whole_target(told, at):
    facts = [Stopped(at("03-02 11:00")), Reopened(at("03-03 10:00"), "restart")]
    timing = told(at("03-02 10:00"), hours(4), facts, at("03-03 11:00"))
    assert timing.due_at == at("03-03 14:00")
    assert timing.elapsed_seconds == HOUR


def test_t7_changes_since_the_stop_apply_from_the_reopening(told, at, always):
    facts = [
        Stopped(at("03-02 11:00")),
        Retargeted(at("03-02 12:00"), hours(2), "from_start"),
        CalendarChanged(at("03-02 13:00"), always),
        Reopened(at("03-02 20:00")),
    ]
    assert told(at("03-02 10:00"), hours(4), facts[:3]).state is TimingState.MET
    assert told(at("03-02 10:00"), hours(4), facts).due_at == at("03-02 21:00")


def test_t7_a_clock_met_while_paused_goes_on_where_the_pause_began(told, at):
    facts = [Paused(at("03-02 11:00")), Stopped(at("03-02 12:00")), Reopened(at("03-03 10:00"))]
    assert told(at("03-02 10:00"), hours(4), facts).due_at == at("03-03 13:00")


def test_t7_a_late_clock_stays_breached_when_reopened(told, at):
    facts = [Stopped(at("03-02 13:00")), Reopened(at("03-03 10:00"))]
    timing = told(at("03-02 10:00"), hours(2), facts)
    assert (timing.state, timing.breached_at) == (TimingState.BREACHED, at("03-02 12:00"))


@pytest.mark.parametrize(
    ("stop", "state"),
    [
        ("03-06 18:00", TimingState.MET),
        ("03-06 18:00:00.000001", TimingState.MET_LATE),
        ("03-07 12:00", TimingState.MET_LATE),  # nothing more has elapsed, and still too late
    ],
)
def test_t8_met_only_when_stopped_by_the_due_time(stop, state, told, at):
    timing = told(at("03-06 17:00"), hours(1), [Stopped(at(stop))])
    assert timing.state is state
    assert timing.elapsed_seconds == timing.target_seconds == HOUR
    assert timing.breached_at == (None if state is TimingState.MET else at("03-06 18:00"))


def test_t8_at_the_due_instant_itself_nothing_is_breached_yet(told, at):
    assert told(at("03-02 10:00"), hours(2), as_of=at("03-02 12:00")).state is TimingState.RUNNING
    late = told(at("03-02 10:00"), hours(2), as_of=at("03-02 12:00:00.000001"))
    assert late.state is TimingState.BREACHED
    assert late.remaining_seconds == -0.000001


def test_t8_what_follows_a_stop_changes_nothing(told, at):
    stop = [Stopped(at("03-02 11:00"))]
    later = [Paused(at("03-02 12:00")), Retargeted(at("03-02 13:00"), hours(1)), Stopped(at("03-02 18:00"))]
    as_of = at("03-03 10:00")
    assert told(at("03-02 10:00"), hours(2), [*stop, *later], as_of) == told(
        at("03-02 10:00"), hours(2), stop, as_of
    )


def test_t9_override_before_holiday_before_make_up_workday_before_weekly_hours(document_of, at):
    document = document_of("complaint-desk") | {"overrides": {"2026-02-17": [["10:00", "11:00"]]}}
    day = definition_of(document, around=at("01-01").date()).day
    assert day(at("02-17").date()).reason is DayReason.OVERRIDE
    assert day(at("02-18").date()).reason is DayReason.HOLIDAY
    assert day(at("02-14").date()).reason is DayReason.WORKDAY
    assert day(at("02-13").date()).reason is DayReason.WEEKLY


def test_t9_a_night_window_is_cancelled_with_its_opening_date(document_of, compile_):
    document = document_of("new-york-nights") | {"holidays": ["2026-06-02"]}
    nights = compile_(document)
    moment = {
        hour: datetime(2026, 6, day, hour, tzinfo=nights.zone) for day, hour in ((2, 5), (2, 23), (3, 4))
    }
    assert nights.is_open(microseconds(moment[5]))  # the morning of the holiday belongs to the day before
    assert not nights.is_open(microseconds(moment[23]))
    assert not nights.is_open(microseconds(moment[4]))  # the morning after it was cancelled with it


def test_t9_a_yearly_holiday_may_cross_new_year(document_of, compile_):
    yearly = [{"first": "12-30", "last": "01-02"}]
    calendar = compile_(document_of("nine-to-five") | {"yearly_holidays": yearly})
    due = fold(datetime(2030, 12, 27, 16, tzinfo=calendar.zone), WorkingDays(1), calendar).due_at
    assert due == datetime(2031, 1, 3, 17, tzinfo=calendar.zone)


def test_t10_open_time_is_real_time_over_clock_changes(calendar_of):
    nights = calendar_of("new-york-nights")
    spring, autumn = (
        datetime(2026, 3, 7, 22, tzinfo=nights.zone),
        datetime(2026, 10, 31, 22, tzinfo=nights.zone),
    )
    assert fold(spring, hours(7), nights).due_at == datetime(2026, 3, 8, 6, tzinfo=nights.zone)
    assert fold(autumn, hours(9), nights).due_at == datetime(2026, 11, 1, 6, tzinfo=nights.zone)


def test_t11_a_new_version_may_move_the_due_time_both_ways(told, at, calendar_of, desk):
    closed = calendar_of("extra-closure")
    edit = [CalendarChanged(at("06-19 10:00"), closed)]
    timing = told(at("06-18 16:00"), hours(12), edit)
    assert timing.due_at == at("06-24 10:00")
    back = told(at("06-18 16:00"), hours(12), [*edit, CalendarChanged(at("06-20 10:00"), desk)])
    assert back.due_at == at("06-23 10:00")


def test_t11_a_version_of_another_calendar_is_passed_over(told, at, calendar_of):
    closed = calendar_of("extra-closure")
    other = [CalendarChanged(at("06-19 10:00"), closed, replaces="always")]
    same = [CalendarChanged(at("06-19 10:00"), closed, replaces="complaint-desk")]
    assert told(at("06-18 16:00"), hours(12), other).due_at == at("06-23 10:00")
    assert told(at("06-18 16:00"), hours(12), same).due_at == at("06-24 10:00")


def test_t11_a_stopped_clock_keeps_its_version(told, at, calendar_of):
    facts = [Stopped(at("06-23 09:30")), CalendarChanged(at("06-23 10:00"), calendar_of("extra-closure"))]
    assert told(at("06-18 16:00"), hours(12), facts).due_at == at("06-23 10:00")


@pytest.mark.parametrize(
    ("start", "days", "is_provisional"),
    [("12-30 10:00", 1, False), ("12-31 10:00", 1, True), ("12-25 10:00", 10, True)],
)
def test_t12_beyond_the_announced_year_is_provisional(start, days, is_provisional, told, at):
    assert told(at(start), WorkingDays(days)).is_provisional is is_provisional


def test_t12_the_end_of_the_last_announced_day_is_not_provisional(calendar_of):
    calendar = calendar_of("working-days")
    start = datetime(2026, 12, 30, 10, tzinfo=calendar.zone)
    timing = fold(start, WorkingDays(1), calendar)
    assert timing.due_at == datetime(2027, 1, 1, tzinfo=calendar.zone)
    assert not timing.is_provisional


def test_t12_a_provisional_due_time_is_computed_again_when_the_year_is_announced(told, at, calendar_of):
    facts = [CalendarChanged(at("12-31 12:00"), calendar_of("next-year-announced"))]
    assert told(at("12-30 10:00"), WorkingDays(5)).is_provisional
    timing = told(at("12-30 10:00"), WorkingDays(5), facts)
    assert (timing.is_provisional, str(timing.due_at.date())) == (False, "2027-01-07")


def test_t13_a_calendar_that_never_opens_is_refused(at):
    with pytest.raises(CalendarRefused) as refused:
        definition_of({"time_zone": "UTC", "weekly": {}}, around=at("01-01").date())
    assert [issue.code for issue in refused.value.issues] == ["never-open"]


@pytest.mark.parametrize("target", [hours(2), WorkingDays(2), WorkingDays(2, "same_time")])
def test_t13_a_target_without_enough_open_time_is_refused(target, compile_, at):
    once = compile_({"time_zone": "UTC", "overrides": {"2027-05-04": [["09:00", "10:00"]]}})
    assert fold(at("01-01 10:00"), hours(1), once).due_at.isoformat() == "2027-05-04T10:00:00+00:00"
    with pytest.raises(Invalid, match="no-open-time-within-ten-years"):
        fold(at("01-01 10:00"), target, once)


@pytest.mark.parametrize("name", ["always", "complaint-desk"])
def test_t13_ten_years_are_the_longest_that_is_counted(name, calendar_of, at):
    with pytest.raises(Invalid, match="target-out-of-range"):
        OpenSeconds(3653 * 86400 + 1)
    with pytest.raises(Invalid, match="no-open-time-within-ten-years"):
        fold(at("01-01 10:00"), WorkingDays(3653), calendar_of(name))


def test_t13_the_same_time_ten_years_on_is_counted_whenever_that_day_closes(always, at):
    start, target = at("03-02 10:00"), WorkingDays(3653, "same_time")
    due = fold(start, target, always).due_at
    assert due == start + timedelta(days=3653)
    bulk = BulkCalendar(always).working_days_due([microseconds(start)], target.days, target.day_end)
    assert bulk.tolist() == [microseconds(due)]
    with pytest.raises(Invalid, match="no-open-time-within-ten-years"):
        fold(start, WorkingDays(3653), always)


@pytest.mark.parametrize("name", ["always", "complaint-desk"])
@pytest.mark.parametrize("year", [1, 1969, 2200, 9999])
@pytest.mark.parametrize("target", [hours(1), WorkingDays(3), WorkingDays(1, "same_time")])
def test_t13_years_that_cannot_be_counted_are_refused(name, year, target, calendar_of):
    start = datetime(year, 6, 1, tzinfo=UTC)
    with pytest.raises(Invalid, match="instant-out-of-range"):
        fold(start, target, calendar_of(name))
    with pytest.raises(Invalid, match="instant-out-of-range"):
        fold(datetime(2026, 3, 2, tzinfo=UTC), target, calendar_of(name), at=start)
