"""Routine inspections of warranty's, and what they find."""

from collections.abc import Mapping

from common.bus import Listener
from common.contracts.warranty.maintenance import (
    InspectionAnomaly,
    InspectionCancelled,
    InspectionCompleted,
    InspectionDispatchAsked,
    InspectionDue,
    InspectionEvent,
    InspectionRescheduled,
    InspectionStarted,
    InspectionTechniciansAssigned,
)
from common.db import Session
from common.events import Envelope, Event
from ticketing.commands import findings, inspections
from ticketing.domain.findings import Anomaly, Known
from ticketing.domain.inspections import Notice


async def on_inspection(session: Session, event: InspectionEvent, envelope: Envelope) -> None:
    """An inspection is due, or has come further: somebody goes there on the agreed day (§1.2.4)."""
    notice = Notice(
        inspection_id=event.inspection_id,
        version=envelope.aggregate_version,
        event=event.type,
        number=event.number,
        customer_id=event.customer_id,
        site_id=event.site_id,
        asset_id=event.asset_id,
        state=event.state,
        due_on=event.due_on,
        due_at=event.due_at,
        time_zone=event.time_zone,
        occurred_at=min(envelope.occurred_at, envelope.received_at),
    )
    await inspections.hear(session, notice, envelope.received_at)


async def on_anomaly(session: Session, event: InspectionAnomaly, envelope: Envelope) -> None:
    """Something out of its expected range needs somebody's attention."""
    anomaly = Anomaly(
        finding_id=event.finding_id,
        inspection_id=event.inspection_id,
        customer_id=event.customer_id,
        site_id=event.site_id,
        asset_id=event.asset_id,
        item=event.item,
        severity=event.severity,
        value=event.value,
        unit=event.unit,
        expected_min=event.expected_min,
        expected_max=event.expected_max,
        found_at=min(envelope.occurred_at, envelope.received_at),
    )
    known = Known(event.label_zh, event.label_en, event.serial_number, event.product_code, event.number)
    await findings.take_up(session, anomaly, known, envelope.received_at)


LISTENERS: Mapping[type[Event], Listener] = {
    InspectionDue: on_inspection,
    InspectionDispatchAsked: on_inspection,
    InspectionTechniciansAssigned: on_inspection,
    InspectionRescheduled: on_inspection,
    InspectionStarted: on_inspection,
    InspectionCompleted: on_inspection,
    InspectionCancelled: on_inspection,
    InspectionAnomaly: on_anomaly,
}
