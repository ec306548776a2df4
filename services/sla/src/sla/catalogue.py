"""What plans may speak of here: the declared events, the facts of each subject, and the calendars."""

import types
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Union, get_args, get_origin

import yaml

from common.contracts import REGISTRY
from common.events import Event
from sla.domain.plans import Catalogue, EventField, Kind, MustCover

_NUMBERS = (int, float, Decimal)


@cache
def _vocabulary() -> Mapping[str, Any]:
    text = files("sla").joinpath("data/vocabulary.yaml").read_text(encoding="utf-8")
    document: Mapping[str, Any] = yaml.safe_load(text)
    return document


def fact_names() -> Mapping[str, frozenset[str]]:
    """The names of the fields that are facts of the subject rather than of one event, by subject."""
    return {name: frozenset(subject["facts"]) for name, subject in _vocabulary()["subjects"].items()}


@cache
def _subjects() -> Mapping[str, str]:
    return {subject["collection"]: str(name) for name, subject in _vocabulary()["subjects"].items()}


def subject_of(collection: str) -> str | None:
    """The subject whose events carry ``collection`` in their subject; None for what has no clocks."""
    return _subjects().get(collection)


def catalogue_of(calendars: Iterable[str]) -> Catalogue:
    """The vocabulary of plans, given the slugs of the calendars there are."""
    known = {event: name for event in REGISTRY.values() if (name := subject_of(event.collection))}
    return Catalogue(
        events={event.type: _fields(event, subject) for event, subject in known.items()},
        facts=fact_names(),
        subjects={event.type: subject for event, subject in known.items()},
        calendars=frozenset(calendars),
        must_cover=tuple(_duty(duty) for duty in _vocabulary()["must_cover"]),
    )


def _duty(duty: Mapping[str, Any]) -> MustCover:
    when = {name: tuple(values) for name, values in duty["when"].items()}
    return MustCover(duty["subject"], duty["metric"], duty["event"], when)


def _fields(event: type[Event], subject: str) -> Mapping[str, EventField]:
    values = _vocabulary()["subjects"][subject]["values"]
    return {
        name: _field(field.annotation, tuple(values[name]) if name in values else None)
        for name, field in event.model_fields.items()
    }


def _field(annotation: object, values: tuple[str | int, ...] | None) -> EventField:
    members = get_args(annotation) if get_origin(annotation) in {Union, types.UnionType} else (annotation,)
    held = [member for member in members if member is not type(None)]
    return EventField(_kind(held[0]), values, len(held) < len(members))


def _kind(annotation: object) -> Kind:
    if annotation is bool:
        return Kind.FLAG
    if annotation in _NUMBERS:
        return Kind.NUMBER
    if annotation is datetime:
        return Kind.INSTANT
    return Kind.OTHER if get_origin(annotation) else Kind.TEXT
