"""Single things and equality filters, the same for every table."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col

from common.db import Session
from common.rows import Resource
from common.search import holds

R = TypeVar("R", bound=Resource)


async def one(session: Session, kind: type[R], row_id: UUID | None) -> R | None:
    """The row of ``kind`` by its id, where the caller may see it."""
    return None if row_id is None else await session.get(kind, row_id)


def narrowed(found: Select[Any], kind: type[Any], told: dict[str, Any]) -> Select[Any]:
    """``found`` by what is told of its columns: a value, any of several, or the words of ``q``."""
    for name, value in told.items():
        if value is None or value == []:
            continue
        column = col(kind.search_terms if name == "q" else getattr(kind, name))
        if name == "q":
            found = found.where(holds(column, value))
        elif isinstance(value, list):
            found = found.where(column.in_(value))
        else:
            found = found.where(column == value)
    return found
