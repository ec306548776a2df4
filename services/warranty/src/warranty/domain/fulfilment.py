"""What fulfilling a claim needs: figures met again, pieces that were issued, and returns (§1.2.3.1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from common.errors import Conflict, Forbidden, Invalid
from common.lifecycle import LEADS
from warranty.domain.claims import ClaimState, Ground, Remedy
from warranty.domain.installations import is_in_range, out_of_range

Figures = Sequence[Mapping[str, Any]]


class ReturnCondition(StrEnum):
    """How what was replaced came back, as its inspection found it."""

    DEFECTIVE = "defective"
    NO_FAULT_FOUND = "no_fault_found"
    DAMAGED = "damaged"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Issued:
    """Pieces that left stock for a claim and are not built in yet.

    Args:
        reservation_id: by which reservation.
        part_id: of what.
        serial_number: of a serialised piece; empty for others.
        lot: of a lot part; empty for others.
        quantity: how many.
        car_id: the engineer's car they lie in; ``None`` where they left stock altogether.
    """

    reservation_id: UUID
    part_id: UUID
    serial_number: str
    lot: str
    quantity: int
    car_id: UUID | None


@dataclass(frozen=True, slots=True)
class Swap:
    """A component that is replaced.

    Args:
        component_id: the old one.
        part_id: what takes its place.
        serial_number: of the new piece; left out: of the piece that was issued.
        lot: of the new piece; left out: of the piece that was issued.
        is_from_stock: whether the piece was issued for the claim; otherwise it came from the maker directly.
    """

    component_id: UUID
    part_id: UUID
    serial_number: str | None = None
    lot: str | None = None
    is_from_stock: bool = True


@dataclass(frozen=True, slots=True)
class NewUnit:
    """The unit that takes the whole asset's place.

    Args:
        serial_number: of the new unit; left out: of the piece that was issued.
        product_id: its product; left out: the same as before.
        part_id: the part it was kept in stock as; ``None`` where it came from the maker directly.
    """

    serial_number: str | None = None
    product_id: UUID | None = None
    part_id: UUID | None = None


def required(ground: str, accepted: Figures | None, bid: Figures) -> list[Mapping[str, Any]]:
    """The figures an item has to meet again: those accepted, and where the bid is at issue, the bid's."""
    return [*(accepted or []), *(bid if ground == Ground.BELOW_BID_FIGURES else [])]


def check_measured(measured: Figures, needed: Figures) -> None:
    """Every required figure was measured again, and all that was measured lies within its range.

    Args:
        measured: items as told, in order; a range told for one is heeded too.
        needed: items with the ranges they must be in.

    Raises:
        Invalid: ``check-incomplete`` with the items missing, or ``figure-out-of-range``.
    """
    told = {one["item"] for one in measured}
    missing = list(dict.fromkeys(one["item"] for one in needed if one["item"] not in told))
    if missing or not measured:
        raise Invalid("check-incomplete", pointer="#/items", items=missing)
    for number, one in enumerate(measured):
        for bound in (one, *(each for each in needed if each["item"] == one["item"])):
            _check_within(number, one["measured"], bound.get("required_min"), bound.get("required_max"))


def _check_within(number: int, figure: float, least: float | None, most: float | None) -> None:
    if not is_in_range(figure, least, most):
        raise out_of_range(f"#/items/{number}/measured", figure, least, most)


def check_replaced(
    remedy: str | None, component_id: UUID | None, swaps: Iterable[Swap], unit: NewUnit | None
) -> None:
    """What was approved to be replaced is replaced, and no more than that as a whole.

    Args:
        remedy: what was approved.
        component_id: the component at fault; ``None``: the whole unit.
        swaps: components that are replaced.
        unit: the unit that takes the asset's place, if one does.

    Raises:
        Invalid: ``unit-not-approved``, ``replacement-missing``, ``unit-missing`` or ``replaced-twice``.
    """
    replaced = [one.component_id for one in swaps]
    whole = remedy == Remedy.REPLACE and component_id is None
    if unit is not None and not whole:
        raise Invalid("unit-not-approved", pointer="#/new_unit")
    if whole and unit is None:
        raise Invalid("unit-missing", pointer="#/new_unit")
    if whole and replaced:
        raise Invalid("replaced-twice", pointer="#/replacements")
    if len(set(replaced)) < len(replaced):
        raise Invalid("replaced-twice", pointer="#/replacements")
    if remedy == Remedy.REPLACE and not whole and component_id not in replaced:
        raise Invalid("replacement-missing", pointer="#/replacements", component_id=str(component_id))


def take(
    issued: Sequence[Issued], part_id: UUID, serial_number: str | None, lot: str | None, pointer: str
) -> tuple[Issued, list[Issued]]:
    """Take one issued piece of a part: the one that is named, else the first.

    Args:
        issued: pieces issued and not built in yet.
        part_id: of what.
        serial_number: the piece's, where it is told.
        lot: the piece's, where it is told.
        pointer: where the request names it.

    Returns:
        The piece, and what is left.

    Raises:
        Conflict: ``part-not-issued``.
    """
    for place, one in enumerate(issued):
        fits = serial_number in {None, one.serial_number or None} if one.serial_number else True
        if one.part_id == part_id and fits and lot in {None, one.lot or lot}:
            rest = [replace(one, quantity=one.quantity - 1)] if one.quantity > 1 else []
            return replace(one, quantity=1), [*issued[:place], *rest, *issued[place + 1 :]]
    raise Conflict("part-not-issued", pointer=pointer, part_id=str(part_id), serial_number=serial_number)


def check_may_add(state: str, approval: Mapping[str, Any] | None, roles: frozenset[str]) -> None:
    """Before work begins, only who may approve parts adds to them; a running repair gets what it needs.

    Args:
        state: the claim's.
        approval: as given; one that names no parts binds nobody to them.
        roles: the caller's.

    Raises:
        Forbidden: ``addition-needs-role``.
    """
    if is_bound(state, approval) and not LEADS & roles:
        raise Forbidden("addition-needs-role", roles=sorted(LEADS))


def is_bound(state: str, approval: Mapping[str, Any] | None) -> bool:
    """Whether an approval that names parts says what is kept, and no repair is under way that needs more."""
    return state != ClaimState.IN_REPAIR and bool((approval or {}).get("parts"))


def allowed_parts(
    approval: Mapping[str, Any] | None, additions: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Parts that may be kept: those of an approval and of what was added; none where it named none."""
    approved = (approval or {}).get("parts", [])
    added = [part for one in additions for part in one["parts"]]
    return [*approved, *added] if approved else []


def check_within_approval(
    part_id: UUID, quantity: int, approved: Sequence[Mapping[str, Any]], kept: int, pointer: str
) -> None:
    """Where an approval names parts, no more than those, and what was added, are kept for the claim.

    Args:
        part_id: what is to be kept.
        quantity: how many pieces of it.
        approved: parts with their quantities; empty: the approval named none.
        kept: pieces of the part that are kept, or were issued, already.
        pointer: where the request says how many.

    Raises:
        Conflict: ``parts-beyond-approval``.
    """
    allowed = sum(one["quantity"] for one in approved if one["part_id"] == str(part_id))
    if approved and kept + quantity > allowed:
        raise Conflict(
            "parts-beyond-approval", pointer=pointer, part_id=str(part_id), approved=allowed, kept=kept
        )


def serial_of(unit: NewUnit, piece: Issued | None) -> str:
    """The serial number of a new unit: as told, else that of the piece that was issued.

    Raises:
        Invalid: ``serial-missing``.
    """
    serial = unit.serial_number or (piece.serial_number if piece is not None else "")
    if not serial:
        raise Invalid("serial-missing", pointer="#/new_unit/serial_number")
    return serial


def check_returned(expected: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]]) -> None:
    """Everything that was replaced comes back, each piece with its own serial number.

    Args:
        expected: old pieces with ``component_id`` (``None``: the whole unit) and ``serial_number``.
        told: the same, as they came back.

    Raises:
        Conflict: ``no-return-expected``.
        Invalid: ``return-unknown``, ``return-serial-missing``, ``return-serial-differs`` or
            ``return-incomplete``.
    """
    if not expected:
        raise Conflict("no-return-expected")
    serials = {one["component_id"]: one["serial_number"] for one in expected}
    for number, one in enumerate(told):
        if one["component_id"] not in serials:
            raise Invalid("return-unknown", pointer=f"#/items/{number}/component_id")
        serial = serials[one["component_id"]]
        if serial is not None and one["serial_number"] != serial:
            refusal = "return-serial-differs" if one["serial_number"] else "return-serial-missing"
            raise Invalid(refusal, pointer=f"#/items/{number}/serial_number", serial_number=serial)
    missing = set(serials) - {one["component_id"] for one in told}
    if missing:
        raise Invalid("return-incomplete", pointer="#/items", missing=sorted(str(one) for one in missing))


def is_return_open(replaced: Sequence[Mapping[str, Any]], returned: Sequence[Mapping[str, Any]]) -> bool:
    """Whether something that was replaced has not come back."""
    return bool(replaced) and not returned
