"""Loaners."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.rows import INSTANT, JSON, CustomerOwned, Stateful, one_of
from warranty.domain.loaners import LoanerCondition, LoanerState, LoanGround
from warranty.tables.rows import Row


class Loaner(CustomerOwned, Stateful, Row, table=True):
    """One piece lent to a customer's site; ``is_overdue`` once its due date has passed and was told."""

    __tablename__: ClassVar[str] = "loaner"
    __table_args__ = (
        one_of("state", LoanerState),
        one_of("ground", LoanGround),
        one_of("condition", LoanerCondition),
        CheckConstraint("(ground = 'claim') = (claim_id IS NOT NULL)", name="claim"),
        CheckConstraint("(state = 'returned') = (condition IS NOT NULL)", name="inspected"),
        Index("ix_loaner_created_at", "created_at", "id"),
        Index("ix_loaner_customer", "customer_id", "created_at", "id"),
        Index("ix_loaner_site", "site_id", "created_at", "id"),
        Index("ix_loaner_claim", "claim_id", postgresql_where=text("claim_id IS NOT NULL")),
        Index("ix_loaner_ticket", "ticket_id", postgresql_where=text("ticket_id IS NOT NULL")),
        Index("ix_loaner_due_on", "due_on", "id"),
        Index("ix_loaner_due", "due_on", postgresql_where=text("state = 'lent' AND NOT is_overdue")),
    )

    customer_id: UUID = Field(foreign_key="customer.id")
    site_id: UUID = Field(foreign_key="site.id")
    part_id: UUID = Field(foreign_key="part.id")
    warehouse_id: UUID = Field(foreign_key="warehouse.id")
    serial_number: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    ground: str
    claim_id: UUID | None = None
    ticket_id: UUID | None = None
    due_on: date
    lent_at: datetime = Field(sa_type=INSTANT)
    is_overdue: bool = False
    extensions: list[dict[str, Any]] = Field(sa_type=JSON)
    returned_at: datetime | None = Field(default=None, sa_type=INSTANT)
    condition: str | None = None
    inspection: str | None = None
