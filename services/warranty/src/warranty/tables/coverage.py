"""Warranty terms with their whole chain, and decisions on who pays."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.rows import INSTANT, JSON, CustomerOwned, Resource, Stateful, one_of
from warranty.domain.coverage import Coverage, DecisionState
from warranty.domain.terms.terms import Source
from warranty.tables.rows import Row


class WarrantyTerm(CustomerOwned, Resource, Row, table=True):
    """A term of an asset or a component; it is never changed, another takes its place."""

    __tablename__: ClassVar[str] = "warranty_term"
    __table_args__ = (
        one_of("source", Source),
        CheckConstraint("ends_on IS NOT NULL OR is_provisional", name="open_end_is_provisional"),
        Index("ix_warranty_term_asset", "asset_id", "created_at", "id"),
        Index("ix_warranty_term_notice", "notice_at", "id", postgresql_where=text("notice_at IS NOT NULL")),
    )

    asset_id: UUID = Field(foreign_key="asset.id")
    component_id: UUID | None = Field(default=None, foreign_key="component.id")
    scopes: list[str] = Field(sa_type=JSON)
    source: str
    rule: str
    clause: str
    time_zone: str
    starts_on: date
    ends_on: date | None = None
    latest_on: date | None = None
    owed_until: date | None = None
    is_provisional: bool
    waits_for: list[str] = Field(sa_type=JSON)
    basis: dict[str, Any] = Field(sa_type=JSON)
    previous_term_id: UUID | None = Field(default=None, foreign_key="warranty_term.id")
    superseded_at: datetime | None = Field(default=None, sa_type=INSTANT)
    ended_on: date | None = None
    reason: str | None = None
    suspended_on: date | None = None
    expiry_announced: list[int] = Field(sa_type=JSON)
    notice_at: datetime | None = Field(default=None, sa_type=INSTANT)


class CoverageDecision(CustomerOwned, Stateful, Row, table=True):
    """Who pays for a fault, why, and by which facts it was decided."""

    __tablename__: ClassVar[str] = "coverage_decision"
    __table_args__ = (
        one_of("coverage", Coverage),
        one_of("state", DecisionState),
        Index("ix_coverage_decision_created_at", "created_at", "id"),
        Index("ix_coverage_decision_asset", "asset_id", "created_at", "id"),
        Index("ix_coverage_decision_ticket", "ticket_id", "created_at", "id"),
        Index(
            "uq_coverage_decision_supersedes",
            "supersedes_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NOT NULL"),
        ),
        *(
            Index(
                f"uq_coverage_decision_first_of_{what}",
                f"{what}_id",
                unique=True,
                postgresql_where=text(f"supersedes_id IS NULL AND {what}_id IS NOT NULL"),
            )
            for what in ("ticket", "claim")
        ),
        Index("ix_coverage_decision_claim", "claim_id", "created_at", "id"),
        Index("ix_coverage_decision_customer", "customer_id", "created_at", "id"),
    )

    asset_id: UUID = Field(foreign_key="asset.id")
    component_id: UUID | None = Field(default=None, foreign_key="component.id")
    ticket_id: UUID | None = None
    claim_id: UUID | None = None
    decided_for: datetime = Field(sa_type=INSTANT)
    known_at: datetime = Field(sa_type=INSTANT)
    cause: str | None = None
    coverage: str
    by_scope: dict[str, str] = Field(sa_type=JSON)
    computed: str
    reasons: list[dict[str, Any]] = Field(sa_type=JSON)
    facts: dict[str, Any] = Field(sa_type=JSON)
    overrides: list[dict[str, Any]] = Field(sa_type=JSON)
    supersedes_id: UUID | None = Field(default=None, foreign_key="coverage_decision.id")
