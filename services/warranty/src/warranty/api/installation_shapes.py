"""What is told and shown of installations, steps and defects."""

from typing import Annotated, Any, ClassVar, Literal
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
from warranty.api.told import Figure, Item, Reference, Signature, SpecifiedItem, Unit
from warranty.domain import installations as rules
from warranty.domain.installations import (
    LIFECYCLE,
    InstallationState,
    LiableParty,
    StepKind,
    UnpackingCondition,
)
from warranty.policy import TRIAL_RUN_HOURS
from warranty.tables.installations import Installation, InstallationAsset, InstallationStep

Specification = Annotated[str, Text(500), Field(examples=["TS-2026-014 rev. B"])]
Notes = Annotated[str, Prose(10_000, 0), WITHOUT_SECRETS]
AssetIds = Annotated[list[UUID], Field(min_length=1, max_length=500)]
Technicians = Annotated[list[UUID], Field(max_length=50)]


class FurtherStep(Shape):
    """A step beyond the plan's duties; it follows the step it names, or comes last."""

    code: Code
    kind: StepKind = StepKind.NOTES
    label_zh: Annotated[str, Text(100), Field(examples=["防雷检测"])]
    label_en: Annotated[str, Text(100), Field(examples=["Lightning protection test"])]
    after: Maybe[Code] = None


class InstallationCreate(Act):
    """The installation of a delivery at a site, by a referenced specification."""

    site_id: UUID
    contract_id: Maybe[UUID] = None
    asset_ids: AssetIds
    specification: Specification
    goods_accepted_on: Annotated[Maybe[Day], Field(description="Goods acceptance at the destination.")] = None
    goods_reference: Maybe[Reference] = None
    trial_run_hours: Annotated[float, Field(ge=0, le=8_784)] = TRIAL_RUN_HOURS
    planned_from: Maybe[Day] = None
    planned_to: Maybe[Day] = None
    technician_ids: Technicians = []
    further_steps: Annotated[list[FurtherStep], Field(max_length=50)] = []


class InstallationUpdate(Shape):
    """Corrections; a field left out stays, null clears it."""

    specification: Maybe[Specification] = None
    goods_accepted_on: Day | None = None
    goods_reference: Reference | None = None
    trial_run_hours: Maybe[Annotated[float, Field(ge=0, le=8_784)]] = None
    planned_from: Day | None = None
    planned_to: Day | None = None


class UnpackedLine(Shape):
    """What was found of one line of the delivery; what is short or damaged becomes a defect."""

    item: Item
    expected: Annotated[int, Field(ge=0, le=1_000_000)]
    found: Annotated[int, Field(ge=0, le=1_000_000)]
    condition: UnpackingCondition
    is_blocking: bool = True
    liable_party: LiableParty | None = None
    remark: Notes = ""


class Reading(Shape):
    """A figure read during the trial run."""

    item: Item
    value: Figure
    unit: Unit = ""
    read_at: Occasion


class NotesRecord(Shape):
    """The record of a step in words."""

    kind: Literal[StepKind.NOTES]
    notes: Annotated[
        str, Prose(10_000), WITHOUT_SECRETS, Field(examples=["Handed over to the data centre's manager."])
    ]


class UnpackingRecord(Shape):
    """The record of the unpacking inspection."""

    kind: Literal[StepKind.UNPACKING]
    items: Annotated[list[UnpackedLine], Field(min_length=1, max_length=1_000)]
    notes: Notes = ""


class TrialRunRecord(Shape):
    """The record of the trial run."""

    kind: Literal[StepKind.TRIAL_RUN]
    started_at: Occasion
    ended_at: Occasion
    readings: Annotated[list[Reading], Field(max_length=1_000)] = []
    notes: Notes = ""


class PerformanceRecord(Shape):
    """The record of the performance acceptance test; a missed figure becomes a blocking defect."""

    kind: Literal[StepKind.PERFORMANCE]
    items: Annotated[list[SpecifiedItem], Field(min_length=1, max_length=1_000)]
    notes: Notes = ""


StepRecord = Annotated[
    NotesRecord | UnpackingRecord | TrialRunRecord | PerformanceRecord, Field(discriminator="kind")
]


class CompleteStep(Act):
    """A step as it was done."""

    step: Code
    record: StepRecord
    people: Annotated[list[Name], Field(max_length=50)] = []
    attachments: Annotated[list[Reference], Field(max_length=100)] = []
    signed_off_by: Name


class AssignTechnicians(Act):
    """Who does the work."""

    technician_ids: Annotated[list[UUID], Field(min_length=1, max_length=50)]


class ReplaceTechnician(ActWithReason):
    """Who is replaced, and by whom."""

    technician_id: UUID
    replacement_id: Maybe[UUID] = None


class AcceptInstallation(Act):
    """The customer's signature; without items the performance test's figures are accepted."""

    signature: Signature
    items: Annotated[list[SpecifiedItem], Field(max_length=1_000)] = []


class AcceptInstallationPartly(AcceptInstallation):
    """Some of the assets of the delivery."""

    asset_ids: AssetIds


class StepOut(OutShape):
    """A step, open until it was recorded and signed off."""

    code: str
    kind: StepKind
    labels: dict[str, str]
    completed_at: OutInstant | None
    record: dict[str, Any] | None
    people: list[str]
    attachments: list[str]
    signed_off_by: str | None

    @classmethod
    def of(cls, row: InstallationStep) -> "StepOut":
        """The step with its labels."""
        return cls.model_validate({**vars(row), "labels": {"zh-CN": row.label_zh, "en": row.label_en}})


class InstalledAssetOut(OutShape):
    """An asset of the delivery."""

    asset_id: UUID
    accepted_at: OutInstant | None
    signature: dict[str, Any] | None


class InstallationOut(OutShape):
    """The work from hand-over to acceptance of one delivery at one site."""

    id: UUID
    number: str
    customer_id: UUID
    site_id: UUID
    contract_id: UUID | None
    state: InstallationState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    specification: str
    goods_accepted_on: Day | None
    goods_reference: str | None
    trial_run_hours: float
    open_step_count: Annotated[int, Field(description="Steps still to be done; acceptance needs them all.")]
    planned_from: Day | None
    planned_to: Day | None
    technician_ids: list[UUID]
    replacements: list[dict[str, Any]]
    started_at: OutInstant | None
    accepted_at: OutInstant | None
    cancelled_reason: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Installation, caller: Caller) -> "InstallationOut":
        """The installation as ``caller`` sees it."""
        has_goods = rules.has_goods(row.goods_accepted_on, row.goods_reference)
        actions = LIFECYCLE.open_to(
            row.state,
            caller.roles,
            is_customer=caller.customer_id is not None,
            barred=rules.barred(has_goods=has_goods, open_step_count=row.open_step_count),
        )
        return cls.model_validate({**vars(row), "allowed_actions": actions})


class InstallationDetailOut(InstallationOut):
    """An installation with its steps in order and its assets."""

    shows_others: ClassVar[bool] = True

    steps: list[StepOut]
    assets: list[InstalledAssetOut]


def detail(
    row: Installation, steps: list[InstallationStep], assets: list[InstallationAsset], caller: Caller
) -> InstallationDetailOut:
    """The installation with what belongs to it."""
    shown = InstallationOut.of(row, caller)
    return InstallationDetailOut(
        **dict(shown),
        steps=[StepOut.of(one) for one in steps],
        assets=[InstalledAssetOut.model_validate(one) for one in assets],
    )


class InstallationPage(Page[InstallationOut]):
    """A page of installations."""


class InstallationFilters(ListQuery):
    """Filters of the list of installations."""

    customer_id: Maybe[UUID] = None
    site_id: Maybe[UUID] = None
    contract_id: Maybe[UUID] = None
    number: Number = None
    state: Annotated[list[InstallationState], Field(max_length=5)] = []
    sort: Annotated[str, sortable("created_at")] = "-created_at"
