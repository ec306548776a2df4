"""Questions about customers, sites and service bases."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from common.db import Session
from common.rows import Resource
from common.search import query_terms
from warranty.tables.directory import Customer, ServiceBase, Site

R = TypeVar("R", bound=Resource)


async def one(session: Session, kind: type[R], row_id: UUID) -> R | None:
    """The row of ``kind`` by its id, where the caller may see it."""
    return await session.get(kind, row_id)


def narrowed(select_: Select[Any], kind: type[Any], told: dict[str, Any]) -> Select[Any]:
    """``select_`` by equality of the columns that are told; ``q`` by the words in the search terms."""
    for name, value in told.items():
        if value is None:
            continue
        if name == "q":
            select_ = select_.where(col(kind.search_terms).contains(query_terms(value)))
        else:
            select_ = select_.where(getattr(kind, name) == value)
    return select_


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
