"""Contracts: what was promised to a customer, from when to when (§1.2, §1.2.3.1(4))."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from common.errors import Conflict, Invalid
from common.lifecycle import Lifecycle, step


class ContractState(StrEnum):
    """Where a contract stands."""

    DRAFT = "draft"
    ACTIVE = "active"
    ENDED = "ended"


class RequirementStatus(StrEnum):
    """How far a requirement of the tender is met (§1.2)."""

    OPEN = "open"
    MET = "met"
    WAIVED = "waived"


LEADS = frozenset({"lead", "manager", "admin"})
MANAGERS = frozenset({"manager", "admin"})

LIFECYCLE = Lifecycle(
    "contract_state",
    ContractState.DRAFT,
    MappingProxyType(
        {
            "activate": step(
                "draft", "active", "warranty.contract.activated", "starts_on", "a plan", "warranty months"
            ),
            "setRequirement": step(
                "draft active", None, "warranty.contract.updated", "requirement_id", "status"
            ),
            "terminate": step("active", "ended", "warranty.contract.ended", "reason"),
        }
    ),
    roles=MappingProxyType({"activate": MANAGERS, "terminate": MANAGERS}),
)

CHANGEABLE_IN_FORCE = frozenset({"ends_on", "inspections_per_year", "rates", "manufacturer_terms"})
"""What may still be corrected while a contract is in force; all else was signed."""


def check_period(starts_on: date, ends_on: date | None) -> None:
    """A contract ends no earlier than it begins.

    Raises:
        Invalid: ``contract-period-empty``.
    """
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("contract-period-empty", pointer="#/ends_on", starts_on=starts_on.isoformat())


def check_editable(state: str, fields: Iterable[str]) -> None:
    """A draft may be corrected; in force, only what was not signed; once ended, nothing.

    Raises:
        Conflict: ``contract-ended`` or ``contract-in-force`` with the fields that stand.
    """
    if state == ContractState.ENDED:
        raise Conflict("contract-ended")
    fixed = sorted(set(fields) - CHANGEABLE_IN_FORCE)
    if state == ContractState.ACTIVE and fixed:
        raise Conflict("contract-in-force", fields=fixed)


def with_requirement(
    requirements: Iterable[Mapping[str, Any]], requirement_id: str, **told: str | None
) -> list[dict[str, Any]]:
    """The requirements with one of them answered.

    Raises:
        Invalid: ``requirement-unknown`` or ``evidence-missing``.
    """
    found = [dict(one) for one in requirements]
    if not any(one["id"] == requirement_id for one in found):
        raise Invalid("requirement-unknown", pointer="#/requirement_id", requirement_id=requirement_id)
    if told["status"] == RequirementStatus.MET and not told["evidence"]:
        raise Invalid("evidence-missing", pointer="#/evidence")
    return [{**one, **told} if one["id"] == requirement_id else one for one in found]


def days_left(ends_on: date, today: date) -> int:
    """Days from ``today`` until the last day of the contract."""
    return (ends_on - today).days


def threshold_reached(left: int, thresholds: Iterable[int], announced: Iterable[int]) -> int | None:
    """The nearest threshold (days before the end) that is reached and was not announced; skipped ones lapse.

    Args:
        left: days until the last day.
        thresholds: days before the end at which it is told.
        announced: thresholds told already.
    """
    reached = [days for days in thresholds if left <= days]
    if not reached or left < 0:
        return None
    nearest = min(reached)
    return nearest if nearest not in set(announced) and not any(a < nearest for a in announced) else None
