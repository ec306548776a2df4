"""What is told and shown of charge lines."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from common.context import Caller
from common.web.shapes import ListQuery, Maybe, OutInstant, OutShape, Page, Shape, Text, sortable
from common.web.told import ActWithReason, Amount, Currency
from ticketing.api.told import EngineerId
from ticketing.domain.charges import LIFECYCLE, ChargeKind, ChargeState, Payer, PayerReason
from ticketing.tables import Charge

Quantity = Annotated[
    str,
    StringConstraints(
        pattern=r"^([1-9][0-9]{0,8}(\.[0-9]{1,3})?|0\.([1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9]))$"
    ),
    Field(description="More than nothing: pieces, hours, journeys or kilometres.", examples=["2.5"]),
]
Description = Annotated[str, Text(500), Field(examples=["Train Shanghai to Suzhou and back"])]
Receipt = Annotated[
    str,
    Text(200),
    Field(description="Where the receipt or time sheet of the actual cost is kept.", examples=["R-4711"]),
]


class Price(Shape):
    """An amount of money, as a decimal in a string."""

    amount: Amount
    currency: Currency


class Total(Shape):
    """What a line comes to: quantity times price, as a decimal in a string."""

    amount: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,22}\.[0-9]{2}$"), Field(examples=["2500.00"])]
    currency: Currency


class ChargeCreate(Shape):
    """What was spent; who pays follows from coverage, the visit and the engineer."""

    kind: ChargeKind
    visit_id: Maybe[UUID] = None
    engineer_id: Annotated[Maybe[EngineerId], Field(description="Left out: the visit's engineer.")] = None
    part_id: Maybe[UUID] = None
    description: Description
    quantity: Quantity = "1"
    unit_price: Price
    receipt_reference: Maybe[Receipt] = None

    def told(self) -> dict[str, Any]:
        """The columns of the line."""
        return {**dict(self), **_money(self.unit_price), "quantity": Decimal(self.quantity)}


class ChargeUpdate(Shape):
    """Corrections; a field left out stays, null clears it."""

    description: Maybe[Description] = None
    quantity: Maybe[Quantity] = None
    unit_price: Maybe[Price] = None
    receipt_reference: Receipt | None = None

    def told(self) -> dict[str, Any]:
        """The columns that change."""
        told = self.changes()
        if self.unit_price is not None:
            told |= _money(self.unit_price)
        if self.quantity is not None:
            told["quantity"] = Decimal(self.quantity)
        return told


def _money(price: Price) -> dict[str, Any]:
    return {"unit_price": Decimal(price.amount), "currency": price.currency}


class StatePayer(ActWithReason):
    """Who pays, whatever was decided on coverage."""

    payer: Literal[Payer.CUSTOMER, Payer.VENDOR]


class ChargeOut(OutShape):
    """A charge line."""

    id: UUID
    ticket_id: UUID
    visit_id: UUID | None
    customer_id: UUID
    state: ChargeState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    kind: ChargeKind
    engineer_id: UUID | None
    part_id: UUID | None
    description: str
    quantity: Annotated[str, Field(examples=["2.500"])]
    unit_price: Price
    amount: Total
    receipt_reference: str | None
    is_redispatch: Annotated[bool, Field(description="Spent on a second dispatch (§1.2.4).")]
    payer: Payer
    payer_reason: PayerReason
    payer_note: str | None
    decision_id: Annotated[UUID | None, Field(description="The decision on coverage that it follows.")]
    withdrawn_reason: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Charge, caller: Caller) -> "ChargeOut":
        """The line as ``caller`` sees it."""
        actions = LIFECYCLE.open_to(row.state, caller.roles, is_customer=caller.customer_id is not None)
        figures = {
            "quantity": f"{row.quantity:.3f}",
            "unit_price": _price(row.unit_price, row.currency),
            "amount": _price(row.amount, row.currency),
        }
        return cls.model_validate({**vars(row), **figures, "allowed_actions": actions})


def _price(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "currency": currency}


class ChargePage(Page[ChargeOut]):
    """A page of charge lines."""


class ChargeFilters(ListQuery):
    """Filters of a ticket's charge lines."""

    visit_id: Maybe[UUID] = None
    state: Annotated[list[ChargeState], Field(max_length=3)] = []
    payer: Annotated[list[Payer], Field(max_length=3)] = []
    sort: Annotated[str, sortable("created_at")] = "created_at"
