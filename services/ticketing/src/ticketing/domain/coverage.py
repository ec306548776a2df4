"""Who pays for a fault, as warranty decided it; of several decisions the newest counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Coverage(StrEnum):
    """Who pays for a fault."""

    FREE = "free"
    CHARGEABLE = "chargeable"
    GOODWILL = "goodwill"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it was told.

    Args:
        decision_id: the decision.
        customer_id: whose asset it is about.
        version: its version; it grows when a manager decides otherwise.
        decided_at: when this was decided.
        coverage: altogether.
        by_scope: for ``parts``, ``labour`` and ``travel`` one by one.
        reasons: codes of the rules that led there.
    """

    decision_id: UUID
    customer_id: UUID
    version: int
    decided_at: datetime
    coverage: str
    by_scope: Mapping[str, str]
    reasons: tuple[str, ...]


Rank = tuple[datetime, UUID, int]
"""What decisions on one ticket are ordered by: the moment, and where that is the same, the decision."""


def is_newer(decided: Decided, than: Rank | None) -> bool:
    """Whether ``decided`` takes the place of what stands on the ticket, in whatever order they arrive."""
    return than is None or (decided.decided_at, decided.decision_id, decided.version) > than
