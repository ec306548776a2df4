"""What records of an installation may say: steps in their time, pieces counted, figures required (§1.2.2)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from common.errors import Invalid
from warranty.domain.installations import UnpackingCondition, check_meetable
from warranty.domain.past import check_moment


def check_trial_run(started_at: datetime, ended_at: datetime, required_hours: float, now: datetime) -> None:
    """A trial run lies in the past and lasts as long as was agreed.

    Raises:
        Invalid: ``occurred-in-future``, ``period-empty`` or ``trial-run-too-short``.
    """
    check_moment(ended_at, "#/record/ended_at", now)
    if ended_at <= started_at:
        raise Invalid("period-empty", pointer="#/record/ended_at")
    ran = ended_at - started_at
    if ran < timedelta(hours=required_hours):
        raise Invalid(
            "trial-run-too-short",
            pointer="#/record/ended_at",
            hours=round(ran / timedelta(hours=1), 2),
            required_hours=required_hours,
        )


def done_until(started_at: datetime | None, done: Iterable[datetime | None]) -> datetime:
    """Until when there was work: the last step that is done, or else the beginning."""
    return max(moment for moment in (started_at, *done) if moment is not None)


def check_trial_times(
    started_at: datetime, ended_at: datetime, *, ready_at: datetime, done_at: datetime
) -> None:
    """A trial run begins when what comes before it is done, and its step is done when it is over.

    Args:
        started_at: when it began.
        ended_at: when it ended.
        ready_at: when work began at the site, or the step before was done.
        done_at: when its own step was.

    Raises:
        Invalid: ``trial-run-too-early`` or ``trial-run-not-over``.
    """
    if started_at < ready_at:
        pointer = "#/record/started_at"
        raise Invalid("trial-run-too-early", pointer=pointer, not_before=ready_at.isoformat())
    if ended_at > done_at:
        raise Invalid("trial-run-not-over", pointer="#/record/ended_at", done_at=done_at.isoformat())


def check_signed(signed_at: datetime, done_at: datetime) -> None:
    """The customer signs what is done.

    Args:
        signed_at: when the signature was given.
        done_at: when the last step was done, or work began.

    Raises:
        Invalid: ``signed-too-early``.
    """
    if signed_at < done_at:
        raise Invalid("signed-too-early", pointer="#/signature/signed_at", not_before=done_at.isoformat())


def check_unpacked(items: Sequence[Mapping[str, Any]]) -> None:
    """A line of the unpacking inspection with pieces missing is not complete.

    Raises:
        Invalid: ``unpacked-incomplete``.
    """
    for number, line in enumerate(items):
        if line["condition"] == UnpackingCondition.COMPLETE and line["found"] < line["expected"]:
            pointer = f"#/record/items/{number}/condition"
            told = {name: line[name] for name in ("item", "expected", "found")}
            raise Invalid("unpacked-incomplete", pointer=pointer, **told)


def check_required(items: Sequence[Mapping[str, Any]], pointer: str) -> None:
    """A figure is tested against what is required of it, on one side at least, and can meet it.

    Args:
        items: figures as they were measured.
        pointer: where they stand in the body.

    Raises:
        Invalid: ``figure-not-required`` or ``figure-range-empty``.
    """
    for number, one in enumerate(items):
        least, most = one["required_min"], one["required_max"]
        if least is None and most is None:
            raise Invalid("figure-not-required", pointer=f"{pointer}/{number}/required_min", item=one["item"])
        check_meetable(one["item"], least, most, f"{pointer}/{number}/required_max")


def check_record(kind: str, record: Mapping[str, Any]) -> None:
    """The record is of the step's kind.

    Raises:
        Invalid: ``record-unfit`` with the kind that is needed.
    """
    if record["kind"] != kind:
        raise Invalid("record-unfit", pointer="#/record/kind", kind=kind)
