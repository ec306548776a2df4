"""What an inspection found out of its range, and the words in which an incident says so."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

LONGEST_TITLE = 200
LONGEST_ITEM = 100


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A finding as warranty tells it; the expected range may be open on either side."""

    finding_id: UUID
    inspection_id: UUID
    customer_id: UUID
    site_id: UUID
    asset_id: UUID | None
    item: str
    severity: int
    value: float | None
    unit: str | None
    expected_min: float | None
    expected_max: float | None
    found_at: datetime

    @property
    def thing_id(self) -> UUID:
        """What it is about: the asset, or the site where none is named."""
        return self.asset_id or self.site_id


def title(anomaly: Anomaly) -> str:
    """What the incident is about, in both languages: the item, what was read and what was expected."""
    item = anomaly.item[:LONGEST_ITEM]
    return f"巡检异常 / Inspection anomaly: {item}{_reading(anomaly)}"[:LONGEST_TITLE]


def _reading(anomaly: Anomaly) -> str:
    if anomaly.value is None:
        return ""
    unit = f" {anomaly.unit}" if anomaly.unit else ""
    return f" {anomaly.value:g}{unit} ({_range(anomaly)})"


def _range(anomaly: Anomaly) -> str:
    low, high = anomaly.expected_min, anomaly.expected_max
    if low is not None and high is not None:
        return f"{low:g}–{high:g}"
    if low is not None:
        return f"≥ {low:g}"
    return f"≤ {high:g}" if high is not None else "—"


def graver(severity: int, than: int) -> bool:
    """Whether level ``severity`` is graver: 1 is the gravest."""
    return severity < than
