"""Every distinguishable combination of field values, tried: ties, gaps and commitments that can never win."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import prod

from sla.domain.matching import Contender, Index, hold
from sla.domain.plans.catalogue import Catalogue, EventField, Kind, MustCover
from sla.domain.plans.model import Condition, Operator, Plan, Scalar

MOST_COMBINATIONS = 200_000
ANY_OTHER = "any other"

Value = Scalar | None
Combination = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two commitments that would win alike on the same facts."""

    first: str
    second: str
    facts: Combination


@dataclass(frozen=True, slots=True)
class Gap:
    """Facts on which a duty finds no commitment."""

    duty: MustCover
    facts: Combination


@dataclass(frozen=True, slots=True)
class Survey:
    """What came of trying all combinations.

    Args:
        conflicts: ties, one per pair.
        winners: commitments that win at least once.
        gaps: one per duty that is not kept.
        too_many: (metric, event) pairs with more combinations than are tried.
    """

    conflicts: tuple[Conflict, ...]
    winners: frozenset[str]
    gaps: tuple[Gap, ...]
    too_many: tuple[tuple[str, str], ...]


def survey(plan: Plan, catalogue: Catalogue) -> Survey:
    """Try every combination for every metric and start event of ``plan``."""
    conflicts: dict[tuple[str, str], Conflict] = {}
    winners: set[str] = set()
    too_many: list[tuple[str, str]] = []
    index = Index.of(plan)
    for (_, event), metrics in index.starts.items():
        for metric, contenders in metrics.items():
            values = _values(contenders, catalogue.events.get(event, {}))
            if prod(map(len, values.values())) > MOST_COMBINATIONS:
                too_many.append((metric, event))
                winners.update(one.promise.commitment.id for one in contenders)
                continue
            for facts in combinations(values):
                _judge(contenders, facts, winners, conflicts)
    gaps = tuple(gap for duty in catalogue.must_cover if (gap := _gap(index, duty, catalogue)))
    return Survey(tuple(conflicts.values()), frozenset(winners), gaps, tuple(too_many))


def _judge(
    contenders: Sequence[Contender],
    facts: Combination,
    winners: set[str],
    conflicts: dict[tuple[str, str], Conflict],
) -> None:
    matching = [one for one in contenders if hold(one.tests, facts)]
    if not matching:
        return
    first = matching[0].promise.commitment.id
    winners.add(first)
    for other in matching[1:]:
        second = other.promise.commitment.id
        if other.rank == matching[0].rank and second != first:
            conflicts.setdefault((first, second), Conflict(first, second, facts))


def _gap(index: Index, duty: MustCover, catalogue: Catalogue) -> Gap | None:
    contenders = index.starts.get((duty.subject, duty.event), {}).get(duty.metric, ())
    values = _values(contenders, catalogue.events.get(duty.event, {})) | dict(duty.when)
    if prod(map(len, values.values())) > MOST_COMBINATIONS:
        return None
    for facts in combinations(values):
        if not any(hold(one.tests, facts) for one in contenders):
            return Gap(duty, facts)
    return None


def combinations(values: Mapping[str, Sequence[Value]]) -> Iterator[Combination]:
    """The product of the ``values`` of each field."""
    for chosen in product(*values.values()):
        yield dict(zip(values, chosen, strict=True))


def _values(
    contenders: Sequence[Contender], fields: Mapping[str, EventField]
) -> dict[str, tuple[Value, ...]]:
    tested: dict[str, list[Condition]] = {}
    for one in contenders:
        for condition in one.trigger.when:
            tested.setdefault(condition.field, []).append(condition)
    unknown = EventField(Kind.OTHER, is_optional=True)
    return {name: _representatives(found, fields.get(name, unknown)) for name, found in tested.items()}


def _representatives(conditions: Sequence[Condition], shape: EventField) -> tuple[Value, ...]:
    """Values of which each stands for all that the conditions cannot tell from it."""
    missing: tuple[Value, ...] = (None,) if shape.is_optional else ()
    if shape.values is not None:
        return (*shape.values, *missing)
    if shape.kind is Kind.FLAG:
        return (True, False, *missing)
    mentioned = dict.fromkeys(operand for condition in conditions for operand in _operands(condition))
    numbers = sorted(value for value in mentioned if isinstance(value, (int, float)))
    if numbers:
        between = [(low + high) / 2 for low, high in pairwise(numbers)]
        return (numbers[0] - 1, *numbers, *between, numbers[-1] + 1, *missing)
    return (*mentioned, ANY_OTHER, *missing)


def _operands(condition: Condition) -> tuple[Scalar, ...]:
    if condition.operator is Operator.EXISTS:
        return ()
    return condition.operand if isinstance(condition.operand, tuple) else (condition.operand,)
