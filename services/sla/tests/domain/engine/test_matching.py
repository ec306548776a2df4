"""Conditions and the competition between commitments."""

from decimal import Decimal

import pytest

from sla.domain.matching import Index, Verdict, compete
from sla.domain.matching import test_of as closure_of
from sla.domain.plans import Condition, Operator

from .story import Story, commitment, plan_of


@pytest.mark.parametrize(
    ("operator", "operand", "holds", "fails"),
    [
        (Operator.IS, "local", ["local"], ["Local", None, 1, True]),
        (Operator.IS, 2, [2, 2.0, "2", Decimal(2)], [3, None, True, "two"]),
        (Operator.IS, True, [True], [False, None, 1, "true"]),
        (Operator.IS, False, [False], [True, None, 0]),
        (Operator.IN, ("a", "b"), ["a", "b"], ["c", None, 1]),
        (Operator.IN, (1, 2), [1, "2"], [3, None, True]),
        (Operator.IN, ("a", 1), ["a", 1], ["b", 2, None]),
        (
            Operator.LT,
            1000,
            [999, "999.999", Decimal(0), -5],
            [1000, "1000", None, "far", True, "NaN", "-Infinity"],
        ),
        (Operator.LTE, 1000, [1000, "1000.0"], [1000.001, None]),
        (Operator.GT, 1000, ["1000.001"], [1000, None, "?"]),
        (Operator.GTE, 1000, ["1000", 5000], ["999.9", None]),
        (Operator.EXISTS, True, ["", 0, False], [None]),
        (Operator.EXISTS, False, [None], ["", 0, False]),
    ],
)
def test_a_condition_holds_for_these_values_and_no_others(operator, operand, holds, fails):
    test = closure_of(Condition("field", operator, operand))
    assert [value for value in holds if not test(value)] == []
    assert [value for value in fails if test(value)] == []


def started(*commitments, **facts):
    index = Index.of(plan_of(*commitments))
    contenders = index.starts["ticket", "ticketing.ticket.opened"]["response"]
    return compete(contenders, Story(**facts).data)


def when(**conditions):
    return {"event": "ticketing.ticket.opened", "when": conditions}


def test_more_conditions_beat_a_higher_priority():
    found = started(
        commitment(id="wide", start=when(severity=[1, 2]), priority=9),
        commitment(id="narrow", start=when(severity=[1, 2], kind="incident")),
    )
    assert [(one.commitment_id, one.verdict) for one in found.candidates] == [
        ("narrow", Verdict.WON),
        ("wide", Verdict.LESS_SPECIFIC),
    ]


def test_priority_decides_between_equally_specific_ones():
    found = started(
        commitment(id="by-kind", start=when(kind="incident")),
        commitment(id="by-level", start=when(severity=2), priority=1),
    )
    assert [(one.commitment_id, one.verdict) for one in found.candidates] == [
        ("by-level", Verdict.WON),
        ("by-kind", Verdict.LOWER_PRIORITY),
    ]


def test_a_range_on_one_field_counts_as_one_condition():
    found = started(
        commitment(id="range", start=when(distance_km={"gte": 10, "lt": 20})),
        commitment(id="two", start=when(kind="incident", severity=2)),
        distance_km="15",
    )
    assert found.winner.promise.commitment.id == "two"


def test_a_loser_names_the_condition_that_failed_and_what_it_met():
    found = started(commitment(id="wide"), commitment(id="level-1", start=when(severity=1)))
    loser = found.candidates[1]
    assert (loser.verdict, loser.failed, loser.found) == (
        Verdict.NOT_MATCHED,
        Condition("severity", Operator.IS, 1),
        "2",
    )


def test_nobody_wins_when_nothing_matches():
    found = started(commitment(start=when(severity=1)))
    assert found.winner is None
    assert found.assumed == ()


def test_a_carried_due_time_that_is_missing_disqualifies():
    found = started(commitment(id="dated", target={"at": "failed_at"}, priority=5), commitment(id="wide"))
    verdicts = {one.commitment_id: one.verdict for one in found.candidates}
    assert verdicts == {"wide": Verdict.WON, "dated": Verdict.NO_DUE_TIME}
