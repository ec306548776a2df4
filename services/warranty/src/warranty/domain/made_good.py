"""What is claimed is made good once: one claim is repaired, replaced or paid back for one item (§1.2.5)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from common.errors import Conflict
from warranty.domain.claims import ClaimState, Remedy

PROMISED = frozenset(
    {ClaimState.APPROVED, ClaimState.PARTS_RESERVED, ClaimState.IN_REPAIR, ClaimState.SHIPPED}
)
"""States in which a remedy is promised and not given yet."""

GIVEN = frozenset({ClaimState.FULFILLED, ClaimState.RETURNED, ClaimState.CLOSED})
"""States in which a remedy may have been given."""

IN_FULL = frozenset({Remedy.REPLACE, Remedy.REFUND})
"""Remedies after which nothing of the item is left to be claimed for."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A remedy for an item.

    Args:
        remedy: what is done.
        component_id: the component; ``None``: the whole asset.
    """

    remedy: Remedy
    component_id: UUID | None


@dataclass(frozen=True, slots=True)
class Other:
    """Another claim on the same asset for which a remedy was approved.

    Args:
        id: its id.
        number: its number.
        state: where it stands.
        has_been_given: whether the remedy was given.
        sought: its remedy, and for what.
        replaced: components that were replaced under it.
    """

    id: UUID
    number: str
    state: str
    has_been_given: bool
    sought: Sought
    replaced: Collection[UUID] = ()


def check_once(sought: Sought, others: Iterable[Other]) -> None:
    """Refuse a remedy for what another claim was given, or is promised, a remedy for.

    A component's claims follow one another. The whole asset may be repaired for one defect while another is
    looked at, but what replaces it or pays it back leaves nothing to be claimed for inside.

    Raises:
        Conflict: ``claim-made-good`` or ``claim-promised``, with the other claim.
    """
    for other in others:
        told = {"claim_id": str(other.id), "claim_number": other.number, "claim_state": other.state}
        if other.has_been_given and _is_used_up(sought, other):
            raise Conflict("claim-made-good", remedy=other.sought.remedy, **told)
        if other.state in PROMISED and _meet(sought, other.sought):
            raise Conflict("claim-promised", remedy=other.sought.remedy, **told)


def _is_used_up(sought: Sought, other: Other) -> bool:
    if sought.component_id in other.replaced:
        return True
    covers = other.sought.component_id in {None, sought.component_id}
    return covers and other.sought.remedy in IN_FULL


def _meet(one: Sought, another: Sought) -> bool:
    if one.component_id is not None and another.component_id is not None:
        return one.component_id == another.component_id
    return any(each.component_id is None and each.remedy in IN_FULL for each in (one, another))


def check_there(remedy: str, *, is_gone: bool, has_successor: bool) -> None:
    """Only what is there is repaired or replaced; paid back may also be what was taken out for that.

    Raises:
        Conflict: ``claimed-item-gone``.
    """
    if has_successor or (is_gone and remedy != Remedy.REFUND):
        raise Conflict("claimed-item-gone")
