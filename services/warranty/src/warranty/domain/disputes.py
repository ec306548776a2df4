"""A rejection that the customer does not accept: a dispute that climbs its ladder (§1.2.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.errors import Conflict, Forbidden

ALWAYS = frozenset({"admin"})


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step of the ladder.

    Args:
        code: what it is called.
        role: the role that settles disputes standing on it; those of later steps may too.
        hours: hours after which the dispute climbs further; ``None`` on the last step.
    """

    code: str
    role: str
    hours: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a dispute stands: level from 1, and when it climbs by itself, if it does."""

    level: int
    climbs_at: datetime | None


def begun(ladder: Sequence[LadderStep], at: datetime) -> Standing:
    """A rejection stands on the first step."""
    return _on(ladder, 1, at)


def climbed(ladder: Sequence[LadderStep], level: int | None, at: datetime) -> Standing:
    """The dispute stands one step higher.

    Raises:
        Conflict: ``no-dispute`` or ``dispute-at-top``.
    """
    if level is None:
        raise Conflict("no-dispute")
    if is_at_top(ladder, level):
        raise Conflict("dispute-at-top", step=ladder[-1].code)
    return _on(ladder, level + 1, at)


def is_at_top(ladder: Sequence[LadderStep], level: int) -> bool:
    """Whether there is no higher step."""
    return level >= len(ladder)


def _on(ladder: Sequence[LadderStep], level: int, at: datetime) -> Standing:
    hours = ladder[level - 1].hours
    return Standing(level, None if hours is None else at + timedelta(hours=hours))


def check_may_decide(ladder: Sequence[LadderStep], level: int | None, roles: frozenset[str]) -> None:
    """What is in dispute is decided by the step it stands on, or a higher one.

    Raises:
        Forbidden: ``dispute-needs-role``.
    """
    if level is None:
        return
    fitting = {one.role for one in ladder[level - 1 :]} | ALWAYS
    if not fitting & roles:
        raise Forbidden("dispute-needs-role", step=ladder[level - 1].code, roles=sorted(fitting))


def check_settleable(ladder: Sequence[LadderStep], level: int | None) -> None:
    """A rejection stands against the customer's will only once the last step has upheld it.

    Raises:
        Conflict: ``dispute-below-top``.
    """
    if level is None or not is_at_top(ladder, level):
        raise Conflict("dispute-below-top", step=ladder[-1].code)


def check_none_open(level: int | None) -> None:
    """A claim in dispute is not simply cancelled.

    Raises:
        Conflict: ``dispute-open``.
    """
    if level is not None:
        raise Conflict("dispute-open")
