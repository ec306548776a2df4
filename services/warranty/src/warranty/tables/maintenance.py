"""Maintenance plans, their inspections, and what inspections found."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from common.rows import INSTANT, JSON, CustomerOwned, Resource, Stateful, one_of
from warranty.domain.inspections import InspectionCondition, InspectionState
from warranty.domain.maintenance import IntervalUnit, PlanState
from warranty.tables.rows import Row


class MaintenancePlan(CustomerOwned, Stateful, Row, table=True):
    """What is looked at, and on which dates; ``next_at`` is when its next visit appears, or it ends."""

    __tablename__: ClassVar[str] = "maintenance_plan"
    __table_args__ = (
        one_of("state", PlanState),
        one_of("interval_unit", IntervalUnit),
        CheckConstraint("(interval_unit IS NULL) = (interval_count IS NULL)", name="interval"),
        CheckConstraint("interval_count > 0", name="interval_count"),
        CheckConstraint("lead_days >= 0", name="lead_days"),
        UniqueConstraint("number", name="uq_maintenance_plan_number"),
        Index("ix_maintenance_plan_created_at", "created_at", "id"),
        Index("ix_maintenance_plan_customer", "customer_id", "created_at", "id"),
        Index("ix_maintenance_plan_site", "site_id", "created_at", "id"),
        Index("ix_maintenance_plan_asset", "asset_id", "created_at", "id"),
        Index("ix_maintenance_plan_contract", "contract_id", "created_at", "id"),
        Index("ix_maintenance_plan_state", "state", "created_at", "id"),
        Index("ix_maintenance_plan_next", "next_at", "id", postgresql_where=text("state = 'active'")),
    )

    number: str
    title: str
    site_id: UUID = Field(foreign_key="site.id")
    asset_id: UUID | None = Field(default=None, foreign_key="asset.id")
    contract_id: UUID | None = Field(default=None, foreign_key="contract.id")
    time_zone: str
    interval_unit: str | None = None
    interval_count: int | None = None
    first_on: date | None = None
    dates: list[str] = Field(sa_type=JSON)
    ends_on: date | None = None
    lead_days: int
    checklist: list[dict[str, Any]] = Field(sa_type=JSON)
    agreed_by: str | None = None
    agreed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    visit_count: int = 0
    next_due_on: date | None = None
    next_at: datetime | None = Field(default=None, sa_type=INSTANT)
    reason: str | None = None


class Inspection(CustomerOwned, Stateful, Row, table=True):
    """One visit: due on a day, with the checklist as it stood when the visit appeared.

    Ticket and visit are those on which ticketing sends somebody; ``dispatch_version`` is the version of the
    ticket that told so, 0 while none did. One that ``is_unsent`` is from before anybody was sent to one, and
    is still to be told again for it.
    """

    __tablename__: ClassVar[str] = "inspection"
    __table_args__ = (
        one_of("state", InspectionState),
        one_of("condition", InspectionCondition),
        UniqueConstraint("number", name="uq_inspection_number"),
        Index(
            "uq_inspection_planned",
            "plan_id",
            "planned_on",
            unique=True,
            postgresql_where=text("plan_id IS NOT NULL AND state <> 'cancelled'"),
        ),
        Index("ix_inspection_due_on", "due_on", "id"),
        Index("ix_inspection_customer", "customer_id", "due_on", "id"),
        Index("ix_inspection_site", "site_id", "due_on", "id"),
        Index("ix_inspection_asset", "asset_id", "due_on", "id"),
        Index("ix_inspection_plan", "plan_id", "due_on", "id"),
        Index("ix_inspection_contract", "contract_id", "due_on", "id"),
        Index("ix_inspection_state", "state", "due_on", "id"),
        Index("ix_inspection_unsent", "id", postgresql_where=text("is_unsent")),
    )

    number: str
    plan_id: UUID | None = Field(default=None, foreign_key="maintenance_plan.id")
    contract_id: UUID | None = Field(default=None, foreign_key="contract.id")
    site_id: UUID = Field(foreign_key="site.id")
    asset_id: UUID | None = Field(default=None, foreign_key="asset.id")
    time_zone: str
    planned_on: date
    due_on: date
    due_at: datetime = Field(sa_type=INSTANT)
    agreed_by: str | None = None
    agreed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    reschedules: list[dict[str, Any]] = Field(sa_type=JSON)
    checklist: list[dict[str, Any]] = Field(sa_type=JSON)
    technician_ids: list[str] = Field(sa_type=JSON)
    ticket_id: UUID | None = None
    visit_id: UUID | None = None
    visit_state: str | None = None
    dispatch_version: int = 0
    is_unsent: bool = False
    started_at: datetime | None = Field(default=None, sa_type=INSTANT)
    completed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    condition: str | None = None
    report: str | None = None
    report_checksum: str | None = None
    cancelled_reason: str | None = None


class InspectionFinding(CustomerOwned, Resource, Row, table=True):
    """Something found out of order."""

    __tablename__: ClassVar[str] = "inspection_finding"
    __table_args__ = (
        CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
        Index("ix_inspection_finding_inspection", "inspection_id", "created_at", "id"),
        Index("ix_inspection_finding_asset", "asset_id", "created_at", "id"),
        Index("ix_inspection_finding_customer", "customer_id", "created_at", "id"),
        Index("ix_inspection_finding_created_at", "created_at", "id"),
    )

    inspection_id: UUID = Field(foreign_key="inspection.id")
    site_id: UUID
    asset_id: UUID | None = Field(default=None, foreign_key="asset.id")
    item: str
    severity: int
    value: float | None = None
    unit: str | None = None
    expected_min: float | None = None
    expected_max: float | None = None
    note: str
    photos: list[str] = Field(sa_type=JSON)
