"""What is told and shown of contracts."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from common.context import Caller
from common.web.shapes import (
    Code,
    Day,
    ListQuery,
    Maybe,
    OutInstant,
    OutShape,
    Page,
    Prose,
    Shape,
    Slug,
    Text,
    sortable,
)
from common.web.told import WITHOUT_SECRETS, Act, Currency
from warranty.api.told import CustomerId, Figure, Item, Money, NaturalKey, TimeZone, Unit, Written
from warranty.domain.contracts import LIFECYCLE, ContractState, RequirementStatus
from warranty.domain.coverage import Cause
from warranty.policy import DEFAULT_CURRENCY
from warranty.tables.contracts import Contract

Months = Annotated[int, Field(ge=1, le=600)]
PerYear = Annotated[int, Field(ge=0, le=366)]
RuleText = Annotated[
    str,
    Text(500),
    Field(
        description="When a term ends, e.g. `earlier_of(installed + 12 months, shipped + 18 months)`.",
        examples=["accepted + 24 months"],
    ),
]
Exclusions = Annotated[list[Cause], Field(max_length=50, description="Causes that are not covered.")]
Codes = Annotated[list[Annotated[str, Text(100)]], Field(max_length=500)]


ResponseOverrides = Annotated[
    dict[Code, Annotated[int, Field(ge=60, le=31_536_000)]],
    Field(max_length=50, description="Seconds by metric, where the contract promises other times."),
]


class Terms(Shape):
    """Rules of the warranty; what is left out lasts for the contract's months from acceptance."""

    parts: Maybe[RuleText] = None
    labour: Maybe[RuleText] = None
    travel: Maybe[RuleText] = None
    ordinary_part: Annotated[
        Maybe[RuleText],
        Field(description="For replaced ordinary parts.", examples=["greater_of(90 days, remainder)"]),
    ] = None
    components: Annotated[
        Maybe[dict[Written, RuleText]],
        Field(description="By part number; kept in capitals, case does not count.", max_length=500),
    ] = None


class ContractScope(Shape):
    """What the warranty covers, by product, technology, module and part; an empty list covers all."""

    products: Codes = []
    technologies: Codes = []
    modules: Codes = []
    parts: Codes = []


class BidFigure(Shape):
    """A technical figure that the bid promised."""

    item: Item
    unit: Unit = ""
    required_min: Figure | None = None
    required_max: Figure | None = None


RequirementId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
    Field(description="Its number as the tender has it.", examples=["3.2.1"]),
]


class Requirement(Shape):
    """A requirement of the tender (§1.2)."""

    id: RequirementId
    text: Annotated[str, Prose(2_000), Field(examples=["Spare parts in the city of the data centre."])]


class AgreedManufacturerTerms(Shape):
    """A maker's own terms for its products."""

    maker: Annotated[str, Text(200)]
    summary: Annotated[str, Prose(2_000), WITHOUT_SECRETS]


class Rates(Shape):
    """What is charged where nothing is free."""

    labour_hour: Maybe[Money] = None
    travel_km: Maybe[Money] = None
    visit: Maybe[Money] = None


class ContractCreate(Act):
    """What the vendor promised a customer; one from before the platform is told with when it was drafted."""

    customer_id: CustomerId
    number: NaturalKey
    plan_id: Annotated[Slug, Field(examples=["reference"])] = "reference"
    plan_revision: Maybe[Annotated[int, Field(ge=1, le=1_000_000)]] = None
    starts_on: Day
    ends_on: Maybe[Day] = None
    time_zone: Annotated[Maybe[TimeZone], Field(description="Left out: the customer's.")] = None
    currency: Currency = DEFAULT_CURRENCY
    warranty_months: Months = 24
    software_years: Annotated[int, Field(ge=0, le=100)] = 10
    minimum_months: Maybe[Months] = None
    inspections_per_year: Annotated[
        Maybe[PerYear], Field(description="Owed one in each of as many equal periods of the contract's year.")
    ] = None
    suspends_during_repair: bool = False
    terms: Terms = Terms()
    exclusions: Exclusions = []
    scope: ContractScope = ContractScope()
    response_overrides: ResponseOverrides = {}
    bid_figures: Annotated[list[BidFigure], Field(max_length=500)] = []
    requirements: Annotated[list[Requirement], Field(max_length=1_000)] = []
    manufacturer_terms: Annotated[list[AgreedManufacturerTerms], Field(max_length=100)] = []
    rates: Rates = Rates()


class ContractUpdate(Shape):
    """Corrections: of everything while it is a draft; in force, of what was not signed."""

    number: Maybe[NaturalKey] = None
    plan_id: Maybe[Slug] = None
    plan_revision: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    starts_on: Maybe[Day] = None
    ends_on: Day | None = None
    time_zone: Maybe[TimeZone] = None
    currency: Maybe[Currency] = None
    warranty_months: Maybe[Months] = None
    software_years: Maybe[Annotated[int, Field(ge=0, le=100)]] = None
    minimum_months: Months | None = None
    inspections_per_year: PerYear | None = None
    suspends_during_repair: Maybe[bool] = None
    terms: Maybe[Terms] = None
    exclusions: Maybe[Exclusions] = None
    scope: Maybe[ContractScope] = None
    response_overrides: Maybe[ResponseOverrides] = None
    bid_figures: Maybe[Annotated[list[BidFigure], Field(max_length=500)]] = None
    requirements: Maybe[Annotated[list[Requirement], Field(max_length=1_000)]] = None
    manufacturer_terms: Maybe[Annotated[list[AgreedManufacturerTerms], Field(max_length=100)]] = None
    rates: Maybe[Rates] = None


class SetRequirement(Act):
    """How far a requirement is met, and what shows it."""

    requirement_id: RequirementId
    status: RequirementStatus
    evidence: Maybe[Annotated[str, Prose(2_000), WITHOUT_SECRETS]] = None


class ContractOut(OutShape):
    """What the vendor promised a customer."""

    shows_others: ClassVar[bool] = True  # from when on its next inspection is owed

    id: UUID
    number: str
    customer_id: UUID
    state: ContractState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    plan_id: str
    plan_revision: int | None
    starts_on: Day
    ends_on: Day | None
    time_zone: str
    currency: str
    warranty_months: int
    software_years: int
    minimum_months: int | None
    inspections_per_year: int | None
    next_inspection_from: Annotated[
        Day | None, Field(description="When the next period begins in which an inspection is owed.")
    ]
    suspends_during_repair: bool
    terms: dict[str, Any]
    exclusions: list[str]
    scope: ContractScope
    response_overrides: dict[str, int]
    bid_figures: list[dict[str, Any]]
    requirements: list[dict[str, Any]]
    open_requirement_count: int
    manufacturer_terms: list[dict[str, Any]]
    rates: dict[str, Any]
    end_reason: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Contract, caller: Caller) -> "ContractOut":
        """The contract as ``caller`` sees it."""
        actions = LIFECYCLE.open_to(row.state, caller.roles, is_customer=caller.customer_id is not None)
        open_ = sum(one["status"] == RequirementStatus.OPEN for one in row.requirements)
        return cls.model_validate({**vars(row), "allowed_actions": actions, "open_requirement_count": open_})


class ContractPage(Page[ContractOut]):
    """A page of contracts."""


class ContractFilters(ListQuery):
    """Filters of the list of contracts."""

    customer_id: Maybe[UUID] = None
    number: Maybe[NaturalKey] = None
    state: Annotated[list[ContractState], Field(max_length=3)] = []
    in_force_on: Maybe[Day] = None
    ends_before: Annotated[Maybe[Day], Field(description="Whose last day lies before this one.")] = None
    sort: Annotated[str, sortable("created_at")] = "-created_at"


def told_contract(body: ContractCreate | ContractUpdate) -> dict[str, Any]:
    """Columns of a contract as they are told."""
    fields = dict(body) if isinstance(body, ContractCreate) else body.changes()
    return {name: _plain(value) for name, value in fields.items() if name != "occurred_at"}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a field's value
    if isinstance(value, Shape):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value
