"""Products and parts."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.shapes import Shape
from common.web.work import Work
from warranty.api.catalogue_shapes import (
    PartChainOut,
    PartCreate,
    PartFilters,
    PartOut,
    PartPage,
    PartUpdate,
    ProductCreate,
    ProductFilters,
    ProductOut,
    ProductPage,
    ProductUpdate,
    told_price,
)
from warranty.api.told import told_changes
from warranty.commands import catalogue as commands
from warranty.domain.catalogue import chain
from warranty.queries import catalogue as queries
from warranty.queries.single import one
from warranty.tables.catalogue import Part, Product

routes = Routes("catalogue", "Products the vendor delivers, and the parts they are made of.")

PRODUCT_SORTS = Sorts(Product.id, {"created_at": Product.created_at, "code": Product.code})
PART_SORTS = Sorts(Part.id, {"created_at": Part.created_at, "number": Part.number})
PRODUCT = "/v1/products/{product_id:uuid}"
PART = "/v1/parts/{part_id:uuid}"


@routes.create("/v1/products", "catalogue.write", ProductOut, conflicts=True)
async def create_product(work: Work, body: ProductCreate) -> Response:
    """Put a product in the catalogue."""
    terms = body.manufacturer_terms
    told = {**dict(body), "manufacturer_terms": {} if terms is None else terms.model_dump()}
    return await work.write(
        lambda s: commands.create_product(s, told, work.at()), ProductOut.model_validate, status=201
    )


@routes.list("/v1/products", "catalogue.read", ProductPage)
async def list_products(work: Work, filters: Annotated[ProductFilters, Query()]) -> Response:
    """Products by filter."""
    found = queries.products(**filters.told())
    return await work.page(found, PRODUCT_SORTS, filters, ProductOut.model_validate)


@routes.get(PRODUCT, "catalogue.read", ProductOut)
async def get_product(work: Work, product_id: UUID) -> Response:
    """One product."""
    return await work.read(lambda s: one(s, Product, product_id), ProductOut.model_validate)


@routes.patch(PRODUCT, "catalogue.write", ProductOut)
async def update_product(work: Work, product_id: UUID, body: ProductUpdate) -> Response:
    """Correct a product."""
    return await work.write(
        lambda s: commands.update_product(s, product_id, told_changes(body), work.at()),
        ProductOut.model_validate,
    )


@routes.create("/v1/parts", "catalogue.write", PartOut, conflicts=True)
async def create_part(work: Work, body: PartCreate) -> Response:
    """Put a part in the catalogue."""
    told = _told({**dict(body), "currency": None})
    return await work.write(
        lambda s: commands.create_part(s, told, work.at()),
        lambda row: PartOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/parts", "catalogue.read", PartPage)
async def list_parts(work: Work, filters: Annotated[PartFilters, Query()]) -> Response:
    """Parts by filter."""
    return await work.page(
        queries.parts(**filters.told()), PART_SORTS, filters, lambda row: PartOut.of(row, work.caller)
    )


@routes.get(PART, "catalogue.read", PartOut)
async def get_part(work: Work, part_id: UUID) -> Response:
    """One part."""
    return await work.read(lambda s: one(s, Part, part_id), lambda row: PartOut.of(row, work.caller))


@routes.patch(PART, "catalogue.write", PartOut)
async def update_part(work: Work, part_id: UUID, body: PartUpdate) -> Response:
    """Correct a part."""
    told = _told(body.changes())
    return await work.write(
        lambda s: commands.update_part(s, part_id, told, work.at()), lambda row: PartOut.of(row, work.caller)
    )


@routes.get(f"{PART}/successors", "catalogue.read", PartChainOut)
async def get_part_successors(work: Work, part_id: UUID) -> Response:
    """What came after the part, up to the one that is current."""
    return await work.read(lambda s: queries.successors(s, part_id), lambda found: _chain(part_id, found))


def _chain(part_id: UUID, found: dict[UUID, UUID | None]) -> PartChainOut:
    after = chain(part_id, found)
    return PartChainOut(part_id=part_id, successor_ids=after, current_part_id=(after or [part_id])[-1])


def _told(told: dict[str, Any]) -> dict[str, Any]:
    """Columns of a part: its price taken apart, ids as they are stored."""
    plain = {name: v.model_dump() if isinstance(v, Shape) else v for name, v in told.items()}
    if plain.get("compatible_product_ids") is not None:
        plain["compatible_product_ids"] = [str(one_) for one_ in plain["compatible_product_ids"]]
    return told_price(plain)
