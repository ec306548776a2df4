"""What is told and shown of reservations."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.web.shapes import Instant, ListQuery, Maybe, OutInstant, OutShape, Page, Shape, sortable
from common.web.told import Act, Reason
from warranty.api.stock_shapes import PieceOut, Quantity, Serials
from warranty.api.told import Lot
from warranty.domain.reservations import LIFECYCLE, ReservationState
from warranty.domain.stock import Piece
from warranty.tables.reservations import Reservation


class ReservationCreate(Act):
    """Pieces to keep; without a warehouse, in the nearest one that has enough."""

    part_id: UUID
    quantity: Quantity
    warehouse_id: Maybe[UUID] = None
    site_id: Annotated[Maybe[UUID], Field(description="Where they are needed: the nearest is taken.")] = None
    claim_id: Maybe[UUID] = None
    ticket_id: Maybe[UUID] = None
    expires_at: Annotated[Maybe[Instant], Field(description="Left out: after the usual time.")] = None


class ReleaseReservation(Act):
    """Why the pieces are not needed."""

    reason: Maybe[Reason] = None


RELEASE = ReleaseReservation()
"""The body of a release that was sent without one."""


class LotTaken(Shape):
    """So many pieces of a lot."""

    lot: Lot
    quantity: Quantity


class IssueReservation(Act):
    """Which pieces leave; what is not named is picked: first expired first out, else first in first out."""

    serials: Serials = []
    lots: Annotated[list[LotTaken], Field(max_length=100)] = []
    to_warehouse_id: Annotated[Maybe[UUID], Field(description="The car that takes them.")] = None

    def pieces(self) -> list[Piece]:
        """The pieces that are named."""
        named = [Piece(1, "", serial) for serial in self.serials]
        return named + [Piece(taken.quantity, taken.lot) for taken in self.lots]


ISSUE = IssueReservation()
"""The body of an issue that was sent without one: everything is picked."""


class ReservationOut(OutShape):
    """Pieces kept in a warehouse; ``picks`` are those that left."""

    id: UUID
    part_id: UUID
    warehouse_id: UUID
    quantity: int
    claim_id: UUID | None
    ticket_id: UUID | None
    site_id: UUID | None
    state: ReservationState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    expires_at: OutInstant
    picks: list[PieceOut]
    to_warehouse_id: UUID | None
    ended_at: OutInstant | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Reservation, caller: Caller) -> "ReservationOut":
        """The reservation as ``caller`` sees it."""
        actions = LIFECYCLE.open_to(row.state, caller.roles, is_customer=caller.customer_id is not None)
        return cls.model_validate({**vars(row), "allowed_actions": actions})


class ReservationPage(Page[ReservationOut]):
    """A page of reservations."""


class ReservationFilters(ListQuery):
    """Filters of the list of reservations."""

    part_id: Maybe[UUID] = None
    warehouse_id: Maybe[UUID] = None
    claim_id: Maybe[UUID] = None
    ticket_id: Maybe[UUID] = None
    state: Annotated[list[ReservationState], Field(max_length=4)] = []
    sort: Annotated[str, sortable("created_at")] = "-created_at"
