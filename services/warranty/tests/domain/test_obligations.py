"""Inspections promised by the year: periods of every contract, and which visit keeps which of them."""

from datetime import date, timedelta
from itertools import pairwise, permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Conflict
from warranty.domain.obligations import LIFECYCLE, Owed, Period, Promise, kept_by, year_of

LONG_AGO = date.min


def periods(promise: Promise, count: int) -> list[Period]:
    """The first so many periods."""
    found: list[Period] = []
    after = LONG_AGO
    while len(found) < count and (one := promise.first(open_on=after, from_on=after)) is not None:
        found.append(one)
        after = one.to_on + timedelta(days=1)
    return found


def days(promise: Promise, count: int = 40) -> list[tuple[str, str]]:
    return [(one.from_on.isoformat(), one.to_on.isoformat()) for one in periods(promise, count)]


@pytest.mark.parametrize(
    ("per_year", "starts_on", "ends_on", "expected"),
    [
        (2, "2026-01-01", "2026-12-31", [("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-12-31")]),
        (1, "2026-03-15", "2027-03-14", [("2026-03-15", "2027-03-14")]),
        # whole months are counted from the first day of the contract, so that the 31st comes back
        (
            4,
            "2026-08-31",
            "2027-08-30",
            [
                ("2026-08-31", "2026-11-29"),
                ("2026-11-30", "2027-02-27"),
                ("2027-02-28", "2027-05-30"),
                ("2027-05-31", "2027-08-30"),
            ],
        ),
        # a contract from a leap day has its anniversary on the last day of February
        (
            2,
            "2024-02-29",
            "2026-02-27",
            [
                ("2024-02-29", "2024-08-28"),
                ("2024-08-29", "2025-02-27"),
                ("2025-02-28", "2025-08-28"),
                ("2025-08-29", "2026-02-27"),
            ],
        ),
        # what months do not divide is divided by days
        (
            5,
            "2026-01-01",
            "2026-12-31",
            [
                ("2026-01-01", "2026-03-14"),
                ("2026-03-15", "2026-05-26"),
                ("2026-05-27", "2026-08-07"),
                ("2026-08-08", "2026-10-19"),
                ("2026-10-20", "2026-12-31"),
            ],
        ),
        # cut short by the contract's end: owed where at least half of it is left, by the contract's last day
        (2, "2026-01-01", "2026-03-31", []),
        (2, "2026-01-01", "2026-04-01", [("2026-01-01", "2026-04-01")]),
        (2, "2026-01-01", "2026-09-30", [("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-09-30")]),
        (2, "2026-01-01", "2026-09-29", [("2026-01-01", "2026-06-30")]),
        (2, "2026-01-01", "2027-01-01", [("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-12-31")]),
        (0, "2026-01-01", "2027-01-01", []),
    ],
)
def test_periods_of_a_contract(per_year, starts_on, ends_on, expected):
    promise = Promise(per_year, date.fromisoformat(starts_on), date.fromisoformat(ends_on))
    assert days(promise) == expected


def test_more_than_a_year_has_days_is_one_a_day():
    promise = Promise(366, date(2026, 1, 1), date(2026, 12, 31))
    found = periods(promise, 400)
    assert len(found) == 365
    assert {one.to_on - one.from_on for one in found} == {timedelta(0)}


def test_the_calendar_ends_and_so_do_the_periods():
    assert periods(Promise(2, date(9999, 3, 1)), 10)[-1].to_on < date.max
    assert Promise(2, date(2026, 1, 1)).first(open_on=date.max) is None


starts = st.dates(date(1990, 1, 1), date(2090, 12, 31))
counts = st.integers(1, 366)


@given(starts, counts, st.integers(0, 20_000))
def test_every_day_of_an_open_contract_lies_in_one_period(starts_on, per_year, later):
    day = starts_on + timedelta(days=later)
    found = Promise(per_year, starts_on).first(open_on=day)
    assert found is not None
    assert found.from_on <= day <= found.to_on
    assert found.contract_year == year_of(day, starts_on)


@given(starts, st.integers(1, 40))
def test_periods_follow_one_another_as_many_as_promised_and_nearly_equal(starts_on, per_year):
    found = periods(Promise(per_year, starts_on), per_year * 4)
    assert found[0].from_on == starts_on
    assert all(later.from_on - earlier.to_on == timedelta(days=1) for earlier, later in pairwise(found))
    assert [one.number for one in found] == list(range(1, per_year + 1)) * 4
    lengths = [(one.to_on - one.from_on).days for one in found]
    assert max(lengths) - min(lengths) <= 4


@given(starts, counts, st.integers(0, 2_000), st.integers(0, 2_000))
def test_an_end_only_cuts_what_goes_beyond_it(starts_on, per_year, lasts, later):
    ends_on, day = starts_on + timedelta(days=lasts), starts_on + timedelta(days=later)
    cut = Promise(per_year, starts_on, ends_on).first(open_on=day)
    whole = Promise(per_year, starts_on).first(open_on=day)
    assert whole is not None
    if cut is not None:
        assert cut.to_on <= ends_on
        assert (cut.from_on, cut.number) == (whole.from_on, whole.number)
    if whole.to_on <= ends_on:
        assert cut == whole


HALVES = periods(Promise(2, date(2026, 1, 1)), 6)


def settled(visits: list[date], of: list[Period] = HALVES) -> dict[date, date]:
    """First day of each period to the day of the visit that keeps it, told in this order."""
    kept: dict[int, date] = {}
    for told in visits:
        waiting = [told]
        while waiting:
            day = waiting.pop()
            owed = [Owed(UUID(int=n), one, kept.get(n)) for n, one in enumerate(of)]
            found = kept_by(day, year_of(day, date(2026, 1, 1)), owed)
            if found is not None:
                waiting += [kept[found.id.int]] if found.id.int in kept else []
                kept[found.id.int] = day
    return {of[n].from_on: day for n, day in sorted(kept.items())}


H1, H2, NEXT = date(2026, 1, 1), date(2026, 7, 1), date(2027, 1, 1)


@pytest.mark.parametrize(
    ("visits", "kept"),
    [
        ([(2026, 3, 1)], {H1: (2026, 3, 1)}),
        ([(2026, 6, 30)], {H1: (2026, 6, 30)}),
        ([(2026, 7, 1)], {H2: (2026, 7, 1)}),
        # the second of a period is the next one of the year, ahead of its time
        ([(2026, 3, 1), (2026, 6, 1)], {H1: (2026, 3, 1), H2: (2026, 6, 1)}),
        # but not of another year
        ([(2026, 8, 1), (2026, 12, 1)], {H1: (2026, 12, 1), H2: (2026, 8, 1)}),
        ([(2026, 3, 1), (2026, 8, 1), (2026, 12, 1)], {H1: (2026, 3, 1), H2: (2026, 8, 1)}),
        # one of the period itself takes the place of one from outside of it, which moves on
        ([(2026, 8, 1), (2026, 12, 1), (2026, 2, 1)], {H1: (2026, 2, 1), H2: (2026, 8, 1)}),
        ([(2026, 3, 1), (2026, 6, 1), (2026, 9, 1)], {H1: (2026, 3, 1), H2: (2026, 9, 1)}),
        # what lies before the contract is nothing's ahead
        ([(2025, 12, 1)], {}),
        ([(2027, 2, 1), (2027, 3, 1)], {H1: (2027, 3, 1), NEXT: (2027, 2, 1)}),
    ],
)
def test_which_visit_keeps_what(visits, kept):
    found = settled([date(*one) for one in visits])
    assert found == {first: date(*day) for first, day in kept.items()}


visiting = st.lists(st.dates(date(2025, 6, 1), date(2028, 12, 31)), max_size=8)


@given(visiting, st.dates(date(2025, 6, 1), date(2028, 12, 31)))
def test_one_more_visit_never_takes_anything_away(visits, more):
    before, after = settled(visits), settled([*visits, more])
    assert before.keys() <= after.keys()


@given(visiting)
def test_no_visit_counts_twice_and_a_period_visited_is_kept_by_a_visit_in_it(visits):
    found = settled(visits)
    counted = list(found.values())
    assert all(counted.count(day) <= visits.count(day) for day in counted)
    for one in HALVES:
        if any(one.from_on <= day <= one.to_on for day in visits):
            assert one.from_on <= found[one.from_on] <= one.to_on


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=4))
def test_in_which_order_visits_are_told_decides_not_what_is_kept(visits):
    assert len({frozenset(settled(list(told))) for told in permutations(visits)}) <= 1


def test_every_state_and_every_action():
    allowed = {("keep", "open"), ("keep", "kept"), ("changePeriod", "open"), ("changePeriod", "kept")}
    allowed.add(("withdraw", "open"))
    for action in LIFECYCLE.transitions:
        for state in LIFECYCLE.states:
            if (action, state) in allowed:
                LIFECYCLE.ask(action, state)
            else:
                with pytest.raises(Conflict):
                    LIFECYCLE.ask(action, state)
    assert LIFECYCLE.verbs == ()
