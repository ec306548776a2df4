"""Products and parts: put in the catalogue and corrected."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from common.contracts.warranty import catalogue as events
from common.db import Session
from common.locking import locked
from common.moves import Moment, amend, corrected, made
from common.search import terms
from warranty.commands.levels import soon
from warranty.commands.needs import begun, needed
from warranty.domain.catalogue import chain
from warranty.queries import catalogue as queries
from warranty.tables.catalogue import Part, Product


async def create_product(session: Session, told: Mapping[str, Any], at: Moment) -> Product:
    """Put a product in the catalogue."""
    return make_product(session, told, at)


def make_product(session: Session, told: Mapping[str, Any], at: Moment) -> Product:
    """Put a product in the catalogue that is known to be new."""
    row = made(session, Product, at.now, search_terms=_product_terms(told), **told)
    return begun(session, row, events.ProductCreated(**_product(row)), at)


async def update_product(session: Session, product_id: UUID, told: Mapping[str, Any], at: Moment) -> Product:
    """Correct a product.

    Raises:
        NotFound, Conflict: no such product, or another version.
    """
    return correct_product(session, await locked(session, Product, product_id, at.version), told, at)


def correct_product(session: Session, row: Product, told: Mapping[str, Any], at: Moment) -> Product:
    """Correct the locked product."""
    amend(row, told)
    row.search_terms = _product_terms(vars(row))
    return corrected(session, row, at, lambda: events.ProductUpdated(**_product(row)))


async def create_part(session: Session, told: Mapping[str, Any], at: Moment) -> Part:
    """Put a part in the catalogue.

    Raises:
        Invalid: ``part-unknown`` or ``product-unknown``.
    """
    await _check_links(session, told)
    row = make_part(session, told, at)
    await soon(session, [row.id], at.now)
    return row


def make_part(session: Session, told: Mapping[str, Any], at: Moment) -> Part:
    """Put a part in the catalogue whose successor and products are known; its planning is the caller's."""
    row = made(session, Part, at.now, search_terms=_part_terms(told), **told)
    return begun(session, row, events.PartCreated(**_part(row)), at)


async def update_part(session: Session, part_id: UUID, told: Mapping[str, Any], at: Moment) -> Part:
    """Correct a part; its supersession stays a chain without a circle.

    Raises:
        NotFound, Conflict: no such part, or another version.
        Invalid: ``part-unknown``, ``product-unknown`` or ``supersession-cycle``.
    """
    successor = told.get("superseded_by_id")
    await soon(session, {part_id, successor or part_id}, at.now)
    row = await locked(session, Part, part_id, at.version)
    await _check_links(session, told)
    if successor is not None:
        chain(part_id, {**await queries.successors(session, successor), part_id: successor})
    return correct_part(session, row, told, at)


def correct_part(session: Session, row: Part, told: Mapping[str, Any], at: Moment) -> Part:
    """Correct the locked part whose new successor and products are known; its planning is the caller's."""
    amend(row, told)
    row.search_terms = _part_terms(vars(row))
    return corrected(session, row, at, lambda: events.PartUpdated(**_part(row)))


async def _check_links(session: Session, told: Mapping[str, Any]) -> None:
    if told.get("superseded_by_id") is not None:
        await needed(session, Part, told["superseded_by_id"], "part-unknown", "#/superseded_by_id")
    for number, product_id in enumerate(told.get("compatible_product_ids") or ()):
        pointer = f"#/compatible_product_ids/{number}"
        await needed(session, Product, UUID(product_id), "product-unknown", pointer)


def _product(row: Product) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in events.ProductEvent.model_fields if name != "product_id"}
    return {"product_id": row.id, **facts}


def _part(row: Part) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in events.PartEvent.model_fields if name != "part_id"}
    return {"part_id": row.id, **facts}


def _product_terms(told: Mapping[str, Any]) -> list[str]:
    return terms(f"{told['name_zh']} {told['name_en']} {told['maker']}", told["code"])


def _part_terms(told: Mapping[str, Any]) -> list[str]:
    return terms(f"{told['name_zh']} {told['name_en']}", told["number"])
