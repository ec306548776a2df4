"""Maintenance plans, inspections and what they found."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from common.events import Event


class InspectionEvent(Event):
    """The inspection after the event."""

    topic: ClassVar[str] = "warranty.inspection.v1"
    collection: ClassVar[str] = "inspections"

    inspection_id: UUID
    plan_id: UUID | None = None
    customer_id: UUID
    site_id: UUID
    asset_id: UUID | None = None
    state: str
    due_on: date


class InspectionAnomaly(InspectionEvent):
    """Something out of its expected range was found; it needs an incident."""

    type: ClassVar[str] = "warranty.inspection.anomaly"

    finding_id: UUID
    item: str
    severity: int
    value: float | None = None
    unit: str | None = None
    expected_min: float | None = None
    expected_max: float | None = None
