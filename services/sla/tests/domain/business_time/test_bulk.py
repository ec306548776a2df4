"""Counting for many clocks at once gives exactly what counting for each of them gives."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import Invalid
from sla.domain.business_time import microseconds
from sla.domain.business_time.bulk import BulkCalendar

NAMES = [
    "always",
    "complaint-desk",
    "lunch-break",
    "new-york-nights",
    "london",
    "lord-howe-always",
    "half-day",
]
BEGIN = microseconds(datetime(2024, 1, 1, tzinfo=UTC))
END = microseconds(datetime(2027, 6, 1, tzinfo=UTC))
HOUR = 3600 * 1_000_000

instants = st.lists(st.integers(BEGIN, END), min_size=1, max_size=20)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(
    since=instants,
    other=st.integers(BEGIN, END),
    wanted=st.integers(-5, 3000 * HOUR),
    days=st.integers(1, 40),
)
def test_bulk_equals_scalar(name, since, other, wanted, days, calendar_of):
    calendar, bulk = calendar_of(name), BulkCalendar(calendar_of(name))
    assert bulk.elapsed(since, other).tolist() == [calendar.elapsed(one, other) for one in since]
    assert bulk.add(since, wanted).tolist() == [calendar.add(one, wanted) for one in since]
    for day_end in ("end_of_day", "same_time"):
        due = bulk.working_days_due(since, days, day_end).tolist()
        assert due == [calendar.working_days_due(one, days, day_end) for one in since]


def test_bulk_equals_scalar_around_every_boundary(calendar_of):
    for name in NAMES[1:5]:
        calendar, bulk = calendar_of(name), BulkCalendar(calendar_of(name))
        table = calendar.table(BEGIN, END)
        edges = [t for t in (*table.opens[1:], *table.closes[1:]) if BEGIN < t < END][:400]
        since = [edge + shift for edge in edges for shift in (-1, 0, 1)]
        for wanted in (0, 1, 9 * HOUR, 9 * HOUR + 1, 100 * HOUR):
            assert bulk.add(since, wanted).tolist() == [calendar.add(one, wanted) for one in since]


def test_a_large_batch_is_worked_off_in_pieces(desk):
    rng = np.random.default_rng(8)
    since = rng.integers(BEGIN, END, 100_000)
    wanted = rng.integers(1, 400 * HOUR, 100_000)
    due = BulkCalendar(desk).add(since, wanted)
    assert (BulkCalendar(desk).elapsed(since, due) == wanted).all()
    sample = slice(None, None, 997)
    assert due[sample].tolist() == [
        desk.add(one, more) for one, more in zip(since[sample].tolist(), wanted[sample].tolist(), strict=True)
    ]


def test_nothing_gives_nothing(desk, always):
    for calendar in (desk, always):
        bulk = BulkCalendar(calendar)
        results = (bulk.elapsed([], []), bulk.add([], []), bulk.working_days_due([], 1))
        assert [result.size for result in results] == [0, 0, 0]


@pytest.mark.parametrize("day_end", ["end_of_day", "same_time"])
def test_t13_holds_for_each_of_many(day_end, compile_):
    once = compile_({"time_zone": "UTC", "overrides": {"2027-05-04": [["09:00", "10:00"]]}})
    bulk = BulkCalendar(once)
    assert bulk.add([BEGIN, END - 60 * 24 * HOUR], HOUR).tolist() == [once.add(BEGIN, HOUR)] * 2
    assert bulk.working_days_due(BEGIN, 1).tolist() == once.working_days_due(BEGIN, 1)
    with pytest.raises(Invalid, match="no-open-time-within-ten-years"):
        bulk.add([BEGIN], HOUR + 1)
    with pytest.raises(Invalid, match="no-open-time-within-ten-years"):
        bulk.working_days_due([BEGIN], 2, day_end)
