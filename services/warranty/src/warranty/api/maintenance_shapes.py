"""What is told and shown of maintenance plans."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.web.shapes import (
    Code,
    Day,
    ListQuery,
    Maybe,
    Occasion,
    OutInstant,
    OutShape,
    Page,
    Shape,
    Text,
    sortable,
)
from common.web.told import Act, ActWithReason, Name, Number
from warranty.api.told import Figure, Unit
from warranty.domain.inspections import ItemKind
from warranty.domain.maintenance import LIFECYCLE, IntervalUnit, PlanState
from warranty.policy import LEAD_DAYS
from warranty.tables.maintenance import MaintenancePlan

Title = Annotated[str, Text(200), Field(examples=["Half-yearly inspection of the UPS room"])]
LeadDays = Annotated[int, Field(ge=0, le=365, description="Days before its day at which a visit appears.")]
Severity = Annotated[int, Field(ge=1, le=4, description="Fault level of what is found out of order.")]


class ChecklistItem(Shape):
    """Something to read (a figure with its expected range) or to check (in order or not)."""

    code: Code
    kind: ItemKind = ItemKind.READING
    label_zh: Annotated[str, Text(200), Field(examples=["电池内阻"])]
    label_en: Annotated[str, Text(200), Field(examples=["Battery resistance"])]
    unit: Unit = ""
    expected_min: Maybe[Figure] = None
    expected_max: Maybe[Figure] = None
    severity: Severity = 3
    is_required: bool = True
    is_hour_meter: Annotated[
        bool,
        Field(description="The asset's own meter, in h; it counts for terms limited by hours."),
    ] = False


Checklist = Annotated[list[ChecklistItem], Field(max_length=200)]


class PlanSchedule(Shape):
    """Every so many weeks or months from the first visit, or the dates agreed on."""

    interval_unit: Maybe[IntervalUnit] = None
    interval_count: Maybe[Annotated[int, Field(ge=1, le=520)]] = None
    first_on: Annotated[Maybe[Day], Field(description="Day of the first visit of an interval.")] = None
    dates: Annotated[list[Day], Field(max_length=200)] = []
    ends_on: Annotated[
        Maybe[Day], Field(description="Last day of the plan. Left out: the contract's, if it has one.")
    ] = None


class MaintenancePlanCreate(Act):
    """What is looked at, on which dates, as agreed; an older one is told with when it was drafted."""

    title: Title
    site_id: UUID
    asset_id: Annotated[Maybe[UUID], Field(description="Left out: the site as a whole.")] = None
    contract_id: Maybe[UUID] = None
    schedule: PlanSchedule
    lead_days: LeadDays = LEAD_DAYS
    checklist: Checklist = []
    agreed_by: Annotated[Maybe[Name], Field(description="Who agreed to the dates for the customer.")] = None
    agreed_at: Maybe[Occasion] = None


class MaintenancePlanUpdate(Shape):
    """Corrections of what is looked at; dates change through `:changeSchedule`."""

    title: Maybe[Title] = None
    lead_days: Maybe[LeadDays] = None
    checklist: Maybe[Checklist] = None


class ActivateMaintenancePlan(Act):
    """Who agreed to the dates for the customer, where that is not known yet."""

    agreed_by: Maybe[Name] = None
    agreed_at: Maybe[Occasion] = None


class ChangeSchedule(ActWithReason):
    """The dates that the customer agreed to instead."""

    schedule: PlanSchedule
    agreed_by: Name
    agreed_at: Occasion


class MaintenancePlanOut(OutShape):
    """A maintenance plan with its next visit."""

    id: UUID
    number: str
    title: str
    customer_id: UUID
    site_id: UUID
    asset_id: UUID | None
    contract_id: UUID | None
    state: PlanState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    time_zone: str
    interval_unit: IntervalUnit | None
    interval_count: int | None
    first_on: Day | None
    dates: list[Day]
    ends_on: Day | None
    lead_days: int
    checklist: list[dict[str, Any]]
    agreed_by: str | None
    agreed_at: OutInstant | None
    visit_count: Annotated[int, Field(description="Visits that have appeared.")]
    next_due_on: Day | None
    next_at: Annotated[OutInstant | None, Field(description="When the next visit appears.")]
    reason: Annotated[str | None, Field(description="Why it is suspended or over.")]
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: MaintenancePlan, caller: Caller) -> "MaintenancePlanOut":
        """The plan as ``caller`` sees it."""
        actions = LIFECYCLE.open_to(row.state, caller.roles, is_customer=caller.customer_id is not None)
        return cls.model_validate({**vars(row), "allowed_actions": actions})


class MaintenancePlanPage(Page[MaintenancePlanOut]):
    """A page of maintenance plans."""


class MaintenancePlanFilters(ListQuery):
    """Filters of the list of maintenance plans."""

    number: Number = None
    customer_id: Maybe[UUID] = None
    site_id: Maybe[UUID] = None
    asset_id: Maybe[UUID] = None
    contract_id: Maybe[UUID] = None
    state: Annotated[list[PlanState], Field(max_length=4)] = []
    sort: Annotated[str, sortable("created_at")] = "-created_at"
