"""The ladder that difficult matters climb (§1.2.1.5), and by what they climb."""

from enum import StrEnum

from common.errors import Conflict, Invalid, NotFound


class EscalationCause(StrEnum):
    """Why a step was climbed."""

    MANUAL = "manual"
    VISIT_UNRESOLVED = "visit_unresolved"
    SLA_WARNING = "sla_warning"
    SLA_BREACH = "sla_breach"


def check_step(to: str, ladder: tuple[str, ...]) -> None:
    """The step is one of the ladder's.

    Raises:
        Invalid: ``unknown-escalation-step`` with the ladder.
    """
    if to not in ladder:
        raise Invalid("unknown-escalation-step", pointer="#/to", steps=list(ladder))


def check_acknowledgement(taken_by: str | None, *, is_of_ticket: bool) -> None:
    """A step is taken on once, under its own ticket.

    Raises:
        NotFound: the step belongs to another ticket.
        Conflict: ``escalation-taken``.
    """
    if not is_of_ticket:
        raise NotFound("not-found")
    if taken_by is not None:
        raise Conflict("escalation-taken", taken_by=taken_by)
