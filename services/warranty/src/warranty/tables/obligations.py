"""Inspections that contracts owe."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from common.rows import INSTANT, CustomerOwned, Stateful, one_of
from warranty.domain.obligations import ObligationState, WithdrawalReason
from warranty.tables.rows import Row


class InspectionObligation(CustomerOwned, Stateful, Row, table=True):
    """One inspection owed under a contract in a period of its year, and the visit that keeps it."""

    __tablename__: ClassVar[str] = "inspection_obligation"
    __table_args__ = (
        one_of("state", ObligationState),
        one_of("withdrawal_reason", WithdrawalReason),
        CheckConstraint("to_on >= from_on", name="period"),
        CheckConstraint(
            "(state = 'kept') = (inspection_id IS NOT NULL) AND (state = 'kept') = (kept_at IS NOT NULL)",
            name="kept",
        ),
        UniqueConstraint("inspection_id", name="uq_inspection_obligation_inspection"),
        Index(
            "uq_inspection_obligation_period",
            "contract_id",
            "from_on",
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index("ix_inspection_obligation_due", "to_on", "id"),
        Index("ix_inspection_obligation_customer", "customer_id", "to_on", "id"),
        Index("ix_inspection_obligation_contract", "contract_id", "to_on", "id"),
        Index("ix_inspection_obligation_state", "state", "to_on", "id"),
    )

    contract_id: UUID = Field(foreign_key="contract.id")
    contract_year: int
    period: int
    time_zone: str
    from_on: date
    to_on: date
    due_at: datetime = Field(sa_type=INSTANT)
    opened_at: datetime = Field(sa_type=INSTANT)
    inspection_id: UUID | None = Field(default=None, foreign_key="inspection.id")
    kept_at: datetime | None = Field(default=None, sa_type=INSTANT)
    withdrawal_reason: str | None = None
