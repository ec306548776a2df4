"""What is told and shown of quotes."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.web.shapes import (
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
from common.web.told import Act, Currency, Name, Note, Number, Reason
from warranty.api.told import Money
from warranty.commands.quotes import NewQuote
from warranty.domain.coverage import Coverage
from warranty.domain.quotes import LIFECYCLE, LineKind, QuoteState
from warranty.policy import QUOTE_DAYS
from warranty.tables.claims import Quote

Hours = Annotated[float, Field(ge=0, le=10_000, multiple_of=0.01)]
Kilometres = Annotated[float, Field(ge=0, le=100_000, multiple_of=0.01)]
Visits = Annotated[int, Field(ge=0, le=1_000)]
Reference = Annotated[str, Text(200), Field(examples=["PO-2026-118"])]


class QuotedPart(Shape):
    """Pieces of a part; without a price at the catalogue's."""

    part_id: UUID
    quantity: Annotated[int, Field(ge=1, le=100_000)] = 1
    unit_price: Money | None = None


class QuotedRates(Shape):
    """Rates where the contract has none."""

    labour_hour: Money | None = None
    travel_km: Money | None = None
    visit: Money | None = None


Parts = Annotated[list[QuotedPart], Field(max_length=100)]


class QuoteCreate(Act):
    """Work to be priced: for a claim, or for an asset and perhaps the ticket it came from.

    A quote of the past is told with when it was drafted.
    """

    claim_id: Annotated[
        Maybe[UUID],
        Field(
            description="Either a claim or an asset. A claim may have been rejected, as long as it is not "
            "over: a paid repair may follow."
        ),
    ] = None
    asset_id: Maybe[UUID] = None
    ticket_id: Maybe[UUID] = None
    parts: Parts = []
    labour_hours: Hours = 0
    visits: Visits = 0
    travel_km: Annotated[
        Kilometres | None,
        Field(description="Left out: there and back for each visit, where the site's distance is known."),
    ] = None
    rates: QuotedRates = QuotedRates()
    currency: Annotated[Maybe[Currency], Field(description="Left out: the contract's.")] = None
    valid_until: Annotated[Maybe[Occasion], Field(description=f"Left out: {QUOTE_DAYS} days later.")] = None
    note: Maybe[Note] = None

    def told(self) -> NewQuote:
        """The quote as the command takes it."""
        plain = self.model_dump(mode="json", include=_ASKED)
        return NewQuote(
            self.claim_id,
            self.asset_id,
            self.ticket_id,
            plain,
            self.currency,
            self.valid_until,
            self.note,
        )


_ASKED = {"parts", "labour_hours", "visits", "travel_km", "rates"}


class QuoteUpdate(Shape):
    """Corrections of a draft, which is computed anew; a field left out stays."""

    parts: Maybe[Parts] = None
    labour_hours: Maybe[Hours] = None
    visits: Maybe[Visits] = None
    travel_km: Kilometres | None = None
    rates: Maybe[QuotedRates] = None
    valid_until: Maybe[Occasion] = None
    note: Note | None = None

    def told(self) -> dict[str, Any]:
        """What was sent, as it is stored."""
        plain = self.model_dump(mode="json", include=_ASKED & self.model_fields_set)
        apart = {name: value for name, value in self.changes().items() if name not in _ASKED}
        return {**plain, **apart}


class AcceptQuote(Act):
    """Who accepts, and by which order or signature; a customer's own user need not say it."""

    accepted_by: Maybe[Name] = None
    reference: Maybe[Reference] = None


class DeclineQuote(Act):
    """Perhaps why."""

    reason: Maybe[Reason] = None


ACCEPTED, DECLINED = AcceptQuote(), DeclineQuote()
"""Bodies of answers that were sent without one."""


class QuoteLineOut(OutShape):
    """A line of a quote; what warranty makes free costs nothing."""

    kind: LineKind
    item: Annotated[str, Field(description="A part's number, or the name of a rate.")]
    part_id: UUID | None
    quantity: str
    unit_price: str | None
    coverage: Coverage
    amount: str


class AmountOut(OutShape):
    """An amount of money."""

    amount: str
    currency: str


class QuoteOut(OutShape):
    """What a customer would pay for work out of warranty."""

    id: UUID
    number: str
    customer_id: UUID
    asset_id: UUID
    claim_id: UUID | None
    ticket_id: UUID | None
    contract_id: UUID | None
    decision_id: UUID | None
    state: QuoteState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    lines: list[QuoteLineOut]
    total: AmountOut
    valid_until: OutInstant
    offered_at: OutInstant | None
    note: str | None
    accepted_by: str | None
    acceptance_reference: str | None
    answered_at: OutInstant | None
    end_reason: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Quote, caller: Caller) -> "QuoteOut":
        """The quote as ``caller`` sees it."""
        is_customer = caller.customer_id is not None
        barred = {"accept"} if is_customer and row.state == QuoteState.EXPIRED else ()
        actions = LIFECYCLE.open_to(row.state, caller.roles, is_customer=is_customer, barred=barred)
        total = {"amount": str(row.amount), "currency": row.currency}
        return cls.model_validate({**vars(row), "allowed_actions": actions, "total": total})


class QuotePage(Page[QuoteOut]):
    """A page of quotes."""


class QuoteFilters(ListQuery):
    """Filters of the list of quotes."""

    number: Number = None
    customer_id: Maybe[UUID] = None
    asset_id: Maybe[UUID] = None
    claim_id: Maybe[UUID] = None
    ticket_id: Maybe[UUID] = None
    state: Annotated[list[QuoteState], Field(max_length=6)] = []
    sort: Annotated[str, sortable("created_at")] = "-created_at"
