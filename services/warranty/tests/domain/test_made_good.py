"""Which claims on one asset stand in each other's way."""

from uuid import UUID

import pytest

from common.errors import Conflict
from warranty.domain.claims import ClaimState, Remedy
from warranty.domain.made_good import Other, Sought, check_once, check_there

FAN, FUSE, WHOLE = UUID(int=1), UUID(int=2), None
REPAIR, REPLACE, REFUND = Remedy.REPAIR, Remedy.REPLACE, Remedy.REFUND


@pytest.mark.parametrize(
    ("sought", "of_other", "promised", "given"),
    [
        ((REPAIR, FAN), (REPAIR, FAN), "claim-promised", None),
        ((REFUND, FAN), (REPAIR, FAN), "claim-promised", None),
        ((REFUND, FAN), (REFUND, FAN), "claim-promised", "claim-made-good"),
        ((REPAIR, FAN), (REPLACE, FAN), "claim-promised", "claim-made-good"),
        ((REFUND, FAN), (REFUND, FUSE), None, None),
        ((REPAIR, WHOLE), (REPAIR, WHOLE), None, None),
        ((REPAIR, FAN), (REPAIR, WHOLE), None, None),
        ((REPAIR, FAN), (REFUND, WHOLE), "claim-promised", "claim-made-good"),
        ((REPLACE, WHOLE), (REPAIR, FAN), "claim-promised", None),
        ((REPLACE, WHOLE), (REFUND, FAN), "claim-promised", None),
        ((REFUND, WHOLE), (REPLACE, WHOLE), "claim-promised", "claim-made-good"),
    ],
)
def test_an_item_is_made_good_by_one_claim(sought, of_other, promised, given):
    assert refusal(sought, of_other, ClaimState.APPROVED, has_been_given=False) == promised
    assert refusal(sought, of_other, ClaimState.CLOSED, has_been_given=True) == given
    assert refusal(sought, of_other, ClaimState.CANCELLED, has_been_given=False) is None


def refusal(sought, of_other, state, *, has_been_given):
    other = Other(UUID(int=9), "CLM-1", state, has_been_given, Sought(*of_other))
    try:
        check_once(Sought(*sought), [other])
    except Conflict as conflict:
        return conflict.code
    return None


@pytest.mark.parametrize(
    ("remedy", "is_gone", "has_successor", "is_refused"),
    [
        (REPAIR, False, False, False),
        (REPAIR, True, False, True),
        (REFUND, True, False, False),
        (REFUND, True, True, True),
    ],
)
def test_what_is_gone_is_only_paid_back(remedy, is_gone, has_successor, is_refused):
    try:
        check_there(remedy, is_gone=is_gone, has_successor=has_successor)
    except Conflict:
        assert is_refused
    else:
        assert not is_refused
