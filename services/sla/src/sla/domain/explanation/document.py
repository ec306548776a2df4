"""An explanation as a plain JSON document."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from uuid import UUID

from sla.domain.explanation.told import Explanation
from sla.domain.matching import Candidate
from sla.domain.plans.model import Condition, Operator

Json = object


def document_of(told: Explanation) -> dict[str, Json]:
    """``told`` as plain JSON values; instants as RFC 3339 in UTC, durations in seconds."""
    return {one.name: _plain(getattr(told, one.name)) for one in fields(told) if one.name != "zone"}


def _plain(value: object) -> Json:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (UUID, date)):
        return str(value)
    return _composed(value)


def _composed(value: object) -> Json:
    if isinstance(value, Candidate):
        return _candidate(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value


def _candidate(candidate: Candidate) -> Json:
    return {
        "commitment_id": candidate.commitment_id,
        "clause": candidate.clause,
        "verdict": candidate.verdict.value,
        "conditions": [_condition(one) for one in candidate.conditions],
        "specificity": candidate.specificity,
        "priority": candidate.priority,
        "failed": _condition(candidate.failed) if candidate.failed else None,
        "found": candidate.found,
    }


def _condition(condition: Condition) -> Json:
    operand = _plain(condition.operand)
    is_bare = condition.operator in {Operator.IS, Operator.IN}
    return {condition.field: operand if is_bare else {condition.operator.value: operand}}
