"""Questions about products and parts."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from common.db import Session
from warranty.queries.single import narrowed
from warranty.tables.catalogue import Part, Product


def products(**told: Any) -> Select[Product]:  # noqa: ANN401 - values of filters
    """Products by ``code``, ``maker``, ``technology`` and ``q``."""
    return narrowed(select(Product), Product, told)


def parts(**told: Any) -> Select[Part]:  # noqa: ANN401 - values of filters
    """Parts by ``number``, ``is_key_part`` and ``q``; ``product_id`` finds what fits a product."""
    product_id = told.pop("product_id", None)
    found = narrowed(select(Part), Part, told)
    if product_id is None:
        return found
    return found.where(col(Part.compatible_product_ids).contains([str(product_id)]))


async def successors(session: Session, part_id: UUID) -> dict[UUID, UUID | None]:
    """The chain of supersession from ``part_id`` on: part to what supersedes it."""
    links = select(col(Part.id), col(Part.superseded_by_id))
    first = links.where(col(Part.id) == part_id).cte(recursive=True)
    following = links.join(first, col(Part.id) == first.c.superseded_by_id)
    rows = await session.execute(select(first.union(following)))
    return {row[0]: row[1] for row in rows}


async def parts_of(session: Session, ids: Iterable[UUID]) -> dict[UUID, Part]:
    """Parts by their ids."""
    rows = await session.execute(select(Part).where(col(Part.id).in_(list(ids))))
    return {row.id: row for row in rows.scalars()}


async def superseding(session: Session, numbers: Collection[str]) -> dict[str, str | None]:
    """What supersedes each of these parts that are known, by numbers; ``None`` where nothing does."""
    following = aliased(Part)
    found = (
        select(col(Part.number), col(following.number))
        .join(following, col(following.id) == col(Part.superseded_by_id), isouter=True)
        .where(col(Part.number).in_(sorted(numbers)))
    )
    return {row[0]: row[1] for row in await session.execute(found)}
