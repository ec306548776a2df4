"""What tickets tell adds up to the same, doubled and in any order."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from warranty.domain.coverage import Cause
from warranty.domain.heard import Heard, cause_of, merged

START = datetime(2026, 3, 2, tzinfo=UTC)


def heard(version: int, code: str | None) -> Heard:
    return Heard(
        UUID(int=version), START, START + timedelta(hours=version), version, code, version if code else 0
    )


codes = st.none() | st.sampled_from(["hardware", "power"])
histories = st.lists(codes, min_size=1, max_size=6).map(
    lambda told: [heard(number, code) for number, code in enumerate(told, 1)]
)


@given(histories, st.data())
def test_any_order_and_any_doubles_add_up_to_the_same(history: list[Heard], data: st.DataObject):
    shuffled = data.draw(st.permutations(history + history[: data.draw(st.integers(0, len(history)))]))
    assert reduce(merged, shuffled) == reduce(merged, history)


@given(histories)
def test_the_latest_facts_and_the_latest_cause_stand(history: list[Heard]):
    last = reduce(merged, history)
    causes = [one for one in history if one.cause_code]
    assert last.asset_id == history[-1].asset_id
    assert last.cause_code == (causes[-1].cause_code if causes else None)
    assert last.decided_for == history[-1].failed_at


def test_a_code_that_nobody_mapped_needs_a_person():
    causes = {"hardware": Cause.DEFECT}
    assert cause_of("hardware", causes) is Cause.DEFECT
    assert cause_of("tomorrow", causes) is Cause.UNCLEAR
    assert cause_of(None, causes) is None
