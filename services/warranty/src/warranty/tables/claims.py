"""Claims, quotes, and the vendor's own claims upstream."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field

from common.rows import INSTANT, JSON, CustomerOwned, Disclosed, Stateful, one_of
from warranty.domain.claims import ClaimState, Demand, Ground, Remedy
from warranty.domain.coverage import Coverage
from warranty.domain.quotes import QuoteState
from warranty.domain.upstream import Against, UpstreamState
from warranty.tables.rows import Row

MONEY: Any = Numeric(14, 2)


class Claim(CustomerOwned, Stateful, Row, table=True):
    """A claim with what the customer found and asked for, and everything the vendor did about it."""

    __tablename__: ClassVar[str] = "claim"
    __table_args__ = (
        one_of("state", ClaimState),
        one_of("ground", Ground),
        one_of("demand", Demand),
        one_of("remedy", Remedy),
        one_of("coverage", Coverage),
        CheckConstraint("failed_at <= noticed_at", name="failed_before_notice"),
        CheckConstraint("(dispute_climbs_at IS NULL) OR (dispute_level IS NOT NULL)", name="dispute"),
        CheckConstraint(
            "coalesce(jsonb_typeof(checked), '') = 'object' OR state NOT IN ('fulfilled', 'returned')",
            name="checked",
        ),
        UniqueConstraint("number", name="uq_claim_number"),
        Index(
            "uq_claim_external_reference",
            "client_id",
            "customer_id",
            "external_reference",
            unique=True,
            postgresql_where=text("external_reference IS NOT NULL"),
        ),
        Index("ix_claim_created_at", "created_at", "id"),
        Index("ix_claim_customer", "customer_id", "created_at", "id"),
        Index("ix_claim_site", "site_id", "created_at", "id"),
        Index("ix_claim_asset", "asset_id", "created_at", "id"),
        Index("ix_claim_contract", "contract_id", "created_at", "id"),
        Index("ix_claim_state", "state", "created_at", "id"),
        Index("ix_claim_ticket", "ticket_id", "created_at", "id"),
        Index(
            "ix_claim_dispute_climbs",
            "dispute_climbs_at",
            "id",
            postgresql_where=text("dispute_climbs_at IS NOT NULL"),
        ),
        Index(
            "ix_claim_disputed",
            "created_at",
            "id",
            postgresql_where=text("dispute_level IS NOT NULL"),
        ),
    )

    number: str
    client_id: str
    external_reference: str | None = None
    site_id: UUID = Field(foreign_key="site.id")
    asset_id: UUID = Field(foreign_key="asset.id")
    component_id: UUID | None = Field(default=None, foreign_key="component.id")
    contract_id: UUID | None = Field(default=None, foreign_key="contract.id")
    ticket_id: UUID | None = None
    decision_id: UUID
    coverage: str
    is_in_term: bool
    ground: str
    demand: str
    finding: str
    evidence: list[str] = Field(sa_type=JSON)
    figures: list[dict[str, Any]] = Field(sa_type=JSON)
    noticed_at: datetime = Field(sa_type=INSTANT)
    failed_at: datetime = Field(sa_type=INSTANT)
    out_of_operation_at: datetime | None = Field(default=None, sa_type=INSTANT)
    is_loaner_wanted: bool | None = None
    assessments: list[dict[str, Any]] = Field(sa_type=JSON)
    remedy: str | None = None
    approval: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    part_additions: list[dict[str, Any]] = Field(sa_type=JSON)
    refund_amount: Decimal | None = Field(default=None, sa_type=MONEY)
    refund_currency: str | None = None
    refund_reference: str | None = None
    rejections: list[dict[str, Any]] = Field(sa_type=JSON)
    dispute_level: int | None = None
    dispute_climbs_at: datetime | None = Field(default=None, sa_type=INSTANT)
    dispute_steps: list[dict[str, Any]] = Field(sa_type=JSON)
    is_device_taken: bool = False
    shipment: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    checked: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    replacements: list[dict[str, Any]] = Field(sa_type=JSON)
    replacement_asset_id: UUID | None = Field(default=None, foreign_key="asset.id")
    returns: list[dict[str, Any]] = Field(sa_type=JSON)
    return_waiver: str | None = None
    fulfilled_at: datetime | None = Field(default=None, sa_type=INSTANT)
    end_reason: str | None = None


class Quote(Disclosed, Stateful, Row, table=True):
    """What a customer would pay for work out of warranty; the customer sees it once it is offered."""

    __tablename__: ClassVar[str] = "quote"
    __table_args__ = (
        one_of("state", QuoteState),
        CheckConstraint("visibility IN ('internal', 'public')", name="visibility"),
        CheckConstraint("(visibility = 'internal') OR (state <> 'draft')", name="drafts_are_internal"),
        CheckConstraint("amount >= 0", name="amount"),
        UniqueConstraint("number", name="uq_quote_number"),
        Index("ix_quote_created_at", "created_at", "id"),
        Index("ix_quote_customer", "customer_id", "created_at", "id"),
        Index("ix_quote_asset", "asset_id", "created_at", "id"),
        Index("ix_quote_claim", "claim_id", "created_at", "id"),
        Index("ix_quote_ticket", "ticket_id", "created_at", "id"),
        Index("ix_quote_state", "state", "created_at", "id"),
        Index("ix_quote_due", "valid_until", "id", postgresql_where=text("state = 'offered'")),
        Index(
            "uq_quote_claim_open",
            "claim_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'offered')"),
        ),
    )

    number: str
    asset_id: UUID = Field(foreign_key="asset.id")
    claim_id: UUID | None = Field(default=None, foreign_key="claim.id")
    ticket_id: UUID | None = None
    contract_id: UUID | None = Field(default=None, foreign_key="contract.id")
    decision_id: UUID | None = None
    asked: dict[str, Any] = Field(sa_type=JSON)
    lines: list[dict[str, Any]] = Field(sa_type=JSON)
    amount: Decimal = Field(sa_type=MONEY)
    currency: str
    valid_until: datetime = Field(sa_type=INSTANT)
    offered_at: datetime | None = Field(default=None, sa_type=INSTANT)
    note: str | None = None
    accepted_by: str | None = None
    acceptance_reference: str | None = None
    answered_at: datetime | None = Field(default=None, sa_type=INSTANT)
    end_reason: str | None = None


class UpstreamClaim(Disclosed, Stateful, Row, table=True):
    """The vendor's own claim against a maker or carrier; no customer sees it."""

    __tablename__: ClassVar[str] = "upstream_claim"
    __table_args__ = (
        one_of("state", UpstreamState),
        one_of("against", Against),
        CheckConstraint("visibility = 'internal'", name="visibility"),
        CheckConstraint("claimed > 0", name="claimed"),
        CheckConstraint("accepted <= claimed", name="accepted"),
        CheckConstraint("recovered = 0 OR recovered <= accepted", name="recovered"),
        CheckConstraint("(claim_id IS NULL) <> (defect_id IS NULL)", name="origin"),
        UniqueConstraint("number", name="uq_upstream_claim_number"),
        Index("ix_upstream_claim_created_at", "created_at", "id"),
        Index("ix_upstream_claim_customer", "customer_id", "created_at", "id"),
        Index("ix_upstream_claim_claim", "claim_id", "created_at", "id"),
        Index("ix_upstream_claim_defect", "defect_id", "created_at", "id"),
        Index("ix_upstream_claim_state", "state", "created_at", "id"),
    )

    number: str
    claim_id: UUID | None = Field(default=None, foreign_key="claim.id")
    defect_id: UUID | None = Field(default=None, foreign_key="defect.id")
    against: str
    party: str
    reason: str
    evidence: list[str] = Field(sa_type=JSON)
    party_reference: str | None = None
    claimed: Decimal = Field(sa_type=MONEY)
    accepted: Decimal | None = Field(default=None, sa_type=MONEY)
    recovered: Decimal = Field(sa_type=MONEY)
    currency: str
    recoveries: list[dict[str, Any]] = Field(sa_type=JSON)
    rejections: list[dict[str, Any]] = Field(sa_type=JSON)
    end_reason: str | None = None
