"""What is told of claims that are made good: parts, repair, shipment, the check, returns."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.web.shapes import Maybe, Prose, Shape, Text
from common.web.told import WITHOUT_SECRETS, Act, Name, Note
from warranty.api.claim_shapes import Reference, WantedParts
from warranty.api.told import Lot, Money, SerialNumber, SpecifiedItem
from warranty.domain.fulfilment import ReturnCondition


class ReserveParts(Act):
    """Which parts are kept for the claim."""

    parts: WantedParts


class StartRepair(Act):
    """How the repair begins."""

    takes_device: Annotated[bool, Field(description="Whether the vendor takes the device along.")] = False
    note: Maybe[Note] = None


class ShipReplacement(Act):
    """How what replaces the defective item travels."""

    carrier: Annotated[str, Text(200), Field(examples=["Night courier"])]
    tracking_reference: Maybe[Reference] = None


class PayRefund(Act):
    """What was paid back."""

    amount: Money
    reference: Reference


class ReplacedComponent(Shape):
    """A component that was replaced; serial number and lot left out: those of the piece that was issued."""

    component_id: UUID
    part_id: UUID
    serial_number: Maybe[SerialNumber] = None
    lot: Maybe[Lot] = None
    is_from_stock: Annotated[
        bool, Field(description="Issued for this claim; false: straight from the maker.")
    ] = True


class ReplacingUnit(Shape):
    """The unit that took the whole asset's place; with ``part_id`` a piece that was issued."""

    serial_number: Maybe[SerialNumber] = None
    product_id: Annotated[Maybe[UUID], Field(description="Left out: the same product.")] = None
    part_id: Maybe[UUID] = None


class FulfilClaim(Act):
    """Every figure measured again, and what was replaced."""

    items: Annotated[
        list[SpecifiedItem],
        Field(
            min_length=1,
            max_length=1_000,
            description="The accepted specification item by item, and for `below_bid_figures` the bid's.",
        ),
    ]
    checked_by: Name
    note: Maybe[Note] = None
    replacements: Annotated[list[ReplacedComponent], Field(max_length=100)] = []
    new_unit: Maybe[ReplacingUnit] = None


class ReturnedItem(Shape):
    """What came back; without a component the whole unit."""

    component_id: UUID | None = None
    serial_number: SerialNumber | None = None
    condition: ReturnCondition
    finding: Annotated[str, Prose(2_000, 0), WITHOUT_SECRETS] = ""


class ReceiveReturn(Act):
    """Everything that was replaced, as it came back."""

    items: Annotated[list[ReturnedItem], Field(min_length=1, max_length=100)]
