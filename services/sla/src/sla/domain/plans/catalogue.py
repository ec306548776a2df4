"""What a plan may speak of: events with their fields, calendars, and the promises it must not leave out."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sla.domain.plans.model import Scalar


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    INSTANT = "instant"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class EventField:
    """One field of an event.

    Args:
        kind: what it holds.
        values: every value it can have, where they are known.
        is_optional: whether it may be missing.
    """

    kind: Kind
    values: tuple[Scalar, ...] | None = None
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class MustCover:
    """Something that a plan has to promise: every such event starts a clock of the metric.

    Args:
        subject: what the clock is about.
        metric: the metric.
        event: the event that must start it.
        when: values to which the duty is limited, by field; ``None`` where it is missing.
    """

    subject: str
    metric: str
    event: str
    when: Mapping[str, tuple[Scalar | None, ...]]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The vocabulary of plans.

    Args:
        events: fields by event type.
        facts: names of the fields that are facts of the subject rather than of one event, by subject.
        subjects: the subject that an event is about, by event type.
        calendars: slugs of the calendars there are.
        must_cover: what every plan has to promise.
    """

    events: Mapping[str, Mapping[str, EventField]]
    facts: Mapping[str, frozenset[str]]
    subjects: Mapping[str, str]
    calendars: frozenset[str]
    must_cover: tuple[MustCover, ...] = ()
