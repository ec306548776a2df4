"""What is told and shown of inspections, findings and status reports."""

from typing import Annotated, Any, Literal
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
    Prose,
    Shape,
    Text,
    sortable,
)
from common.web.told import WITHOUT_SECRETS, Act, ActWithReason, Name, Number
from warranty.api.maintenance_shapes import ChecklistItem, Severity
from warranty.api.told import Asked, Figure, Signature
from warranty.domain import status_reports
from warranty.domain.inspections import LIFECYCLE, InspectionCondition, InspectionState
from warranty.tables.maintenance import Inspection

Remark = Annotated[str, Prose(5_000, 0), WITHOUT_SECRETS]
Photos = Annotated[
    list[Annotated[str, Text(500)]], Field(max_length=20, description="References of photos kept elsewhere.")
]


class InspectionCreate(Act):
    """A visit by itself, on a day agreed with the customer and not over when it was arranged."""

    site_id: UUID
    asset_id: Annotated[Maybe[UUID], Field(description="Left out: the site as a whole.")] = None
    contract_id: Annotated[
        Maybe[UUID],
        Field(
            description="The contract it counts under. Left out: the asset's, or the customer's only one in "
            "force that promises inspections."
        ),
    ] = None
    due_on: Day
    checklist: Annotated[list[ChecklistItem], Field(min_length=1, max_length=200)]
    agreed_by: Name
    agreed_at: Occasion


class AssignInspectors(Act):
    """Who goes there."""

    technician_ids: Annotated[list[UUID], Field(min_length=1, max_length=50)]


class AssignInspectionContract(Act):
    """The contract under which the visit counts."""

    contract_id: UUID


class RescheduleInspection(ActWithReason):
    """The day that the customer agreed to instead."""

    due_on: Day
    agreed_by: Name
    agreed_at: Occasion


class ItemResult(Shape):
    """What was read or seen of one item; on the site as a whole, or on the asset that is named."""

    item: Code
    asset_id: Maybe[UUID] = None
    value: Annotated[Maybe[Figure], Field(description="Of a reading.")] = None
    is_ok: Annotated[Maybe[bool], Field(description="Of a check.")] = None
    read_at: Annotated[Maybe[Occasion], Field(description="Left out: when the visit was completed.")] = None
    note: Remark = ""
    photos: Photos = []


class FoundAnomaly(Shape):
    """Something found beside the checklist."""

    item: Code
    severity: Severity = 3
    asset_id: Maybe[UUID] = None
    note: Annotated[
        str, Prose(5_000), WITHOUT_SECRETS, Field(examples=["White deposit on the terminals of block 7."])
    ]
    photos: Photos = []


class CompleteInspection(Act):
    """The checklist worked through; what is out of its range becomes a finding by itself."""

    results: Annotated[list[ItemResult], Field(max_length=2_000)]
    anomalies: Annotated[list[FoundAnomaly], Field(max_length=200)] = []
    summary: Remark = ""
    recommendations: Remark = ""
    signature: Annotated[Maybe[Signature], Field(description="Of the customer.")] = None


class InspectionOut(OutShape):
    """One visit."""

    id: UUID
    number: str
    plan_id: UUID | None
    contract_id: Annotated[UUID | None, Field(description="The contract under which it counts.")]
    customer_id: UUID
    site_id: UUID
    asset_id: UUID | None
    state: InspectionState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    planned_on: Day
    due_on: Day
    due_at: Annotated[OutInstant, Field(description="The end of the day it is due on.")]
    time_zone: str
    agreed_by: str | None
    agreed_at: OutInstant | None
    reschedules: list[dict[str, Any]]
    checklist: list[dict[str, Any]]
    technician_ids: list[UUID]
    ticket_id: Annotated[UUID | None, Field(description="Ticketing's request that sends somebody for it.")]
    visit_id: Annotated[UUID | None, Field(description="The latest visit on that request.")]
    visit_state: Annotated[
        str | None,
        Field(description="Where that visit stands, as ticketing names it.", examples=["requested"]),
    ]
    started_at: OutInstant | None
    completed_at: OutInstant | None
    condition: InspectionCondition | None
    report_checksum: str | None
    cancelled_reason: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Inspection, caller: Caller) -> "InspectionOut":
        """The inspection as ``caller`` sees it."""
        actions = LIFECYCLE.open_to(row.state, caller.roles, is_customer=caller.customer_id is not None)
        return cls.model_validate({**vars(row), "allowed_actions": actions})


class InspectionPage(Page[InspectionOut]):
    """A page of inspections."""


class InspectionFilters(ListQuery):
    """Filters of the list of inspections."""

    number: Number = None
    plan_id: Maybe[UUID] = None
    contract_id: Maybe[UUID] = None
    customer_id: Maybe[UUID] = None
    site_id: Maybe[UUID] = None
    asset_id: Maybe[UUID] = None
    state: Annotated[list[InspectionState], Field(max_length=4)] = []
    due_after: Annotated[Maybe[Day], Field(description="Due on this day or later.")] = None
    due_before: Annotated[Maybe[Day], Field(description="Due on this day or earlier.")] = None
    sort: Annotated[str, sortable("due_on")] = "due_on"


class FindingOut(OutShape):
    """Something found out of order."""

    id: UUID
    inspection_id: UUID
    customer_id: UUID
    site_id: UUID
    asset_id: UUID | None
    item: str
    severity: int
    value: float | None
    unit: str | None
    expected_min: float | None
    expected_max: float | None
    note: str
    photos: list[str]
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str


class FindingPage(Page[FindingOut]):
    """A page of findings."""


class FindingFilters(ListQuery):
    """Filters of the list of findings."""

    inspection_id: Maybe[UUID] = None
    customer_id: Maybe[UUID] = None
    asset_id: Maybe[UUID] = None
    sort: Annotated[str, sortable("created_at")] = "-created_at"


class StatusReportOut(OutShape):
    """The status report of a visit, as it was frozen at completion; the checksum is its SHA-256."""

    inspection_id: UUID
    number: str
    issued_at: OutInstant
    checksum: str
    document: dict[str, Any]

    @classmethod
    def of(cls, row: Inspection) -> "StatusReportOut":
        """The report of a completed inspection."""
        return cls(
            inspection_id=row.id,
            number=row.number,
            issued_at=row.state_changed_at,
            checksum=row.report_checksum or "",
            document=status_reports.read(row.report or "{}"),
        )


class PageQuery(Asked):
    """The language of a printable page."""

    language: Literal["zh-CN", "en"] = "zh-CN"


class StatusReportPageOut(OutShape):
    """A status report as a page to be printed."""

    inspection_id: UUID
    file_name: str
    language: Literal["zh-CN", "en"]
    text: Annotated[str, Field(description="HTML, complete in itself.")]
