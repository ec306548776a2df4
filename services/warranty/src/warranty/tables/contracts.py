"""Contracts."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from common.rows import INSTANT, JSON, CustomerOwned, Stateful, one_of
from warranty.domain.contracts import ContractState
from warranty.tables.rows import Row


class Contract(CustomerOwned, Stateful, Row, table=True):
    """What the vendor promised a customer, and on what terms."""

    __tablename__: ClassVar[str] = "contract"
    __table_args__ = (
        one_of("state", ContractState),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="period"),
        CheckConstraint("warranty_months > 0", name="warranty_months"),
        CheckConstraint("software_years >= 0", name="software_years"),
        UniqueConstraint("number", name="uq_contract_number"),
        Index("ix_contract_created_at", "created_at", "id"),
        Index("ix_contract_customer", "customer_id", "created_at", "id"),
        Index("ix_contract_ends", "ends_on", "id"),
        Index("ix_contract_notice", "notice_at", "id", postgresql_where=text("notice_at IS NOT NULL")),
        Index(
            "ix_contract_next_inspection",
            "next_inspection_at",
            "id",
            postgresql_where=text("next_inspection_at IS NOT NULL"),
        ),
        Index(
            "ix_contract_promising",
            "customer_id",
            "id",
            postgresql_where=text("state = 'active' AND inspections_per_year > 0"),
        ),
    )

    customer_id: UUID = Field(foreign_key="customer.id")
    number: str
    plan_id: str
    plan_revision: int | None = None
    starts_on: date
    ends_on: date | None = None
    time_zone: str
    currency: str
    warranty_months: int
    software_years: int
    minimum_months: int | None = None
    inspections_per_year: int | None = None
    next_inspection_from: date | None = None
    next_inspection_at: datetime | None = Field(default=None, sa_type=INSTANT)
    suspends_during_repair: bool
    terms: dict[str, Any] = Field(sa_type=JSON)
    exclusions: list[str] = Field(sa_type=JSON)
    scope: dict[str, Any] = Field(sa_type=JSON)
    response_overrides: dict[str, Any] = Field(sa_type=JSON)
    bid_figures: list[dict[str, Any]] = Field(sa_type=JSON)
    requirements: list[dict[str, Any]] = Field(sa_type=JSON)
    manufacturer_terms: list[dict[str, Any]] = Field(sa_type=JSON)
    rates: dict[str, Any] = Field(sa_type=JSON)
    expiry_announced: list[int] = Field(sa_type=JSON)
    notice_at: datetime | None = Field(default=None, sa_type=INSTANT)
    end_reason: str | None = None
