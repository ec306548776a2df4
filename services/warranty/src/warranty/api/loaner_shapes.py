"""What is told and shown of loaners."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.web.shapes import (
    Day,
    Flag,
    ListQuery,
    Maybe,
    OutInstant,
    OutShape,
    Page,
    sortable,
)
from common.web.told import Act, ActWithReason, Note
from warranty.api.told import SerialNumber
from warranty.domain.loaners import LIFECYCLE, LoanerCondition, LoanerState, LoanGround
from warranty.tables.loaners import Loaner


class LoanerCreate(Act):
    """One piece from stock for a customer's site; without a claim for a repair out of warranty."""

    part_id: UUID
    customer_id: UUID
    site_id: UUID
    due_on: Annotated[Day, Field(description="Last day on which it may be away, in the customer's zone.")]
    serial_number: Maybe[SerialNumber] = None
    warehouse_id: Annotated[Maybe[UUID], Field(description="Left out: the nearest one that has it.")] = None
    claim_id: Maybe[UUID] = None
    ticket_id: Maybe[UUID] = None


class ReturnLoaner(Act):
    """How it came back; a damaged piece is scrapped, with what its inspection found as the reason."""

    condition: LoanerCondition
    inspection: Annotated[
        Maybe[Note], Field(description="What the return inspection found; needed where it is damaged.")
    ] = None
    warehouse_id: Annotated[Maybe[UUID], Field(description="Left out: where it came from.")] = None


class ExtendLoaner(ActWithReason):
    """Until when it may stay."""

    due_on: Day


class ExtensionOut(OutShape):
    """A due date that was moved."""

    previous_due_on: Day
    due_on: Day
    reason: str
    at: OutInstant


class LoanerOut(OutShape):
    """A piece lent to a customer's site."""

    id: UUID
    customer_id: UUID
    site_id: UUID
    part_id: UUID
    warehouse_id: UUID
    serial_number: str | None
    lot: str | None
    ground: LoanGround
    claim_id: UUID | None
    ticket_id: UUID | None
    state: LoanerState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    due_on: Day
    is_overdue: Annotated[bool, Field(description="The due day is over, and that was told.")]
    extensions: list[ExtensionOut]
    lent_at: OutInstant
    returned_at: OutInstant | None
    condition: LoanerCondition | None
    inspection: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Loaner, caller: Caller) -> "LoanerOut":
        """The loaner as ``caller`` sees it."""
        actions = LIFECYCLE.open_to(row.state, caller.roles, is_customer=caller.customer_id is not None)
        return cls.model_validate({**vars(row), "allowed_actions": actions})


class LoanerPage(Page[LoanerOut]):
    """A page of loaners."""


class LoanerFilters(ListQuery):
    """Filters of the list of loaners."""

    customer_id: Maybe[UUID] = None
    site_id: Maybe[UUID] = None
    part_id: Maybe[UUID] = None
    claim_id: Maybe[UUID] = None
    ticket_id: Maybe[UUID] = None
    state: Annotated[list[LoanerState], Field(max_length=3)] = []
    is_overdue: Maybe[Flag] = None
    due_before: Maybe[Day] = None
    sort: Annotated[str, sortable("created_at", "due_on")] = "-created_at"
