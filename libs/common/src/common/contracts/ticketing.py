"""What ticketing publishes: every event about a ticket, with the facts promises match on.

No names, phones, addresses, comments or descriptions travel: ids only, so that erasure holds downstream.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from common.events import Event


class TicketEvent(Event):
    """The facts of the ticket after the event, carried by every event about it or a child of it."""

    topic: ClassVar[str] = "ticketing.ticket.v1"
    collection: ClassVar[str] = "tickets"

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


class VisitEvent(TicketEvent):
    """An event about a visit on the ticket, with the visit's own facts."""

    visit_id: UUID
    visit_version: int
    visit_state: str
    visit_engineer_id: UUID | None = None
    is_redispatch: bool = False


class VisitRequested(VisitEvent):
    """A visit is needed."""

    type: ClassVar[str] = "ticketing.visit.requested"


class VisitOffered(VisitEvent):
    """The visit was offered to an engineer."""

    type: ClassVar[str] = "ticketing.visit.offered"


class VisitAccepted(VisitEvent):
    """The engineer took the visit."""

    type: ClassVar[str] = "ticketing.visit.accepted"


class VisitDeclined(VisitEvent):
    """The engineer refused the visit; it is open again."""

    type: ClassVar[str] = "ticketing.visit.declined"

    reason: str


class VisitDeparted(VisitEvent):
    """The engineer is on the way."""

    type: ClassVar[str] = "ticketing.visit.departed"


class VisitArrived(VisitEvent):
    """The engineer is on site."""

    type: ClassVar[str] = "ticketing.visit.arrived"

    is_position_distant: bool = False


class VisitWorkBegan(VisitEvent):
    """The checklist is confirmed and work on site began."""

    type: ClassVar[str] = "ticketing.visit.work_began"


class VisitCompleted(VisitEvent):
    """The work on site is done, recorded and signed."""

    type: ClassVar[str] = "ticketing.visit.completed"


class VisitLeftUnresolved(VisitEvent):
    """The engineer left without a solution."""

    type: ClassVar[str] = "ticketing.visit.left_unresolved"


class VisitSatisfactionRecorded(VisitEvent):
    """The customer was satisfied with the visit."""

    type: ClassVar[str] = "ticketing.visit.satisfaction_recorded"


class VisitDissatisfactionRecorded(VisitEvent):
    """The customer was not satisfied with the visit."""

    type: ClassVar[str] = "ticketing.visit.dissatisfaction_recorded"


class VisitEngineerReplaced(VisitEvent):
    """The customer had the engineer replaced; the vendor bears the cost."""

    type: ClassVar[str] = "ticketing.visit.engineer_replaced"


class VisitCancelled(VisitEvent):
    """The visit will not take place."""

    type: ClassVar[str] = "ticketing.visit.cancelled"
