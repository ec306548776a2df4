"""What a claim's own facts keep from being done now, though its state allows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.lifecycle import LEADS
from warranty.domain.claims import Remedy
from warranty.domain.coverage import Coverage
from warranty.domain.disputes import LadderStep, is_at_top

_CARRIED_OUT_BY = {"startRepair": Remedy.REPAIR, "ship": Remedy.REPLACE, "refund": Remedy.REFUND}


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What an offer of actions looks at.

    Args:
        coverage: who pays.
        remedy: what was approved, if anything was.
        is_loaner_offered: whether the device is known not to work at all.
        has_replacements: whether something was replaced, which is expected back.
        dispute_level: the step on which a dispute stands, if there is one.
        is_bound_to_parts: whether only those that the approval names, and a lead adds, may be kept.
    """

    coverage: str
    remedy: str | None
    is_loaner_offered: bool
    has_replacements: bool
    dispute_level: int | None
    is_bound_to_parts: bool


def of_claim(facts: ClaimFacts, ladder: Sequence[LadderStep], roles: frozenset[str]) -> frozenset[str]:
    """Actions that would be refused to a caller with ``roles`` whatever is told with them.

    Quotes, loaners and stock are not asked: what they say stands on other rows.
    """
    found = {action for action, remedy in _CARRIED_OUT_BY.items() if facts.remedy != remedy}
    found.add("reportOutOfOperation" if facts.is_loaner_offered else "answerLoanerOffer")
    if facts.coverage == Coverage.UNDETERMINED:
        found |= {"approve", "startRepair", "ship"}
    if facts.remedy == Remedy.REFUND:
        found |= {"reserveParts", "addParts"}
    if facts.is_bound_to_parts and not LEADS & roles:
        found.add("addParts")
    if not facts.has_replacements:
        found.add("receiveReturn")
    return frozenset(found | _of_dispute(facts.dispute_level, ladder))


def _of_dispute(level: int | None, ladder: Sequence[LadderStep]) -> set[str]:
    if level is None:
        return {"escalateDispute", "settleDispute"}
    return {"cancel", "escalateDispute" if is_at_top(ladder, level) else "settleDispute"}
