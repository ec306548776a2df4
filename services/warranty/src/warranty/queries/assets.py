"""Questions about assets and what is inside them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlmodel import col

from common.db import Session
from common.errors import NotFound
from warranty.domain.assets import Placed
from warranty.queries.single import narrowed
from warranty.tables.assets import Asset, Component
from warranty.tables.catalogue import Product


def assets(**told: Any) -> Select[Asset]:  # noqa: ANN401 - values of filters
    """Assets by customer, site, product, contract, state, serial number and ``q``."""
    return narrowed(select(Asset), Asset, told)


async def ensure(session: Session, asset_id: UUID) -> None:
    """The asset exists for this caller.

    Raises:
        NotFound: it does not.
    """
    if (await session.execute(select(col(Asset.id)).where(col(Asset.id) == asset_id))).first() is None:
        raise NotFound("not-found")


async def with_products(session: Session, asset_ids: Collection[UUID]) -> dict[UUID, tuple[Asset, Product]]:
    """These assets, each with its product, by the asset's id."""
    found = select(Asset, Product).join(Product, col(Product.id) == col(Asset.product_id))
    rows = (await session.execute(found.where(col(Asset.id).in_(asset_ids)))).all()
    return {asset.id: (asset, product) for asset, product in rows}


async def components_at(session: Session, asset_id: UUID, at: datetime) -> list[Component]:
    """What was inside the asset at an instant, in order of installation."""
    inside = (
        select(Component)
        .where(
            col(Component.asset_id) == asset_id,
            col(Component.installed_at) <= at,
            or_(col(Component.removed_at).is_(None), col(Component.removed_at) > at),
        )
        .order_by(col(Component.installed_at), col(Component.id))
    )
    return list((await session.execute(inside)).scalars())


async def placements(session: Session, asset_id: UUID) -> list[Placed]:
    """Where everything that was ever inside the asset sits, or sat last."""
    ever = select(col(Component.id), col(Component.parent_id), col(Component.replaces_id))
    found = await session.execute(ever.where(col(Component.asset_id) == asset_id))
    return [Placed(*row) for row in found]


def history(asset_id: UUID) -> Select[Component]:
    """Everything that was ever inside the asset."""
    return select(Component).where(col(Component.asset_id) == asset_id)


async def has_successor(session: Session, component: Component) -> bool:
    """Whether another component has taken a component's place."""
    found = select(col(Component.id)).where(
        col(Component.asset_id) == component.asset_id, col(Component.replaces_id) == component.id
    )
    return (await session.execute(found.limit(1))).first() is not None


async def children(session: Session, component_id: UUID) -> list[Component]:
    """What sits directly in a component now."""
    inside = select(Component).where(
        col(Component.parent_id) == component_id, col(Component.removed_at).is_(None)
    )
    return list((await session.execute(inside.order_by(col(Component.id)))).scalars())
