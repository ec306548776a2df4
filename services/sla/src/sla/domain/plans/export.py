"""A plan as the document it would be read from."""

from collections.abc import Mapping, Sequence

from sla.domain.plans.model import TRIGGER_NAMES, Commitment, Condition, Operator, Plan, Target, Trigger, Unit
from sla.domain.plans.triggers import POLICIES

Document = dict[str, object]


def document_of(plan: Plan) -> Document:
    """``plan`` as a plain tree in a fixed order; reading it again gives an equal plan."""
    commitments = [_commitment(commitment) for commitment in plan.commitments]
    return {"id": plan.id, "title": dict(plan.titles), "commitments": commitments}


def _commitment(commitment: Commitment) -> Document:
    document: Document = {
        "id": commitment.id,
        "clause": commitment.clause,
        "title": dict(commitment.titles),
        "subject": commitment.subject,
        "metric": commitment.metric,
    }
    for name in TRIGGER_NAMES:
        if moves := getattr(commitment, name):
            document[name] = _one_or_list([_trigger(trigger, name) for trigger in moves])
    document |= {"target": target_document(commitment.target), "calendar": commitment.calendar}
    return document | _extras(commitment)


def _extras(commitment: Commitment) -> Document:
    extras: Document = {
        "warn_at": [f"{percent}%" for percent in commitment.warn_at],
        "escalate": [{"at": f"{step.at}%", "to": step.to} for step in commitment.escalate],
        "priority": commitment.priority,
        "assumes": list(commitment.assumes),
    }
    return {name: value for name, value in extras.items() if value}


def target_document(target: Target) -> Document:
    """``target`` as it is written in a plan: ``{minutes: 30}``, ``{working_days: 5}``, ``{at: field}``."""
    if target.unit is Unit.AT:
        return {"at": target.at_field}
    document: Document = {target.unit.value: target.amount}
    if target.unit is Unit.WORKING_DAYS and target.day_end != "end_of_day":
        document["day_end"] = target.day_end
    return document


def _trigger(trigger: Trigger, name: str) -> Document:
    document: Document = {"event": trigger.event}
    if trigger.when:
        document["when"] = _when(trigger.when)
    if name in POLICIES and trigger.policy:
        document["policy"] = trigger.policy
    return document


def _when(conditions: Sequence[Condition]) -> Document:
    document: Document = {}
    for condition in conditions:
        document[condition.field] = _operand(condition, document.get(condition.field))
    return document


def _operand(condition: Condition, others: object) -> object:
    if condition.operator is Operator.IS:
        return condition.operand
    if isinstance(condition.operand, tuple):
        return list(condition.operand)
    before = dict(others) if isinstance(others, Mapping) else {}
    return {**before, condition.operator.value: condition.operand}


def _one_or_list(items: list[Document]) -> Document | list[Document]:
    return items[0] if len(items) == 1 else items
