"""Contracts: what was promised to a customer, from when to when (§1.2, §1.2.3.1(4))."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from common.errors import Conflict, Invalid
from common.lifecycle import MANAGERS, Lifecycle, step
from warranty.domain.installations import check_meetable


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

UNANSWERED: Mapping[str, Any] = MappingProxyType(
    {"status": RequirementStatus.OPEN.value, "evidence": None, "answered_at": None, "answered_by": None}
)
"""What stands beside a requirement's id and text before anybody says how far it is met."""

CHANGEABLE_IN_FORCE = frozenset({"ends_on", "inspections_per_year", "rates", "manufacturer_terms"})
"""What may still be corrected while a contract is in force; all else was signed."""


PROMISING = frozenset({"ends_on", "inspections_per_year"})
"""What decides how many inspections are owed, and by when."""


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


def check_figures(figures: Iterable[Mapping[str, Any]]) -> None:
    """A figure of the bid can be met.

    Raises:
        Invalid: ``figure-range-empty`` with the place of one whose least is more than its most.
    """
    for place, one in enumerate(figures):
        bounds = one.get("required_min"), one.get("required_max")
        check_meetable(one["item"], *bounds, f"#/bid_figures/{place}")


def check_rates(rates: Mapping[str, Any], currency: str) -> None:
    """A contract's rates are in its own currency: quotes add them up.

    Raises:
        Invalid: ``currency-differs``.
    """
    for name, rate in rates.items():
        if rate["currency"] != currency:
            raise Invalid(
                "currency-differs",
                pointer=f"#/rates/{name}/currency",
                item=name,
                item_currency=rate["currency"],
                currency=currency,
            )


def requirements_of(
    told: Iterable[Mapping[str, Any]], known: Iterable[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """The tender's requirements as they are kept: what was answered before stays answered.

    Args:
        told: id and text of each.
        known: those kept so far.

    Raises:
        Invalid: ``requirement-repeated`` with the place of an id that was told before.
    """
    answered = {one["id"]: one for one in known}
    kept: dict[str, dict[str, Any]] = {}
    for place, one in enumerate(told):
        if one["id"] in kept:
            raise Invalid(
                "requirement-repeated", pointer=f"#/requirements/{place}/id", requirement_id=one["id"]
            )
        kept[one["id"]] = {**UNANSWERED, **answered.get(one["id"], {}), **one}
    return list(kept.values())


def with_requirement(
    requirements: Iterable[Mapping[str, Any]], requirement_id: str, **told: str | None
) -> list[dict[str, Any]]:
    """The requirements with one of them answered: met by evidence, or waived by whoever may (§1.2).

    Args:
        requirements: all of them.
        requirement_id: which is answered.
        told: ``status``, ``evidence``, ``answered_at`` and ``answered_by``.

    Raises:
        Invalid: ``requirement-unknown`` or ``evidence-missing``.
    """
    found = [dict(one) for one in requirements]
    if not any(one["id"] == requirement_id for one in found):
        raise Invalid("requirement-unknown", pointer="#/requirement_id", requirement_id=requirement_id)
    if told["status"] != RequirementStatus.OPEN and not told["evidence"]:
        raise Invalid("evidence-missing", pointer="#/evidence")
    return [{**one, **told} if one["id"] == requirement_id else one for one in found]


@dataclass(frozen=True, slots=True)
class InForce:
    """From when to when a contract is in force, once it is activated.

    Args:
        starts_on: its first day.
        ends_on: its last day, included; ``None`` where none is agreed.
        ended_at: when it ended, if it has.
        zone: where its days are decided.
    """

    starts_on: date
    ends_on: date | None
    ended_at: datetime | None
    zone: tzinfo

    def has_begun(self, at: datetime) -> bool:
        """Whether its first day has come at an instant."""
        return self.starts_on <= at.astimezone(self.zone).date()

    def is_over(self, at: datetime) -> bool:
        """Whether it had ended, or its last day had passed, at an instant."""
        is_past = self.ends_on is not None and self.ends_on < at.astimezone(self.zone).date()
        return is_past or (self.ended_at is not None and self.ended_at <= at)

    def covers(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.has_begun(at) and not self.is_over(at)


def check_counts(state: str, span: InForce, earliest: datetime, latest: datetime) -> None:
    """A visit counts under a contract that was in force when it took place.

    Args:
        state: the contract's.
        span: from when to when it is in force.
        earliest: when the visit took place, or now.
        latest: when the visit took place, or is due.

    Raises:
        Conflict: ``contract-not-in-force``.
    """
    if state == ContractState.DRAFT or span.is_over(earliest) or not span.has_begun(latest):
        raise Conflict("contract-not-in-force", pointer="#/contract_id", contract_state=state)
