"""A plan as a contract changes it: other times for some of its metrics, and where they were agreed."""

from collections.abc import Mapping
from dataclasses import replace

from sla.domain.plans.model import SECONDS_PER, Commitment, Plan, Target, Unit


def contracted(plan: Plan, seconds: Mapping[str, int], contract: str | None) -> Plan:
    """``plan`` with the times that a contract promises; itself where the contract changes nothing.

    A commitment whose event carries its due time keeps it: that time was agreed with the customer as well.

    Args:
        plan: as published.
        seconds: open seconds allowed, by metric.
        contract: the contract's number, for the explanation.
    """
    commitments = tuple(_contracted(one, seconds.get(one.metric), contract) for one in plan.commitments)
    return plan if commitments == plan.commitments else replace(plan, commitments=commitments)


def _contracted(commitment: Commitment, seconds: int | None, contract: str | None) -> Commitment:
    if seconds is None or commitment.target.unit is Unit.AT:
        return commitment
    return replace(commitment, target=_target(seconds), agreed_in=contract)


def _target(seconds: int) -> Target:
    """The time in the largest unit that it is a whole number of."""
    for unit in (Unit.HOURS, Unit.MINUTES):
        if seconds % SECONDS_PER[unit] == 0:
            return Target(unit, seconds // SECONDS_PER[unit])
    return Target(Unit.SECONDS, seconds)
