"""JSON Schemas of the declared events, and samples of each that stay for as long as its version lives."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin
from uuid import UUID

from common.contracts import published_by
from common.events import Event, schema_url

SAMPLES = "samples"
MOMENT = datetime(2026, 10, 10, 1, 30, tzinfo=UTC)
IDENTITY = UUID("0199c0de-0000-7000-8000-000000000001")
KNOWN: Mapping[str, Any] = {
    "number": "INC-2026-000123",
    "kind": "incident",
    "state": "in_progress",
    "severity": 1,
    "channel": "hotline",
    "response_case": "normal",
    "route": "remote",
    "is_major": True,
    "locality": "out_of_town",
    "distance_km": 320.5,
    "coverage": "in_warranty",
    "reason": "customer",
    "cause_code": "hardware",
    "to": "team_lead",
    "cause": "sla_breach",
    "visibility": "public",
    "session_kind": "remote",
    "outcome": "failed",
    "visit_state": "arrived",
    "previous": {"severity": 3},
    "subject_type": "ticket",
    "metric": "onsite",
    "commitment_id": "onsite-l1-l2-out-of-town",
    "clause": "§1.2.4",
    "plan_id": "reference",
    "plan_revision": 1,
    "revision": 2,
    "previous_state": "breached",
    "threshold_percent": 80,
    "escalate_to": "team_lead",
    "lateness_seconds": 0.125,
    "unconfirmed_reason": "ticketing silent since 2026-10-10T01:29:00Z",
    "calendar_id": "complaint-desk",
    "published_through": "2026-12-31",
    "size": 2400,
    "checkpoint": (
        "aftercare.local/audit/ticketing/hash-chain\n2400\n9h7Jx7HxD4m0nS1k5lJk8c3s2fW2b7cHk0e5rT1yV8A=\n\n"
        "\N{EM DASH} aftercare.local/audit/ticketing/hash-chain 1B2xJ0Zb\n"
    ),
    "response_overrides": {"response": 1800},
    "rules": [{"rule": "in_term", "clause": "§1.2.3", "holds": True}],
}
"""Values that read well, by field; other fields get one of their type."""

BY_TOPIC: Mapping[str, Mapping[str, Any]] = {
    "sla.clock.v1": {"state": "running", "reason": "severity_changed"},
    "warranty.coverage.v1": {"coverage": "chargeable", "cause": "misuse"},
    "warranty.inspection.v1": {"plan_id": IDENTITY, "number": "MP-2026-000123-02", "state": "completed"},
    "warranty.inspection_obligation.v1": {"state": "kept", "reason": "contract_changed"},
    "warranty.maintenance_plan.v1": {
        "plan_id": IDENTITY,
        "number": "MP-2026-000123",
        "state": "active",
        "interval_unit": "months",
    },
}


def documents(folder: Path, service: str) -> dict[Path, str]:
    """Schemas of what ``service`` publishes, with a new sample where the newest one lacks a field."""
    found: dict[Path, str] = {}
    for event in published_by(service):
        found[schema_path(folder, event)] = _json(schema(event))
        kept = sample_paths(folder, event)
        found |= {path: path.read_text(encoding="utf-8") for path in kept}
        if not kept or set(json.loads(found[kept[-1]])) != set(event.model_fields):
            found[_sample_folder(folder, event) / f"{len(kept) + 1:04}.json"] = _json(sample(event))
    return found


def schema(event: type[Event]) -> dict[str, Any]:
    """The JSON Schema of the event's data; fields may be added within a version, so others are let pass."""
    told = event.model_json_schema(mode="validation")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": schema_url(event)}
    return {**head, **told, "title": event.bus_type()}


def schema_path(folder: Path, event: type[Event]) -> Path:
    """Where the schema stands: ``ticketing/ticket.resolved.v1.json``."""
    return folder / event.service() / f"{_short(event)}.json"


def sample_paths(folder: Path, event: type[Event]) -> list[Path]:
    """The samples there are, oldest first."""
    return sorted(_sample_folder(folder, event).glob("*.json"))


def sample(event: type[Event]) -> dict[str, Any]:
    """An event with every field filled in, as it stands on the bus."""
    special = BY_TOPIC.get(event.topic, {})
    told = {
        name: special.get(name) or _value(name, field.annotation)
        for name, field in event.model_fields.items()
    }
    return event.model_validate(told).model_dump(mode="json")


def _short(event: type[Event]) -> str:
    return f"{event.type.split('.', 1)[1]}.v{event.version}"


def _sample_folder(folder: Path, event: type[Event]) -> Path:
    return folder / event.service() / SAMPLES / _short(event)


def _value(name: str, annotation: object) -> object:
    if name in KNOWN:
        return KNOWN[name]
    if get_origin(annotation) is list:
        return [_value(name, *get_args(annotation))]
    kind = next(_plain_types(annotation))
    plain = {UUID: IDENTITY, datetime: MOMENT, date: MOMENT.date(), bool: False, int: 1, float: 1.5}
    return plain.get(kind, name)


def _plain_types(annotation: object) -> Iterator[type]:
    for member in get_args(annotation) or (annotation,):
        if isinstance(member, type) and member is not NoneType:
            yield member


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
