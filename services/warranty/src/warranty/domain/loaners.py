"""Loaners: pieces lent to a site while its own is being repaired (§1.2.5)."""

from datetime import date
from enum import StrEnum
from types import MappingProxyType

from common.errors import Invalid
from common.lifecycle import Lifecycle, step


class LoanerState(StrEnum):
    """Where a loaner is."""

    LENT = "lent"
    RETURNED = "returned"
    LOST = "lost"


class LoanGround(StrEnum):
    """Why a loaner was lent."""

    CLAIM = "claim"
    PAID_REPAIR = "paid_repair"


class LoanerCondition(StrEnum):
    """How a loaner came back, as the return inspection found it."""

    GOOD = "good"
    WORN = "worn"
    DAMAGED = "damaged"


LIFECYCLE = Lifecycle(
    "loaner_state",
    LoanerState.LENT,
    MappingProxyType(
        {
            "return": step("lent", "returned", "warranty.loaner.returned", "condition", "inspection"),
            "extend": step("lent", None, "warranty.loaner.extended", "due_on", "reason"),
            "declareLost": step("lent", "lost", "warranty.loaner.lost", "reason"),
        }
    ),
)


def check_inspected(condition: LoanerCondition, inspection: str | None) -> None:
    """What a damaged piece has is said: it is scrapped for that reason.

    Raises:
        Invalid: ``damage-needs-inspection``.
    """
    if condition is LoanerCondition.DAMAGED and not inspection:
        raise Invalid("damage-needs-inspection", pointer="#/inspection")


def stays_in_stock(condition: str) -> bool:
    """Whether the piece can be used again at once; a damaged one is received again once repaired."""
    return condition != LoanerCondition.DAMAGED


def check_due(due_on: date, *, after: date) -> None:
    """A due date lies later.

    Raises:
        Invalid: ``due-not-later``.
    """
    if due_on <= after:
        raise Invalid("due-not-later", pointer="#/due_on", after=after.isoformat())
