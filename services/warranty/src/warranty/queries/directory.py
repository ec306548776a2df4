"""Questions about customers, sites and service bases."""

from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from common.db import Session
from warranty.queries.single import narrowed
from warranty.tables.directory import Customer, ServiceBase, Site


def customers(**told: Any) -> Select[Customer]:  # noqa: ANN401 - values of filters
    """Customers by ``code``, ``tier``, ``industry`` and ``q``."""
    return narrowed(select(Customer), Customer, told)


def sites(**told: Any) -> Select[Site]:  # noqa: ANN401 - values of filters
    """Sites by ``customer_id``, ``code``, ``city``, ``locality`` and ``q``."""
    return narrowed(select(Site), Site, told)


def service_bases() -> Select[ServiceBase]:
    """The vendor's service bases."""
    return select(ServiceBase)


async def base_positions(session: Session) -> list[dict[str, float]]:
    """Where the service bases are."""
    return list((await session.execute(select(col(ServiceBase.position)))).scalars())
