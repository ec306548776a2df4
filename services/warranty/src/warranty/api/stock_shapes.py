"""What is told and shown of warehouses, of what they hold, and of its movements."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.web.shapes import (
    Day,
    Instant,
    ListQuery,
    Maybe,
    OutInstant,
    OutShape,
    Page,
    Shape,
    Text,
    sortable,
)
from common.web.told import OccurredAt, Reason
from warranty.api.told import Label, Lot, NaturalKey, Place, SerialNumber
from warranty.domain.stock import MovementKind, Reference, ToldKind, WarehouseKind

MOST_PIECES = 100_000
"""Pieces that one line moves, reserves or counts."""

City = Annotated[str, Text(100), Field(examples=["Shanghai"])]
Serials = Annotated[list[SerialNumber], Field(max_length=1_000)]
Quantity = Annotated[int, Field(ge=1, le=MOST_PIECES)]


class WarehouseCreate(Shape):
    """A place where parts are kept; an engineer's car is one."""

    code: NaturalKey
    name: Label
    kind: WarehouseKind
    city: City
    engineer_id: Annotated[Maybe[UUID], Field(description="Whose car it is; only of a car.")] = None
    position: Maybe[Place] = None


class WarehouseUpdate(Shape):
    """Corrections; a field left out stays."""

    name: Maybe[Label] = None
    city: Maybe[City] = None
    engineer_id: Annotated[Maybe[UUID], Field(description="Who has the car from now on.")] = None
    position: Place | None = None


class WarehouseOut(OutShape):
    """A place where parts are kept."""

    id: UUID
    code: str
    name: str
    kind: WarehouseKind
    city: str
    engineer_id: UUID | None
    position: Place | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str


class WarehousePage(Page[WarehouseOut]):
    """A page of warehouses."""


class WarehouseFilters(ListQuery):
    """Filters of the list of warehouses."""

    code: Maybe[NaturalKey] = None
    kind: Annotated[list[WarehouseKind], Field(max_length=3)] = []
    city: Maybe[City] = None
    engineer_id: Annotated[Maybe[UUID], Field(description="The car stock of an engineer.")] = None
    sort: Annotated[str, sortable("created_at", "code")] = "code"


class StockOut(OutShape):
    """What a warehouse has of a part, and should have; levels are 0 where none are set."""

    id: UUID
    warehouse_id: UUID
    part_id: UUID
    on_hand: int
    reserved: int
    expired: Annotated[int, Field(ge=0, description="On hand, past its shelf life: never given out.")]
    available: Annotated[int, Field(ge=0, description="On hand, not reserved, within its shelf life.")]
    in_transit: Annotated[int, Field(ge=0, description="On its way from another warehouse.")]
    on_order: Annotated[int, Field(ge=0, description="Bought and not received yet.")]
    min_level: int
    target_level: int
    changed_at: OutInstant


class StockPage(Page[StockOut]):
    """A page of stock."""


class StockFilters(ListQuery):
    """Filters of stock."""

    warehouse_id: Maybe[UUID] = None
    part_id: Maybe[UUID] = None
    sort: Annotated[str, sortable("part_id")] = "part_id"


class LotOut(OutShape):
    """Pieces of one lot, or one piece with its serial number; empty texts stand for neither."""

    id: UUID
    warehouse_id: UUID
    part_id: UUID
    lot: str
    serial_number: str
    expires_on: Annotated[Day | None, Field(description="Last day of the shelf life.")]
    received_on: Day
    on_hand: int


class LotPage(Page[LotOut]):
    """A page of lots and serial numbers."""


class LotFilters(ListQuery):
    """Filters of lots and serial numbers on hand."""

    warehouse_id: Maybe[UUID] = None
    part_id: Maybe[UUID] = None
    lot: Maybe[Lot] = None
    serial_number: Maybe[SerialNumber] = None
    expires_before: Annotated[Maybe[Day], Field(description="Shelf life over before this day.")] = None
    sort: Annotated[str, sortable("received_on")] = "received_on"


class MovementCreate(Shape):
    """A movement that is written down; all others follow from reservations, transfers, counts and loaners."""

    kind: ToldKind
    warehouse_id: UUID
    part_id: UUID
    quantity: Annotated[
        int, Field(ge=-MOST_PIECES, le=MOST_PIECES, description="Below 0 only to adjust downwards.")
    ]
    serials: Annotated[Serials, Field(description="One for each piece of a serialised part.")] = []
    lot: Maybe[Lot] = None
    expires_on: Annotated[Maybe[Day], Field(description="Left out: by the part's shelf life.")] = None
    reason: Annotated[Maybe[Reason], Field(description="Of everything but a receipt.")] = None
    claim_id: Annotated[Maybe[UUID], Field(description="The claim that the pieces belong to.")] = None
    reorder_proposal_id: Annotated[Maybe[UUID], Field(description="The order that a receipt is for.")] = None
    occurred_at: OccurredAt = None


class PieceOut(OutShape):
    """Pieces of one lot, or the one piece with a serial number."""

    quantity: int
    lot: str
    serial_number: str
    expires_on: Day | None


class MovementOut(OutShape):
    """An entry of the ledger: how much more or less was on hand and reserved."""

    id: UUID
    kind: MovementKind
    warehouse_id: UUID
    part_id: UUID
    on_hand: int
    reserved: int
    pieces: list[PieceOut]
    reason: str | None
    reference_kind: Reference | None
    reference_id: UUID | None
    occurred_at: OutInstant
    recorded_at: OutInstant
    recorded_by: str


class MovementPage(Page[MovementOut]):
    """A page of the ledger."""


class MovementFilters(ListQuery):
    """Filters of the ledger."""

    warehouse_id: Maybe[UUID] = None
    part_id: Maybe[UUID] = None
    kind: Annotated[list[MovementKind], Field(max_length=9)] = []
    reference_id: Annotated[Maybe[UUID], Field(description="A reservation, transfer, count, …")] = None
    serial_number: Maybe[SerialNumber] = None
    lot: Maybe[Lot] = None
    recorded_after: Maybe[Instant] = None
    recorded_before: Maybe[Instant] = None
    sort: Annotated[str, sortable("recorded_at")] = "-recorded_at"
