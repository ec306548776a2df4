"""What a claim's facts keep from being done."""

from typing import Any

import pytest

from warranty.domain.barred import ClaimFacts, of_claim
from warranty.policy import DISPUTE_LADDER

TOP = len(DISPUTE_LADDER)


@pytest.mark.parametrize(
    ("own", "barred", "offered"),
    [
        ({}, "answerLoanerOffer escalateDispute settleDispute receiveReturn", "approve cancel"),
        ({"coverage": "undetermined", "remedy": "repair"}, "approve startRepair", "reserveParts"),
        ({"remedy": "repair"}, "ship refund", "startRepair reserveParts addParts"),
        ({"remedy": "replace"}, "startRepair refund", "ship reserveParts"),
        ({"remedy": "refund"}, "startRepair ship reserveParts addParts", "refund"),
        ({"is_loaner_offered": True}, "reportOutOfOperation", "answerLoanerOffer"),
        ({"has_replacements": True}, "", "receiveReturn"),
        ({"remedy": "repair", "is_bound_to_parts": True}, "addParts", "reserveParts"),
        ({"dispute_level": 1}, "cancel settleDispute", "escalateDispute"),
        ({"dispute_level": TOP}, "cancel escalateDispute", "settleDispute"),
    ],
)
def test_what_would_be_refused_is_not_offered(own: dict[str, Any], barred: str, offered: str):
    facts = {
        "coverage": "free",
        "remedy": None,
        "is_loaner_offered": False,
        "has_replacements": False,
        "dispute_level": None,
        "is_bound_to_parts": False,
    }
    found = of_claim(ClaimFacts(**{**facts, **own}), DISPUTE_LADDER, frozenset({"stock"}))
    assert set(barred.split()) <= found
    assert not set(offered.split()) & found


def test_a_lead_is_offered_to_add_parts_to_those_approved():
    facts = ClaimFacts("free", "repair", False, False, None, is_bound_to_parts=True)
    assert "addParts" not in of_claim(facts, DISPUTE_LADDER, frozenset({"lead"}))
