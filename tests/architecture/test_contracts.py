"""The published language: every declared event has a schema and samples, and is sent by its service."""

import ast
import json
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from common.bus import Hearing
from common.contracts import REGISTRY, published_by
from common.contracts.audit import BY_SERVICE, CheckpointSigned
from common.db import Database
from common.events import Event
from common.lifecycle import Lifecycle
from docs.generate import events
from docs.generate.everything import SERVICES
from docs.generate.interfaces import service_of
from tests.architecture.source import ROOT, lifecycles, of_room, tree

SCHEMAS = ROOT / "docs" / "schemas"
EVENTS = tuple(event for service in SERVICES for event in published_by(service))
SAMPLES = tuple((event, path) for event in EVENTS for path in events.sample_paths(SCHEMAS, event))


def by_type(event: type[Event]) -> str:
    return event.bus_type()


@pytest.mark.parametrize("event", EVENTS, ids=by_type)
def test_the_schema_is_current(event: type[Event]) -> None:
    kept = json.loads(events.schema_path(SCHEMAS, event).read_text(encoding="utf-8"))
    assert kept == events.schema(event), "run make docs"


@pytest.mark.parametrize("event", EVENTS, ids=by_type)
def test_the_newest_sample_shows_every_field(event: type[Event]) -> None:
    newest = events.sample_paths(SCHEMAS, event)[-1]
    assert set(json.loads(newest.read_text(encoding="utf-8"))) == set(event.model_fields), "run make docs"


@pytest.mark.parametrize(("event", "path"), SAMPLES, ids=lambda value: getattr(value, "name", ""))
def test_every_sample_ever_published_is_still_understood(event: type[Event], path: Path) -> None:
    """Within a version fields are only added: a sample is never edited, and must parse for good."""
    sample = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator(events.schema(event), format_checker=FormatChecker()).validate(sample)
    told = event.model_validate(sample).model_dump(mode="json")
    assert {name: told[name] for name in sample} == sample


def test_nothing_is_kept_for_events_that_no_longer_exist() -> None:
    known = {events.schema_path(SCHEMAS, event) for event in EVENTS} | {path for _, path in SAMPLES}
    assert set(SCHEMAS.rglob("*.json")) == known


@cache
def named_in(service: str) -> frozenset[str]:
    """Every name that the verbs, listeners and sweeps of a service mention."""
    rooms = (*of_room("commands"), *of_room("listeners"), *of_room("sweeps"))
    mentioned: set[str] = set()
    for path in rooms:
        if f"services/{service}/" in path.as_posix():
            for node in ast.walk(tree(path)):
                mentioned |= {node.attr} if isinstance(node, ast.Attribute) else set()
                mentioned |= {node.id} if isinstance(node, ast.Name) else set()
    return frozenset(mentioned)


@pytest.mark.parametrize("event", EVENTS, ids=by_type)
def test_what_is_declared_is_published(event: type[Event]) -> None:
    """By the service itself, but for the heads of its audit, which its sealer publishes."""
    assert event.__name__ in named_in(event.service()) or issubclass(event, CheckpointSigned)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_publishes_the_heads_of_its_audit(service: str) -> None:
    assert BY_SERVICE[service] in published_by(service)


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_heard_is_declared(service: str) -> None:
    reactions = service_of(service).reactions(Database("postgresql://", service))
    heard = {event.type for event in Hearing(service, reactions.listeners).events}
    assert heard <= set(REGISTRY)
    assert {event.type for event in reactions.publishes} == {event.type for event in published_by(service)}


@pytest.mark.parametrize("lifecycle", lifecycles().values(), ids=lambda lifecycle: lifecycle.name)
def test_a_lifecycle_announces_declared_events(lifecycle: Lifecycle) -> None:
    assert {row.event for row in lifecycle.transitions.values() if row.event} <= set(REGISTRY)


def test_events_carry_no_texts_and_nobodys_name() -> None:
    personal = {"name", "phone", "email", "address", "title", "description", "body", "note", "comment", "fix"}
    assert [event.type for event in EVENTS if personal & set(event.model_fields)] == []
