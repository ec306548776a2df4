"""What is told and shown of claims."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.web.shapes import (
    Day,
    Flag,
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
from common.web.told import WITHOUT_SECRETS, Act, ActWithReason, Name, Note, Number, Reason
from warranty.api.coverage_shapes import DecisionOut
from warranty.api.told import Figure, Item, Money
from warranty.domain.barred import ClaimFacts, of_claim
from warranty.domain.claims import LIFECYCLE, ClaimState, Demand, Ground, Rejection, Remedy
from warranty.domain.coverage import Cause, Coverage
from warranty.domain.fulfilment import is_bound
from warranty.policy import DISPUTE_LADDER
from warranty.tables.claims import Claim, Quote
from warranty.tables.coverage import CoverageDecision
from warranty.tables.loaners import Loaner
from warranty.tables.reservations import Reservation

Finding = Annotated[
    str, Prose(10_000), WITHOUT_SECRETS, Field(examples=["Output drops to 200 V under load."])
]
Reference = Annotated[str, Text(200), Field(examples=["ITSM-4711"])]
Evidence = Annotated[
    list[Reference], Field(max_length=100, description="References of attachments, readings, reports.")
]
Quantity = Annotated[int, Field(ge=1, le=100_000)]


class MissedFigure(Shape):
    """A figure of the bid that is missed, and what the customer measured, where it did."""

    item: Item
    measured: Maybe[Figure] = None


class ClaimCreate(Act):
    """The customer's notice; ``occurred_at`` is when it was given."""

    asset_id: UUID
    component_id: Maybe[UUID] = None
    ticket_id: Maybe[UUID] = None
    ground: Ground
    demand: Demand = Demand.REPAIR
    finding: Finding
    evidence: Evidence = []
    figures: Annotated[
        list[MissedFigure], Field(max_length=100, description="For the ground `below_bid_figures`.")
    ] = []
    failed_at: Annotated[Maybe[Occasion], Field(description="Left out: at the notice.")] = None
    is_out_of_operation: Annotated[bool, Field(description="A loaner is offered from that moment.")] = False
    external_reference: Annotated[
        Maybe[Reference], Field(description="Unique for the client and the customer.")
    ] = None


class LinkTicket(Act):
    """Under which ticket the claim is worked on."""

    ticket_id: UUID


class AnswerLoanerOffer(Act):
    """Whether the customer wants the loaner."""

    is_accepted: bool


class AssessClaim(Act):
    """What the vendor found; with a cause it is decided anew who pays."""

    finding: Finding
    is_finding_confirmed: Annotated[bool, Field(description="Whether it is what the customer found.")]
    evidence: Annotated[Evidence, Field(min_length=1)]
    cause: Annotated[Maybe[Cause], Field(description="Left out: nobody knows it yet.")] = None
    component_id: Annotated[
        Maybe[UUID], Field(description="The component at fault, where it is another than was told.")
    ] = None


class WantedPart(Shape):
    """Pieces of a part; without a warehouse from the one that is nearest to the site."""

    part_id: UUID
    quantity: Quantity = 1
    warehouse_id: Maybe[UUID] = None


WantedParts = Annotated[list[WantedPart], Field(min_length=1, max_length=100)]


class ApproveClaim(Act):
    """What the vendor will do; parts are kept at once, all or none."""

    remedy: Remedy
    note: Maybe[Note] = None
    parts: Annotated[list[WantedPart], Field(max_length=100)] = []
    refund: Annotated[Maybe[Money], Field(description="For the remedy `refund`.")] = None


class RejectClaim(ActWithReason):
    """Why the vendor rejects it."""

    rejection: Rejection


class AcceptRejection(Act):
    """Who accepts, and by which letter; a customer's own user need not say it."""

    accepted_by: Maybe[Name] = None
    reference: Maybe[Reference] = None


REJECTION_ACCEPTED = AcceptRejection()
"""What a customer's own user sends with an empty body."""


class CloseClaim(Act):
    """With a waiver where what was replaced stays with the customer, as disks with data do."""

    return_waiver: Maybe[Reason] = None


NOTHING_MORE = CloseClaim()
"""The body of a closing that was sent without one."""


class DisputeStepOut(OutShape):
    """A step of the dispute: where it stood, how it came there or ended, by whom and when."""

    level: int
    step: str
    how: str
    reason: str | None
    by: str
    at: str


class ClaimOut(OutShape):
    """A claim: what the customer found and asked for, and what the vendor did about it."""

    id: UUID
    number: str
    external_reference: str | None
    customer_id: UUID
    site_id: UUID
    asset_id: UUID
    component_id: UUID | None
    contract_id: UUID | None
    ticket_id: UUID | None
    state: ClaimState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    decision_id: UUID
    coverage: Coverage
    is_in_term: bool
    ground: Ground
    demand: Demand
    finding: str
    evidence: list[str]
    figures: list[dict[str, Any]]
    noticed_at: OutInstant
    failed_at: OutInstant
    out_of_operation_at: Annotated[OutInstant | None, Field(description="From then on a loaner is offered.")]
    is_loaner_wanted: bool | None
    assessments: list[dict[str, Any]]
    remedy: Remedy | None
    approval: dict[str, Any] | None
    part_additions: Annotated[
        list[dict[str, Any]], Field(description="Parts beyond the approval: which, by whom and when.")
    ]
    refund: dict[str, str] | None
    refund_reference: str | None
    rejections: list[dict[str, Any]]
    dispute_level: Annotated[int | None, Field(description="While a rejection is not accepted.")]
    dispute_step: str | None
    dispute_climbs_at: OutInstant | None
    dispute_steps: list[DisputeStepOut]
    is_device_taken: bool
    shipment: dict[str, Any] | None
    checked: dict[str, Any] | None
    replacements: list[dict[str, Any]]
    replacement_asset_id: UUID | None
    returns: list[dict[str, Any]]
    return_waiver: str | None
    fulfilled_at: OutInstant | None
    end_reason: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Claim, caller: Caller) -> "ClaimOut":
        """The claim as ``caller`` sees it."""
        level = row.dispute_level
        facts = ClaimFacts(
            row.coverage,
            row.remedy,
            row.out_of_operation_at is not None,
            bool(row.replacements),
            level,
            is_bound(row.state, row.approval),
        )
        actions = LIFECYCLE.open_to(
            row.state,
            caller.roles,
            is_customer=caller.customer_id is not None,
            barred=of_claim(facts, DISPUTE_LADDER, caller.roles),
        )
        shown = {
            "allowed_actions": actions,
            "dispute_step": None if level is None else DISPUTE_LADDER[level - 1].code,
            "refund": _money(row.refund_amount, row.refund_currency),
        }
        return cls.model_validate({**vars(row), **shown})


def _money(amount: Decimal | None, currency: str | None) -> dict[str, str] | None:
    return None if amount is None or currency is None else {"amount": str(amount), "currency": currency}


class ClaimReservationOut(OutShape):
    """Parts kept or issued for the claim."""

    id: UUID
    part_id: UUID
    quantity: int
    state: str
    expires_at: OutInstant


class ClaimLoanerOut(OutShape):
    """A loaner lent for the claim."""

    id: UUID
    part_id: UUID
    serial_number: str | None
    state: str
    due_on: Day
    is_overdue: bool


class ClaimQuoteOut(OutShape):
    """A quote made for the claim."""

    id: UUID
    number: str
    state: str


class ClaimDetailOut(ClaimOut):
    """A claim with the decision on who pays, its parts, loaners and quotes."""

    shows_others: ClassVar[bool] = True

    decision: DecisionOut
    reservations: list[ClaimReservationOut]
    loaners: list[ClaimLoanerOut]
    quotes: list[ClaimQuoteOut]


def detail(
    row: Claim,
    decision: CoverageDecision,
    reservations: list[Reservation],
    loaners: list[Loaner],
    quotes: list[Quote],
    caller: Caller,
) -> ClaimDetailOut:
    """The claim with what hangs on it."""
    return ClaimDetailOut(
        **dict(ClaimOut.of(row, caller)),
        decision=DecisionOut.of(decision, caller),
        reservations=[ClaimReservationOut.model_validate(one) for one in reservations],
        loaners=[ClaimLoanerOut.model_validate(one) for one in loaners],
        quotes=[ClaimQuoteOut.model_validate(one) for one in quotes],
    )


class ClaimPage(Page[ClaimOut]):
    """A page of claims."""


class ClaimFilters(ListQuery):
    """Filters of the list of claims."""

    number: Number = None
    external_reference: Maybe[Reference] = None
    customer_id: Maybe[UUID] = None
    site_id: Maybe[UUID] = None
    asset_id: Maybe[UUID] = None
    contract_id: Maybe[UUID] = None
    ticket_id: Maybe[UUID] = None
    state: Annotated[list[ClaimState], Field(max_length=13)] = []
    is_disputed: Annotated[
        Maybe[Flag], Field(description="Rejected, and the customer has not accepted that.")
    ] = None
    sort: Annotated[str, sortable("created_at")] = "-created_at"
