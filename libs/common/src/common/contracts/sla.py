"""What sla publishes: the life of clocks, and new revisions of plans and calendars."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from common.events import Event


class ClockEvent(Event):
    """The clock after the event."""

    topic: ClassVar[str] = "sla.clock.v1"
    collection: ClassVar[str] = "clocks"
    is_busy: ClassVar[bool] = True

    clock_id: UUID
    subject_type: str
    subject_id: UUID
    customer_id: UUID | None = None
    metric: str
    commitment_id: str
    clause: str
    plan_id: str
    plan_revision: int
    state: str
    started_at: datetime
    due_at: datetime | None = None
    due_revision: int
    is_provisional: bool = False


class ClockStarted(ClockEvent):
    """A promise began to run."""

    type: ClassVar[str] = "sla.clock.started"


class ClockPaused(ClockEvent):
    """The clock stands still."""

    type: ClassVar[str] = "sla.clock.paused"


class ClockResumed(ClockEvent):
    """The clock runs again."""

    type: ClassVar[str] = "sla.clock.resumed"


class ClockMet(ClockEvent):
    """The promise was kept."""

    type: ClassVar[str] = "sla.clock.met"

    stopped_at: datetime


class ClockMetLate(ClockEvent):
    """The promise was kept after its time."""

    type: ClassVar[str] = "sla.clock.met_late"

    stopped_at: datetime
    breached_at: datetime


class ClockCancelled(ClockEvent):
    """The promise no longer applies."""

    type: ClassVar[str] = "sla.clock.cancelled"


class ClockReopened(ClockEvent):
    """A stopped clock runs again."""

    type: ClassVar[str] = "sla.clock.reopened"


class ClockDueChanged(ClockEvent):
    """The due time was computed anew for a changed fact, plan or calendar."""

    type: ClassVar[str] = "sla.clock.due_changed"

    previous_due_at: datetime | None = None
    reason: str


class ClockCorrected(ClockEvent):
    """Late news changed what had been decided; a breach announced before is withdrawn where it says so."""

    type: ClassVar[str] = "sla.clock.corrected"

    previous_state: str
    withdraws_breach: bool
    reason: str


class ClockCrossing(ClockEvent):
    """A threshold was crossed.

    ``threshold_percent`` is of the open time between start and due; ``escalate_to`` names the ladder's step
    that is called, where one is; ``lateness_seconds`` is the time from crossing to detection.
    """

    threshold_percent: int
    crossed_at: datetime
    detected_at: datetime
    lateness_seconds: float
    escalate_to: str | None = None
    is_unconfirmed: bool = False
    unconfirmed_reason: str | None = None


class ClockWarned(ClockCrossing):
    """A warning threshold was crossed before the due time."""

    type: ClassVar[str] = "sla.clock.warned"


class ClockBreached(ClockCrossing):
    """The due time passed with the promise open."""

    type: ClassVar[str] = "sla.clock.breached"


class ClockEscalated(ClockCrossing):
    """A threshold beyond the due time was crossed, the breach having been announced before."""

    type: ClassVar[str] = "sla.clock.escalated"


class PlanPublished(Event):
    """A revision of a plan is in force."""

    type: ClassVar[str] = "sla.plan.published"
    topic: ClassVar[str] = "sla.plan.v1"
    collection: ClassVar[str] = "plans"

    plan_id: str
    revision: int
    published_at: datetime


class CalendarPublished(Event):
    """A revision of a calendar is in force."""

    type: ClassVar[str] = "sla.calendar.published"
    topic: ClassVar[str] = "sla.calendar.v1"
    collection: ClassVar[str] = "calendars"

    calendar_id: str
    revision: int
    published_at: datetime
    published_through: str | None = None


class AgreementChanged(Event):
    """Which plan a customer is on was set, changed or ended.

    ``requested_plan_id`` names the plan that the contract asks for while it is not published.
    ``plan_revision`` and ``response_overrides`` (seconds by metric) are the contract's, where it has any.
    ``is_plan_unknown``: the plan or the revision that the contract names is not published.
    """

    type: ClassVar[str] = "sla.agreement.changed"
    topic: ClassVar[str] = "sla.agreement.v1"
    collection: ClassVar[str] = "agreements"

    agreement_id: UUID
    customer_id: UUID
    plan_id: str
    starts_at: datetime
    ends_at: datetime | None = None
    contract_id: UUID | None = None
    requested_plan_id: str | None = None
    is_plan_unknown: bool = False
    contract_number: str | None = None
    plan_revision: int | None = None
    response_overrides: dict[str, int] = {}
