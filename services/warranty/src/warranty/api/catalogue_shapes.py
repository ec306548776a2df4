"""What is told and shown of products and parts."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.web.shapes import Flag, ListQuery, Maybe, OutInstant, OutShape, Page, Prose, Shape, Text, sortable
from common.web.told import Words
from warranty.api.told import Label, Money, NaturalKey
from warranty.domain.catalogue import LEAD_TIME_DAYS, VENDORS_OWN
from warranty.tables.catalogue import Part

Maker = Annotated[str, Text(200), Field(examples=["Northern Power Works"])]
Technology = Annotated[str, Text(100), Field(examples=["ups"])]
LeadTime = Annotated[int, Field(ge=0, le=3650, description="Days from order to receipt.")]
FailureRate = Annotated[float, Field(ge=0, le=100, description="Failures per installed piece and year.")]
ShelfLife = Annotated[int, Field(ge=1, le=36_500)]
Fits = Annotated[list[UUID], Field(max_length=500, description="Products that the part fits.")]


class ManufacturerStandardTerms(Shape):
    """The maker's standard service, which applies to a third party's product (§1.2.4)."""

    reference: Maybe[Annotated[str, Text(200)]] = None
    summary: Annotated[str, Prose(2_000), Field(examples=["Return to depot, 15 working days."])]


class ProductCreate(Shape):
    """A model that the vendor delivers."""

    code: NaturalKey
    name_zh: Label
    name_en: Label
    maker: Maker
    technology: Maybe[Technology] = None
    is_third_party: bool = False
    manufacturer_terms: Maybe[ManufacturerStandardTerms] = None


class ProductUpdate(Shape):
    """Corrections; a field left out stays."""

    name_zh: Maybe[Label] = None
    name_en: Maybe[Label] = None
    maker: Maybe[Maker] = None
    technology: Technology | None = None
    is_third_party: Maybe[bool] = None
    manufacturer_terms: Maybe[ManufacturerStandardTerms] = None


class ProductOut(OutShape):
    """A model that the vendor delivers."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    maker: str
    technology: str | None
    is_third_party: bool
    manufacturer_terms: dict[str, Any]
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str


class ProductPage(Page[ProductOut]):
    """A page of products."""


class ProductFilters(ListQuery):
    """Filters of the list of products."""

    code: Maybe[NaturalKey] = None
    maker: Maybe[Maker] = None
    technology: Maybe[Technology] = None
    q: Words = None
    sort: Annotated[str, sortable("created_at", "code")] = "code"


class PartCreate(Shape):
    """A part that assets are made of and that is kept in stock."""

    number: NaturalKey
    name_zh: Label
    name_en: Label
    is_key_part: Annotated[bool, Field(description="Its replacement starts its warranty anew.")] = False
    is_consumable: bool = False
    is_serialised: bool = False
    is_lot_tracked: bool = False
    shelf_life_days: Maybe[ShelfLife] = None
    unit_price: Maybe[Money] = None
    lead_time_days: LeadTime = LEAD_TIME_DAYS
    annual_failure_rate: FailureRate = 0.0
    superseded_by_id: Maybe[UUID] = None
    compatible_product_ids: Fits = []


class PartUpdate(Shape):
    """Corrections; a field left out stays, null clears it."""

    name_zh: Maybe[Label] = None
    name_en: Maybe[Label] = None
    is_key_part: Maybe[bool] = None
    is_consumable: Maybe[bool] = None
    shelf_life_days: ShelfLife | None = None
    unit_price: Money | None = None
    lead_time_days: Maybe[LeadTime] = None
    annual_failure_rate: Maybe[FailureRate] = None
    superseded_by_id: UUID | None = None
    compatible_product_ids: Maybe[Fits] = None


class PartOut(OutShape):
    """A part that assets are made of and that is kept in stock."""

    id: UUID
    number: str
    name_zh: str
    name_en: str
    is_key_part: bool
    is_consumable: bool
    is_serialised: bool
    is_lot_tracked: bool
    shelf_life_days: int | None
    unit_price: Money | None
    lead_time_days: Annotated[int | None, Field(description="Null for a customer, as the next one is.")]
    annual_failure_rate: float | None
    superseded_by_id: UUID | None
    compatible_product_ids: list[UUID]
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Part, caller: Caller) -> "PartOut":
        """The part as ``caller`` sees it, its price as money; what is the vendor's own is no customer's."""
        price = None
        if row.unit_price is not None and row.currency is not None:
            price = Money(amount=str(row.unit_price), currency=row.currency)
        hidden = {} if caller.customer_id is None else dict.fromkeys(VENDORS_OWN)
        return cls.model_validate({**vars(row), "unit_price": price, **hidden})


class PartPage(Page[PartOut]):
    """A page of parts."""


class PartFilters(ListQuery):
    """Filters of the list of parts."""

    number: Maybe[NaturalKey] = None
    is_key_part: Maybe[Flag] = None
    product_id: Annotated[Maybe[UUID], Field(description="Parts that fit this product.")] = None
    q: Words = None
    sort: Annotated[str, sortable("created_at", "number")] = "number"


class PartChainOut(OutShape):
    """The parts that came after a part, in order; the last one is current."""

    part_id: UUID
    successor_ids: list[UUID]
    current_part_id: UUID


def told_price(told: dict[str, Any]) -> dict[str, Any]:
    """Columns of a part with its price taken apart."""
    if "unit_price" not in told:
        return told
    price = told["unit_price"]
    amount = None if price is None else Decimal(price["amount"])
    return {**told, "unit_price": amount, "currency": None if price is None else price["currency"]}
