"""A revision of a plan as values: its commitments, when their clocks move, and how much time they allow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Scalar = str | int | float | bool
"""A plain value that a condition compares with."""


class Operator(StrEnum):
    """How a condition compares a field; ``is`` is a bare value, ``in`` a bare list."""

    IS = "is"
    IN = "in"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    EXISTS = "exists"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of one field of the event or of the subject's known facts.

    Args:
        field: name of the field.
        operator: the comparison.
        operand: what it is compared with; a tuple for ``in``, a flag for ``exists``.
    """

    field: str
    operator: Operator
    operand: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event that moves a clock when all its conditions hold.

    Args:
        event: unprefixed event type.
        when: the conditions, all of which must hold.
        policy: how a retarget or a reopening counts; None elsewhere.
    """

    event: str
    when: tuple[Condition, ...] = ()
    policy: str | None = None


class Unit(StrEnum):
    """How a target is written."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_DAYS = "working_days"
    AT = "at"


SECONDS_PER = {Unit.SECONDS: 1, Unit.MINUTES: 60, Unit.HOURS: 3600}


@dataclass(frozen=True, slots=True)
class Target:
    """How much time a commitment allows, in the unit it was written in.

    Args:
        unit: the unit.
        amount: how many of it; 0 for ``at``.
        day_end: for working days, ``end_of_day`` or ``same_time`` (T4).
        at_field: for ``at``, the field of the start event that carries the due time.
    """

    unit: Unit
    amount: int = 0
    day_end: str = "end_of_day"
    at_field: str = ""

    @property
    def seconds(self) -> int | None:
        """The target in open seconds; None for day targets and carried due times."""
        per = SECONDS_PER.get(self.unit)
        return None if per is None else per * self.amount


@dataclass(frozen=True, slots=True)
class Step:
    """Who is called when a share of the time is used up.

    Args:
        at: percent of the open time between start and due.
        to: the step of the ladder.
    """

    at: int
    to: str


TRIGGER_NAMES = ("start", "stop", "pause", "resume", "cancel", "retarget", "reopen")


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise with a clock.

    Args:
        id: slug, unique within the plan.
        clause: the clause of the service plan that promises it.
        titles: by language tag.
        subject: what the clock is about.
        metric: what is measured; a subject has at most one running clock of it.
        start, stop, pause, resume, cancel, retarget, reopen: the events that move the clock.
        target: the time allowed.
        calendar: slug of the calendar it is counted in.
        warn_at: percentages at which a warning is given, ascending.
        escalate: steps of the ladder, ascending.
        priority: decides between commitments of equal specificity; the greater wins.
        assumes: fields that are taken for the stricter case because they are not known.
        agreed_in: number of the contract that promises this target instead of the plan's.
    """

    id: str
    clause: str
    titles: Mapping[str, str]
    subject: str
    metric: str
    start: tuple[Trigger, ...]
    stop: tuple[Trigger, ...]
    target: Target
    calendar: str
    pause: tuple[Trigger, ...] = ()
    resume: tuple[Trigger, ...] = ()
    cancel: tuple[Trigger, ...] = ()
    retarget: tuple[Trigger, ...] = ()
    reopen: tuple[Trigger, ...] = ()
    warn_at: tuple[int, ...] = ()
    escalate: tuple[Step, ...] = ()
    priority: int = 0
    assumes: tuple[str, ...] = ()
    agreed_in: str | None = None

    def triggers(self) -> tuple[tuple[str, int, Trigger], ...]:
        """Every trigger with the name it stands under and its place there."""
        return tuple(
            (name, number, trigger)
            for name in TRIGGER_NAMES
            for number, trigger in enumerate(getattr(self, name))
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """The content of one revision of a plan.

    Args:
        id: slug.
        titles: by language tag.
        commitments: the promises, in the order written.
        places: line of the source by JSON pointer, where it was read from text; no part of its identity.
    """

    id: str
    titles: Mapping[str, str]
    commitments: tuple[Commitment, ...]
    places: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
