"""Spare parts: warehouses, movements, reservations, transfers, counts, shortages and reorders."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from common.events import Event


class WarehouseEvent(Event):
    """The warehouse after the event."""

    topic: ClassVar[str] = "warranty.warehouse.v1"
    collection: ClassVar[str] = "warehouses"

    warehouse_id: UUID
    code: str
    kind: str
    city: str
    engineer_id: UUID | None = None


class WarehouseCreated(WarehouseEvent):
    """A warehouse is known."""

    type: ClassVar[str] = "warranty.warehouse.created"


class WarehouseUpdated(WarehouseEvent):
    """What is known of a warehouse was corrected."""

    type: ClassVar[str] = "warranty.warehouse.updated"

    previous: dict[str, Any]


class StockMoved(Event):
    """A movement was written down by hand: receipt, return, adjustment or scrapping.

    All other movements follow from a reservation, transfer, count or loaner, whose event tells of them.
    """

    topic: ClassVar[str] = "warranty.stock.v1"
    collection: ClassVar[str] = "stock-movements"
    type: ClassVar[str] = "warranty.stock.moved"

    movement_id: UUID
    kind: str
    warehouse_id: UUID
    part_id: UUID
    quantity: int
    reference_kind: str | None = None
    reference_id: UUID | None = None


class ReservationEvent(Event):
    """The reservation after the event."""

    topic: ClassVar[str] = "warranty.reservation.v1"
    collection: ClassVar[str] = "reservations"

    reservation_id: UUID
    part_id: UUID
    warehouse_id: UUID
    quantity: int
    claim_id: UUID | None = None
    ticket_id: UUID | None = None
    state: str
    expires_at: datetime


class ReservationCreated(ReservationEvent):
    """Pieces are kept."""

    type: ClassVar[str] = "warranty.reservation.created"


class ReservationIssued(ReservationEvent):
    """The pieces left the warehouse, for the customer or for an engineer's car."""

    type: ClassVar[str] = "warranty.reservation.issued"

    serial_numbers: list[str]
    lots: list[str]
    to_warehouse_id: UUID | None = None


class ReservationReleased(ReservationEvent):
    """The pieces are available again."""

    type: ClassVar[str] = "warranty.reservation.released"


class ReservationExpired(ReservationEvent):
    """Nobody took the pieces in time; they are available again."""

    type: ClassVar[str] = "warranty.reservation.expired"


class ReservationTicketUnlinked(ReservationEvent):
    """The ticket that the reservation named turned out to be another customer's; it names none any more."""

    type: ClassVar[str] = "warranty.reservation.ticket_unlinked"

    previous_ticket_id: UUID


class StockTransferEvent(Event):
    """The transfer after the event; ``part_ids`` and ``quantities`` go together."""

    topic: ClassVar[str] = "warranty.stock-transfer.v1"
    collection: ClassVar[str] = "stock-transfers"

    transfer_id: UUID
    from_warehouse_id: UUID
    to_warehouse_id: UUID
    state: str
    part_ids: list[UUID]
    quantities: list[int]


class StockTransferDrafted(StockTransferEvent):
    """A transfer was planned."""

    type: ClassVar[str] = "warranty.stock_transfer.drafted"


class StockTransferShipped(StockTransferEvent):
    """The pieces are on their way."""

    type: ClassVar[str] = "warranty.stock_transfer.shipped"


class StockTransferReceived(StockTransferEvent):
    """The pieces have arrived."""

    type: ClassVar[str] = "warranty.stock_transfer.received"


class StockTransferCancelled(StockTransferEvent):
    """The transfer will not take place."""

    type: ClassVar[str] = "warranty.stock_transfer.cancelled"


class StockCountEvent(Event):
    """The count after the event."""

    topic: ClassVar[str] = "warranty.stock-count.v1"
    collection: ClassVar[str] = "stock-counts"

    count_id: UUID
    warehouse_id: UUID
    state: str
    counted_at: datetime
    line_count: int
    difference_count: int


class StockCounted(StockCountEvent):
    """Stock was counted."""

    type: ClassVar[str] = "warranty.stock_count.counted"


class StockCountApproved(StockCountEvent):
    """The differences were approved and adjusted."""

    type: ClassVar[str] = "warranty.stock_count.approved"


class StockCountDiscarded(StockCountEvent):
    """The count does not stand."""

    type: ClassVar[str] = "warranty.stock_count.discarded"


class PartLevelEvent(Event):
    """How a warehouse stands with a part."""

    topic: ClassVar[str] = "warranty.stock-level.v1"
    collection: ClassVar[str] = "stock-levels"

    level_id: UUID
    warehouse_id: UUID
    part_id: UUID
    available: int
    min_level: int
    target_level: int


class StockLevelSet(PartLevelEvent):
    """Levels were computed or set by hand."""

    type: ClassVar[str] = "warranty.stock_level.set"


class PartLow(PartLevelEvent):
    """Fewer pieces than the minimum are available."""

    type: ClassVar[str] = "warranty.part.low"


class PartOut(PartLevelEvent):
    """No piece is available where there should be some."""

    type: ClassVar[str] = "warranty.part.out"


class PartRecovered(PartLevelEvent):
    """The minimum is available again."""

    type: ClassVar[str] = "warranty.part.recovered"


class ReorderProposalEvent(Event):
    """The proposal after the event; ``from_warehouse_id`` where pieces would be moved, not bought.

    ``received``: pieces of an order that have arrived so far.
    """

    topic: ClassVar[str] = "warranty.reorder-proposal.v1"
    collection: ClassVar[str] = "reorder-proposals"

    proposal_id: UUID
    kind: str
    warehouse_id: UUID
    from_warehouse_id: UUID | None = None
    part_id: UUID
    quantity: int
    received: int = 0
    state: str


class ReorderProposed(ReorderProposalEvent):
    """Pieces should be bought or moved."""

    type: ClassVar[str] = "warranty.reorder_proposal.proposed"


class ReorderProposalUpdated(ReorderProposalEvent):
    """Another quantity is needed by now, or some of what was ordered has arrived."""

    type: ClassVar[str] = "warranty.reorder_proposal.updated"


class ReorderOrdered(ReorderProposalEvent):
    """The pieces were ordered, or their transfer was drafted."""

    type: ClassVar[str] = "warranty.reorder_proposal.ordered"

    transfer_id: UUID | None = None


class ReorderDismissed(ReorderProposalEvent):
    """Somebody decided against it."""

    type: ClassVar[str] = "warranty.reorder_proposal.dismissed"


class ReorderCancelled(ReorderProposalEvent):
    """What was ordered will not come."""

    type: ClassVar[str] = "warranty.reorder_proposal.cancelled"


class ReorderLapsed(ReorderProposalEvent):
    """It is not needed any more."""

    type: ClassVar[str] = "warranty.reorder_proposal.lapsed"


class ReorderReceived(ReorderProposalEvent):
    """Everything that was ordered has arrived."""

    type: ClassVar[str] = "warranty.reorder_proposal.received"
