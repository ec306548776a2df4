"""Who pays for a fault, as warranty decided it; of several decisions the newest counts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from common.errors import Conflict

ACCEPTED = "accepted"
"""State of a quote that the customer has agreed to, as warranty names it."""


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
        rules: those that were asked: ``rule``, ``clause``, and whether it ``holds`` for free of charge.
    """

    decision_id: UUID
    customer_id: UUID
    version: int
    decided_at: datetime
    coverage: str
    by_scope: Mapping[str, str]
    rules: tuple[Mapping[str, Any], ...]


Rank = tuple[datetime, UUID, int]
"""What decisions on one ticket are ordered by: the moment, and where that is the same, the decision."""


def is_newer(decided: Decided, than: Rank | None) -> bool:
    """Whether ``decided`` takes the place of what stands on the ticket, in whatever order they arrive."""
    return than is None or (decided.decided_at, decided.decision_id, decided.version) > than


def check_agreed(coverage: str | None, quotes: Collection[str]) -> None:
    """Work that the customer pays begins when the customer has accepted a quote for it (§1.2.5).

    Args:
        coverage: who pays, as far as it is decided.
        quotes: states of the quotes for work on the ticket.

    Raises:
        Conflict: ``quote-not-accepted``.
    """
    if coverage == Coverage.CHARGEABLE and ACCEPTED not in quotes:
        raise Conflict("quote-not-accepted")
