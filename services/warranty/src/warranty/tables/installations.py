"""Installations, their steps and assets, and the defects found on the way."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from common.rows import INSTANT, JSON, CustomerOwned, Resource, Stateful, one_of
from warranty.domain.installations import (
    DefectKind,
    DefectState,
    InstallationState,
    LiableParty,
    StepKind,
)
from warranty.tables.rows import Row


class Installation(CustomerOwned, Stateful, Row, table=True):
    """The work from hand-over to acceptance of one delivery at one site."""

    __tablename__: ClassVar[str] = "installation"
    __table_args__ = (
        one_of("state", InstallationState),
        CheckConstraint("open_step_count >= 0", name="open_step_count"),
        UniqueConstraint("number", name="uq_installation_number"),
        Index("ix_installation_created_at", "created_at", "id"),
        Index("ix_installation_customer", "customer_id", "created_at", "id"),
        Index("ix_installation_site", "site_id", "created_at", "id"),
        Index("ix_installation_contract", "contract_id", "created_at", "id"),
        Index("ix_installation_state", "state", "created_at", "id"),
    )

    number: str
    site_id: UUID = Field(foreign_key="site.id")
    contract_id: UUID | None = Field(default=None, foreign_key="contract.id")
    specification: str
    goods_accepted_on: date | None = None
    goods_reference: str | None = None
    trial_run_hours: float
    open_step_count: int = 0
    planned_from: date | None = None
    planned_to: date | None = None
    technician_ids: list[str] = Field(sa_type=JSON)
    replacements: list[dict[str, Any]] = Field(sa_type=JSON)
    started_at: datetime | None = Field(default=None, sa_type=INSTANT)
    accepted_at: datetime | None = Field(default=None, sa_type=INSTANT)
    cancelled_reason: str | None = None


class InstallationStep(CustomerOwned, Resource, Row, table=True):
    """One step of an installation, open until it is recorded and signed off."""

    __tablename__: ClassVar[str] = "installation_step"
    __table_args__ = (
        one_of("kind", StepKind),
        UniqueConstraint("installation_id", "code", name="uq_installation_step_code"),
        Index("ix_installation_step_order", "installation_id", "rank"),
    )

    installation_id: UUID = Field(foreign_key="installation.id")
    rank: int
    code: str
    kind: str
    label_zh: str
    label_en: str
    completed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    record: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    people: list[str] = Field(sa_type=JSON)
    attachments: list[str] = Field(sa_type=JSON)
    signed_off_by: str | None = None


class InstallationAsset(CustomerOwned, Resource, Row, table=True):
    """An asset of the delivery, with the customer's signature once it is accepted."""

    __tablename__: ClassVar[str] = "installation_asset"
    __table_args__ = (
        UniqueConstraint("installation_id", "asset_id", name="uq_installation_asset"),
        Index(
            "uq_installation_asset_under_way",
            "asset_id",
            unique=True,
            postgresql_where=text("is_under_way"),
        ),
    )

    installation_id: UUID = Field(foreign_key="installation.id")
    asset_id: UUID = Field(foreign_key="asset.id")
    is_under_way: bool
    accepted_at: datetime | None = Field(default=None, sa_type=INSTANT)
    signature: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class Defect(CustomerOwned, Stateful, Row, table=True):
    """Something wrong with what was delivered, with the deadline that the customer set."""

    __tablename__: ClassVar[str] = "defect"
    __table_args__ = (
        one_of("kind", DefectKind),
        one_of("state", DefectState),
        one_of("liable_party", LiableParty),
        Index("ix_defect_installation", "installation_id", "created_at", "id"),
        Index("ix_defect_customer", "customer_id", "created_at", "id"),
        Index("ix_defect_created_at", "created_at", "id"),
        Index("ix_defect_state", "state", "created_at", "id"),
    )

    installation_id: UUID = Field(foreign_key="installation.id")
    site_id: UUID
    asset_id: UUID | None = Field(default=None, foreign_key="asset.id")
    kind: str
    item: str
    finding: str
    is_blocking: bool
    due_at: datetime | None = Field(default=None, sa_type=INSTANT)
    liable_party: str | None = None
    liability_reference: str | None = None
    required_min: float | None = None
    required_max: float | None = None
    measured: float | None = None
    resolution: str | None = None
    resolved_at: datetime | None = Field(default=None, sa_type=INSTANT)
