"""Installations: the steps from hand-over to the customer's signature, and defects on the way (§1.2.2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from common.errors import Conflict, Invalid
from common.lifecycle import LEADS, Lifecycle, step
from warranty.domain.past import check_moment


class InstallationState(StrEnum):
    """Where an installation stands."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    PARTLY_ACCEPTED = "partly_accepted"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"


class DefectState(StrEnum):
    """Where a defect stands."""

    OPEN = "open"
    RESOLVED = "resolved"


class DefectKind(StrEnum):
    """What is wrong with what was delivered."""

    SHORTAGE = "shortage"
    DAMAGE = "damage"
    QUALITY = "quality"
    PERFORMANCE = "performance"


class LiableParty(StrEnum):
    """Against whom the vendor claims for a shortage or damage."""

    CARRIER = "carrier"
    MAKER = "maker"
    VENDOR = "vendor"


class UnpackingCondition(StrEnum):
    """What the unpacking inspection found of one line."""

    COMPLETE = "complete"
    SHORT = "short"
    DAMAGED = "damaged"


class StepKind(StrEnum):
    """What the record of a step holds."""

    NOTES = "notes"
    UNPACKING = "unpacking"
    TRIAL_RUN = "trial_run"
    PERFORMANCE = "performance"


DEFECT_OF: Mapping[UnpackingCondition, DefectKind] = MappingProxyType(
    {UnpackingCondition.SHORT: DefectKind.SHORTAGE, UnpackingCondition.DAMAGED: DefectKind.DAMAGE}
)
"""The defect that a line of the unpacking inspection stands for."""

MOST_NAMED = 20
"""Open defects that a refusal names."""

UNDER_WAY = "in_progress partly_accepted"

LIFECYCLE = Lifecycle(
    "installation_state",
    InstallationState.PLANNED,
    MappingProxyType(
        {
            "start": step(
                "planned", "in_progress", "warranty.installation.started", "goods accepted at the destination"
            ),
            "assignTechnicians": step(
                f"planned {UNDER_WAY}", None, "warranty.installation.technicians_assigned", "technician_ids"
            ),
            "replaceTechnician": step(
                f"planned {UNDER_WAY}",
                None,
                "warranty.installation.technician_replaced",
                "technician_id",
                "reason",
            ),
            "completeStep": step(
                "in_progress", None, "warranty.installation.step_completed", "step", "record", "the order"
            ),
            "acceptPartly": step(
                UNDER_WAY,
                "partly_accepted",
                "warranty.installation.partly_accepted",
                "asset_ids",
                "signature",
                "every step done",
                "no open blocking defect",
            ),
            "accept": step(
                UNDER_WAY,
                "accepted",
                "warranty.installation.accepted",
                "signature",
                "every step done",
                "no open blocking defect",
            ),
            "cancel": step("planned in_progress", "cancelled", "warranty.installation.cancelled", "reason"),
        }
    ),
    roles=MappingProxyType({"cancel": LEADS}),
    customer_may=frozenset({"replaceTechnician"}),
)

DEFECT_LIFECYCLE = Lifecycle(
    "defect_state",
    DefectState.OPEN,
    MappingProxyType(
        {
            "changeDeadline": step("open", None, "warranty.defect.deadline_changed", "due_at", "reason"),
            "resolve": step("open", "resolved", "warranty.defect.resolved", "how", "the figure in its range"),
        }
    ),
)


@dataclass(frozen=True, slots=True)
class StepPlan:
    """One step of an installation as data.

    Args:
        code: what it is called in the API.
        kind: what its record holds.
        label_zh: its Chinese label.
        label_en: its English label.
    """

    code: str
    kind: StepKind
    label_zh: str
    label_en: str


def plan_steps(
    standard: Sequence[StepPlan], further: Iterable[tuple[str | None, StepPlan]]
) -> list[StepPlan]:
    """The steps of one installation: the standard ones in order, with further ones after those they name.

    Args:
        standard: the plan's duties (§1.2.2).
        further: each with the code of the step it follows; ``None`` puts it at the end.

    Raises:
        Invalid: ``step-code-taken`` or ``step-unknown``.
    """
    steps = list(standard)
    for number, (after, plan) in enumerate(further):
        codes = [one.code for one in steps]
        if plan.code in codes:
            raise Invalid("step-code-taken", pointer=f"#/further_steps/{number}/code", step=plan.code)
        if after is not None and after not in codes:
            raise Invalid("step-unknown", pointer=f"#/further_steps/{number}/after", step=after)
        steps.insert(len(steps) if after is None else codes.index(after) + 1, plan)
    return steps


def check_next(asked: str, open_steps: Sequence[str], known: Iterable[str]) -> None:
    """Steps are completed in their order.

    Args:
        asked: the step to be completed.
        open_steps: codes of what is not done, in order.
        known: codes of all steps.

    Raises:
        Invalid: ``step-unknown``.
        Conflict: ``step-done`` or ``step-out-of-order``.
    """
    if asked not in set(known):
        raise Invalid("step-unknown", pointer="#/step", step=asked)
    if asked not in open_steps:
        raise Conflict("step-done", step=asked)
    if asked != open_steps[0]:
        raise Conflict("step-out-of-order", step=asked, next_step=open_steps[0])


def barred(*, has_goods: bool, open_step_count: int) -> frozenset[str]:
    """What the goods or the steps keep from being done now.

    Defects are not asked: which of them stand in the way depends on what is accepted.
    """
    found = set() if has_goods else {"start"}
    return frozenset(found | ({"accept", "acceptPartly"} if open_step_count else {"completeStep"}))


def has_goods(accepted_on: object, reference: str | None) -> bool:
    """Whether the goods were accepted at their destination, by a referenced document."""
    return accepted_on is not None and bool(reference)


def check_goods(accepted_on: object, reference: str | None) -> None:
    """Installation begins once the goods were accepted.

    Raises:
        Conflict: ``goods-not-accepted``.
    """
    if not has_goods(accepted_on, reference):
        raise Conflict("goods-not-accepted")


def is_in_range(measured: float, required_min: float | None, required_max: float | None) -> bool:
    """Whether a measured figure meets what is required of it."""
    return (required_min is None or measured >= required_min) and (
        required_max is None or measured <= required_max
    )


def check_meetable(item: str, least: float | None, most: float | None, pointer: str) -> None:
    """What is required of a figure can be met.

    Raises:
        Invalid: ``figure-range-empty``: the least is more than the most.
    """
    if least is not None and most is not None and least > most:
        raise Invalid("figure-range-empty", pointer=pointer, item=item)


def failed(items: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The items of a performance test that miss what is required."""
    return [
        one for one in items if not is_in_range(one["measured"], one["required_min"], one["required_max"])
    ]


def check_ready(open_steps: Sequence[str], blocking_defects: Mapping[str, str]) -> None:
    """Acceptance needs every step done and no open blocking defect.

    Args:
        open_steps: codes of what is not done.
        blocking_defects: id of each open defect that stands in the way, and what it is about.

    Raises:
        Conflict: ``steps-open`` or ``defects-open``.
    """
    if open_steps:
        raise Conflict("steps-open", steps=list(open_steps))
    if blocking_defects:
        raise Conflict(
            "defects-open",
            count=len(blocking_defects),
            items=list(dict.fromkeys(blocking_defects.values()))[:MOST_NAMED],
            defect_ids=list(blocking_defects)[:MOST_NAMED],
        )


def out_of_range(pointer: str, measured: float, least: float | None, most: float | None) -> Invalid:
    """The refusal of a figure that misses what is required, which may be open on either side."""
    told = (("≥", least), ("≤", most))
    return Invalid(
        "figure-out-of-range",
        pointer=pointer,
        measured=measured,
        required_min=least,
        required_max=most,
        required=", ".join(f"{sign} {figure:g}" for sign, figure in told if figure is not None),
    )


def check_repair(required_min: float | None, required_max: float | None, measured: float | None) -> None:
    """A missed figure is settled by measuring it again, within its range (§1.2.3.1(1)).

    Raises:
        Invalid: ``figure-not-measured`` or ``figure-out-of-range``.
    """
    if required_min is None and required_max is None:
        return
    if measured is None:
        raise Invalid("figure-not-measured", pointer="#/measured")
    if not is_in_range(measured, required_min, required_max):
        raise out_of_range("#/measured", measured, required_min, required_max)


def check_has_deadline(kind: str, due_at: datetime | None) -> None:
    """A quality defect carries the deadline that the customer sets (§1.2.2).

    Raises:
        Invalid: ``deadline-missing``.
    """
    if kind == DefectKind.QUALITY and due_at is None:
        raise Invalid("deadline-missing", pointer="#/due_at")


def check_deadline(due_at: datetime, recorded_at: datetime) -> None:
    """The customer's deadline lies after the defect was recorded.

    Raises:
        Invalid: ``deadline-passed``.
    """
    if due_at <= recorded_at:
        raise Invalid("deadline-passed", pointer="#/due_at", recorded_at=recorded_at.isoformat())


def check_acceptance(
    accepted_at: datetime, accepted_on: date, shipped_on: date | None, now: datetime
) -> None:
    """An acceptance that is told later lies in the past, and not before the shipment.

    Args:
        accepted_at: when it was.
        accepted_on: the day that is where the contract counts.
        shipped_on: the day of the shipment, if that is known.
        now: the present.

    Raises:
        Invalid: ``occurred-in-future`` or ``accepted-before-shipped``.
    """
    check_moment(accepted_at, "#/accepted_at", now)
    if shipped_on is not None and accepted_on < shipped_on:
        raise Invalid("accepted-before-shipped", pointer="#/accepted_at", shipped_on=shipped_on.isoformat())
