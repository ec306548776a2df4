"""Tickets and what hangs on them."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field

from common.rows import INSTANT, JSON, CustomerOwned, Disclosed, Resource, Stateful, one_of
from ticketing.domain.coverage import Coverage
from ticketing.domain.escalation import EscalationCause
from ticketing.domain.support import ConsentScope, Outcome, SessionKind, SessionState
from ticketing.domain.tickets import Channel, Kind, Locality, ResponseCase, Route, State, WaitReason
from ticketing.domain.visits import VisitState
from ticketing.tables.rows import Row


def _unverified(*columns: str) -> tuple[Index, ...]:
    """Tickets that wait for the directory to know what they name."""
    return tuple(
        Index(
            f"ix_ticket_unverified_{column}",
            column,
            postgresql_where=text(f"is_directory_unverified AND {column} IS NOT NULL"),
        )
        for column in columns
    )


class Ticket(CustomerOwned, Stateful, Row, table=True):
    """An incident or service request.

    ``at_work_count`` is how many are at work on it: engineers on site and support sessions that run. A
    request that ``awaits_inspection`` is settled by what becomes of its inspection, and by nobody else.
    """

    __tablename__: ClassVar[str] = "ticket"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("state", State),
        one_of("channel", Channel),
        one_of("response_case", ResponseCase),
        one_of("route", Route),
        one_of("locality", Locality),
        one_of("waiting_reason", WaitReason),
        one_of("coverage", Coverage),
        CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
        CheckConstraint("distance_km >= 0", name="distance_km"),
        CheckConstraint("at_work_count >= 0", name="at_work_count"),
        UniqueConstraint("number", name="uq_ticket_number"),
        Index(
            "uq_ticket_external_reference",
            "external_reference",
            "client_id",
            "customer_id",
            unique=True,
            postgresql_where=text("external_reference IS NOT NULL"),
        ),
        Index(
            "uq_ticket_inspection",
            "routine_inspection_id",
            unique=True,
            postgresql_where=text("routine_inspection_id IS NOT NULL"),
        ),
        Index("ix_ticket_reported_at", "reported_at", "id"),
        Index("ix_ticket_created_at", "created_at", "id"),
        Index("ix_ticket_updated_at", "updated_at", "id"),
        Index("ix_ticket_customer", "customer_id", "reported_at", "id"),
        Index("ix_ticket_site", "site_id", "reported_at", "id"),
        Index("ix_ticket_asset", "asset_id", "reported_at", "id"),
        Index("ix_ticket_engineer", "engineer_id", "reported_at", "id"),
        Index("ix_ticket_state", "state", "reported_at", "id"),
        Index("ix_ticket_unverified", "reported_at", "id", postgresql_where=text("is_directory_unverified")),
        *_unverified("customer_id", "site_id", "asset_id", "reporter_contact_id"),
        Index(
            "ix_ticket_reporter",
            "reporter_contact_id",
            postgresql_where=text("is_reporter_unverified AND reporter_contact_id IS NOT NULL"),
        ),
        Index("ix_ticket_search", "search_terms", postgresql_using="gin"),
    )

    number: str
    kind: str
    title: str
    description: str
    channel: str
    severity: int = Field(sa_type=SmallInteger)
    response_case: str
    route: str
    site_id: UUID | None = None
    asset_id: UUID | None = None
    reporter_contact_id: UUID | None = None
    is_reporter_unverified: bool
    reporter_verified_how: str | None = None
    is_directory_unverified: bool
    directory_issues: list[str] = Field(sa_type=JSON)
    locality: str | None = None
    distance_km: float | None = None
    coverage: str | None = None
    coverage_by_scope: dict[str, str] | None = Field(default=None, sa_type=JSON)
    coverage_reasons: list[dict[str, Any]] = Field(sa_type=JSON)
    coverage_decision_id: UUID | None = None
    coverage_decision_version: int | None = None
    coverage_decided_at: datetime | None = Field(default=None, sa_type=INSTANT)
    external_reference: str | None = None
    client_id: str
    tags: list[str] = Field(sa_type=JSON)
    masked_secrets: list[str] = Field(sa_type=JSON)
    search_terms: list[str] = Field(sa_type=JSON)
    is_major: bool
    engineer_id: UUID | None = None
    waiting_reason: str | None = None
    failed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    reported_at: datetime = Field(sa_type=INSTANT)
    acknowledged_at: datetime | None = Field(default=None, sa_type=INSTANT)
    started_at: datetime | None = Field(default=None, sa_type=INSTANT)
    onsite_required_at: datetime | None = Field(default=None, sa_type=INSTANT)
    restored_at: datetime | None = Field(default=None, sa_type=INSTANT)
    resolved_at: datetime | None = Field(default=None, sa_type=INSTANT)
    closed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    cancelled_at: datetime | None = Field(default=None, sa_type=INSTANT)
    reopened_at: datetime | None = Field(default=None, sa_type=INSTANT)
    reopened_count: int = 0
    at_work_count: int = 0
    cause_code: str | None = None
    fix: str | None = None
    prevention: str | None = None
    merged_into_id: UUID | None = Field(default=None, foreign_key="ticket.id")
    routine_inspection_id: UUID | None = None
    awaits_inspection: bool = False


class Comment(Disclosed, Resource, Row, table=True):
    """A remark on a ticket, public to the customer or internal."""

    __tablename__: ClassVar[str] = "comment"
    __table_args__ = (
        CheckConstraint("visibility IN ('public', 'internal')", name="visibility"),
        Index("ix_comment_ticket", "ticket_id", "created_at", "id"),
    )

    ticket_id: UUID = Field(foreign_key="ticket.id")
    body: str
    masked_secrets: list[str] = Field(sa_type=JSON)


class TimelineEntry(Disclosed, Row, table=True):
    """One thing that happened to a ticket, here or on its clocks."""

    __tablename__: ClassVar[str] = "timeline_entry"
    __table_args__ = (
        CheckConstraint("visibility IN ('public', 'internal')", name="visibility"),
        Index("ix_timeline_entry_ticket", "ticket_id", "occurred_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    ticket_id: UUID
    ticket_version: int | None = None
    type: str
    occurred_at: datetime = Field(sa_type=INSTANT)
    recorded_at: datetime = Field(sa_type=INSTANT)
    actor: str
    facts: dict[str, Any] = Field(sa_type=JSON)


class Consent(CustomerOwned, Resource, Row, table=True):
    """The customer's permission for remote access."""

    __tablename__: ClassVar[str] = "consent"
    __table_args__ = (
        one_of("scope", ConsentScope),
        Index("ix_consent_ticket", "ticket_id", "granted_at", "id"),
    )

    ticket_id: UUID = Field(foreign_key="ticket.id")
    granted_by: str
    scope: str
    granted_at: datetime = Field(sa_type=INSTANT)
    expires_at: datetime = Field(sa_type=INSTANT)
    access_reference: str | None = None


class SupportSession(CustomerOwned, Stateful, Row, table=True):
    """Help given by hotline or remote access."""

    __tablename__: ClassVar[str] = "support_session"
    __table_args__ = (
        one_of("kind", SessionKind),
        one_of("state", SessionState),
        one_of("outcome", Outcome),
        CheckConstraint("kind <> 'remote' OR consent_id IS NOT NULL", name="remote_needs_consent"),
        Index("ix_support_session_ticket", "ticket_id", "started_at", "id"),
    )

    ticket_id: UUID = Field(foreign_key="ticket.id")
    kind: str
    engineer_id: UUID | None = None
    consent_id: UUID | None = Field(default=None, foreign_key="consent.id")
    started_at: datetime = Field(sa_type=INSTANT)
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)
    actions: str | None = None
    outcome: str | None = None


class Visit(CustomerOwned, Stateful, Row, table=True):
    """An engineer's way to the customer's site."""

    __tablename__: ClassVar[str] = "visit"
    __table_args__ = (
        one_of("state", VisitState),
        Index("ix_visit_ticket", "ticket_id", "requested_at", "id"),
        Index("ix_visit_requested_at", "requested_at", "id"),
        Index("ix_visit_engineer", "engineer_id", "requested_at", "id"),
        Index("ix_visit_customer", "customer_id", "requested_at", "id"),
        Index("ix_visit_state", "state", "requested_at", "id"),
    )

    ticket_id: UUID = Field(foreign_key="ticket.id")
    is_redispatch: bool
    reason: str | None = None
    engineer_id: UUID | None = None
    planned_at: datetime | None = Field(default=None, sa_type=INSTANT)
    due_at: datetime | None = Field(default=None, sa_type=INSTANT)
    requested_at: datetime = Field(sa_type=INSTANT)
    departed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    arrived_at: datetime | None = Field(default=None, sa_type=INSTANT)
    work_began_at: datetime | None = Field(default=None, sa_type=INSTANT)
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)
    cancel_reason: str | None = None
    position: dict[str, float] | None = Field(default=None, sa_type=JSON)
    site_position: dict[str, float] | None = Field(default=None, sa_type=JSON)
    is_position_distant: bool = False
    checklist: list[str] = Field(sa_type=JSON)
    record: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    customer_notice: str | None = None
    is_satisfied: bool | None = None
    satisfaction_note: str | None = None
    replacements: list[dict[str, Any]] = Field(sa_type=JSON)


class Escalation(Disclosed, Resource, Row, table=True):
    """A step of the ladder that a ticket climbed, public where the customer called it."""

    __tablename__: ClassVar[str] = "escalation"
    __table_args__ = (
        one_of("cause", EscalationCause),
        CheckConstraint("visibility IN ('public', 'internal')", name="visibility"),
        UniqueConstraint("ticket_id", "source_key", name="uq_escalation_source"),
        Index("ix_escalation_ticket", "ticket_id", "escalated_at", "id"),
    )

    ticket_id: UUID = Field(foreign_key="ticket.id")
    step: str
    cause: str
    reason: str
    source_key: str
    clock_id: UUID | None = None
    escalated_at: datetime = Field(sa_type=INSTANT)
    acknowledged_at: datetime | None = Field(default=None, sa_type=INSTANT)
    acknowledged_by: str | None = None
