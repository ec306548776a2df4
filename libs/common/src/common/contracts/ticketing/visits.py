"""Visits on a ticket."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from common.contracts.ticketing.tickets import TicketEvent


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


class VisitReplanned(VisitEvent):
    """The customer agreed to another day; whoever was to come is asked anew.

    The day is from ``planned_at`` to ``due_at``; ``previous_engineer_id`` had the visit until then, where
    anybody had.
    """

    type: ClassVar[str] = "ticketing.visit.replanned"

    previous_engineer_id: UUID | None = None
    planned_at: datetime | None = None
    due_at: datetime | None = None


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


class VisitRedispatched(VisitEvent):
    """A visit that was still to come is the second dispatch now; no further one was asked for."""

    type: ClassVar[str] = "ticketing.visit.redispatched"


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
