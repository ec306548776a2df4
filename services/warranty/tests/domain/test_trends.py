"""Trends: what the line says, what it does not mind, and when nothing can be said."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warranty.domain.trends import Outlook, line_of, trend_of


def said(figures, low=None, high=None, *, fewest=4, reach=10.0):
    points = [(float(day), float(figure)) for day, figure in enumerate(figures)]
    return trend_of(points, low, high, fewest=fewest, reach=reach)


@pytest.mark.parametrize(
    ("figures", "low", "high", "outlook"),
    [
        ([1, 2, 3], None, 10, Outlook.NOT_ENOUGH_DATA),
        ([], None, 10, Outlook.NOT_ENOUGH_DATA),
        ([1, 2, 3, 4, 5, 6, 7], None, None, Outlook.NO_LIMIT),
        ([1, 2, 3, 4, 5, 6, 7], 0, None, Outlook.NO_LIMIT),
        ([1, 2, 3, 4, 5, 6, 7], None, 6, Outlook.OUT_OF_RANGE),
        ([7, 6, 5, 4, 3, 2, 1], 2, None, Outlook.OUT_OF_RANGE),
        ([5, 5, 5, 5, 5, 5, 5], 0, 10, Outlook.NO_TREND),
        ([5, 6, 5, 6, 5, 6, 5], 0, 10, Outlook.NO_TREND),
        ([1, 2, 3, 4, 5, 6, 7], None, 10, Outlook.CROSSING),
        ([7, 6, 5, 4, 3, 2, 1], 0, None, Outlook.CROSSING),
        ([1, 2, 3, 4, 5, 6, 7], None, 1_000, Outlook.TOO_FAR),
    ],
)
def test_what_can_be_said(figures, low, high, outlook):
    assert said(figures, low, high).outlook is outlook


def test_a_straight_line_crosses_when_it_does():
    crossing = said([1, 2, 3, 4, 5, 6, 7], None, 10).crossing
    assert (crossing.limit, crossing.expected, crossing.earliest, crossing.latest) == (10, 3, 3, 3)


def test_readings_of_one_moment_make_no_line():
    assert line_of([(0.0, 1.0), (0.0, 2.0)]) is None
    assert trend_of([(0.0, float(n)) for n in range(9)], 0, 1, fewest=4, reach=2).line is None


def test_a_wild_reading_moves_nothing():
    figures = [1 + 0.1 * day for day in range(20)]
    figures[7] = 1e9
    assert said(figures, None, 5).line.per_day == pytest.approx(0.1, rel=0.02)


POINTS = st.lists(
    st.tuples(st.integers(0, 2_000), st.integers(-10_000, 10_000)), min_size=4, max_size=30
).map(lambda points: sorted((float(at), float(figure)) for at, figure in points))


@given(POINTS, st.integers(-20_000, 20_000), st.integers(-20_000, 20_000))
def test_intervals_hold_what_they_estimate(points, one, other):
    low, high = sorted((one, other))
    trend = trend_of(points, low, high, fewest=4, reach=5.0)
    if trend.line is not None:
        assert trend.line.low <= trend.line.per_day <= trend.line.high
    if trend.crossing is not None:
        assert trend.outlook is Outlook.CROSSING
        slack = 1e-6 * (1 + trend.crossing.expected)
        assert trend.crossing.earliest <= trend.crossing.expected + slack
        assert trend.crossing.latest is None or trend.crossing.expected <= trend.crossing.latest + slack
        assert trend.crossing.expected <= 5.0 * (points[-1][0] - points[0][0])


@given(POINTS, st.integers(-5_000, 5_000), st.integers(1, 50))
def test_the_slope_follows_shift_and_scale(points, shift, scale):
    line = line_of(points)
    moved = line_of([(at + 17.0, figure * scale + shift) for at, figure in points])
    if line is None:
        assert moved is None
        return
    assert moved.per_day == pytest.approx(line.per_day * scale, abs=1e-6)
    assert moved.low == pytest.approx(line.low * scale, abs=1e-6)


def test_the_interval_holds_the_truth_nineteen_times_in_twenty():
    rng = Random(7)
    held = 0
    for _ in range(400):
        line = line_of([(float(day), 0.3 * day + rng.gauss(0, 2)) for day in range(12)])
        held += line.low <= 0.3 <= line.high
    assert held >= 370
