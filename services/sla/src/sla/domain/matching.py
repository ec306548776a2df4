"""Which commitment an event starts: the most specific whose conditions hold; losers keep their reason."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from operator import ge, gt, le, lt

from sla.domain.plans.model import TRIGGER_NAMES, Commitment, Condition, Operator, Plan, Scalar, Trigger

Known = Mapping[str, object]
"""What is known at a moment: the event's own fields and the subject's facts."""
Test = Callable[[object], bool]
Tests = tuple[tuple[str, Test], ...]

_COMPARED = {Operator.LT: lt, Operator.LTE: le, Operator.GT: gt, Operator.GTE: ge}


def number_of(value: object) -> Decimal | int | float | None:
    """``value`` as a number (decimals travel as text), None when it is none."""
    if isinstance(value, str):
        try:
            number = Decimal(value)
        except InvalidOperation:
            return None
        return number if number.is_finite() else None
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    return value


def _equal(operand: Scalar) -> Test:
    if isinstance(operand, bool):
        return lambda value: value is operand
    if isinstance(operand, (int, float)):
        return lambda value: number_of(value) == operand
    return lambda value: value == operand


def _member(operands: tuple[Scalar, ...]) -> Test:
    if all(isinstance(operand, str) for operand in operands):
        words = frozenset(operands)
        return lambda value: isinstance(value, str) and value in words
    tests = tuple(_equal(operand) for operand in operands)
    return lambda value: any(test(value) for test in tests)


def _comparison(operator: Operator, operand: float) -> Test:
    compare = _COMPARED[operator]

    def test(value: object) -> bool:
        number = number_of(value)
        return number is not None and bool(compare(number, operand))

    return test


def test_of(condition: Condition) -> Test:
    """``condition`` as a closure on the field's value; a missing field passes only ``exists: false``."""
    operand = condition.operand
    if condition.operator is Operator.EXISTS:
        return (lambda value: value is not None) if operand else (lambda value: value is None)
    if isinstance(operand, tuple):
        return _member(operand)
    if condition.operator is Operator.IS:
        return _equal(operand)
    return _comparison(condition.operator, float(operand) if isinstance(operand, str) else operand)


def tests_of(conditions: Iterable[Condition]) -> Tests:
    """All ``conditions`` as closures by field."""
    return tuple((condition.field, test_of(condition)) for condition in conditions)


def hold(tests: Tests, known: Known) -> bool:
    """Whether every test passes on what is known."""
    for field, test in tests:  # noqa: SIM110 - a generator would cost more than the tests
        if not test(known.get(field)):
            return False
    return True


@dataclass(frozen=True, slots=True)
class Move:
    """A trigger made ready: its tests and its policy."""

    tests: Tests
    policy: str | None


Moves = Mapping[str, tuple[Move, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Promise:
    """A commitment made ready: what moves its clock, by event type."""

    commitment: Commitment
    stop: Moves
    pause: Moves
    resume: Moves
    cancel: Moves
    retarget: Moves
    reopen: Moves

    @classmethod
    def of(cls, commitment: Commitment) -> "Promise":
        """Prepare ``commitment``."""
        moves = {name: _moves(getattr(commitment, name)) for name in TRIGGER_NAMES if name != "start"}
        return cls(commitment, **moves)


def _moves(triggers: tuple[Trigger, ...]) -> Moves:
    found: dict[str, tuple[Move, ...]] = {}
    for trigger in triggers:
        move = Move(tests_of(trigger.when), trigger.policy)
        found[trigger.event] = (*found.get(trigger.event, ()), move)
    return found


def moved(moves: Moves, event: str, known: Known) -> Move | None:
    """The first move that ``event`` makes, None when it makes none."""
    for move in moves.get(event, ()):
        if hold(move.tests, known):
            return move
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Contender:
    """A commitment that may start on an event.

    Args:
        promise: the commitment.
        trigger: the start trigger that is tried.
        tests: the trigger's conditions.
        specificity: number of different fields the trigger tests.
    """

    promise: Promise
    trigger: Trigger
    tests: Tests
    specificity: int

    @property
    def rank(self) -> tuple[int, int]:
        """Specificity, then priority; the greatest wins."""
        return self.specificity, self.promise.commitment.priority


def contender_of(promise: Promise, trigger: Trigger) -> Contender:
    """Prepare one start trigger of ``promise``."""
    fields = {condition.field for condition in trigger.when}
    return Contender(promise, trigger, tests_of(trigger.when), len(fields))


class Verdict(StrEnum):
    """How a contender fared."""

    WON = "won"
    LESS_SPECIFIC = "less_specific"
    LOWER_PRIORITY = "lower_priority"
    NOT_MATCHED = "not_matched"
    NO_DUE_TIME = "no_due_time"


@dataclass(frozen=True, slots=True)
class Candidate:
    """How one contender fared, and why.

    Args:
        commitment_id: the commitment.
        clause: its clause.
        verdict: how it fared.
        conditions: what its start asks for.
        specificity: fields its conditions test.
        priority: its priority.
        failed: the first condition that did not hold.
        found: the value that the failed condition met.
    """

    commitment_id: str
    clause: str
    verdict: Verdict
    conditions: tuple[Condition, ...]
    specificity: int
    priority: int
    failed: Condition | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class Competition:
    """The contenders for one start event at one moment.

    Args:
        contenders: all of them, by rank.
        known: what was known.
        winner: who won, None when nobody matched.
    """

    contenders: tuple[Contender, ...]
    known: Known
    winner: Contender | None

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Every contender with its verdict, the winner first."""
        found = (self._candidate(one) for one in self.contenders)
        return tuple(sorted(found, key=lambda candidate: candidate.verdict is not Verdict.WON))

    @property
    def assumed(self) -> tuple[str, ...]:
        """The fields that the winner takes for the stricter case."""
        return self.winner.promise.commitment.assumes if self.winner else ()

    def _candidate(self, one: Contender) -> Candidate:
        commitment = one.promise.commitment
        failed = next((c for c in one.trigger.when if not test_of(c)(self.known.get(c.field))), None)
        found = self.known.get(failed.field) if failed else None
        return Candidate(
            commitment.id,
            commitment.clause,
            self._verdict(one, failed),
            one.trigger.when,
            one.specificity,
            commitment.priority,
            failed,
            None if found is None else str(found),
        )

    def _verdict(self, one: Contender, failed: Condition | None) -> Verdict:
        if one is self.winner:
            return Verdict.WON
        if failed is not None:
            return Verdict.NOT_MATCHED
        if not carries_due(one, self.known) or self.winner is None:
            return Verdict.NO_DUE_TIME
        is_less = one.specificity < self.winner.specificity
        return Verdict.LESS_SPECIFIC if is_less else Verdict.LOWER_PRIORITY


def carries_due(one: Contender, known: Known) -> bool:
    """Whether the due time is known: always, but for targets that a field carries."""
    field = one.promise.commitment.target.at_field
    return not field or known.get(field) is not None


def compete(contenders: tuple[Contender, ...], known: Known) -> Competition:
    """The first of the ranked ``contenders`` whose conditions hold wins."""
    for one in contenders:
        if hold(one.tests, known) and carries_due(one, known):
            return Competition(contenders, known, one)
    return Competition(contenders, known, None)


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """A plan made ready for matching.

    Args:
        plan: the plan.
        starts: contenders by rank, by metric, by (subject, event type).
        decisive: fields that start conditions test, by (subject, metric).
    """

    plan: Plan
    starts: Mapping[tuple[str, str], Mapping[str, tuple[Contender, ...]]]
    decisive: Mapping[tuple[str, str], frozenset[str]]

    @classmethod
    def of(cls, plan: Plan) -> "Index":
        """Prepare ``plan``; done once per revision."""
        starts: dict[tuple[str, str], dict[str, list[Contender]]] = {}
        decisive: dict[tuple[str, str], frozenset[str]] = {}
        for commitment in plan.commitments:
            promise = Promise.of(commitment)
            for trigger in commitment.start:
                metrics = starts.setdefault((commitment.subject, trigger.event), {})
                metrics.setdefault(commitment.metric, []).append(contender_of(promise, trigger))
                fields = frozenset(condition.field for condition in trigger.when)
                key = (commitment.subject, commitment.metric)
                decisive[key] = decisive.get(key, frozenset()) | fields | {commitment.target.at_field} - {""}
        ranked = {
            key: {metric: tuple(sorted(found, key=_by_rank)) for metric, found in metrics.items()}
            for key, metrics in starts.items()
        }
        return cls(plan, ranked, decisive)


def _by_rank(one: Contender) -> tuple[int, int, str]:
    specificity, priority = one.rank
    return -specificity, -priority, one.promise.commitment.id
