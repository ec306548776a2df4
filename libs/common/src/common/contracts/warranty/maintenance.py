"""Maintenance plans, inspections and what they found."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from common.events import Event


class MaintenancePlanEvent(Event):
    """The maintenance plan after the event; ``next_due_on`` is the date of its next visit."""

    topic: ClassVar[str] = "warranty.maintenance_plan.v1"
    collection: ClassVar[str] = "maintenance-plans"

    plan_id: UUID
    number: str
    customer_id: UUID
    site_id: UUID
    asset_id: UUID | None = None
    contract_id: UUID | None = None
    state: str
    interval_unit: str | None = None
    interval_count: int | None = None
    dates: list[date]
    next_due_on: date | None = None
    ends_on: date | None = None


class MaintenancePlanCreated(MaintenancePlanEvent):
    """A maintenance plan was drafted."""

    type: ClassVar[str] = "warranty.maintenance_plan.created"


class MaintenancePlanUpdated(MaintenancePlanEvent):
    """What a maintenance plan checks was corrected."""

    type: ClassVar[str] = "warranty.maintenance_plan.updated"


class MaintenancePlanActivated(MaintenancePlanEvent):
    """The plan is agreed with the customer; its visits come due."""

    type: ClassVar[str] = "warranty.maintenance_plan.activated"


class MaintenanceScheduleChanged(MaintenancePlanEvent):
    """Other dates were agreed with the customer (§1.2.4)."""

    type: ClassVar[str] = "warranty.maintenance_plan.schedule_changed"


class MaintenancePlanSuspended(MaintenancePlanEvent):
    """No visits come due until the plan goes on."""

    type: ClassVar[str] = "warranty.maintenance_plan.suspended"


class MaintenancePlanResumed(MaintenancePlanEvent):
    """Visits come due again, from the day it was resumed on."""

    type: ClassVar[str] = "warranty.maintenance_plan.resumed"


class MaintenancePlanEnded(MaintenancePlanEvent):
    """The plan is over."""

    type: ClassVar[str] = "warranty.maintenance_plan.ended"


class InspectionEvent(Event):
    """The inspection after the event; ``due_at`` is the end of the day it is due on, in ``time_zone``.

    Ticket and visit are those of ticketing on which somebody is sent for it, as far as they were heard of.
    """

    topic: ClassVar[str] = "warranty.inspection.v1"
    collection: ClassVar[str] = "inspections"

    inspection_id: UUID
    plan_id: UUID | None = None
    customer_id: UUID
    site_id: UUID
    asset_id: UUID | None = None
    state: str
    due_on: date
    due_at: datetime | None = None
    number: str | None = None
    technician_ids: list[UUID] = []
    contract_id: UUID | None = None
    time_zone: str | None = None
    ticket_id: UUID | None = None
    visit_id: UUID | None = None
    visit_state: str | None = None


class InspectionDue(InspectionEvent):
    """A visit of a maintenance plan appears, ahead of the day it is due on."""

    type: ClassVar[str] = "warranty.inspection.due"


class InspectionTechniciansAssigned(InspectionEvent):
    """Technicians were sent."""

    type: ClassVar[str] = "warranty.inspection.technicians_assigned"


class InspectionDispatchAsked(InspectionEvent):
    """The inspection is from before anybody was sent to one; somebody is to be sent."""

    type: ClassVar[str] = "warranty.inspection.dispatch_asked"


class InspectionDispatched(InspectionEvent):
    """Ticketing sends somebody for the inspection, or who was sent has come further."""

    type: ClassVar[str] = "warranty.inspection.dispatched"


class InspectionRescheduled(InspectionEvent):
    """The customer agreed to another day."""

    type: ClassVar[str] = "warranty.inspection.rescheduled"

    previous_due_on: date


class InspectionStarted(InspectionEvent):
    """Work at the site began."""

    type: ClassVar[str] = "warranty.inspection.started"


class InspectionContractAssigned(InspectionEvent):
    """It was said under which contract the inspection counts."""

    type: ClassVar[str] = "warranty.inspection.contract_assigned"


class InspectionCompleted(InspectionEvent):
    """The checklist is worked through; the status report of the visit stands (§1.2.4)."""

    type: ClassVar[str] = "warranty.inspection.completed"

    condition: str
    finding_count: int
    reading_count: int
    report_checksum: str


class InspectionCancelled(InspectionEvent):
    """The inspection will not take place."""

    type: ClassVar[str] = "warranty.inspection.cancelled"


class InspectionAnomaly(InspectionEvent):
    """Something out of its expected range was found; it needs an incident.

    ``label_zh`` and ``label_en`` are what the checklist calls the item, where it stands there; the serial
    number and the product's code tell the asset.
    """

    type: ClassVar[str] = "warranty.inspection.anomaly"

    finding_id: UUID
    item: str
    severity: int
    value: float | None = None
    unit: str | None = None
    expected_min: float | None = None
    expected_max: float | None = None
    label_zh: str | None = None
    label_en: str | None = None
    serial_number: str | None = None
    product_code: str | None = None


class InspectionObligationEvent(Event):
    """An inspection owed under a contract, after the event: one in each period of a contract's year.

    ``due_at`` is the end of the period's last day; ``inspection_id`` is the visit that keeps it.
    """

    topic: ClassVar[str] = "warranty.inspection_obligation.v1"
    collection: ClassVar[str] = "inspection-obligations"

    obligation_id: UUID
    contract_id: UUID
    customer_id: UUID
    state: str
    contract_year: int
    period: int
    from_on: date
    to_on: date
    due_at: datetime
    inspection_id: UUID | None = None


class InspectionObligationOpened(InspectionObligationEvent):
    """A period began in which the contract promises an inspection."""

    type: ClassVar[str] = "warranty.inspection_obligation.opened"


class InspectionObligationPeriodChanged(InspectionObligationEvent):
    """The contract was changed: the period ends on another day."""

    type: ClassVar[str] = "warranty.inspection_obligation.period_changed"

    previous_to_on: date


class InspectionObligationKept(InspectionObligationEvent):
    """A completed inspection keeps what was promised; told again where an earlier one turns out to."""

    type: ClassVar[str] = "warranty.inspection_obligation.kept"


class InspectionObligationWithdrawn(InspectionObligationEvent):
    """The inspection is no longer owed: the contract was changed or ended before it was due."""

    type: ClassVar[str] = "warranty.inspection_obligation.withdrawn"

    reason: str
