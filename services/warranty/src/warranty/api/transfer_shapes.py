"""What is told and shown of transfers between warehouses, and of stock counts."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.web.shapes import ListQuery, Maybe, OutInstant, OutShape, Page, Shape, sortable
from common.web.told import Act, OccurredAt
from warranty.api.reservation_shapes import LotTaken
from warranty.api.stock_shapes import MOST_PIECES, PieceOut, Quantity, Serials
from warranty.api.told import Lot
from warranty.domain.stock import Piece
from warranty.domain.transfers import (
    COUNT_LIFECYCLE,
    TRANSFER_LIFECYCLE,
    CountLine,
    CountState,
    TransferLine,
    TransferState,
)
from warranty.tables.transfers import StockCount, StockTransfer


class TransferLineTold(Shape):
    """So many of a part; which ones, where they are named, else first expired first out."""

    part_id: UUID
    quantity: Quantity
    serials: Serials = []
    lots: Annotated[list[LotTaken], Field(max_length=100)] = []

    def line(self) -> TransferLine:
        """The line as it is planned."""
        serials = [Piece(1, "", serial) for serial in self.serials]
        lots = [Piece(taken.quantity, taken.lot) for taken in self.lots]
        return TransferLine(self.part_id, self.quantity, (*serials, *lots))


class TransferCreate(Act):
    """Parts that are to move from one warehouse to another; a past one is told with when it was planned."""

    from_warehouse_id: UUID
    to_warehouse_id: UUID
    lines: Annotated[list[TransferLineTold], Field(min_length=1, max_length=100)]


class TransferLineOut(OutShape):
    """So many of a part; the pieces are known once they were named or shipped."""

    part_id: UUID
    quantity: int
    pieces: list[PieceOut]


class TransferOut(OutShape):
    """Parts on their way from one warehouse to another."""

    id: UUID
    from_warehouse_id: UUID
    to_warehouse_id: UUID
    state: TransferState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    lines: list[TransferLineOut]
    shipped_at: OutInstant | None
    received_at: OutInstant | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: StockTransfer, caller: Caller) -> "TransferOut":
        """The transfer as ``caller`` sees it."""
        actions = TRANSFER_LIFECYCLE.open_to(
            row.state, caller.roles, is_customer=caller.customer_id is not None
        )
        return cls.model_validate({**vars(row), "allowed_actions": actions})


class TransferPage(Page[TransferOut]):
    """A page of transfers."""


class TransferFilters(ListQuery):
    """Filters of the list of transfers."""

    from_warehouse_id: Maybe[UUID] = None
    to_warehouse_id: Maybe[UUID] = None
    state: Annotated[list[TransferState], Field(max_length=4)] = []
    sort: Annotated[str, sortable("created_at")] = "-created_at"


class CountLineTold(Shape):
    """What was found of a part: how many, of one lot where it has lots, or its serial numbers."""

    part_id: UUID
    counted: Annotated[int, Field(ge=0, le=MOST_PIECES)]
    lot: Maybe[Lot] = None
    serials: Serials = []

    def line(self) -> CountLine:
        """The line as it is compared."""
        return CountLine(self.part_id, self.counted, self.lot or "", tuple(self.serials))


class CountCreate(Shape):
    """What was found in a warehouse, and when; what has no line was not counted."""

    warehouse_id: UUID
    lines: Annotated[list[CountLineTold], Field(min_length=1, max_length=500)]
    occurred_at: OccurredAt = None


class CountLineOut(OutShape):
    """What was found, beside what the ledger says for that moment; once approved, what was booked."""

    part_id: UUID
    lot: str | None
    counted: int
    expected: int
    difference: int
    serials: list[str]
    missing_serials: list[str]
    found_serials: list[str]


class CountOut(OutShape):
    """A stock count; its differences are adjusted once another person has approved them."""

    id: UUID
    warehouse_id: UUID
    state: CountState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    counted_at: OutInstant
    lines: list[CountLineOut]
    difference_count: int
    approved_by: str | None
    approved_at: OutInstant | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: StockCount, caller: Caller) -> "CountOut":
        """The count as ``caller`` sees it."""
        actions = COUNT_LIFECYCLE.open_to(row.state, caller.roles, is_customer=caller.customer_id is not None)
        return cls.model_validate({**vars(row), "allowed_actions": actions})


class CountPage(Page[CountOut]):
    """A page of stock counts."""


class CountFilters(ListQuery):
    """Filters of the list of stock counts."""

    warehouse_id: Maybe[UUID] = None
    state: Annotated[list[CountState], Field(max_length=3)] = []
    sort: Annotated[str, sortable("created_at")] = "-created_at"
