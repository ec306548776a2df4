"""When a term ends, as far as that is known from what has happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from warranty.domain.terms.civil import plus_days, plus_months
from warranty.domain.terms.rules import (
    At,
    EarlierOf,
    GreaterOf,
    Hours,
    Later,
    LaterOf,
    Length,
    Milestone,
    On,
    Point,
    Remainder,
    Rule,
    Span,
    Unit,
)


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What has happened to an item so far; days are civil days in the contract's time zone.

    Args:
        milestones: day of each milestone that has come.
        remainder_until: last day of the replaced item's term, where the item replaced another.
        hours_reached: day on which the meter reached a number of hours, for the limits it has reached.
    """

    milestones: Mapping[Milestone, date] = field(default_factory=lambda: MappingProxyType({}))
    remainder_until: date | None = None
    hours_reached: Mapping[int, date] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Ending:
    """The last day that a term covers.

    Args:
        on: the day; ``None`` while nothing is known of it.
        is_provisional: whether something still to come may move it.
        waits_for: what that is: milestones, or ``hours(n)``.
    """

    on: date | None
    is_provisional: bool = False
    waits_for: tuple[str, ...] = ()


def ending(rule: Rule, facts: ItemFacts) -> Ending:
    """The last day covered under ``rule``, by ``facts``."""
    found = _point(rule.point, facts)
    if found.on is None or rule.is_inclusive:
        return found
    return Ending(found.on - timedelta(days=1), found.is_provisional, found.waits_for)


def _unknown(name: str) -> Ending:
    return Ending(None, is_provisional=True, waits_for=(name,))


def _point(point: Point, facts: ItemFacts) -> Ending:
    match point:
        case At(milestone):
            day = facts.milestones.get(milestone)
            return Ending(day) if day else _unknown(milestone.value)
        case On(day):
            return Ending(day)
        case Hours(count):
            day = facts.hours_reached.get(count)
            return Ending(day) if day else _unknown(f"hours({count})")
        case Later(base, span):
            return _later(_point(base, facts), base, span, facts)
        case EarlierOf(points):
            return _of([_point(one, facts) for one in points], is_earliest=True)
        case LaterOf(points):
            return _of([_point(one, facts) for one in points], is_earliest=False)


def _later(base: Ending, point: Point, span: Span, facts: ItemFacts) -> Ending:
    if base.on is None:
        return base
    if isinstance(point, Later):
        merged = _merged(point, span)
        if merged is not None:
            return _point(merged, facts)
    return Ending(_after(base.on, span, facts), base.is_provisional, base.waits_for)


def _merged(point: Later, span: Span) -> Later | None:
    """Months upon months are one sum, so that a day lost at a month's end comes back."""
    if isinstance(span, Length) and isinstance(point.span, Length) and span.unit == point.span.unit:
        return Later(point.point, Length(point.span.count + span.count, span.unit))
    return None


def _of(found: Sequence[Ending], *, is_earliest: bool) -> Ending:
    """The first or last of several; what is still unknown may move it."""
    known = [one.on for one in found if one.on is not None]
    waits = tuple(dict.fromkeys(name for one in found for name in one.waits_for))
    is_provisional = any(one.is_provisional for one in found)
    if not known:
        return Ending(None, is_provisional, waits)
    return Ending(min(known) if is_earliest else max(known), is_provisional, waits)


def _after(day: date, span: Span, facts: ItemFacts) -> date:
    match span:
        case Length(count, Unit.DAYS):
            return plus_days(day, count)
        case Length(count, Unit.WEEKS):
            return plus_days(day, 7 * count)
        case Length(count, Unit.MONTHS):
            return plus_months(day, count)
        case Length(count, Unit.YEARS):
            return plus_months(day, 12 * count)
        case Remainder():
            return max(day, facts.remainder_until or day)
        case GreaterOf(spans):
            return max(_after(day, one, facts) for one in spans)
    raise AssertionError(span)


def anew(facts: ItemFacts, replaced_on: date) -> ItemFacts:
    """The facts of an item that takes another's place: its life begins with the replacement (§1.2.3.1(3))."""
    return ItemFacts(MappingProxyType(dict.fromkeys(Milestone, replaced_on)), facts.remainder_until)


def restarted(rule: Rule, replaced_on: date, previous_end: date | None) -> Ending:
    """The full term of a replaced asset or key part: anew, and never shorter than what was left."""
    found = ending(rule, anew(ItemFacts(remainder_until=previous_end), replaced_on))
    return _at_least(found, previous_end)


def carried(minimum: Rule | None, replaced_on: date, previous_end: date | None) -> Ending:
    """The term of a replaced ordinary part: the remainder, never less than the contract's minimum."""
    if minimum is None:
        return Ending(previous_end, previous_end is None)
    facts = anew(ItemFacts(remainder_until=previous_end), replaced_on)
    return _at_least(ending(minimum, facts), previous_end)


def _at_least(found: Ending, previous_end: date | None) -> Ending:
    if found.on is None or previous_end is None:
        return Ending(found.on or previous_end, found.is_provisional, found.waits_for)
    return Ending(max(found.on, previous_end), found.is_provisional, found.waits_for)


def prolonged(last_day: date | None, held_from: date, held_to: date) -> date | None:
    """A term that stood still while the vendor held the device ends as many days later."""
    if last_day is None or held_from > last_day:
        return last_day
    return plus_days(last_day, max(0, (held_to - held_from).days))
