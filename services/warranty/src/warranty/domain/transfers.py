"""Transfers between warehouses, and counts of what is really there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from common.errors import Forbidden, Invalid
from common.lifecycle import LEADS, Lifecycle, step
from warranty.domain.stock import Piece


class TransferState(StrEnum):
    """Where a transfer stands."""

    DRAFT = "draft"
    SHIPPED = "shipped"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class CountState(StrEnum):
    """Where a stock count stands."""

    COUNTED = "counted"
    APPROVED = "approved"
    DISCARDED = "discarded"


TRANSFER_LIFECYCLE = Lifecycle(
    "stock_transfer_state",
    TransferState.DRAFT,
    MappingProxyType(
        {
            "ship": step("draft", "shipped", "warranty.stock_transfer.shipped", "the pieces are there"),
            "receive": step("shipped", "received", "warranty.stock_transfer.received"),
            "cancel": step("draft", "cancelled", "warranty.stock_transfer.cancelled", "reason"),
        }
    ),
)

COUNT_LIFECYCLE = Lifecycle(
    "stock_count_state",
    CountState.COUNTED,
    MappingProxyType(
        {
            "approve": step(
                "counted", "approved", "warranty.stock_count.approved", "a person who did not count"
            ),
            "discard": step("counted", "discarded", "warranty.stock_count.discarded", "reason"),
        }
    ),
    roles=MappingProxyType({"approve": LEADS}),
)


@dataclass(frozen=True, slots=True)
class TransferLine:
    """So many of a part; of serial numbers or lots where they are named, else first expired first out."""

    part_id: UUID
    quantity: int
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class CountLine:
    """What was found of a part: a number, a number of one lot, or its serial numbers."""

    part_id: UUID
    counted: int
    lot: str = ""
    serials: tuple[str, ...] = ()


def check_transfer(from_id: UUID, to_id: UUID, lines: Sequence[TransferLine]) -> None:
    """A transfer leads elsewhere, and names each part once.

    Raises:
        Invalid: ``transfer-to-itself`` or ``part-repeated``.
    """
    if from_id == to_id:
        raise Invalid("transfer-to-itself", pointer="#/to_warehouse_id")
    parts = [line.part_id for line in lines]
    if len(set(parts)) != len(parts):
        raise Invalid("part-repeated", pointer="#/lines")


def check_count(lines: Sequence[CountLine], tracked: Mapping[UUID, tuple[bool, bool]]) -> None:
    """Each line tells its part's pieces apart as the part demands, and none is told twice.

    Args:
        lines: what was found.
        tracked: part to whether it is serialised, and whether it is kept by lot.

    Raises:
        Invalid: ``serials-needed``, ``lot-needed``, ``not-tracked`` or ``part-repeated``.
    """
    for line in lines:
        is_serialised, is_lot_tracked = tracked[line.part_id]
        if is_serialised and len(set(line.serials)) != line.counted:
            told = len(set(line.serials))
            raise Invalid("serials-needed", pointer="#/lines", quantity=line.counted, told=told)
        if not is_serialised and line.serials:
            raise Invalid("not-tracked", pointer="#/lines")
        if bool(line.lot) != (is_lot_tracked and not is_serialised):
            raise Invalid("lot-needed" if is_lot_tracked else "not-tracked", pointer="#/lines")
    keys = [(line.part_id, line.lot) for line in lines]
    if len(set(keys)) != len(keys):
        raise Invalid("part-repeated", pointer="#/lines")


def check_approver(counter: str, approver: str) -> None:
    """Who counted does not approve (four eyes).

    Raises:
        Forbidden: ``counter-may-not-approve``.
    """
    if counter == approver:
        raise Forbidden("counter-may-not-approve")
