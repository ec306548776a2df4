"""Reservations of parts."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.rows import INSTANT, JSON, Stateful, one_of
from warranty.domain.reservations import ReservationState
from warranty.tables.rows import Row


class Reservation(Stateful, Row, table=True):
    """Pieces of a part kept in a warehouse; refers to both through the balance, as movements do."""

    __tablename__: ClassVar[str] = "reservation"
    __table_args__ = (
        one_of("state", ReservationState),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_reservation_created_at", "created_at", "id"),
        Index("ix_reservation_part", "part_id", "created_at", "id"),
        Index("ix_reservation_warehouse", "warehouse_id", "created_at", "id"),
        Index("ix_reservation_open", "created_at", "id", postgresql_where=text("state = 'reserved'")),
        Index("ix_reservation_claim", "claim_id", postgresql_where=text("claim_id IS NOT NULL")),
        Index("ix_reservation_ticket", "ticket_id", postgresql_where=text("ticket_id IS NOT NULL")),
        Index("ix_reservation_due", "expires_at", postgresql_where=text("state = 'reserved'")),
    )

    part_id: UUID
    warehouse_id: UUID
    quantity: int
    claim_id: UUID | None = None
    ticket_id: UUID | None = None
    site_id: UUID | None = None
    expires_at: datetime = Field(sa_type=INSTANT)
    picks: list[dict[str, Any]] = Field(sa_type=JSON)
    to_warehouse_id: UUID | None = None
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)
