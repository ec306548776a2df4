"""Products and parts."""

from typing import ClassVar
from uuid import UUID

from common.events import Event


class ProductEvent(Event):
    """The product after the event."""

    topic: ClassVar[str] = "warranty.product.v1"
    collection: ClassVar[str] = "products"

    product_id: UUID
    code: str
    maker: str
    technology: str | None = None
    is_third_party: bool


class ProductCreated(ProductEvent):
    """A product is in the catalogue."""

    type: ClassVar[str] = "warranty.product.created"


class ProductUpdated(ProductEvent):
    """What is known of a product was corrected."""

    type: ClassVar[str] = "warranty.product.updated"


class PartEvent(Event):
    """The part after the event."""

    topic: ClassVar[str] = "warranty.part.v1"
    collection: ClassVar[str] = "parts"

    part_id: UUID
    number: str
    is_key_part: bool
    is_consumable: bool
    is_serialised: bool
    is_lot_tracked: bool
    superseded_by_id: UUID | None = None


class PartCreated(PartEvent):
    """A part is in the catalogue."""

    type: ClassVar[str] = "warranty.part.created"


class PartUpdated(PartEvent):
    """What is known of a part was corrected."""

    type: ClassVar[str] = "warranty.part.updated"
