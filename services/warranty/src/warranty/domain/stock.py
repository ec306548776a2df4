"""Stock: warehouses, what each kind of movement does, lots and serial numbers, which pieces go first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from common.errors import Conflict, Invalid
from warranty.domain.directory import Position, distance_km


class WarehouseKind(StrEnum):
    """What a warehouse is."""

    CENTRAL = "central"
    REGIONAL = "regional"
    CAR = "car"


class MovementKind(StrEnum):
    """What happened to pieces in stock."""

    RECEIPT = "receipt"
    RESERVE = "reserve"
    RELEASE = "release"
    ISSUE = "issue"
    RETURN = "return"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    ADJUST = "adjust"
    SCRAP = "scrap"


class Reference(StrEnum):
    """What a movement belongs to."""

    RESERVATION = "reservation"
    CLAIM = "claim"
    COUNT = "count"
    TRANSFER = "transfer"
    LOANER = "loaner"
    REORDER = "reorder"


class ToldKind(StrEnum):
    """Movements that people write down themselves; all others follow from what they do elsewhere."""

    RECEIPT = "receipt"
    RETURN = "return"
    ADJUST = "adjust"
    SCRAP = "scrap"


SIGNS: Mapping[MovementKind, tuple[frozenset[int], frozenset[int]]] = MappingProxyType(
    {
        MovementKind.RECEIPT: (frozenset({1}), frozenset({0})),
        MovementKind.RESERVE: (frozenset({0}), frozenset({1})),
        MovementKind.RELEASE: (frozenset({0}), frozenset({-1})),
        MovementKind.ISSUE: (frozenset({-1}), frozenset({-1, 0})),
        MovementKind.RETURN: (frozenset({1}), frozenset({0})),
        MovementKind.TRANSFER_OUT: (frozenset({-1}), frozenset({-1, 0})),
        MovementKind.TRANSFER_IN: (frozenset({1}), frozenset({0})),
        MovementKind.ADJUST: (frozenset({1, -1}), frozenset({0})),
        MovementKind.SCRAP: (frozenset({-1}), frozenset({0})),
    }
)
"""Per kind, the signs that its change of on hand and of reserved may have."""

NEEDS_REASON = frozenset({ToldKind.RETURN, ToldKind.ADJUST, ToldKind.SCRAP})
"""What is told only with its reason; a receipt explains itself."""


def effect(kind: MovementKind, quantity: int, *, was_reserved: bool = False) -> tuple[int, int]:
    """What a movement changes: pieces on hand and pieces reserved.

    Args:
        kind: of the movement.
        quantity: pieces; only an adjustment may be of less than none.
        was_reserved: the pieces that leave were reserved before.
    """
    if kind is MovementKind.ADJUST:
        return quantity, 0
    on_hand, reserved = (min(signs) for signs in SIGNS[kind])
    if on_hand < 0 and not was_reserved:
        reserved = 0
    return quantity * on_hand, quantity * reserved


@dataclass(frozen=True, slots=True)
class NewWarehouse:
    """A warehouse as it is told; a car belongs to an engineer."""

    code: str
    name: str
    kind: WarehouseKind
    city: str
    engineer_id: UUID | None = None
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Pieces of one lot, or the one piece with a serial number; empty texts stand for neither."""

    quantity: int
    lot: str = ""
    serial_number: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What of a lot or serial number a warehouse holds."""

    lot: str
    serial_number: str
    expires_on: date | None
    received_on: date
    on_hand: int


@dataclass(frozen=True, slots=True)
class Tracking:
    """How pieces of a part are told apart."""

    is_serialised: bool
    is_lot_tracked: bool

    @property
    def is_any(self) -> bool:
        """Whether they are told apart at all."""
        return self.is_serialised or self.is_lot_tracked


@dataclass(frozen=True, slots=True)
class Candidate:
    """A warehouse that has enough of a part."""

    warehouse_id: UUID
    code: str
    kind: WarehouseKind
    position: Position | None


def check_warehouse(kind: str, engineer_id: UUID | None) -> None:
    """A car has its engineer, and nothing else has one.

    Raises:
        Invalid: ``car-needs-engineer``.
    """
    if (kind == WarehouseKind.CAR) != (engineer_id is not None):
        raise Invalid("car-needs-engineer", pointer="#/engineer_id")


def check_told(kind: ToldKind, quantity: int, reason: str | None) -> None:
    """A movement that is written down has a quantity with the sign of its kind, and its reason.

    Raises:
        Invalid: ``quantity-sign`` or ``movement-needs-reason``.
    """
    if quantity == 0 or (quantity < 0 and kind is not ToldKind.ADJUST):
        raise Invalid("quantity-sign", pointer="#/quantity", kind=kind.value)
    if kind in NEEDS_REASON and not reason:
        raise Invalid("movement-needs-reason", pointer="#/reason", kind=kind.value)


def check_pieces(tracking: Tracking, quantity: int, pieces: Sequence[Piece]) -> None:
    """Pieces are told apart as their part demands: a serial number a piece, a lot for all.

    Raises:
        Invalid: ``serials-needed``, ``serial-repeated``, ``lot-needed`` or ``not-tracked``.
    """
    serials = [piece.serial_number for piece in pieces if piece.serial_number]
    if not tracking.is_serialised and serials:
        raise Invalid("not-tracked", pointer="#/serials")
    if not tracking.is_lot_tracked and any(piece.lot for piece in pieces):
        raise Invalid("not-tracked", pointer="#/lot")
    if tracking.is_serialised and len(serials) != quantity:
        raise Invalid("serials-needed", pointer="#/serials", quantity=quantity, told=len(serials))
    if len(set(serials)) != len(serials):
        raise Invalid("serial-repeated", pointer="#/serials")
    if tracking.is_lot_tracked and not all(piece.lot for piece in pieces):
        raise Invalid("lot-needed", pointer="#/lot")
    if tracking.is_any and sum(piece.quantity for piece in pieces) != quantity:
        raise Invalid("lot-needed", pointer="#/lot")


def check_named(tracking: Tracking, quantity: int, pieces: Sequence[Piece]) -> None:
    """Pieces that leave are named as the part demands: its serial numbers, or lots that make up the quantity.

    Raises:
        Invalid: ``serials-needed``, ``serial-repeated``, ``lot-needed`` or ``not-tracked``.
    """
    if not tracking.is_any and pieces:
        raise Invalid("not-tracked", pointer="#/serials")
    names = [piece.serial_number or piece.lot for piece in pieces]
    if len(set(names)) != len(names):
        raise Invalid("serial-repeated", pointer="#/serials")
    if tracking.is_serialised and sum(bool(piece.serial_number) for piece in pieces) != quantity:
        raise Invalid("serials-needed", pointer="#/serials", quantity=quantity, told=len(pieces))
    if tracking.is_any and sum(piece.quantity for piece in pieces) != quantity:
        raise Invalid("lot-needed", pointer="#/lot")


def check_returned(quantity: int, returnable: int, pieces: Iterable[str] = ()) -> None:
    """What comes back had left: no more than was issued and has not come back yet.

    Args:
        quantity: pieces that are told to come back.
        returnable: of them, or of their lot or part, how many are out.
        pieces: serial numbers or the lot that it is about.

    Raises:
        Conflict: ``return-not-issued``.
    """
    if quantity > returnable:
        about = sorted(piece for piece in pieces if piece)
        raise Conflict("return-not-issued", quantity=quantity, returnable=max(returnable, 0), pieces=about)


def first_out(held: Iterable[Held]) -> list[Held]:
    """What goes first: what expires first, else what was received first (FEFO, then FIFO)."""
    return sorted(
        held, key=lambda one: (one.expires_on or date.max, one.received_on, one.lot, one.serial_number)
    )


def picked(held: Iterable[Held], quantity: int, today: date) -> list[Piece]:
    """The pieces to issue: first expired first out, else first in first out; nothing past its shelf life.

    Raises:
        Conflict: ``stock-not-issuable`` where too few pieces are within their shelf life.
    """
    usable = [one for one in first_out(held) if not is_expired(one.expires_on, today)]
    found: list[Piece] = []
    missing = quantity
    for one in usable:
        taken = min(missing, one.on_hand)
        if taken > 0:
            found.append(Piece(taken, one.lot, one.serial_number, one.expires_on))
            missing -= taken
    if missing:
        raise Conflict("stock-not-issuable", quantity=quantity, issuable=quantity - missing)
    return found


def named(held: Iterable[Held], told: Sequence[Piece], today: date) -> list[Piece]:
    """The pieces that were named for issue, as the warehouse holds them.

    Raises:
        Conflict: ``piece-not-here`` or ``stock-not-issuable``.
    """
    return [_found(one, held, today, len(told)) for one in told]


def _found(told: Piece, held: Iterable[Held], today: date, quantity: int) -> Piece:
    for one in held:
        is_it = one.serial_number == told.serial_number and (told.lot in {"", one.lot})
        if is_it and one.on_hand >= told.quantity:
            if is_expired(one.expires_on, today):
                raise Conflict("stock-not-issuable", quantity=quantity, issuable=0)
            return Piece(told.quantity, one.lot, one.serial_number, one.expires_on)
    raise Conflict("piece-not-here", pieces=[told.serial_number or told.lot])


def is_expired(expires_on: date | None, today: date) -> bool:
    """Whether shelf life is over; the day itself still counts."""
    return expires_on is not None and expires_on < today


_RANK = {WarehouseKind.CENTRAL: 0, WarehouseKind.REGIONAL: 1, WarehouseKind.CAR: 2}


def nearest_first(candidates: Iterable[Candidate], site: Position | None) -> list[Candidate]:
    """The order in which warehouses are asked.

    The nearest to the site where both positions are known; then central before regional before cars;
    then by code.
    """

    def key(one: Candidate) -> tuple[float, int, str]:
        known = site is not None and one.position is not None
        far = distance_km(site, one.position) if known and site and one.position else float("inf")
        return (far, _RANK[one.kind], one.code)

    return sorted(candidates, key=key)
