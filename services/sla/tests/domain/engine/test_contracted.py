"""Plans as contracts change them."""

from dataclasses import replace

import pytest

from sla.domain.clocks.contracted import contracted
from sla.domain.plans.model import Commitment, Plan, Target, Unit

PLAIN = Commitment(
    id="response",
    clause="§1.2.1",
    titles={"en": "Response"},
    subject="ticket",
    metric="response",
    start=(),
    stop=(),
    target=Target(Unit.MINUTES, 30),
    calendar="always",
)
DATED = replace(PLAIN, id="dated", target=Target(Unit.AT, at_field="due_at"))
OTHER = replace(PLAIN, id="other", metric="onsite")
PLAN = Plan("gold", {"en": "Gold"}, (PLAIN, DATED, OTHER))


@pytest.mark.parametrize(
    ("seconds", "target"),
    [
        (7200, Target(Unit.HOURS, 2)),
        (900, Target(Unit.MINUTES, 15)),
        (5400, Target(Unit.MINUTES, 90)),
        (61, Target(Unit.SECONDS, 61)),
    ],
)
def test_a_time_replaces_the_plans_in_the_largest_whole_unit(seconds: int, target: Target) -> None:
    first, *others = contracted(PLAN, {"response": seconds}, "CTR-1").commitments
    assert (first.target, first.agreed_in, first.target.seconds) == (target, "CTR-1", seconds)
    assert others == [DATED, OTHER]


@pytest.mark.parametrize("seconds", [{}, {"repair": 900}])
def test_a_plan_that_no_time_concerns_is_the_plan(seconds: dict[str, int]) -> None:
    assert contracted(PLAN, seconds, "CTR-1") is PLAN
