"""What tickets have told so far, in whatever order: each fact as of the ticket's latest version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from warranty.domain.coverage import Cause


class HeardState(StrEnum):
    """What came of what was heard of a ticket."""

    DECIDED = "decided"
    NO_ASSET = "no_asset"
    ASSET_UNKNOWN = "asset_unknown"
    ASSET_OF_ANOTHER = "asset_of_another"
    ROUTINE_INSPECTION = "routine_inspection"


@dataclass(frozen=True, slots=True)
class Heard:
    """The facts of a ticket that decide who pays.

    Args:
        asset_id: the asset it names, if any.
        reported_at: when the fault was reported.
        failed_at: when it occurred, where that was told.
        facts_version: version of the ticket that told these.
        cause_code: the cause it was resolved with, if it was.
        cause_version: version of the ticket that told the cause; 0 while none did.
    """

    asset_id: UUID | None
    reported_at: datetime
    failed_at: datetime | None
    facts_version: int
    cause_code: str | None = None
    cause_version: int = 0

    @property
    def decided_for(self) -> datetime:
        """The instant the fault counts for: its own where that is told, else the report's."""
        return self.failed_at or self.reported_at


def merged(known: Heard, told: Heard) -> Heard:
    """``known`` with ``told``: the newer facts and the newer cause, whichever came first."""
    facts = told if told.facts_version > known.facts_version else known
    cause = told if told.cause_version > known.cause_version else known
    return replace(facts, cause_code=cause.cause_code, cause_version=cause.cause_version)


def cause_of(code: str | None, causes: Mapping[str, Cause]) -> Cause | None:
    """The cause that decides who pays; a code that nobody mapped needs a person's look."""
    return None if code is None else causes.get(code, Cause.UNCLEAR)
