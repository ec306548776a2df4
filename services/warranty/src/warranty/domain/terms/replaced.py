"""The rules of what takes another's place, as they hold from the replacement on (§1.2.3.1(3))."""

from warranty.domain.terms.rules import (
    At,
    EarlierOf,
    GreaterOf,
    Later,
    LaterOf,
    Length,
    Milestone,
    Point,
    Remainder,
    Rule,
)


def renewed(rule: Rule, *, has_remainder: bool) -> Rule:
    """The rule of a replaced asset or key part: its life begins with the replacement, every milestone.

    That it is never shorter than what was left is written where the rule is a plain span; around any other it
    would hide what the contract says.

    Args:
        rule: as the contract has it.
        has_remainder: whether what was replaced had a term.
    """
    point = _from_replacement(rule.point)
    match point:
        case Later(At() as base, Length() as span) if has_remainder and rule.is_inclusive:
            point = Later(base, GreaterOf((span, Remainder())))
    return Rule(point, rule.is_inclusive)


def _from_replacement(point: Point) -> Point:
    match point:
        case At():
            return At(Milestone.REPLACED)
        case Later(base, span):
            return Later(_from_replacement(base), span)
        case EarlierOf(points):
            return EarlierOf(tuple(_from_replacement(one) for one in points))
        case LaterOf(points):
            return LaterOf(tuple(_from_replacement(one) for one in points))
    return point


def carried_on(minimum: Rule | None) -> Rule:
    """The rule of a replaced ordinary part: what was left, or the contract's minimum."""
    return minimum or Rule(Later(At(Milestone.REPLACED), Remainder()))
