"""What warranty's inspections find."""

from collections.abc import Mapping

from common.bus import Listener
from common.contracts.warranty.maintenance import InspectionAnomaly
from common.db import Session
from common.events import Envelope, Event
from ticketing.commands import findings
from ticketing.domain.findings import Anomaly, Known


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


LISTENERS: Mapping[type[Event], Listener] = {InspectionAnomaly: on_anomaly}
