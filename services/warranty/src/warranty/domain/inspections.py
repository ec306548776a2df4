"""Inspections: the checklist worked through, what was read, what was out of order (§1.2.4, §1.2.9)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from common.errors import Invalid
from common.lifecycle import LEADS, NOBODY, Lifecycle, step
from warranty.domain.installations import is_in_range

SERIOUS = 2
"""Severity up to which a finding makes the whole condition abnormal."""


class InspectionState(StrEnum):
    """Where an inspection stands."""

    DUE = "due"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class ItemKind(StrEnum):
    """How an item of a checklist is answered."""

    READING = "reading"
    CHECK = "check"


class InspectionCondition(StrEnum):
    """The running state that a visit found."""

    NORMAL = "normal"
    ATTENTION = "attention"
    ABNORMAL = "abnormal"


OPEN = "due in_progress"
HOURS = "h"
"""The unit of an hour meter."""

LIFECYCLE = Lifecycle(
    "inspection_state",
    InspectionState.DUE,
    MappingProxyType(
        {
            "assignTechnicians": step(
                OPEN, None, "warranty.inspection.technicians_assigned", "technician_ids"
            ),
            "assignContract": step(
                f"{OPEN} completed", None, "warranty.inspection.contract_assigned", "contract_id"
            ),
            "askDispatch": step("due", None, "warranty.inspection.dispatch_asked", "nobody sent yet"),
            "dispatch": step(
                f"{OPEN} completed cancelled", None, "warranty.inspection.dispatched", "ticketing's visit"
            ),
            "reschedule": step(
                "due", None, "warranty.inspection.rescheduled", "due_on", "the customer's agreement", "reason"
            ),
            "start": step("due", "in_progress", "warranty.inspection.started"),
            "complete": step(
                OPEN, "completed", "warranty.inspection.completed", "results", "every required item"
            ),
            "cancel": step(OPEN, "cancelled", "warranty.inspection.cancelled", "reason"),
        }
    ),
    roles=MappingProxyType(
        {"cancel": LEADS, "assignContract": LEADS, "askDispatch": NOBODY, "dispatch": NOBODY}
    ),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a checklist.

    Args:
        code: what it is called in the API.
        kind: a figure that is read, or something that is in order or not.
        label_zh: its Chinese label.
        label_en: its English label.
        unit: of the figure.
        expected_min: the least expected figure.
        expected_max: the greatest expected figure.
        severity: fault level (1-4) of what is found out of order.
        is_required: whether a visit is incomplete without it.
        is_hour_meter: whether it is the asset's own meter of its hours of operation, by which terms count.
    """

    code: str
    kind: ItemKind
    label_zh: str
    label_en: str
    unit: str
    expected_min: float | None
    expected_max: float | None
    severity: int
    is_required: bool
    is_hour_meter: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What was read or seen of one item, on one asset or the site as a whole; ``photos`` by reference."""

    item: str
    asset_id: UUID | None
    value: float | None
    is_ok: bool | None
    read_at: datetime | None
    note: str
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A result with its item and whether it is as expected."""

    item: Item
    result: Result
    is_normal: bool


def check_checklist(items: Sequence[Item]) -> None:
    """Codes are unique; only a figure has a unit and an expected range, the right way round.

    Raises:
        Invalid: ``item-code-taken``, ``range-unfit`` or ``hour-meter-unfit``.
    """
    _check_hour_meter(items)
    seen: set[str] = set()
    for number, one in enumerate(items):
        if one.code in seen:
            raise Invalid("item-code-taken", pointer=f"#/checklist/{number}/code", item=one.code)
        seen.add(one.code)
        low, high = one.expected_min, one.expected_max
        is_ranged = low is not None or high is not None
        is_crossed = low is not None and high is not None and low > high
        if is_crossed or (one.kind is ItemKind.CHECK and (is_ranged or one.unit)):
            raise Invalid("range-unfit", pointer=f"#/checklist/{number}", item=one.code)


def _check_hour_meter(items: Sequence[Item]) -> None:
    """One item at most is the hour meter: a reading in hours."""
    meters = [(number, one) for number, one in enumerate(items) if one.is_hour_meter]
    for place, (number, one) in enumerate(meters):
        if place or one.kind is not ItemKind.READING or one.unit != HOURS:
            raise Invalid("hour-meter-unfit", pointer=f"#/checklist/{number}/is_hour_meter", item=one.code)


def judge(items: Sequence[Item], results: Iterable[Result], asset_id: UUID | None) -> list[Judged]:
    """Results against the checklist.

    Args:
        items: the checklist.
        results: what was read and seen.
        asset_id: the asset that results are about which name none.

    Raises:
        Invalid: ``item-unknown``, ``result-unfit``, ``result-repeated`` or ``items-missing``.
    """
    known = {one.code: one for one in items}
    judged: dict[tuple[str, UUID | None], Judged] = {}
    for number, told in enumerate(results):
        pointer = f"#/results/{number}"
        item = known.get(told.item)
        if item is None:
            raise Invalid("item-unknown", pointer=f"{pointer}/item", item=told.item)
        key = (item.code, told.asset_id or asset_id)
        if key in judged:
            raise Invalid("result-repeated", pointer=pointer, item=item.code)
        judged[key] = Judged(item, told, _is_normal(item, told, pointer))
    missing = sorted({one.code for one in items if one.is_required} - {code for code, _ in judged})
    if missing:
        raise Invalid("items-missing", pointer="#/results", items=missing)
    return list(judged.values())


def _is_normal(item: Item, told: Result, pointer: str) -> bool:
    answer = told.value if item.kind is ItemKind.READING else told.is_ok
    other = told.is_ok if item.kind is ItemKind.READING else told.value
    if answer is None or other is not None:
        raise Invalid("result-unfit", pointer=pointer, item=item.code, kind=item.kind.value)
    if told.value is None:
        return bool(answer)
    return is_in_range(told.value, item.expected_min, item.expected_max)


def condition_of(severities: Iterable[int]) -> InspectionCondition:
    """The running state by the severities of what was found."""
    worst = min(severities, default=None)
    if worst is None:
        return InspectionCondition.NORMAL
    return InspectionCondition.ABNORMAL if worst <= SERIOUS else InspectionCondition.ATTENTION


def check_new_day(due_on: date, today: date) -> None:
    """A visit is put off to a day that is not over.

    Raises:
        Invalid: ``day-passed``.
    """
    if due_on < today:
        raise Invalid("day-passed", pointer="#/due_on", today=today.isoformat())


def check_other_day(due_on: date, previous: date) -> None:
    """A visit is put off to another day than the one agreed.

    Raises:
        Invalid: ``day-unchanged``.
    """
    if due_on == previous:
        raise Invalid("day-unchanged", pointer="#/due_on", due_on=previous.isoformat())


def item_of(stored: Mapping[str, Any]) -> Item:
    """An item as it is stored with a plan or an inspection."""
    return Item(**{**stored, "kind": ItemKind(stored["kind"])})
