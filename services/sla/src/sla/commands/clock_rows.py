"""From a derived clock to the row that stores it and to what every event about it carries."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID

from common.events import instant
from common.ids import read_id
from sla.domain.clocks import Clock
from sla.domain.derivation import breaches_at
from sla.domain.plans import target_document
from sla.queries.subjects import Standing


def facts_of(clock: Clock) -> dict[str, Any]:
    """The fields that every event about ``clock`` carries."""
    return {
        "clock_id": clock.id,
        "subject_type": clock.subject.type,
        "subject_id": clock.subject.id,
        "customer_id": customer_of(clock),
        "metric": clock.metric,
        "commitment_id": clock.commitment.id,
        "clause": clock.commitment.clause,
        "plan_id": clock.plan_id,
        "plan_revision": clock.plan_revision,
        "state": clock.state.value,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "due_revision": clock.due_revision,
        "is_provisional": clock.is_provisional,
    }


def customer_of(clock: Clock) -> UUID | None:
    """The customer's id; None where the facts name none, or nothing that could be one."""
    return _id(clock.customer_id) if clock.customer_id else None


@lru_cache(maxsize=4096)
def _id(text: str) -> UUID | None:
    try:
        return read_id(text)
    except ValueError:
        return None


def values_of(clock: Clock, standing: Standing, now: datetime) -> dict[str, Any]:
    """The columns of the clock's row."""
    timing = clock.timing
    told = facts_of(clock)
    del told["clock_id"]
    return told | {
        "id": clock.id,
        "version": standing.version,
        "created_at": standing.created_at,
        "updated_at": now,
        "start_event_id": clock.start_event_id,
        "titles": dict(clock.commitment.titles),
        "calendar_id": clock.calendar_id,
        "calendar_revision": clock.calendar_revision,
        "target": target_document(clock.commitment.target),
        "target_us": timing.target_us,
        "stopped_at": clock.stopped_at,
        "stopped_by": clock.stopped_by,
        "breaches_at": breaches_at(clock),
        "detected_at": standing.detected_at,
        "is_withdrawn": clock.is_withdrawn,
        "elapsed_us": timing.elapsed_us,
        "remaining_us": timing.target_us - timing.elapsed_us,
        "pauses": [plain(asdict(pause)) for pause in clock.pauses],
        "retargets": [plain(asdict(retarget)) for retarget in clock.retargets],
        "reopenings": [plain(asdict(reopening)) for reopening in clock.reopenings],
        "assumed": list(clock.assumed),
        "moved_by": [str(event_id) for event_id in clock.moved_by],
    }


def plain(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record's values as JSON has them."""
    return {name: _plain(value) for name, value in record.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value
