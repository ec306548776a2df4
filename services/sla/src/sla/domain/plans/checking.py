"""Whether a plan makes sense: names that exist, values that can occur, competition with one winner."""

from collections.abc import Iterator, Mapping

from sla.domain.plans.catalogue import Catalogue, EventField, Kind
from sla.domain.plans.combinations import Combination, survey
from sla.domain.plans.issues import Issue
from sla.domain.plans.model import Commitment, Condition, Operator, Plan, Scalar, Trigger, Unit

_UNKNOWN = EventField(Kind.OTHER)


def check_plan(plan: Plan, catalogue: Catalogue) -> tuple[Issue, ...]:
    """Everything that is wrong with the content of ``plan``; empty when it may be published."""
    issues = [*_duplicates(plan)]
    for number, commitment in enumerate(plan.commitments):
        issues += _Commitment(plan, catalogue, number, commitment).issues()
    return tuple(issues or _competition(plan, catalogue))


def _issue(plan: Plan, pointer: str, code: str, **facts: str) -> Issue:
    return Issue(code, pointer, _line(plan.places, pointer), facts)


def _line(places: Mapping[str, int], pointer: str) -> int | None:
    while pointer and pointer not in places:
        pointer = pointer.rpartition("/")[0]
    return places.get(pointer)


def _duplicates(plan: Plan) -> Iterator[Issue]:
    seen: set[str] = set()
    for number, commitment in enumerate(plan.commitments):
        if commitment.id in seen:
            yield _issue(plan, f"/commitments/{number}/id", "plan-duplicate-id", id=commitment.id)
        seen.add(commitment.id)


class _Commitment:
    """The checks of one commitment, with the place it stands at."""

    def __init__(self, plan: Plan, catalogue: Catalogue, number: int, commitment: Commitment) -> None:
        self.plan = plan
        self.catalogue = catalogue
        self.at = f"/commitments/{number}"
        self.commitment = commitment

    def issues(self) -> Iterator[Issue]:
        yield from self._names()
        yield from self._pausing()
        yield from self._due_field()
        yield from self._assumptions()
        for name, number, trigger in self.commitment.triggers():
            yield from self._trigger(self._place(name, number), trigger)

    def _place(self, name: str, number: int) -> str:
        listed = f"{self.at}/{name}/{number}"
        is_list = len(getattr(self.commitment, name)) > 1 or listed in self.plan.places
        return listed if is_list else f"{self.at}/{name}"

    def _names(self) -> Iterator[Issue]:
        if self.commitment.calendar not in self.catalogue.calendars:
            yield self._issue("/calendar", "plan-unknown-calendar", calendar=self.commitment.calendar)
        if self.commitment.subject not in self.catalogue.facts:
            yield self._issue("/subject", "plan-unknown-subject", subject=self.commitment.subject)

    def _pausing(self) -> Iterator[Issue]:
        if self.commitment.pause and not self.commitment.resume:
            yield self._issue("/pause", "plan-pause-without-resume")

    def _due_field(self) -> Iterator[Issue]:
        target = self.commitment.target
        if target.unit is not Unit.AT:
            return
        for trigger in self.commitment.start:
            shape = self._fields(trigger.event).get(target.at_field)
            if shape is None or shape.kind is not Kind.INSTANT:
                yield self._issue(
                    "/target", "plan-not-an-instant", field=target.at_field, event=trigger.event
                )

    def _assumptions(self) -> Iterator[Issue]:
        for name in self.commitment.assumes:
            missing = Condition(name, Operator.EXISTS, False)  # noqa: FBT003 - the operand is the flag itself
            if any(missing not in trigger.when for trigger in self.commitment.start):
                yield self._issue("/assumes", "plan-assumes-known", field=name)

    def _trigger(self, at: str, trigger: Trigger) -> Iterator[Issue]:
        if trigger.event not in self.catalogue.events:
            yield _issue(self.plan, f"{at}/event", "plan-unknown-event", event=trigger.event)
            return
        subject = self.catalogue.subjects.get(trigger.event)
        if subject != self.commitment.subject:
            facts = {"event": trigger.event, "subject": self.commitment.subject, "other": subject or "-"}
            yield _issue(self.plan, f"{at}/event", "plan-other-subject", **facts)
        fields = self._fields(trigger.event)
        for condition in trigger.when:
            yield from self._condition(f"{at}/when/{condition.field}", trigger.event, condition, fields)

    def _condition(
        self, at: str, event: str, condition: Condition, fields: Mapping[str, EventField]
    ) -> Iterator[Issue]:
        shape = fields.get(condition.field)
        if shape is None:
            yield _issue(self.plan, at, "plan-unknown-field", field=condition.field, event=event)
            return
        for operand in _operands(condition):
            if not _fits(operand, shape):
                facts = {"field": condition.field, "value": str(operand), "kind": shape.kind.value}
                yield _issue(self.plan, at, "plan-impossible-value", **facts)

    def _fields(self, event: str) -> Mapping[str, EventField]:
        own = self.catalogue.events.get(event, {})
        facts = self.catalogue.facts.get(self.commitment.subject, frozenset())
        return {**dict.fromkeys(facts, _UNKNOWN), **own}

    def _issue(self, below: str, code: str, **facts: str) -> Issue:
        return _issue(self.plan, self.at + below, code, commitment=self.commitment.id, **facts)


def _operands(condition: Condition) -> tuple[Scalar, ...]:
    if condition.operator is Operator.EXISTS:
        return ()
    return condition.operand if isinstance(condition.operand, tuple) else (condition.operand,)


def _fits(operand: Scalar, shape: EventField) -> bool:
    if shape.values is not None:
        return any(operand == value and type(operand) is type(value) for value in shape.values)
    if shape.kind is Kind.FLAG:
        return isinstance(operand, bool)
    if shape.kind is Kind.NUMBER:
        return isinstance(operand, (int, float)) and not isinstance(operand, bool)
    return shape.kind is Kind.OTHER or isinstance(operand, str)


def _competition(plan: Plan, catalogue: Catalogue) -> Iterator[Issue]:
    """Ties, gaps, unreachable commitments; asked only when all names are right."""
    found = survey(plan, catalogue)
    numbers = {commitment.id: number for number, commitment in enumerate(plan.commitments)}
    for metric, event in found.too_many:
        yield _issue(plan, "/commitments", "plan-too-many-combinations", metric=metric, event=event)
    for tie in found.conflicts:
        at = f"/commitments/{numbers[tie.second]}"
        yield _issue(plan, at, "plan-tie", first=tie.first, second=tie.second, facts=_said(tie.facts))
    for gap in found.gaps:
        facts = {"metric": gap.duty.metric, "event": gap.duty.event, "facts": _said(gap.facts)}
        yield _issue(plan, _first_of(plan, gap.duty.metric), "plan-gap", **facts)
    for commitment in plan.commitments:
        if commitment.id not in found.winners:
            at = f"/commitments/{numbers[commitment.id]}"
            yield _issue(plan, at, "plan-unreachable", commitment=commitment.id)


def _first_of(plan: Plan, metric: str) -> str:
    places = (n for n, commitment in enumerate(plan.commitments) if commitment.metric == metric)
    number = next(places, None)
    return "/commitments" if number is None else f"/commitments/{number}"


def _said(facts: Combination) -> str:
    return ", ".join(f"{name}={'-' if value is None else value}" for name, value in facts.items())
