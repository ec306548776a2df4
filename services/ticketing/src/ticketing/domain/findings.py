"""What an inspection found out of its range, and the words in which an incident says so."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

LONGEST_TITLE = 200
LONGEST_LABEL = 60


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


@dataclass(frozen=True, slots=True)
class Known:
    """How people call what was found, where warranty says so.

    Args:
        label_zh: the item's Chinese label in the checklist.
        label_en: its English label.
        serial_number: of the asset.
        product_code: of the asset.
        inspection: the inspection's number.
    """

    label_zh: str | None = None
    label_en: str | None = None
    serial_number: str | None = None
    product_code: str | None = None
    inspection: str | None = None


def title(anomaly: Anomaly, known: Known) -> str:
    """What the incident is about, in both languages: the item, what was read and what was expected."""
    read = _figure(anomaly)
    reading = f" {read} ({_range(anomaly)})" if read else ""
    return f"巡检异常 / Inspection anomaly: {_item(anomaly, known)}{reading}"[:LONGEST_TITLE]


def description(anomaly: Anomaly, known: Known) -> str:
    """What somebody needs who goes there: device, item, reading, range, and which inspection it was."""
    ranged = anomaly.expected_min is not None or anomaly.expected_max is not None
    lines = {
        "设备 / Device": " · ".join(one for one in (known.serial_number, known.product_code) if one),
        "检查项目 / Item": _item(anomaly, known),
        "读数 / Reading": _figure(anomaly),
        "正常范围 / Expected": _with_unit(_range(anomaly), anomaly) if ranged else "",
        "巡检 / Inspection": known.inspection or "",
    }
    return "\n".join(f"{name}: {text}" for name, text in lines.items() if text)


def _item(anomaly: Anomaly, known: Known) -> str:
    labels = dict.fromkeys(one[:LONGEST_LABEL] for one in (known.label_zh, known.label_en) if one)
    return " / ".join(labels) or anomaly.item[:LONGEST_LABEL]


def _figure(anomaly: Anomaly) -> str:
    return "" if anomaly.value is None else _with_unit(f"{anomaly.value:g}", anomaly)


def _with_unit(text: str, anomaly: Anomaly) -> str:
    return f"{text} {anomaly.unit}" if anomaly.unit else text


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
