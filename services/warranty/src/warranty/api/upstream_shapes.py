"""What is told and shown of claims upstream."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.web.shapes import ListQuery, Maybe, OutInstant, OutShape, Page, Shape, Text, sortable
from common.web.told import Act, Number, Reason
from warranty.api.told import Money
from warranty.domain.upstream import LIFECYCLE, Against, UpstreamState
from warranty.tables.claims import UpstreamClaim

Party = Annotated[str, Text(200), Field(examples=["Northern Power"])]
Reference = Annotated[str, Text(200), Field(examples=["RMA-10023"])]
Evidence = Annotated[list[Reference], Field(max_length=100)]


class UpstreamClaimCreate(Act):
    """What the vendor claims from a maker or carrier, for a customer's claim or a defect of a delivery."""

    claim_id: Annotated[Maybe[UUID], Field(description="Either a claim or a defect.")] = None
    defect_id: Maybe[UUID] = None
    against: Against
    party: Party
    reason: Reason
    evidence: Evidence = []
    claimed: Money

    def told(self) -> dict[str, Any]:
        """Columns as they are stored."""
        columns = {name: value for name, value in dict(self).items() if name != "occurred_at"}
        return {**columns, "claimed": Decimal(self.claimed.amount), "currency": self.claimed.currency}


class UpstreamClaimUpdate(Shape):
    """Corrections of what is not with the other party; a field left out stays."""

    against: Maybe[Against] = None
    party: Maybe[Party] = None
    reason: Maybe[Reason] = None
    evidence: Maybe[Evidence] = None
    claimed: Maybe[Money] = None

    def told(self) -> dict[str, Any]:
        """Columns that were sent, as they are stored."""
        told = self.changes()
        money = told.pop("claimed", None)
        if money is not None:
            told |= {"claimed": Decimal(money.amount), "currency": money.currency}
        return told


class SubmitUpstreamClaim(Act):
    """Under which number of theirs it is with the other party."""

    reference: Maybe[Reference] = None


SUBMITTED = SubmitUpstreamClaim()
"""The body of a submission that was sent without one."""


class AcceptUpstreamClaim(Act):
    """How much the other party accepts."""

    amount: Money


class RecoverUpstreamClaim(Act):
    """What came in, as money or as goods of that worth."""

    amount: Money
    reference: Reference


class UpstreamClaimOut(OutShape):
    """The vendor's own claim against a maker or carrier."""

    id: UUID
    number: str
    customer_id: UUID
    claim_id: UUID | None
    defect_id: UUID | None
    against: Against
    party: str
    party_reference: str | None
    reason: str
    evidence: list[str]
    state: UpstreamState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    claimed: str
    accepted: str | None
    recovered: str
    currency: str
    recoveries: list[dict[str, Any]]
    rejections: list[dict[str, Any]]
    end_reason: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: UpstreamClaim, caller: Caller) -> "UpstreamClaimOut":
        """The claim as ``caller`` sees it."""
        amounts = {name: getattr(row, name) for name in ("claimed", "accepted", "recovered")}
        shown = {
            "allowed_actions": LIFECYCLE.open_to(
                row.state, caller.roles, is_customer=caller.customer_id is not None
            ),
            **{name: None if one is None else f"{one:.2f}" for name, one in amounts.items()},
        }
        return cls.model_validate({**vars(row), **shown})


class UpstreamClaimPage(Page[UpstreamClaimOut]):
    """A page of claims upstream."""


class UpstreamClaimFilters(ListQuery):
    """Filters of the list of claims upstream."""

    number: Number = None
    customer_id: Maybe[UUID] = None
    claim_id: Maybe[UUID] = None
    defect_id: Maybe[UUID] = None
    against: Annotated[list[Against], Field(max_length=3)] = []
    state: Annotated[list[UpstreamState], Field(max_length=6)] = []
    sort: Annotated[str, sortable("created_at")] = "-created_at"
