"""The rule of a term as a value: points in time made of events, dates and spans, and what limits them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Milestone(StrEnum):
    """Something in the life of an item that a term may count from."""

    SHIPPED = "shipped"
    DELIVERED = "delivered"
    INSTALLED = "installed"
    ACCEPTED = "accepted"
    INVOICED = "invoiced"
    REPLACED = "replaced"


class Unit(StrEnum):
    """What spans are counted in."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Length:
    """So many days, weeks, months or years."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Remainder:
    """What was left of the replaced item's term."""


@dataclass(frozen=True, slots=True)
class GreaterOf:
    """The longest of several spans."""

    spans: tuple["Span", ...]


Span = Length | Remainder | GreaterOf


@dataclass(frozen=True, slots=True)
class At:
    """The day of a milestone."""

    milestone: Milestone


@dataclass(frozen=True, slots=True)
class On:
    """A fixed day."""

    day: date


@dataclass(frozen=True, slots=True)
class Later:
    """A span after a point."""

    point: "Point"
    span: Span


@dataclass(frozen=True, slots=True)
class EarlierOf:
    """Whichever comes first."""

    points: tuple["Point", ...]


@dataclass(frozen=True, slots=True)
class LaterOf:
    """Whichever comes last."""

    points: tuple["Point", ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """The day on which the item's meter reached so many hours of operation."""

    count: int


Point = At | On | Later | EarlierOf | LaterOf | Hours


@dataclass(frozen=True, slots=True)
class Rule:
    """When a term ends.

    Args:
        point: the end.
        is_inclusive: whether the day of the end is covered itself; otherwise the day before is the last.
    """

    point: Point
    is_inclusive: bool = True


def written(rule: Rule) -> str:
    """The rule as people write it; reading it again gives the same rule."""
    return _point(rule.point) + ("" if rule.is_inclusive else " exclusive")


def _point(point: Point) -> str:
    match point:
        case At(milestone):
            return milestone.value
        case On(day):
            return day.isoformat()
        case Hours(count):
            return f"hours({count})"
        case Later(base, span):
            return f"{_point(base)} + {_span(span)}"
        case EarlierOf(points):
            return f"earlier_of({', '.join(_point(one) for one in points)})"
        case LaterOf(points):
            return f"later_of({', '.join(_point(one) for one in points)})"


def _span(span: Span) -> str:
    match span:
        case Length(count, unit):
            return f"{count} {unit.value}"
        case Remainder():
            return "remainder"
        case GreaterOf(spans):
            return f"greater_of({', '.join(_span(one) for one in spans)})"
