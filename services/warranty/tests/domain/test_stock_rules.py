"""The rules of stock: what a movement changes, which pieces go first, who counts and who approves."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Conflict, Forbidden, Invalid
from common.lifecycle import Lifecycle
from warranty.domain import loaners, planning, reservations, stock, transfers
from warranty.domain.stock import (
    SIGNS,
    Candidate,
    Held,
    MovementKind,
    Piece,
    ToldKind,
    Tracking,
    WarehouseKind,
)
from warranty.domain.transfers import CountLine, TransferLine

HERE, THERE, PART = UUID(int=1), UUID(int=2), UUID(int=3)
TODAY = date(2026, 3, 2)
PLAIN = Tracking(is_serialised=False, is_lot_tracked=False)
SERIALS = Tracking(is_serialised=True, is_lot_tracked=False)
LOTS = Tracking(is_serialised=False, is_lot_tracked=True)
BOTH = Tracking(is_serialised=True, is_lot_tracked=True)

LIFECYCLES = [
    (
        reservations.LIFECYCLE,
        {"reserved": "issue release expire", "issued": "", "released": "", "expired": ""},
    ),
    (
        transfers.TRANSFER_LIFECYCLE,
        {"draft": "ship cancel", "shipped": "receive", "received": "", "cancelled": ""},
    ),
    (transfers.COUNT_LIFECYCLE, {"counted": "approve discard", "approved": "", "discarded": ""}),
    (
        planning.LIFECYCLE,
        {
            "proposed": "order dismiss lapse",
            "ordered": "cancel receive",
            "received": "",
            "cancelled": "",
            "dismissed": "",
            "lapsed": "",
        },
    ),
    (loaners.LIFECYCLE, {"lent": "return extend declareLost", "returned": "", "lost": ""}),
]
EVERYTHING = [
    pytest.param(lifecycle, state, action, action in allowed.split(), id=f"{lifecycle.name}-{state}-{action}")
    for lifecycle, states in LIFECYCLES
    for state, allowed in states.items()
    for action in lifecycle.transitions
]


@pytest.mark.parametrize(("lifecycle", "state", "action", "is_allowed"), EVERYTHING)
def test_every_state_with_every_action(lifecycle: Lifecycle, state: str, action: str, is_allowed: bool):
    if is_allowed:
        assert lifecycle.ask(action, state).lands_in(state) in lifecycle.states
        return
    with pytest.raises(Conflict, match="invalid-state-transition"):
        lifecycle.ask(action, state)


@pytest.mark.parametrize(("lifecycle", "states"), LIFECYCLES, ids=lambda value: getattr(value, "name", ""))
def test_the_tables_know_every_state(lifecycle: Lifecycle, states: dict[str, str]):
    assert set(lifecycle.states) == set(states)


@pytest.mark.parametrize(
    ("lifecycle", "state", "action"),
    [
        (reservations.LIFECYCLE, "reserved", "expire"),
        (planning.LIFECYCLE, "proposed", "lapse"),
        (planning.LIFECYCLE, "ordered", "receive"),
    ],
)
def test_what_comes_by_itself_is_offered_to_nobody(lifecycle: Lifecycle, state: str, action: str):
    everyone = frozenset({"admin", "manager", "system", action})
    assert action not in lifecycle.verbs
    assert action not in lifecycle.allowed(state)
    assert action not in lifecycle.open_to(state, everyone, is_customer=False)
    with pytest.raises(Forbidden, match="action-needs-role"):
        lifecycle.check_permission(action, everyone, is_customer=False)


@given(st.sampled_from(MovementKind), st.integers(1, 1000), st.booleans())
def test_a_movement_changes_what_its_kind_may(kind: MovementKind, quantity: int, was_reserved: bool):
    on_hand, reserved = stock.effect(kind, quantity, was_reserved=was_reserved)
    signs = SIGNS[kind]
    assert (on_hand > 0) - (on_hand < 0) in signs[0]
    assert (reserved > 0) - (reserved < 0) in signs[1]
    assert {abs(on_hand), abs(reserved)} <= {0, quantity}


@pytest.mark.parametrize(
    ("kind", "was_reserved", "changed"),
    [
        (MovementKind.RECEIPT, False, (5, 0)),
        (MovementKind.RESERVE, False, (0, 5)),
        (MovementKind.RELEASE, True, (0, -5)),
        (MovementKind.ISSUE, True, (-5, -5)),
        (MovementKind.ISSUE, False, (-5, 0)),
        (MovementKind.TRANSFER_OUT, True, (-5, -5)),
        (MovementKind.TRANSFER_OUT, False, (-5, 0)),
        (MovementKind.TRANSFER_IN, False, (5, 0)),
        (MovementKind.RETURN, False, (5, 0)),
        (MovementKind.SCRAP, False, (-5, 0)),
        (MovementKind.ADJUST, False, (5, 0)),
    ],
)
def test_what_each_kind_does(kind, was_reserved, changed):
    assert stock.effect(kind, 5, was_reserved=was_reserved) == changed


def test_an_adjustment_goes_both_ways():
    assert stock.effect(MovementKind.ADJUST, -5) == (-5, 0)
    stock.check_told(ToldKind.ADJUST, -5, "damp")


HELD = st.builds(
    Held,
    lot=st.text("abc", min_size=1, max_size=3),
    serial_number=st.just(""),
    expires_on=st.none() | st.dates(date(2026, 2, 20), date(2026, 3, 20)),
    received_on=st.dates(date(2026, 1, 1), date(2026, 3, 1)),
    on_hand=st.integers(1, 20),
)


@given(st.lists(HELD, max_size=12, unique_by=lambda one: one.lot), st.integers(1, 120))
def test_what_expires_first_goes_first_and_nothing_expired_goes(held: list[Held], quantity: int):
    usable = [one for one in held if one.expires_on is None or one.expires_on >= TODAY]
    there = sum(one.on_hand for one in usable)
    if there < quantity:
        with pytest.raises(Conflict) as refusal:
            stock.picked(held, quantity, TODAY)
        assert refusal.value.facts["issuable"] == there
        return
    pieces = stock.picked(held, quantity, TODAY)
    assert sum(piece.quantity for piece in pieces) == quantity
    taken = {piece.lot: piece.quantity for piece in pieces}
    assert all(taken[one.lot] <= one.on_hand for one in usable if one.lot in taken)
    order = [(one.expires_on or date.max, one.received_on) for one in usable if one.lot in taken]
    left = [
        (one.expires_on or date.max, one.received_on) for one in usable if taken.get(one.lot, 0) < one.on_hand
    ]
    assert not left or max(order) <= min(left) or max(order) == min(left)


def test_the_last_day_of_a_shelf_life_still_counts():
    assert not stock.is_expired(TODAY, TODAY)
    assert stock.is_expired(TODAY - timedelta(days=1), TODAY)
    assert not stock.is_expired(None, TODAY)


@pytest.mark.parametrize(
    ("tracking", "quantity", "pieces", "code"),
    [
        (PLAIN, 1, [Piece(1, "", "A1")], "not-tracked"),
        (PLAIN, 1, [Piece(1, "L1")], "not-tracked"),
        (SERIALS, 2, [Piece(1, "", "A1")], "serials-needed"),
        (SERIALS, 2, [Piece(1, "", "A1"), Piece(1, "", "A1")], "serial-repeated"),
        (SERIALS, 1, [Piece(1, "L1", "A1")], "not-tracked"),
        (LOTS, 2, [], "lot-needed"),
        (LOTS, 2, [Piece(1, "L1")], "lot-needed"),
        (BOTH, 1, [Piece(1, "", "A1")], "lot-needed"),
        (PLAIN, 3, [], None),
        (SERIALS, 1, [Piece(1, "", "A1")], None),
        (LOTS, 2, [Piece(2, "L1")], None),
        (BOTH, 1, [Piece(1, "L1", "A1")], None),
    ],
)
def test_pieces_that_arrive_are_told_apart_as_their_part_demands(tracking, quantity, pieces, code):
    if code is None:
        stock.check_pieces(tracking, quantity, pieces)
        return
    with pytest.raises(Invalid, match=code):
        stock.check_pieces(tracking, quantity, pieces)


@pytest.mark.parametrize(
    ("tracking", "quantity", "pieces", "code"),
    [
        (PLAIN, 1, [Piece(1, "L1")], "not-tracked"),
        (SERIALS, 2, [Piece(1, "", "A1")], "serials-needed"),
        (LOTS, 3, [Piece(1, "L1"), Piece(2, "L1")], "serial-repeated"),
        (LOTS, 3, [Piece(1, "L1")], "lot-needed"),
        (PLAIN, 3, [], None),
        (BOTH, 1, [Piece(1, "", "A1")], None),
        (LOTS, 3, [Piece(1, "L1"), Piece(2, "L2")], None),
    ],
)
def test_pieces_that_leave_are_named_as_their_part_demands(tracking, quantity, pieces, code):
    if code is None:
        stock.check_named(tracking, quantity, pieces)
        return
    with pytest.raises(Invalid, match=code):
        stock.check_named(tracking, quantity, pieces)


def test_a_named_piece_is_found_with_its_lot_and_shelf_life():
    held = [Held("L1", "A1", TODAY, TODAY, 1), Held("L1", "A2", TODAY - timedelta(days=1), TODAY, 1)]
    assert stock.named(held, [Piece(1, "", "A1")], TODAY) == [Piece(1, "L1", "A1", TODAY)]
    with pytest.raises(Conflict, match="stock-not-issuable"):
        stock.named(held, [Piece(1, "", "A2")], TODAY)
    with pytest.raises(Conflict, match="piece-not-here"):
        stock.named(held, [Piece(1, "", "A3")], TODAY)


SHANGHAI = {"latitude": 31.2304, "longitude": 121.4737}
BEIJING = {"latitude": 39.9042, "longitude": 116.4074}


def test_the_nearest_is_asked_first_then_central_then_by_code():
    far = Candidate(HERE, "A", WarehouseKind.CENTRAL, SHANGHAI)
    near = Candidate(THERE, "B", WarehouseKind.CAR, BEIJING)
    nowhere = Candidate(PART, "C", WarehouseKind.REGIONAL, None)
    assert stock.nearest_first([far, nowhere, near], BEIJING) == [near, far, nowhere]
    assert stock.nearest_first([near, nowhere, far], None) == [far, nowhere, near]


def test_a_transfer_leads_elsewhere_and_names_a_part_once():
    line = TransferLine(PART, 1)
    transfers.check_transfer(HERE, THERE, [line])
    with pytest.raises(Invalid, match="transfer-to-itself"):
        transfers.check_transfer(HERE, HERE, [line])
    with pytest.raises(Invalid, match="part-repeated"):
        transfers.check_transfer(HERE, THERE, [line, line])


def test_a_lot_is_counted_once():
    tracked = {PART: (False, True)}
    transfers.check_count([CountLine(PART, 1, "L1"), CountLine(PART, 2, "L2")], tracked)
    with pytest.raises(Invalid, match="part-repeated"):
        transfers.check_count([CountLine(PART, 1, "L1"), CountLine(PART, 2, "L1")], tracked)


def test_four_eyes():
    transfers.check_approver("clerk-1", "lead-1")
    with pytest.raises(Forbidden, match="counter-may-not-approve"):
        transfers.check_approver("clerk-1", "clerk-1")


def test_a_reservation_ends_and_a_loaner_is_due_later():
    now = datetime(2026, 3, 2, tzinfo=UTC)
    reservations.check_expiry(now + timedelta(seconds=1), now)
    with pytest.raises(Invalid, match="expiry-passed"):
        reservations.check_expiry(now, now)
    loaners.check_due(TODAY + timedelta(days=1), after=TODAY)
    with pytest.raises(Invalid, match="due-not-later"):
        loaners.check_due(TODAY, after=TODAY)
    assert [loaners.stays_in_stock(one) for one in loaners.LoanerCondition] == [True, True, False]


def test_only_a_damaged_loaner_needs_to_have_been_inspected():
    for condition in loaners.LoanerCondition:
        loaners.check_inspected(condition, "scratched")
    loaners.check_inspected(loaners.LoanerCondition.WORN, None)
    for nothing in (None, ""):
        with pytest.raises(Invalid, match="damage-needs-inspection"):
            loaners.check_inspected(loaners.LoanerCondition.DAMAGED, nothing)


@pytest.mark.parametrize(
    ("quantity", "returnable", "fits"), [(1, 1, True), (1, 5, True), (2, 1, False), (1, -1, False)]
)
def test_no_more_comes_back_than_is_out(quantity, returnable, fits):
    if fits:
        stock.check_returned(quantity, returnable)
        return
    with pytest.raises(Conflict, match="return-not-issued") as refusal:
        stock.check_returned(quantity, returnable, ["B", "", "A"])
    assert refusal.value.facts["pieces"] == ["A", "B"]
    assert refusal.value.facts["returnable"] >= 0
