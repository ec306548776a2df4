"""When a term ends, as far as that is known from what has happened."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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

_NO_HOURS: Mapping[int, date] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Ending:
    """The last day that a term covers.

    Args:
        on: the day, by what is known; ``None`` while nothing is known of it.
        latest: the latest day that it may still become; ``None`` where nothing bounds it.
        is_provisional: whether something still to come may move it.
        waits_for: what that is: milestones, ``hours(n)``, or ``returned`` while the vendor holds the item.
    """

    on: date | None
    latest: date | None
    is_provisional: bool = False
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What has happened to an item so far; days are civil days in the contract's time zone.

    Args:
        milestones: day of each milestone that has come.
        remainder: end of the replaced item's term, where the item replaced another that had one.
        hours_reached: day on which the meter reached a number of hours, for the limits it has reached.
    """

    milestones: Mapping[Milestone, date] = field(default_factory=lambda: MappingProxyType({}))
    remainder: Ending | None = None
    hours_reached: Mapping[int, date] = field(default_factory=lambda: _NO_HOURS)


def settled(day: date) -> Ending:
    """The end on a day that nothing moves any more."""
    return Ending(day, day)


def ending(rule: Rule, facts: ItemFacts) -> Ending:
    """The last day covered under ``rule``, by ``facts``."""
    found = _point(rule.point, facts)
    return found if rule.is_inclusive else _moved(found, lambda day: day - timedelta(days=1))


def _moved(end: Ending, move: Callable[[date], date]) -> Ending:
    on, latest = end.on and move(end.on), end.latest and move(end.latest)
    return replace(end, on=on, latest=latest)


def _known(day: date | None, name: str) -> Ending:
    return settled(day) if day else Ending(None, None, is_provisional=True, waits_for=(name,))


def _point(point: Point, facts: ItemFacts) -> Ending:
    match point:
        case At(milestone):
            return _known(facts.milestones.get(milestone), milestone.value)
        case On(day):
            return settled(day)
        case Hours(count):
            return _known(facts.hours_reached.get(count), f"hours({count})")
        case Later():
            return _later(_merged(point), facts)
        case EarlierOf(points):
            return earliest([_point(one, facts) for one in points])
        case LaterOf(points):
            return latest([_point(one, facts) for one in points])


def _later(point: Later, facts: ItemFacts) -> Ending:
    base = _point(point.point, facts)
    if base.on is None:
        return base
    added = _after(base.on, point.span, facts)
    bound = None if base.latest is None else _after(base.latest, point.span, facts).latest
    waits = tuple(dict.fromkeys((*base.waits_for, *added.waits_for)))
    return Ending(added.on, bound, base.is_provisional or added.is_provisional, waits)


def _merged(point: Later) -> Later:
    """Months upon months are one sum, years with them, so that a day lost at a month's end comes back."""
    if not isinstance(point.point, Later):
        return point
    inner = _merged(point.point)
    if isinstance(point.span, Length) and isinstance(inner.span, Length):
        one, two = _plain(inner.span), _plain(point.span)
        if one.unit == two.unit:
            return Later(inner.point, Length(one.count + two.count, one.unit))
    return Later(inner, point.span)


def _plain(span: Length) -> Length:
    """The span in days or months, whichever it is made of."""
    match span.unit:
        case Unit.WEEKS:
            return Length(7 * span.count, Unit.DAYS)
        case Unit.YEARS:
            return Length(12 * span.count, Unit.MONTHS)
    return span


def earliest(found: Sequence[Ending]) -> Ending:
    """The first of several; what is still unknown may bring it forward, never put it off."""
    known = [one.on for one in found if one.on is not None]
    bounds = [one.latest for one in found if one.latest is not None]
    return _of(found, min(known, default=None), min(bounds, default=None))


def latest(found: Sequence[Ending]) -> Ending:
    """The last of several; what is still unknown may put it off."""
    known = [one.on for one in found if one.on is not None]
    bounds = [one.latest for one in found if one.latest is not None]
    return _of(found, max(known, default=None), max(bounds) if len(bounds) == len(found) else None)


def _of(found: Sequence[Ending], on: date | None, bound: date | None) -> Ending:
    waits = tuple(dict.fromkeys(name for one in found for name in one.waits_for))
    return Ending(on, bound, any(one.is_provisional for one in found), waits)


def _after(day: date, span: Span, facts: ItemFacts) -> Ending:
    match span:
        case Length():
            plain = _plain(span)
            add = plus_days if plain.unit is Unit.DAYS else plus_months
            return settled(add(day, plain.count))
        case Remainder():
            return settled(day) if facts.remainder is None else latest([settled(day), facts.remainder])
        case GreaterOf(spans):
            return latest([_after(day, one, facts) for one in spans])


def anew(facts: ItemFacts, replaced_on: date) -> ItemFacts:
    """The facts of an item that takes another's place: its life begins with the replacement (§1.2.3.1(3))."""
    return replace(facts, milestones=MappingProxyType(dict.fromkeys(Milestone, replaced_on)))


def restarted(
    rule: Rule, replaced_on: date, previous: Ending | None, hours_reached: Mapping[int, date] = _NO_HOURS
) -> Ending:
    """The full term of a replaced asset or key part: anew, and never shorter than what was left."""
    facts = ItemFacts(remainder=previous, hours_reached=hours_reached)
    return _at_least(ending(rule, anew(facts, replaced_on)), previous)


def carried(
    minimum: Rule | None,
    replaced_on: date,
    previous: Ending | None,
    hours_reached: Mapping[int, date] = _NO_HOURS,
) -> Ending:
    """The term of a replaced ordinary part: the remainder, never less than the contract's minimum.

    Without a term before and without a minimum nothing is covered beyond the day of the replacement.
    """
    if minimum is None:
        return previous or settled(replaced_on)
    facts = ItemFacts(remainder=previous, hours_reached=hours_reached)
    return _at_least(ending(minimum, anew(facts, replaced_on)), previous)


def _at_least(found: Ending, previous: Ending | None) -> Ending:
    return found if previous is None else latest([found, previous])


def extended(end: Ending, months: int) -> Ending:
    """The end so many months later, whenever it comes."""
    return _moved(end, lambda day: plus_months(day, months))


def prolonged(end: Ending, held_from: date, held_to: date | None) -> Ending:
    """A term that stood still while the vendor held the item ends as many days later.

    Args:
        end: the end without that.
        held_from: from which day.
        held_to: until which day; ``None`` while the vendor still holds it: then it may end any later.
    """
    if end.on is not None and held_from > end.on:
        return end
    if held_to is None:
        return Ending(end.on, None, is_provisional=True, waits_for=(*end.waits_for, "returned"))
    held = max(0, (held_to - held_from).days)
    return _moved(end, lambda day: plus_days(day, held))
