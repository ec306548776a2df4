"""The life of an import."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from common.errors import Conflict
from common.lifecycle import Lifecycle, step


class ImportState(StrEnum):
    """Where an import stands."""

    QUEUED = "queued"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL = frozenset({ImportState.SUCCEEDED, ImportState.FAILED, ImportState.CANCELLED})


class Outcome(StrEnum):
    """What a row of the file means for what is known."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


NOBODY: frozenset[str] = frozenset()

LIFECYCLE = Lifecycle(
    "import_state",
    ImportState.QUEUED,
    MappingProxyType(
        {
            "check": step("queued", "checking", "warranty.import.checking_begun"),
            "report": step("checking", "checked", "warranty.import.checked"),
            "run": step("checked", "running", "warranty.import.started", "no wrong rows"),
            "succeed": step("running", "succeeded", "warranty.import.succeeded"),
            "fail": step("queued checking checked running", "failed", "warranty.import.failed", "reason"),
            "cancel": step("queued checking checked", "cancelled", "warranty.import.cancelled"),
        }
    ),
    roles=MappingProxyType(dict.fromkeys(("check", "report", "succeed", "fail"), NOBODY)),
)
"""What the worker does by itself is open to nobody."""


def check_runnable(*, wrong_count: int, has_rows: bool) -> None:
    """A checked file is imported as a whole, and while its rows are kept.

    Raises:
        Conflict: ``import-has-problems`` or ``import-expired``.
    """
    if wrong_count:
        raise Conflict("import-has-problems", wrong_count=wrong_count)
    if not has_rows:
        raise Conflict("import-expired")


def barred(*, wrong_count: int, has_rows: bool) -> frozenset[str]:
    """What a checked file with wrong rows, or one whose rows are gone, cannot be asked for."""
    return frozenset({"run"} if wrong_count or not has_rows else ())


def is_over(state: str, wrong_count: int) -> bool:
    """Whether nothing of a file will be written any more: it ended, or was checked and has wrong rows."""
    return state in FINAL or (state == ImportState.CHECKED and wrong_count > 0)


def counted(outcomes: Mapping[Outcome, int]) -> dict[str, int]:
    """The counts of an import by its rows' outcomes."""
    return {f"{outcome.value}_count": outcomes.get(outcome, 0) for outcome in Outcome}
