"""What is shown of inspections that contracts owe."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from common.web.shapes import Day, Flag, ListQuery, Maybe, OutInstant, OutShape, Page, sortable
from warranty.domain.obligations import ObligationState, WithdrawalReason
from warranty.tables.obligations import InspectionObligation


class InspectionObligationOut(OutShape):
    """One inspection owed under a contract, in a period of the contract's year."""

    shows_others: ClassVar[bool] = True  # whether it is overdue now

    id: UUID
    contract_id: UUID
    customer_id: UUID
    state: ObligationState
    state_changed_at: OutInstant
    contract_year: Annotated[int, Field(description="Which year of the contract, from 1.")]
    period: Annotated[int, Field(description="Which period of that year, from 1.")]
    from_on: Day
    to_on: Annotated[Day, Field(description="Its last day, included.")]
    due_at: Annotated[OutInstant, Field(description="The end of that day.")]
    time_zone: str
    opened_at: Annotated[
        OutInstant, Field(description="Since when it is owed: the period began, or the contract was known.")
    ]
    inspection_id: Annotated[UUID | None, Field(description="The visit that keeps it.")]
    kept_at: Annotated[OutInstant | None, Field(description="When that visit was completed.")]
    is_late: Annotated[bool, Field(description="The visit that keeps it was completed after it was due.")]
    is_overdue: Annotated[bool, Field(description="It was due and nothing keeps it.")]
    withdrawal_reason: WithdrawalReason | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant

    @classmethod
    def of(cls, row: InspectionObligation, now: datetime) -> "InspectionObligationOut":
        """The obligation as it stands ``now``."""
        is_overdue = row.state == ObligationState.OPEN and row.due_at < now
        is_late = row.kept_at is not None and row.kept_at > row.due_at
        return cls.model_validate({**vars(row), "is_overdue": is_overdue, "is_late": is_late})


class InspectionObligationPage(Page[InspectionObligationOut]):
    """A page of obligations."""


class InspectionObligationFilters(ListQuery):
    """Filters of the list of obligations."""

    contract_id: Maybe[UUID] = None
    contract_year: Maybe[Annotated[int, Field(ge=1, le=10_000)]] = None
    customer_id: Maybe[UUID] = None
    inspection_id: Maybe[UUID] = None
    state: Annotated[list[ObligationState], Field(max_length=3)] = []
    is_overdue: Maybe[Flag] = None
    sort: Annotated[str, sortable("to_on")] = "to_on"
