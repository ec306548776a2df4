"""Charge lines of tickets and their visits."""

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric
from sqlmodel import Field

from common.rows import CustomerOwned, Stateful, one_of
from ticketing.domain.charges import ChargeKind, ChargeState, Payer, PayerReason
from ticketing.tables.rows import Row


class Charge(CustomerOwned, Stateful, Row, table=True):
    """Travel, labour or parts of a ticket with its cost, and who pays it (§1.2.3.1(3), §1.2.4)."""

    __tablename__: ClassVar[str] = "charge"
    __table_args__ = (
        one_of("kind", ChargeKind),
        one_of("state", ChargeState),
        one_of("payer", Payer),
        one_of("payer_reason", PayerReason),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("unit_price >= 0", name="unit_price"),
        CheckConstraint("state <> 'settled' OR payer <> 'undetermined'", name="settled_has_payer"),
        Index("ix_charge_ticket", "ticket_id", "created_at", "id"),
        Index("ix_charge_visit", "visit_id"),
    )

    ticket_id: UUID = Field(foreign_key="ticket.id")
    visit_id: UUID | None = Field(default=None, foreign_key="visit.id")
    engineer_id: UUID | None = None
    kind: str
    part_id: UUID | None = None
    description: str
    quantity: Decimal = Field(sa_type=Numeric(12, 3))
    unit_price: Decimal = Field(sa_type=Numeric(14, 2))
    amount: Decimal = Field(sa_type=Numeric(24, 2))
    currency: str
    receipt_reference: str | None = None
    is_redispatch: bool
    payer: str
    payer_reason: str
    payer_note: str | None = None
    decision_id: UUID | None = None
    withdrawn_reason: str | None = None
