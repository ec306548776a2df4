"""Notices of an end: each threshold once, the nearest where several are due, the end on the day after."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warranty.domain.notices import days_left, next_notice_at, still_told, threshold_reached
from warranty.policy import CONTRACT_EXPIRY_DAYS, WARRANTY_EXPIRY_DAYS

SHANGHAI = ZoneInfo("Asia/Shanghai")
LAST = date(2026, 12, 31)
THRESHOLDS = (90, 30, 7)
ZONES = st.sampled_from(["Asia/Shanghai", "Asia/Beirut", "America/Santiago", "Pacific/Apia", "UTC"])


def test_the_thresholds_are_data() -> None:
    assert CONTRACT_EXPIRY_DAYS == WARRANTY_EXPIRY_DAYS == THRESHOLDS


@pytest.mark.parametrize(
    ("left", "announced", "told"),
    [
        (91, (), None),
        (90, (), 90),
        (90, (90,), None),
        (30, (90,), 30),
        (10, (), 30),
        (10, (30,), None),
        (7, (30,), 7),
        (0, (90, 30), 7),
        (0, (7,), None),
        (-1, (), None),
    ],
)
def test_the_nearest_threshold_is_told_once(left: int, announced: tuple[int, ...], told: int | None) -> None:
    assert threshold_reached(left, THRESHOLDS, announced) == told


@pytest.mark.parametrize(
    ("announced", "tells_end", "due"),
    [
        ((), False, datetime(2026, 10, 1, 16, tzinfo=UTC)),
        ((90,), False, datetime(2026, 11, 30, 16, tzinfo=UTC)),
        ((30,), False, datetime(2026, 12, 23, 16, tzinfo=UTC)),
        ((7,), False, None),
        ((7,), True, datetime(2026, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_the_next_notice_is_due_when_its_day_begins(
    announced: tuple[int, ...], due: datetime | None, *, tells_end: bool
) -> None:
    assert next_notice_at(LAST, SHANGHAI, THRESHOLDS, announced, tells_end=tells_end) == due


@pytest.mark.parametrize(
    ("announced", "left", "kept"),
    [((90, 30), 20, [90, 30]), ((90, 30), 31, [90]), ((90, 30, 7), 400, []), ((), 5, [])],
)
def test_an_end_that_moved_is_told_of_where_it_lies_further_off(
    announced: tuple[int, ...], left: int, kept: list[int]
) -> None:
    assert still_told(announced, left) == kept


def test_without_a_last_day_nothing_is_due() -> None:
    assert next_notice_at(None, SHANGHAI, THRESHOLDS, (), tells_end=True) is None


@given(
    st.dates(date(1950, 1, 1), date(2200, 1, 1)),
    ZONES,
    st.sets(st.integers(0, 400), min_size=1, max_size=5),
    st.integers(0, 800),
)
def test_looking_when_due_makes_progress_and_tells_each_threshold_once(
    ends_on: date, zone_name: str, thresholds: set[int], lead: int
) -> None:
    zone = ZoneInfo(zone_name)
    announced: list[int] = []
    now = datetime.combine(ends_on, datetime.min.time(), UTC) - timedelta(days=lead)
    while (due := next_notice_at(ends_on, zone, thresholds, announced)) is not None:
        now = max(now, due)
        left = days_left(ends_on, now.astimezone(zone).date())
        threshold = threshold_reached(left, thresholds, announced)
        if left < 0:
            break
        assert threshold is not None
        assert left <= threshold
        announced.append(threshold)
    assert announced == sorted(set(announced), reverse=True)
    assert not announced or announced[-1] == min(thresholds)


@given(st.dates(), ZONES)
def test_any_last_day_has_a_time(ends_on: date, zone_name: str) -> None:
    assert next_notice_at(ends_on, ZoneInfo(zone_name), THRESHOLDS, (), tells_end=True) is not None
    assert next_notice_at(ends_on, ZoneInfo(zone_name), THRESHOLDS, (7,), tells_end=True) is not None
