"""Tickets and what hangs on them, with the facts promises match on."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from common.events import Event


class TicketEvent(Event):
    """The facts of the ticket after the event, carried by every event about it or a child of it.

    ``routine_inspection_id`` is the inspection for which the vendor opened a request of its own.
    """

    topic: ClassVar[str] = "ticketing.ticket.v1"
    collection: ClassVar[str] = "tickets"
    is_busy: ClassVar[bool] = True

    ticket_id: UUID
    number: str
    kind: str
    state: str
    severity: int
    channel: str
    response_case: str
    route: str
    is_major: bool
    customer_id: UUID
    site_id: UUID | None = None
    asset_id: UUID | None = None
    locality: str | None = None
    distance_km: float | None = None
    coverage: str | None = None
    engineer_id: UUID | None = None
    is_directory_unverified: bool = False
    is_reporter_unverified: bool = False
    failed_at: datetime | None = None
    reported_at: datetime
    routine_inspection_id: UUID | None = None


class TicketOpened(TicketEvent):
    """A ticket was opened; it happens at the moment of the report."""

    type: ClassVar[str] = "ticketing.ticket.opened"


class TicketAcknowledged(TicketEvent):
    """The customer got the first response."""

    type: ClassVar[str] = "ticketing.ticket.acknowledged"


class TicketStarted(TicketEvent):
    """Work began."""

    type: ClassVar[str] = "ticketing.ticket.started"


class TicketWaiting(TicketEvent):
    """Work waits for somebody else."""

    type: ClassVar[str] = "ticketing.ticket.waiting"

    reason: str


class TicketResumed(TicketEvent):
    """Work goes on after waiting."""

    type: ClassVar[str] = "ticketing.ticket.resumed"


class TicketSeverityChanged(TicketEvent):
    """The fault level was set anew."""

    type: ClassVar[str] = "ticketing.ticket.severity_changed"

    previous: dict[str, Any]


class TicketRouteChanged(TicketEvent):
    """The support route was changed by hand."""

    type: ClassVar[str] = "ticketing.ticket.route_changed"

    previous: dict[str, Any]


class TicketOnsiteRequired(TicketEvent):
    """The fault needs an engineer on site, as of the failed remote session or the decision."""

    type: ClassVar[str] = "ticketing.ticket.onsite_required"


class TicketAssigned(TicketEvent):
    """An engineer owns the ticket."""

    type: ClassVar[str] = "ticketing.ticket.assigned"

    previous: dict[str, Any]


class TicketRestored(TicketEvent):
    """The customer's service runs again, whether or not the cause is removed."""

    type: ClassVar[str] = "ticketing.ticket.restored"


class TicketResolved(TicketEvent):
    """The matter is solved."""

    type: ClassVar[str] = "ticketing.ticket.resolved"

    cause_code: str


class TicketClosed(TicketEvent):
    """The ticket is closed."""

    type: ClassVar[str] = "ticketing.ticket.closed"


class TicketReopened(TicketEvent):
    """The matter came back."""

    type: ClassVar[str] = "ticketing.ticket.reopened"


class TicketCancelled(TicketEvent):
    """The ticket was withdrawn."""

    type: ClassVar[str] = "ticketing.ticket.cancelled"


class TicketMerged(TicketEvent):
    """The ticket was found to be about the same matter as another, which goes on."""

    type: ClassVar[str] = "ticketing.ticket.merged"

    into_id: UUID


class TicketEscalated(TicketEvent):
    """A step of the ladder was climbed."""

    type: ClassVar[str] = "ticketing.ticket.escalated"

    escalation_id: UUID
    to: str
    cause: str


class TicketReporterVerified(TicketEvent):
    """An agent made sure that the reporter may report."""

    type: ClassVar[str] = "ticketing.ticket.reporter_verified"


class TicketMajorFlagged(TicketEvent):
    """The fault was recognised as a major one."""

    type: ClassVar[str] = "ticketing.ticket.major_flagged"


class TicketResponseCaseSet(TicketEvent):
    """A lead declared the response normal or special."""

    type: ClassVar[str] = "ticketing.ticket.response_case_set"

    previous: dict[str, Any]


class TicketDetailsChanged(TicketEvent):
    """Stated facts were corrected or completed (site, asset, locality, distance, times)."""

    type: ClassVar[str] = "ticketing.ticket.details_changed"

    previous: dict[str, Any]


class TicketCoverageChanged(TicketEvent):
    """Warranty decided who pays, or decided otherwise; parts, labour and travel one by one.

    ``rules`` are those that were asked: ``rule``, ``clause``, and whether it ``holds`` for free of charge;
    ``reasons`` are their codes alone.
    """

    type: ClassVar[str] = "ticketing.ticket.coverage_changed"

    decision_id: UUID
    parts: str
    labour: str
    travel: str
    reasons: list[str]
    previous: dict[str, Any]
    rules: list[dict[str, Any]] = []


class TicketFindingAdded(TicketEvent):
    """An inspection found the same item out of its range again while the ticket is open."""

    type: ClassVar[str] = "ticketing.ticket.finding_added"

    finding_id: UUID
    inspection_id: UUID
    item: str
    value: float | None = None
    unit: str | None = None


class TicketClaimAdded(TicketEvent):
    """A claim under warranty is worked on under the ticket."""

    type: ClassVar[str] = "ticketing.ticket.claim_added"

    claim_id: UUID


class TicketCommentAdded(TicketEvent):
    """Somebody commented; the text stays in ticketing."""

    type: ClassVar[str] = "ticketing.ticket.comment_added"

    comment_id: UUID
    visibility: str


class EscalationAcknowledged(TicketEvent):
    """A person took an escalation step on."""

    type: ClassVar[str] = "ticketing.escalation.acknowledged"

    escalation_id: UUID
    to: str


class ConsentGranted(TicketEvent):
    """The customer allowed remote access."""

    type: ClassVar[str] = "ticketing.consent.granted"

    consent_id: UUID
    expires_at: datetime


class SupportSessionStarted(TicketEvent):
    """A hotline or remote session began."""

    type: ClassVar[str] = "ticketing.support_session.started"

    session_id: UUID
    session_kind: str


class SupportSessionEnded(TicketEvent):
    """A hotline or remote session ended."""

    type: ClassVar[str] = "ticketing.support_session.ended"

    session_id: UUID
    session_kind: str
    outcome: str
