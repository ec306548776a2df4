"""Products and parts: chains of supersession."""

from collections.abc import Mapping
from uuid import UUID

from common.errors import Invalid


def chain(part_id: UUID, successors: Mapping[UUID, UUID | None]) -> list[UUID]:
    """The parts that came after ``part_id``, in order.

    Raises:
        Invalid: ``supersession-cycle``.
    """
    found: list[UUID] = []
    following = successors.get(part_id)
    while following is not None:
        if following == part_id or following in found:
            raise Invalid("supersession-cycle", pointer="#/superseded_by_id")
        found.append(following)
        following = successors.get(following)
    return found
