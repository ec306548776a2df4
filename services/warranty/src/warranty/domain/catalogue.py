"""Products and parts: chains of supersession."""

from collections.abc import Collection, Mapping
from typing import TypeVar
from uuid import UUID

from common.errors import Invalid

VENDORS_OWN = frozenset({"lead_time_days", "annual_failure_rate"})
"""What of a part is no customer's to read: how the vendor buys it, and how often it fails elsewhere."""


LEAD_TIME_DAYS = 30
"""Of a part of which nothing else is told."""

K = TypeVar("K", UUID, str)


def chain(part_id: K, successors: Mapping[K, K | None]) -> list[K]:
    """The parts that came after ``part_id``, in order, by id or by number.

    Raises:
        Invalid: ``supersession-cycle``.
    """
    found: list[K] = []
    following = successors.get(part_id)
    while following is not None:
        if following == part_id or following in found:
            raise Invalid("supersession-cycle", pointer="#/superseded_by_id")
        found.append(following)
        following = successors.get(following)
    return found


def check_fits(number: str, compatible: Collection[str], product_id: UUID, pointer: str) -> None:
    """A part that is made for certain products goes into no other; one that names none fits everywhere.

    Raises:
        Invalid: ``part-incompatible``.
    """
    if compatible and str(product_id) not in compatible:
        raise Invalid("part-incompatible", pointer=pointer, part_number=number, product_id=str(product_id))
